"""What the terminal says of a sweep."""

import io
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from sim.experiments.rests_on import rests_on, verdicts
from sim.experiments.sweep.sweep import plan_sweep, run_sweep
from sim.outputs.document.terminal import rendered
from sim.outputs.style import words_of
from sim.outputs.sweep.figures import figures_of
from sim.outputs.sweep.tables import sweep_report

CLARITY = '[[levers]]\npath = "mandate.clarity"\nrange = [0, 1]\nsteps = 3\n'
PRESSURE = '[[uncertainties]]\npath = "moscow.pressure"\nvalues = ["calm", "warnings"]\n'


def write_sweep(folder: Path, base: Path, given: str) -> Path:
    """Write a sweep with some runs and factors."""
    file = folder / "sweep.toml"
    file.write_text(f'title = "A sweep"\nbase = "{base}"\n{given}')
    return file


def printed(sweep: Path) -> str:
    console = Console(width=200, file=io.StringIO(), record=True)
    console.print(rendered(sweep_report(run_sweep(plan_sweep(sweep), sweep.parent))))
    return console.export_text()


def test_says_where_an_outcome_is_least_and_most(world: Callable[..., Path], tmp_path: Path) -> None:
    base = world(rounds=26, rest="[parameters]\nreach = 2\n")
    text = printed(write_sweep(tmp_path, base, f"runs = 100\n{CLARITY}"))
    assert "nations at mandate.clarity 0 to " in text
    assert "at mandate.clarity 1." in text


def test_the_least_and_the_most_say_what_they_rest_on(world: Callable[..., Path], tmp_path: Path) -> None:
    """As runs of the scenario at that point say it."""
    file = write_sweep(tmp_path, world(), f"runs = 20\n{CLARITY}")
    plan = plan_sweep(file)
    result, text = run_sweep(plan, tmp_path), printed(file)
    for outcome, points in result.extremes.items():
        assert set(points) <= set(result.rests_on["point"])
        for point in points:
            case = plan.base.with_overrides({"mandate.clarity": point / 2})
            told = verdicts(rests_on(case, seed=1))
            assert told == result.verdicts(point)
            assert f"] ({told[outcome]})" in text


def test_a_sweep_of_nations_alone_says_nothing_of_the_coalition(
    world: Callable[..., Path], tmp_path: Path
) -> None:
    result = run_sweep(
        plan_sweep(write_sweep(tmp_path, world(), f'outcomes = ["p_committed"]\n{CLARITY}')), tmp_path
    )
    assert (result.extremes, len(result.rests_on)) == ({}, 0)


def test_an_outcome_that_is_the_same_at_every_point_has_no_least(
    world: Callable[..., Path], tmp_path: Path
) -> None:
    base = world()
    base.write_text(base.read_text().replace("rounds = 6", "rounds = 6\nforce_required = 1e9"))
    text = printed(write_sweep(tmp_path, base, f"runs = 20\n{CLARITY}"))
    assert "P(pledged ≥ required): 0.0 [0.0-16.1] (assumed) % of runs at every point." in text


def test_one_run_at_each_point_has_no_intervals_of_means(world: Callable[..., Path], tmp_path: Path) -> None:
    sweep = write_sweep(tmp_path, world(), f"runs = 1\n{CLARITY}{PRESSURE}")
    assert "[?-?]" in printed(sweep)
    result = run_sweep(plan_sweep(sweep), tmp_path)
    for draw in figures_of(result).values():
        assert "nan" not in words_of(draw())["Description"].split()


def test_a_level_that_was_given_by_name_is_told_by_it(world: Callable[..., Path], tmp_path: Path) -> None:
    pressure = PRESSURE.replace('"calm", "warnings"', '"calm", 0.85')
    text = printed(write_sweep(tmp_path, world(), f"runs = 20\n{CLARITY}{pressure}"))
    assert "moscow.pressure calm" in text or "moscow.pressure 0.85" in text
    assert "moscow.pressure 0.2" not in text
