"""Sweep files say what varies; a mistake is named with its file, line and key."""

from pathlib import Path

import numpy as np
import pytest

from sim.declarations.parameters import PARAMETERS
from sim.inputs.errors import InputError
from sim.inputs.keys import PARAMETER_PREFIX
from sim.inputs.prior import declared_prior
from sim.inputs.sweep_file import find_sweep, load_sweep, load_sweep_case, sweeps_folder

SWEEP = """\
title = "A sweep"
base = "brussels-2025-04"
design = "grid"
runs = 20
[[levers]]
path = "washington.involvement"
values = [0.0, 0.5]
[[uncertainties]]
path = "parameters.followership"
range = [0.5, 2.0]
steps = 3
"""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    file = tmp_path / "sweep.toml"
    file.write_text(SWEEP)
    return file


def test_a_sweep_holds_levers_and_uncertainties_apart(written: Path) -> None:
    sweep, base = load_sweep_case(written)
    assert [factor.path for factor in sweep.levers] == ["washington.involvement"]
    assert [factor.path for factor in sweep.uncertainties] == ["parameters.followership"]
    assert (sweep.name, sweep.runs, sweep.seed) == ("sweep", 20, 1)
    assert base.scenario.name == "brussels-2025-04"


def test_the_command_line_wins(written: Path) -> None:
    sweep, base = load_sweep_case(written, ["ceasefire=0.4", "rounds=9"], runs=5, seed=3)
    assert (sweep.runs, sweep.seed, base.scenario.rounds) == (5, 3, 9)
    assert base.timeline.level("ceasefire")[1] == 0.4


def test_all_parameters_vary_over_the_middle_of_their_priors() -> None:
    sweep, _ = load_sweep_case("all-parameters")
    ranges = {each.path.removeprefix(PARAMETER_PREFIX): each.range for each in sweep.uncertainties}
    assert set(PARAMETERS) <= set(ranges)
    assert ranges["followership"] == pytest.approx((0.25 - 1.645 * 0.5, 0.25 + 1.645 * 0.5), rel=5e-3)
    for prior in declared_prior().parameters:
        low, high = ranges[prior.name]
        assert prior.low <= low < high <= prior.high
        assert prior.quantile(np.array([0.05, 0.95])) == pytest.approx([low, high], rel=5e-3)


@pytest.mark.parametrize("file", sorted(sweeps_folder().glob("*.toml")), ids=lambda file: file.stem)
def test_the_bundled_sweeps_are_valid(file: Path) -> None:
    sweep, _ = load_sweep_case(file.stem)
    assert sweep.title
    assert sweep.description
    assert all(factor.label for factor in sweep.factors)


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        (
            'design = "grid"',
            'design = "gird"',
            '3: design: must be one of grid, lhs, sobol, morris, list, not "gird"',
        ),
        ("runs = 20", "runs = 0", "4: runs: must be at least 1"),
        ("runs = 20", "rnus = 20", 'did you mean "runs"?'),
        ("values = [0.0, 0.5]", "values = [0.0, 1.5]", "7: levers[0].values"),
        ("values = [0.0, 0.5]", 'values = [0.0, "lots"]', "7: levers[0].values"),
        ("values = [0.0, 0.5]", "values = [0.0, 0.0]", "nor hold one twice"),
        ("values = [0.0, 0.5]", "values = [true]", "values[0]: must be a number, a text or a date, not True"),
        ("values = [0.0, 0.5]", "values = [[1]]", "values[0]: must be a number, a text or a date, not [1]"),
        ("values = [0.0, 0.5]", "", "either values or a range"),
        ("range = [0.5, 2.0]", "range = [2.0, 0.5]", "does not rise"),
        ("range = [0.5, 2.0]", "range = [0.5, 9.0]", "10: uncertainties[0].range"),
        ("steps = 3", 'scale = "log"\nsteps = 1', "steps: must be at least 2"),
        ("washington.involvement", "washington.involvment", '6: levers[0].path: unknown key "involvment"; '),
        ("washington.involvement", "start.washington.involvment", '; did you mean "involvement"?'),
        ("washington.involvement", "nations.NLD.psition", 'path: unknown key "psition"; allowed: position, '),
        ("washington.involvement", "ceasefire.level", "path: ceasefire.level goes on where there is a value"),
        ("title =", 'list_ = "points.csv"\ntitle =', "base, design, points, list, runs, seed, "),
        ("title =", 'list_ = "points.csv"\ntitle =', 'did you mean "list"?'),
        ("washington.involvement", "wahsington.involvement", '6: levers[0].path: unknown key "wahsington"'),
        ("washington.involvement", "rounds", "6: levers[0].path: rounds cannot vary"),
        ("parameters.followership", "washington.involvement", '"washington.involvement" is a factor already'),
        ("parameters.followership", "parameters.folowership", "9: uncertainties[0].path: unknown parameter"),
        (
            "brussels-2025-04",
            "brusels-2025-04",
            "2: base: no such file, and no bundled scenario of this name",
        ),
        ('design = "grid"', 'design = "sobol"', "1: points: design sobol needs points"),
        ('design = "grid"', 'design = "sobol"\npoints = 100', "4: points: design sobol needs a power of 2"),
        ('design = "grid"', 'design = "list"', "1: list: design list needs a list"),
        ('design = "grid"', 'design = "grid"\npoints = 8', "4: points: design grid takes no points"),
    ],
)
def test_mistakes_are_named_with_their_place(tmp_path: Path, right: str, wrong: str, says: str) -> None:
    file = tmp_path / "sweep.toml"
    file.write_text(SWEEP.replace(right, wrong))
    with pytest.raises(InputError) as mistake:
        load_sweep_case(file)
    message = str(mistake.value)
    assert message.startswith(f"{file}")
    assert says in message
    assert "\n" not in message


def test_a_mistake_beside_the_file_is_not_blamed_on_it(written: Path) -> None:
    with pytest.raises(InputError) as mistake:
        load_sweep_case(written, runs=10**20)
    assert str(mistake.value) == f"runs: must be at most 1000000000, not {10**20}"


def test_what_varies_cannot_be_set_beside_the_file(written: Path) -> None:
    with pytest.raises(InputError, match=r"--set washington.involvement: is a factor of this sweep"):
        load_sweep_case(written, ["washington.involvement=0.3"])


def test_a_name_that_is_nearly_a_bundled_one_is_guessed() -> None:
    assert find_sweep("us-by-clarity").name == "us-by-clarity.toml"
    with pytest.raises(InputError, match='did you mean "us-by-clarity"'):
        load_sweep("us-by-clariti")
