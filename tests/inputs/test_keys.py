"""A lever has one key, in whatever spelling a user gives it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim
from sim.experiments.runs import Runs
from sim.experiments.sensitivity.plan import factors_of
from sim.experiments.sweep.point_model import PointModel
from sim.inputs.case import Case, load_case
from sim.inputs.errors import InputError
from sim.inputs.factors import Factor
from sim.inputs.keys import Key, parameter_key
from sim.inputs.sweep_file import load_sweep_case

BASE = "us-backstop"
WORDS = st.from_regex(r"[a-zA-Z]([a-zA-Z]|_[a-zA-Z]){0,8}", fullmatch=True)
LEVER = '[[levers]]\npath = "{path}"\nvalues = [0.1, 0.9]\n'


@pytest.fixture(scope="module")
def case() -> Case:
    return load_case(BASE, ["rounds=8"])


@given(st.lists(WORDS, min_size=1, max_size=4))
def test_both_spellings_are_one_key_shown_in_dots(words: list[str]) -> None:
    dots, underscores = Key(".".join(words)), Key("__".join(words))
    assert dots == underscores == ".".join(words)
    assert hash(dots) == hash(underscores)
    assert dots.path == tuple(words)
    assert Key(dots) == dots


def test_a_key_knows_whether_it_is_a_parameter() -> None:
    assert Key("parameters__followership").parameter == "followership"
    assert Key("washington.involvement").parameter == ""
    assert parameter_key("reach") == "parameters.reach"


@pytest.mark.parametrize(
    "path", ["parameters.followership", "washington.involvement", "start.moscow.pressure"]
)
def test_a_case_takes_either_spelling(case: Case, path: str) -> None:
    one, other = (case.with_overrides({key: 0.9}) for key in (path, path.replace(".", "__")))
    assert (one.parameters.values == other.parameters.values).all()
    assert (one.timeline.levels == other.timeline.levels).all()
    changed = (one.parameters.values != case.parameters.values).any() or one.scenario != case.scenario
    assert changed


def test_a_parameter_set_in_either_spelling_moves_the_size_alike(case: Case) -> None:
    def size(key: str, value: float) -> float:
        return float(sim.run(case.with_overrides({key: value}), runs=60).rounds["size_mean"].iloc[-1])

    spread = [size("parameters.followership", value) for value in (-1.0, 2.0)]
    assert spread == [size("parameters__followership", value) for value in (-1.0, 2.0)]
    assert spread[1] > spread[0]


def test_a_point_takes_either_spelling(case: Case) -> None:
    model = PointModel(case, Runs(20, 1), ("size",))
    for path in ("parameters.followership", "washington.involvement"):
        assert model.at({path: 0.0}).estimate == model.at({path.replace(".", "__"): 0.0}).estimate


def test_a_factor_is_known_by_its_key() -> None:
    factor = Factor.model_validate({"path": "{patron}__involvement", "values": [0.1]})
    assert factor.of_roster(load_case(BASE).roster).path == "washington.involvement"
    assert factor.model_dump(mode="json")["path"] == "{patron}.involvement"


@pytest.mark.parametrize(
    ("first", "second", "key"),
    [
        ("washington.involvement", "washington__involvement", "washington.involvement"),
        ("{patron}.involvement", "washington__involvement", "washington.involvement"),
        ("nations.GBR.held", "nations.UK.held", "nations.GBR.held"),
    ],
)
def test_a_lever_named_twice_is_refused_with_both_lines(
    tmp_path: Path, first: str, second: str, key: str
) -> None:
    file = tmp_path / "twice.toml"
    file.write_text(
        f'title = "Twice"\nbase = "{BASE}"\n{LEVER.format(path=first)}{LEVER.format(path=second)}'
    )
    with pytest.raises(InputError) as mistake:
        load_sweep_case(file)
    assert str(mistake.value) == f'{file}:7: levers[1].path: "{key}" is a factor already, in line 4'


@pytest.mark.parametrize("path", ["washington.involvement", "washington__involvement"])
@pytest.mark.parametrize("given", ["washington.involvement=0.3", "washington__involvement=0.3"])
def test_what_is_set_is_no_factor_in_whatever_spelling(tmp_path: Path, path: str, given: str) -> None:
    file = tmp_path / "sweep.toml"
    file.write_text(
        f'title = "One"\nbase = "{BASE}"\nparameters = "all"\n{LEVER.format(path=path)}'
        '[[uncertainties]]\npath = "ceasefire"\nvalues = [0, 1]\n'
    )
    with pytest.raises(InputError, match=r"--set washington.involvement: is a factor of this sweep"):
        load_sweep_case(file, [given])
    sweep, _ = load_sweep_case(file)
    assert "washington.involvement" in [factor.path for factor in sweep.factors]
    assert "washington.involvement" not in factors_of(sweep, [given]).paths
