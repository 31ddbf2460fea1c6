"""A result that is saved is read back whole: equal tables, the same bytes of figures, the same report."""

from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pandas.testing import assert_frame_equal

import sim
from sim.experiments.calibration.calibrate import plan_calibration
from sim.experiments.cross_validation import cross_validate
from sim.experiments.evidence.forecast import forecast
from sim.experiments.evidence.left_out import leave_families_out
from sim.experiments.evidence.results import LeftOutResult, teach
from sim.experiments.hindcast.options import HindcastOptions
from sim.experiments.patterns.verdicts import check_patterns
from sim.inputs.coalitions.asked_file import load_asked
from sim.inputs.coalitions.coalitions import Coalitions
from sim.inputs.coalitions.reading import load_coalitions
from sim.inputs.errors import InputError
from sim.outputs.style import figure_style
from sim.results.kinds import KINDS
from sim.results.result import Result, load_result
from sim.system.manifests import MANIFEST

SWEEP = """
title = "A sweep"
base = "brussels-2025-04"
runs = 5
rounds = 20
[[levers]]
path = "mandate.clarity"
range = [0, 1]
steps = 2
[[uncertainties]]
path = "moscow.pressure"
values = ["calm", "warnings"]
"""
OPTIONS = HindcastOptions(number=20, resamples=10)


def run(_: Path) -> Result:
    return sim.run("hindcast-2025", overrides=["rounds=12"], runs=30, trajectories=True)


def comparison(_: Path) -> Result:
    return sim.compare(["brussels-2025-04", "us-backstop"], overrides=["rounds=10"], runs=40)


def sweep(folder: Path) -> Result:
    (folder / "sweep.toml").write_text(SWEEP)
    return sim.sweep(folder / "sweep.toml", out=folder)


def sensitivity(folder: Path) -> Result:
    return sim.sensitivity(
        "brussels-2025-04",
        factors="us-by-clarity",
        overrides=["rounds=10"],
        out=folder,
        outcomes=("size", "CAN"),
        samples=16,
        runs=2,
    )


def explanation(_: Path) -> Result:
    asked = ("why", "levers", "frontier", "hardened", "observed")
    changes = ["rounds=6", "force_required=12000"]
    return sim.explain("brussels-2025-04", ["Canada"], overrides=changes, only=asked, runs=20)


def hindcast(_: Path) -> Result:
    return sim.hindcast(runs=20, resamples=10)


def calibration(folder: Path) -> Result:
    return sim.calibrate(draws=50, runs=2, out=folder)


def cross_validation(folder: Path) -> Result:
    return cross_validate(plan_calibration("europe-2025", draws=50, runs=2), OPTIONS, folder)


def forces() -> Coalitions:
    return load_coalitions().forces()


def evidence(_: Path) -> Result:
    return teach(forces())


def left_out(_: Path) -> Result:
    every = load_coalitions()
    first = every.forces().first_pool()
    return LeftOutResult(first, leave_families_out(first), teach(first))


def unifil(_: Path) -> Result:
    return forecast(load_asked("unifil2006"))


def patterns(_: Path) -> Result:
    return check_patterns("europe-2025", runs=20)


QUESTIONS: dict[str, Callable[[Path], Result]] = {
    "run": run,
    "comparison": comparison,
    "sweep": sweep,
    "sensitivity": sensitivity,
    "explanation": explanation,
    "hindcast": hindcast,
    "calibration": calibration,
    "cross-validation": cross_validation,
    "evidence": evidence,
    "left out": left_out,
    "forecast": unifil,
    "patterns": patterns,
}

SLOW = ("cross-validation", "left out", "patterns")


def test_every_kind_is_tried() -> None:
    assert set(QUESTIONS) == set(KINDS)


@dataclass
class Trip:
    """A result as it was computed, and as it is read back from where it was saved."""

    computed: Any
    loaded: Any
    folder: Path


@pytest.fixture(
    scope="module",
    params=[pytest.param(kind, marks=pytest.mark.slow if kind in SLOW else ()) for kind in QUESTIONS],
)
def trip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    computed = QUESTIONS[request.param](tmp_path_factory.mktemp("computed"))
    folder = computed.save(tmp_path_factory.mktemp("saved") / "result")
    return Trip(computed, sim.load_result(folder), folder)


def test_tables_are_equal(trip: Trip) -> None:
    assert set(trip.loaded.tables) == set(trip.computed.tables)
    for name, table in trip.computed.tables.items():
        assert_frame_equal(trip.loaded.tables[name], table, check_exact=True)


def test_what_it_is_of_is_equal(trip: Trip) -> None:
    assert trip.loaded.about == trip.computed.about
    assert trip.loaded.kind == trip.computed.kind
    assert trip.loaded.title == trip.computed.title


def drawn(result: Result, figure: str) -> bytes:
    content = BytesIO()
    with figure_style():
        result.plot(figure).savefig(content, format="svg", metadata={"Date": None})
    return content.getvalue()


def test_figures_have_the_same_bytes(trip: Trip) -> None:
    assert trip.loaded.figures == trip.computed.figures
    shown = KINDS[trip.computed.kind].usual or trip.computed.figures
    for figure in shown:
        assert drawn(trip.loaded, figure) == drawn(trip.computed, figure), figure


@pytest.mark.slow
def test_reports_are_the_same(trip: Trip, tmp_path: Path) -> None:
    one = trip.loaded.report(tmp_path / "one.html").read_text("utf-8")
    assert one == trip.computed.report(tmp_path / "other.html").read_text("utf-8")
    assert trip.computed.document.title in unescape(one)


def test_a_report_of_the_folder_can_be_written(trip: Trip) -> None:
    from sim.outputs.report import write_report

    assert trip.computed.document.title in unescape(write_report(trip.folder).read_text("utf-8"))


def test_it_is_shown_in_a_line_and_in_a_notebook(trip: Trip) -> None:
    for result in (trip.computed, trip.loaded):
        assert len(repr(result).splitlines()) == 1
        assert len(repr(result)) < 600
        assert "<table" in result._repr_html_()


def test_the_table_that_answers_first_is_the_same(trip: Trip) -> None:
    assert_frame_equal(trip.loaded.to_frame(), trip.computed.to_frame(), check_exact=True)
    assert_frame_equal(trip.loaded.summary, trip.computed.summary, check_exact=True)


def test_what_is_not_there_is_said_with_what_is(trip: Trip) -> None:
    with pytest.raises(InputError, match='table: no table "tabel"; allowed: '):
        trip.loaded.to_frame("tabel")
    with pytest.raises(InputError, match="figure figur: no such figure here; there are "):
        trip.loaded.plot("figur")


def test_what_was_saved_is_loaded_where_it_is_moved(trip: Trip, tmp_path: Path) -> None:
    trip.folder.rename(tmp_path / "moved")
    try:
        moved = load_result(tmp_path / "moved")
        name = next(iter(moved.tables))
        assert_frame_equal(moved.tables[name], trip.computed.tables[name], check_exact=True)
        assert (tmp_path / "moved" / MANIFEST).exists()
    finally:
        (tmp_path / "moved").rename(trip.folder)
