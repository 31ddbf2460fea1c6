"""A calibration and a cross-validation as their readers see them: reports, figures, the page, commands."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from printing import lost
from rich.console import Console
from signal_world import observed_in, rows_with, small_plan, world_of, write_signal_world

from sim.experiments.calibration.calibrate import Calibration
from sim.experiments.cross_validation import CrossValidation, cross_validate
from sim.experiments.hindcast.options import HindcastOptions
from sim.inputs.fit import fitted_to
from sim.outputs import style
from sim.outputs.calibration import words as calibration_words
from sim.outputs.calibration.figures import UNCHANGED, marginals
from sim.outputs.calibration.tables import calibration_report
from sim.outputs.cross_validation.figures import differences
from sim.outputs.cross_validation.page import validation_page
from sim.outputs.cross_validation.tables import cross_validation_report
from sim.outputs.document.terminal import rendered
from sim.outputs.hindcast.words import MEASURED
from sim.results.document import Section
from sim.results.drawing import save_figures

Command = Callable[..., Any]
FAST = ("--draws", "50", "--runs", "4", "--threads", "1")
EARLY, LATE = "2025-04-10 to 2025-05-22", "2025-04-10 to 2025-07-10"


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> CrossValidation:
    """Fits to a run in which Washington's signal counts for much; of words of support nothing is known."""
    target, prior = world_of(tmp_path_factory.mktemp("signal") / "world")
    seen = observed_in(target, rows_with(reach=1.8, wander=0.3), 5)
    return cross_validate(
        small_plan(seen, prior), HindcastOptions(number=60, resamples=100), tmp_path_factory.mktemp("out")
    )


@pytest.fixture(scope="module")
def calibration(result: CrossValidation) -> Calibration:
    return result.calibration


def printed(renderable: Any) -> str:
    console = Console(width=200, file=io.StringIO(), record=True)
    console.print(rendered(renderable))
    return console.export_text()


# Reports


def test_reports_lose_nothing_at_80_nor_at_120_columns(result: CrossValidation) -> None:
    for report in (calibration_report(result.calibration), cross_validation_report(result)):
        assert lost(report, 80) == lost(report, 120) == []


def test_the_report_says_first_how_little_it_rests_on(calibration: Calibration) -> None:
    lines = printed(calibration_report(calibration)).splitlines()
    changed = sum(wave.changed for wave in calibration.about.waves)
    assert lines[1].startswith(f"32 observations in 2 of 2 waves, {changed} of a changed rung.")


def test_the_report_says_what_a_posterior_is_and_of_what_the_data_say_nothing(
    calibration: Calibration,
) -> None:
    text = " ".join(printed(calibration_report(calibration)).split())
    assert "draws of the prior, each weighed by how likely it makes what was recorded" in text
    assert "The data said nothing about support: what is said of these is the prior." in text
    (row,) = [
        line for line in printed(calibration_report(calibration)).splitlines() if line.startswith("support")
    ]
    assert row.rstrip().endswith(calibration_words.NOTHING)
    worth = f"worth {calibration.effective_size:,.0f} independent draws of the posterior"
    assert f"512 draws of the prior, 32 runs of each and wave, {worth}" in text
    assert "reach (fitted)" in text


def test_what_was_learned_is_told_by_direction_and_width() -> None:
    row = pd.DataFrame({"learned": [True, True, True, False], "shift": [0.5, -0.5, 0.0, 2.0]})
    row["spread"] = [0.5, 1.1, 1.0, 0.1]
    said = [calibration_words.lesson(each) for each in row.itertuples()]
    assert said == ["higher and narrower", "lower", "of another shape", calibration_words.NOTHING]


def test_scores_stand_beside_all_that_they_are_compared_with(result: CrossValidation) -> None:
    text = printed(cross_validation_report(result))
    for name in (
        "the model",
        "last statement + noise",
        "draws of the prior",
        "mechanism-free",
        "persistence",
        "Markov",
        "without interaction",
    ):
        assert name in text
    assert text.index("32 observations") < text.index("RPS")
    assert f"Forecast by the fit to {LATE}." in text
    assert "RPS: at worst " in text


def test_the_page_holds_every_score_win_or_lose(result: CrossValidation) -> None:
    page = validation_page(result, sections=(Section("Patterns", ("All of them.",)),))
    assert page.startswith("# Validation\n")
    assert page.endswith("All of them.\n")
    for row in result.scores.query("variant == 'recorded' and score != 'crps'").itertuples():
        assert f"{row.value:.3f} [{row.low:.3f}-{row.high:.3f}]" in page
    for section in ("## What it rests on", "## Scores out of sample", "## What was learned"):
        assert section in page
    assert "| support |" in page
    assert MEASURED in page
    widths = {line.count(" | ") for line in page.splitlines() if line.startswith("| persistence")}
    assert widths == {4}


# Figures


def test_each_parameter_has_a_panel_coloured_by_whether_something_was_learned(
    calibration: Calibration,
) -> None:
    (area,) = marginals(calibration).axes
    colours = {
        axes.get_title(loc="left"): to_hex(axes.patches[0].get_facecolor()).upper()
        for axes in area.child_axes
    }
    assert colours == {"reach": style.BLUE, "wander": style.BLUE, "support": UNCHANGED}


def test_a_panel_holds_all_draws(calibration: Calibration) -> None:
    (area,) = marginals(calibration).axes
    for axes in area.child_axes:
        low, high = axes.get_xlim()
        share = sum(bar.get_height() * bar.get_width() for bar in axes.patches)
        assert share == pytest.approx(1.0)
        assert low < high


def test_fits_are_drawn_wave_by_wave(result: CrossValidation) -> None:
    (area,) = differences(result).axes
    assert [axes.get_title(loc="left") for axes in area.child_axes] == [
        "10 Apr 2025\nto 22 May 2025", "10 Apr 2025\nto 10 Jul 2025",
    ]  # fmt: skip
    wanted = result.differences.query("score == 'rps' and baseline != 'climatology'")
    for axes, wave in zip(area.child_axes, (EARLY, LATE), strict=True):
        marks = [float(line.get_xdata()[0]) for line in axes.lines if line.get_marker() == "o"]
        assert sorted(marks) == pytest.approx(sorted(wanted[wanted["wave"] == wave]["difference"]))


def test_every_figure_says_what_it_rests_on(result: CrossValidation) -> None:
    for figure in (differences(result), marginals(result.calibration)):
        notes = " ".join(" ".join(text.get_text() for text in figure.texts).split())
        assert "32 observations in 2 of 2 waves" in notes
        assert "Data: Nations that wait for a signal." in notes
    assert "each weighed by how likely" in notes


@pytest.mark.slow
def test_figures_have_the_same_bytes_again(calibration: Calibration, tmp_path: Path) -> None:
    first = [file.read_bytes() for file in save_figures(calibration, tmp_path)]
    again = [file.read_bytes() for file in save_figures(calibration, tmp_path)]
    assert first == again
    assert {file.name for file in (tmp_path / "figures").iterdir()} == {"marginals.png", "marginals.svg"}


# Commands


@pytest.fixture
def hindcast(tmp_path: Path) -> Path:
    return write_signal_world(tmp_path / "world")


@pytest.mark.slow
def test_calibrate_then_run_then_hindcast(coalition: Command, hindcast: Path) -> None:
    prior = hindcast.with_name("prior.toml")
    ended = coalition("calibrate", hindcast, "--prior", prior, "--hold-out", "2025-07-10", *FAST)
    assert ended.code == 0, ended.err
    assert "each weighed by how likely" in ended.out
    folder = Path(ended.out.splitlines()[-1].removeprefix("results: "))
    assert folder.parent == Path("results/calibrate/after")
    names = {"digests.sha256", "manifest.json", "posterior.parquet", "summary.parquet"}
    assert {file.name for file in folder.iterdir()} == names | {"figures", "draws.parquet", "document.json"}
    posterior = folder / "posterior.parquet"
    assert fitted_to(posterior) == (f"after {EARLY}",)

    times = {file: file.stat().st_mtime_ns for file in folder.rglob("draws.parquet")}
    again = coalition("calibrate", hindcast, "--prior", prior, "--hold-out", "2025-07-10", *FAST, "--quiet")
    assert again.out == f"results: {folder}\n"
    assert times == {file: file.stat().st_mtime_ns for file in folder.rglob("draws.parquet")}

    ran = coalition(
        "run", hindcast.with_name("signal.toml"), "--runs", "60", "--parameters", posterior, "--full"
    )
    said = " ".join(ran.out.split())
    assert "Each run has its own draw of the parameters, of 1,000: shares and ranges of runs include" in said
    point = ("--parameters", "default")
    plain = coalition("run", hindcast.with_name("signal.toml"), "--runs", "60", *point)
    assert "nothing shown includes how little is known of them" in " ".join(plain.out.split())

    scored = coalition("hindcast", hindcast, "--runs", "60", "--parameters", posterior, "--full")
    assert "IN-SAMPLE: the parameters were fitted to the changes from 10 Apr 2025 to 22 May 2025" in " ".join(
        scored.out.split()
    )


@pytest.mark.slow
def test_cross_validate_writes_tables_and_a_page(coalition: Command, hindcast: Path, tmp_path: Path) -> None:
    command = ("cross-validate", hindcast, "--prior", hindcast.with_name("prior.toml"), *FAST)
    rest = ("--score-runs", "40", "--page", tmp_path / "validation.md")
    ended = coalition(*command, *rest)
    assert ended.code == 0, ended.err
    folder = Path(ended.out.splitlines()[-1].removeprefix("results: "))
    assert {file.name for file in folder.iterdir()} == {
        "manifest.json", "scores.parquet", "differences.parquet", "posterior.parquet", "validation.md",
        "figures", "document.json", "digests.sha256",
    }  # fmt: skip
    page, kept = ((each / "validation.md").read_text() for each in (tmp_path, folder))
    assert page.index("## Coalitions that it never saw") < page.index("## What it rests on")
    assert page.endswith(kept[kept.index("## What it rests on") :])
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["runs"], manifest["fit"]["runs"]) == (40, 4)
    assert len(list(Path("results/calibrate/after").iterdir())) == 1  # one simulation serves all fits


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("calibrate", "europa-2025"), 'did you mean "europe-2025"?'),
        (
            ("calibrate", "--hold-out", "2025-09-05"),
            "--hold-out 2025-09-05: no such wave; the waves are ",
        ),
        (("calibrate", "--prior", "nowhere.toml"), "nowhere.toml: no such file"),
        (("calibrate", "--draws", "5"), "--draws: "),
        (("cross-validate", "--page", "nowhere/page.md"), "nowhere: --page: there is no such folder"),
        (("cross-validate", "--page", "."), ".: --page: is a folder; give the file to write"),
        (
            ("cross-validate", "europe-2025", "--page", "page.md", "--patterns", "europa-2025"),
            'did you mean "europe-2025"?',
        ),
        (
            ("cross-validate", "--patterns", "europe-2025"),
            "--patterns: only the page tells of patterns: give --page too",
        ),
    ],
)
def test_mistakes_end_with_one_line(coalition: Command, command: tuple[str, ...], says: str) -> None:
    ended = coalition(*command)
    assert ended.code == 2
    (line,) = ended.err.splitlines()
    assert line.startswith("coalition: ")
    assert says in line
    assert not Path("results").exists()
