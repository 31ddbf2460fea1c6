"""Figures of sweeps: which are drawn, what they mark, and that the same sweep gives the same bytes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from legible import illegible

from sim.experiments.sweep.landmarks import landmarks
from sim.experiments.sweep.sweep import plan_sweep, run_sweep
from sim.outputs.style import words_of
from sim.outputs.sweep.axes import Ground, outcome_of
from sim.outputs.sweep.figures import figures_of
from sim.results.drawing import save_figures
from sim.results.result import load_result

US = '[[levers]]\npath = "washington.involvement"\nlabel = "US involvement"\nrange = [0, 1]\nsteps = 3\n'
CLARITY = '[[levers]]\npath = "mandate.clarity"\nrange = [0, 1]\nsteps = 3\n'
PRESSURE = '[[uncertainties]]\npath = "moscow.pressure"\nvalues = ["calm", "warnings", "hybrid_attacks"]\n'
FORCE = '[[levers]]\npath = "force_required"\nrange = [1000, 100000]\nscale = "log"\nsteps = 4\n'


def write_sweep(folder: Path, base: str | Path, given: str) -> Path:
    """Write a sweep with some factors."""
    file = folder / "sweep.toml"
    file.write_text(f'title = "A sweep"\nbase = "{base}"\nruns = 5\n{given}')
    return file


@pytest.mark.parametrize(
    ("given", "drawn"),
    [
        (US, {"lines", "nations"}),
        pytest.param(FORCE, {"lines", "nations"}, marks=pytest.mark.slow),
        pytest.param(PRESSURE, {"lines", "nations"}, marks=pytest.mark.slow),
        pytest.param(US + CLARITY, {"phase-diagram", "nations"}, marks=pytest.mark.slow),
        pytest.param(FORCE + PRESSURE, {"phase-diagram", "nations"}, marks=pytest.mark.slow),
        pytest.param(
            US + CLARITY + PRESSURE,
            {"phase-diagram", "nations-1", "nations-2", "nations-3"},
            marks=pytest.mark.slow,
        ),
        ('design = "lhs"\npoints = 20\n' + US + FORCE + PRESSURE, {"effects"}),
        ('outcomes = ["p_committed"]\n' + US + CLARITY, {"nations"}),
        ('outcomes = ["size"]\n' + US + CLARITY, {"phase-diagram"}),
    ],
)
def test_the_figures_suit_the_factors(
    world: Callable[..., Path], tmp_path: Path, given: str, drawn: set[str]
) -> None:
    result = run_sweep(plan_sweep(write_sweep(tmp_path, world(), given)), tmp_path)
    files = save_figures(result, tmp_path)
    assert {file.stem for file in files} == drawn
    before = {file: file.read_bytes() for file in files}
    assert {file: file.read_bytes() for file in save_figures(result, tmp_path)} == before


def test_scenarios_that_differ_only_in_the_factors_are_marked(tmp_path: Path) -> None:
    plan = plan_sweep(write_sweep(tmp_path, "brussels-2025-04", US + CLARITY + PRESSURE))
    found = {mark.name: tuple(mark.point.values()) for mark in landmarks(plan.base, plan.about.factors)}
    assert found["brussels-2025-04"] == (0.1, 0.05, 0.5)
    assert found["us-backstop"] == (0.75, 0.05, 0.5)
    assert found["russian-escalation"][2] == 0.9
    assert "grand-bargain" not in found
    assert "hindcast-2025" not in found


NAMED = '[[levers]]\npath = "washington.involvement"\nvalues = ["backstop", 0.3, "none"]\n'


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (NAMED, "lines"),
        (NAMED + CLARITY, "phase-diagram"),
        ('design = "lhs"\npoints = 12\n' + NAMED + CLARITY, "effects"),
    ],
)
def test_levels_that_were_given_by_name_are_labelled_by_it(
    world: Callable[..., Path], tmp_path: Path, given: str, name: str
) -> None:
    result = run_sweep(plan_sweep(write_sweep(tmp_path, world(), given)), tmp_path)
    for shown in (result, load_result(result.folder)):
        figure = figures_of(shown)[name]()
        axes = next(each for each in figure.axes[0].child_axes if each.get_xticklabels())
        assert [label.get_text() for label in axes.get_xticklabels()] == ["none", "0.3", "backstop"]
        assert axes.get_xticks().tolist() == [0.0, 0.3, 0.75]
        assert illegible(figure) == []


def test_a_surface_rises_with_its_axis_in_whatever_order_levels_are_listed(
    world: Callable[..., Path], tmp_path: Path
) -> None:
    base = world()

    def ground(values: str) -> tuple[Ground, list[list[float]]]:
        factor = f'[[levers]]\npath = "washington.involvement"\nvalues = {values}\n'
        result = run_sweep(plan_sweep(write_sweep(tmp_path, base, factor + CLARITY)), tmp_path)
        made = Ground.of(result)
        return made, made.surface(outcome_of(result, "size").estimate, 0).tolist()

    (rising, expected), (mixed, found) = ground("[0.0, 0.3, 0.9]"), ground("[0.9, 0.0, 0.3]")
    assert mixed.x.levels == rising.x.levels == (0.0, 0.3, 0.9)
    assert found == expected


LONG = "How far Washington is involved in what Europe would do, from nothing to troops on the ground"


@pytest.mark.parametrize(
    ("given", "way"),
    [
        (US, "Across"),
        pytest.param(US + CLARITY, "Across", marks=pytest.mark.slow),
        pytest.param(CLARITY + US, "Up", marks=pytest.mark.slow),
    ],
)
def test_a_long_name_is_cut_at_an_axis_and_told_below(
    world: Callable[..., Path], tmp_path: Path, given: str, way: str
) -> None:
    sweep = write_sweep(tmp_path, world(), given.replace("US involvement", LONG))
    drawn = figures_of(run_sweep(plan_sweep(sweep), tmp_path))
    figure = next(iter(drawn.values()))()
    assert illegible(figure) == []
    assert f"{way}: {LONG}." in words_of(figure)["Description"]


def test_nations_that_hardly_move_have_no_panel_and_are_told_below(tmp_path: Path) -> None:
    given = 'outcomes = ["p_committed"]\n' + US
    plan = plan_sweep(write_sweep(tmp_path, "brussels-2025-04", given), runs=50)
    result = run_sweep(plan, tmp_path)
    by_nation = result.nations["estimate"].to_numpy().reshape(len(result.values), -1)
    moves = np.ptp(by_nation, axis=0) >= 0.1
    figure = figures_of(result)["nations"]()
    panels = {axes.get_title(loc="left") for axes in figure.axes[0].child_axes}
    names = list(result.about.nations.values())
    assert panels == {name for name, moving in zip(names, moves, strict=True) if moving}
    told = " ".join(words_of(figure)["Description"].split())
    named, _, _ = told.partition("move by less than 10 points: ")[2].partition(" nations below 5 %.")
    few = int(named.rpartition(" ")[2])
    assert len(panels) + named.count(" %") + few == len(names)
    assert (by_nation.mean(axis=0)[~moves] < 0.05).sum() == few
