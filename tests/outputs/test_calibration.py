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
from sim.experiments.calibration.held_out import CrossValidation, cross_validate
from sim.experiments.hindcast.result import HindcastOptions
from sim.inputs.fit import fitted_to
from sim.outputs import style
from sim.outputs.calibration import words as calibration_words
from sim.outputs.calibration.figures import UNCHANGED, marginals, pairs, save_figures
from sim.outputs.calibration.tables import calibration_report
from sim.outputs.cross_validation.figures import differences, generations
from sim.outputs.cross_validation.page import validation_page
from sim.outputs.cross_validation.tables import cross_validation_report
from sim.outputs.grids import Grid, as_markdown

Command = Callable[..., Any]
FAST = ("--particles", "50", "--generations", "2", "--runs", "4", "--threads", "1")


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> CrossValidation:
    """Fits to a run in which Washington's signal counts for much; nothing can be known of free riding."""
    target, prior = world_of(tmp_path_factory.mktemp("signal") / "world")
    seen = observed_in(target, rows_with(b_involvement=3.0, b_home_defence=0.3), 5)
    plan, out = small_plan(seen, prior), tmp_path_factory.mktemp("out")
    return cross_validate(plan, HindcastOptions(runs=60, resamples=100), out, folds=2, beyond=1)


@pytest.fixture(scope="module")
def calibration(result: CrossValidation) -> Calibration:
    return result.calibration


def printed(renderable: Any) -> str:
    console = Console(width=200, file=io.StringIO(), record=True)
    console.print(renderable)
    return console.export_text()


# Reports


def test_reports_lose_nothing_at_80_nor_at_120_columns(result: CrossValidation) -> None:
    for report in (calibration_report(result.calibration), cross_validation_report(result)):
        assert lost(report, 80) == lost(report, 120) == []


def test_the_report_says_first_how_little_it_rests_on(calibration: Calibration) -> None:
    lines = printed(calibration_report(calibration)).splitlines()
    changed = sum(wave.changed for wave in calibration.about.waves)
    assert lines[1].startswith(f"32 observations in 2 waves, {changed} of a rung changed since the start.")
    assert "no independent tests" in lines[1]


def test_the_report_says_what_a_posterior_is_and_of_what_the_data_say_nothing(
    calibration: Calibration,
) -> None:
    text = " ".join(printed(calibration_report(calibration)).split())
    assert "A loss-based posterior" in text
    assert "not by a likelihood" in text
    assert "The data said nothing about b_free_riding: what is said of these is the prior." in text
    (row,) = [
        line for line in printed(calibration_report(calibration)).splitlines() if line.startswith("b_free")
    ]
    assert row.rstrip().endswith(calibration_words.NOTHING)
    assert "60 particles of equal weight, 3 generations, 8 runs a particle" in text


def test_what_was_learned_is_told_by_direction_and_width() -> None:
    row = pd.DataFrame({"learned": [True, True, True, False], "shift": [0.5, -0.5, 0.0, 2.0]})
    row["spread"] = [0.5, 1.1, 1.0, 0.1]
    said = [calibration_words.lesson(each) for each in row.itertuples()]
    assert said == ["higher and narrower", "lower", "of another shape", calibration_words.NOTHING]


def test_scores_stand_beside_all_that_they_are_compared_with(result: CrossValidation) -> None:
    text = printed(cross_validation_report(result))
    for heading in ("in-sample", "held-out wave", "held-out nations"):
        assert heading in text
    for name in (
        "the model, calibrated",
        "the model, set by hand",
        "mechanism-free",
        "persistence",
        "Markov",
    ):
        assert name in text
    assert text.index("32 observations") < text.index("RPS")
    assert "where they share its start, it is no independent test" in text


def test_the_page_holds_every_score_win_or_lose(result: CrossValidation) -> None:
    page = validation_page(result, ["## Patterns", "", "All of them."])
    assert page.startswith("# Validation\n")
    assert page.endswith("All of them.\n")
    for row in result.scores.query("variant == 'recorded'").itertuples():
        assert f"{row.value:.3f} [{row.low:.3f}-{row.high:.3f}]" in page
    for section in ("## What it rests on", "## Scores in and out of sample", "## What was learned"):
        assert section in page
    assert "b_free_riding" in page
    widths = [line.count(" | ") for line in page.splitlines() if line.startswith("| persistence")]
    assert widths
    assert set(widths) == {3}


def test_a_table_in_markdown() -> None:
    grid = Grid(("name", "value", ""), (("a|b", "1", "x"), ("  indented", "2", "")), numbers=1)
    assert list(as_markdown(grid)) == [
        "| name | value |  |",
        "| :--- | ---: | :--- |",
        "| a\\|b | 1 | x |",
        "| &nbsp;&nbsp;indented | 2 |  |",
    ]


# Figures


def test_each_parameter_has_a_panel_coloured_by_whether_something_was_learned(
    calibration: Calibration,
) -> None:
    (area,) = marginals(calibration).axes
    colours = {
        axes.get_title(loc="left"): to_hex(axes.patches[0].get_facecolor()).upper()
        for axes in area.child_axes
    }
    assert colours == {
        "b_involvement": style.BLUE,
        "b_home_defence": style.BLUE,
        "b_free_riding": UNCHANGED,
    }


def test_a_panel_holds_all_particles(calibration: Calibration) -> None:
    (area,) = marginals(calibration).axes
    for axes in area.child_axes:
        low, high = axes.get_xlim()
        share = sum(bar.get_height() * bar.get_width() for bar in axes.patches)
        assert share == pytest.approx(1.0)
        assert low < high


def test_the_leading_parameters_are_drawn_in_pairs(calibration: Calibration) -> None:
    (area,) = pairs(calibration).axes
    assert len(area.child_axes) == 9
    clouds = [axes for axes in area.child_axes if axes.lines]
    assert len(clouds) == 3
    assert all(len(axes.lines[0].get_xdata()) == 60 for axes in clouds)
    numbers = [axes.texts[0].get_text() for axes in area.child_axes if axes.texts]
    assert sorted(float(number) for number in numbers) == pytest.approx(
        sorted(calibration.pairs["correlation"]), abs=0.006
    )


def test_fits_are_drawn_in_and_out_of_sample_wave_by_wave(result: CrossValidation) -> None:
    (area,) = differences(result).axes
    assert [axes.get_title(loc="left") for axes in area.child_axes] == [
        "22 May 2025, 16 nations", "10 July 2025, 16 nations",
    ]  # fmt: skip
    wanted = result.differences.query(
        "variant == 'recorded' and score == 'rps' and baseline != 'climatology'"
    )
    for axes, wave in zip(area.child_axes, ("2025-05-22", "2025-07-10"), strict=True):
        marks = [float(line.get_xdata()[0]) for line in axes.lines if line.get_marker() == "o"]
        assert sorted(marks) == pytest.approx(sorted(wanted[wanted["wave"] == wave]["difference"]))


def test_lines_show_how_far_it_helps_to_fit(result: CrossValidation) -> None:
    (area,) = generations(result).axes
    for axes, wave in zip(area.child_axes, ("2025-05-22", "2025-07-10"), strict=True):
        drawn = [line.get_ydata().tolist() for line in axes.lines if line.get_marker() == "o"]
        table = result.generations[result.generations["wave"] == wave]
        wanted = [part["difference"].tolist() for _, part in table.groupby("kind", sort=False)]
        assert drawn == wanted
        (stop,) = [line for line in axes.lines if line.get_linestyle() == ":"]
        assert stop.get_xdata()[0] == 2
    notes = " ".join(" ".join(text.get_text() for text in generations(result).texts).split())
    assert "Fits stop after generation 2." in notes


def test_every_figure_says_what_it_rests_on(result: CrossValidation) -> None:
    notes = " ".join(" ".join(text.get_text() for text in differences(result).texts).split())
    assert "32 observations in 2 waves" in notes
    assert "60 runs, seed 1; 100 resamples" in notes
    calibration = result.calibration
    for figure in (marginals(calibration), pairs(calibration)):
        notes = " ".join(" ".join(text.get_text() for text in figure.texts).split())
        assert "32 observations in 2 waves" in notes
        assert "loss-based posterior" in notes
        assert "Data: Nations that wait for a signal." in notes


@pytest.mark.slow
def test_figures_have_the_same_bytes_again(calibration: Calibration, tmp_path: Path) -> None:
    first = [file.read_bytes() for file in save_figures(calibration, tmp_path / "figures")]
    again = [file.read_bytes() for file in save_figures(calibration, tmp_path / "figures")]
    assert first == again
    assert {file.name for file in (tmp_path / "figures").iterdir()} == {
        "marginals.png", "marginals.svg", "pairs.png", "pairs.svg",
    }  # fmt: skip


# Commands


@pytest.fixture
def hindcast(tmp_path: Path) -> Path:
    return write_signal_world(tmp_path / "world")


@pytest.mark.slow
def test_calibrate_then_run_then_hindcast(coalition: Command, hindcast: Path) -> None:
    prior = hindcast.with_name("prior.toml")
    ended = coalition("calibrate", hindcast, "--prior", prior, "--wave", "2025-05-22", *FAST)
    assert ended.code == 0, ended.err
    assert "A loss-based posterior" in ended.out
    folder = Path(ended.out.splitlines()[-1].removeprefix("results: "))
    assert folder.parent == Path("results/calibrate/after")
    names = {"manifest.json", "posterior.parquet", "summary.parquet", "pairs.parquet", "steps.parquet"}
    assert {file.name for file in folder.iterdir()} == names | {"figures", "generations", "printed.json"}
    posterior = folder / "posterior.parquet"
    assert fitted_to(posterior) == ("after 2025-05-22",)

    times = {file: file.stat().st_mtime_ns for file in folder.rglob("generations/*")}
    again = coalition("calibrate", hindcast, "--prior", prior, "--wave", "2025-05-22", *FAST, "--quiet")
    assert again.out == f"results: {folder}\n"
    assert times == {file: file.stat().st_mtime_ns for file in folder.rglob("generations/*")}

    ran = coalition("run", hindcast.with_name("signal.toml"), "--runs", "60", "--parameters", posterior)
    said = " ".join(ran.out.split())
    assert "Each run has its own draw of the parameters, of 50: shares and ranges of runs include" in said
    point = ("--parameters", "default")
    plain = coalition("run", hindcast.with_name("signal.toml"), "--runs", "60", *point)
    assert "nothing shown includes how little is known of them" in " ".join(plain.out.split())

    scored = coalition("hindcast", hindcast, "--runs", "60", "--parameters", posterior)
    assert "IN-SAMPLE: the parameters were fitted to the positions of 22 May 2025" in " ".join(
        scored.out.split()
    )


@pytest.mark.slow
def test_cross_validate_writes_tables_and_a_page(coalition: Command, hindcast: Path, tmp_path: Path) -> None:
    command = ("cross-validate", hindcast, "--prior", hindcast.with_name("prior.toml"), *FAST)
    rest = ("--folds", "2", "--beyond", "0", "--score-runs", "40", "--page", tmp_path / "validation.md")
    ended = coalition(*command, *rest)
    assert ended.code == 0, ended.err
    folder = Path(ended.out.splitlines()[-1].removeprefix("results: "))
    assert {file.name for file in folder.iterdir()} == {
        "manifest.json", "scores.parquet", "differences.parquet", "generations.parquet", "posterior.parquet",
        "validation.md", "figures", "printed.json",
    }  # fmt: skip
    assert (tmp_path / "validation.md").read_text() == (folder / "validation.md").read_text()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["folds"], manifest["runs"], manifest["fit"]["runs"]) == (2, 40, 4)
    assert len(list(Path("results/calibrate/after").iterdir())) == 1 + 2 + 2


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (("calibrate", "europa-2025"), 'did you mean "europe-2025"?'),
        (("calibrate", "--wave", "2025-09-05"), "--wave 2025-09-05: no such wave; the waves are 2025-"),
        (("calibrate", "--prior", "nowhere.toml"), "nowhere.toml: no such file"),
        (("calibrate", "--particles", "10"), "--particles: Input should be greater than or equal to 50"),
        (("calibrate", "europe-2025", "europe-2025"), "two hindcasts have the same name"),
        (("cross-validate", "europe-2025", "--folds", "40"), "folds: must be a whole number from 2 to 32"),
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
