"""Behavioural parameters: the defaults, files that change some of them, posteriors, mistakes."""

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from numpy.testing import assert_array_equal

from sim.declarations.parameters import CUTS, FITTED, INTERACTION, PARAMETERS
from sim.inputs.errors import InputError
from sim.inputs.parameters import COLUMN, DECLARED, Parameters, load_parameters, posterior_file


def value(parameters: Parameters, name: str, row: int = 0) -> float:
    return float(parameters.values[row, COLUMN[name]])


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def posterior(folder: Path, **columns: list[float] | list[str]) -> Path:
    path = folder / "posterior.parquet"
    pq.write_table(pa.table(columns), path)
    return path


def test_the_point_is_one_row_of_starting_values() -> None:
    parameters = load_parameters(DECLARED)
    assert parameters.values.shape == (1, len(PARAMETERS))
    assert [value(parameters, name) for name in ("reach", "followership", "cut_committed")] == [
        0.25,
        0.25,
        0.41,
    ]


def test_every_parameter_says_what_it_is() -> None:
    for name, each in PARAMETERS.items():
        assert each.name == name
        assert each.range[0] <= each.value <= each.range[1], name
        assert each.unit, name
        assert each.meaning, name
        assert each.source, name
        assert len(each.prior.reason) > 20, name


def test_interaction_can_be_switched_off() -> None:
    off = load_parameters().with_values(dict.fromkeys(INTERACTION, 0.0))
    assert [value(off, name) for name in INTERACTION] == [0, 0, 0]


def test_what_rests_on_statements_is_what_was_fitted_to_them() -> None:
    assert {name for name, each in PARAMETERS.items() if each.rests_on == "fitted"} == set(FITTED)


def test_either_sign_is_allowed_where_nobody_knows_it() -> None:
    for name in ("reach", "followership"):
        assert PARAMETERS[name].range[0] < 0 < PARAMETERS[name].range[1]


def test_cuts_rise_whatever_is_drawn() -> None:
    ranges = [cut.range for cut in CUTS.values()]
    assert all(lower[1] < upper[0] for lower, upper in pairwise(ranges))


def test_with_values_changes_every_row_of_a_copy() -> None:
    before = load_parameters(DECLARED)
    after = before.with_values({"followership": 2, "common": 0.1})
    assert (value(after, "followership"), value(after, "common")) == (2, 0.1)
    assert value(before, "followership") == 0.25


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"folowership": 1.0}, 'unknown parameter "folowership"; did you mean "followership"'),
        ({"zzz": 1.0}, 'unknown parameter "zzz"; allowed: reach, '),
        ({"common": 1.9}, "common: 1.9 is out of range; allowed is 0 to 1"),
        ({"common": math.nan}, "common: nan is out of range"),
        ({"common": math.inf}, "common: inf is out of range"),
        ({"common": "much"}, 'common: must be a number, not "much"'),
        ({"common": True}, "common: must be a number, not True"),
        ({"cut_open": 0.5}, "cut_open: 0.5 is out of range; allowed is -1.25 to -0.2"),
    ],
)
def test_bad_overrides_are_told(overrides: dict[str, float], message: str) -> None:
    with pytest.raises(InputError) as caught:
        load_parameters().with_values(overrides)
    assert str(caught.value).startswith(message)


def test_a_file_gives_what_differs_from_the_defaults(tmp_path: Path) -> None:
    parameters = load_parameters(written(tmp_path, '[followership]\nvalue = 2\nsource = "a guess"\n'))
    assert (value(parameters, "followership"), value(parameters, "reach")) == (2, 0.25)


def test_a_copy_of_the_defaults_is_the_defaults(tmp_path: Path) -> None:
    text = "\n".join(f"[{name}]\nvalue = {parameter.value}" for name, parameter in PARAMETERS.items())
    copy = load_parameters(written(tmp_path, text))
    assert_array_equal(copy.values, load_parameters(Path("default")).values)


def test_without_a_file_parameters_are_the_bundled_draws(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    drawn = load_parameters()
    assert drawn.draws == 1000
    for same in (posterior_file(), Path("posterior")):
        assert_array_equal(drawn.values, load_parameters(same).values)
    # Nothing is certain.
    assert (drawn.values.std(axis=0) > 0).all()


def test_a_name_that_is_nearly_one_of_a_bundled_file_is_told_so() -> None:
    with pytest.raises(InputError, match='of this name: default, posterior; did you mean "posterior"'):
        load_parameters(Path("posteror"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[demnad]\nvalue = 1\n", ':1: demnad: unknown parameter "demnad"; did you mean "demand"'),
        ("[demand]\nvalue = 9\n", ":1: demand: 9 is out of range; allowed is 0 to 3"),
        ("[demand]\nvalue = nan\n", ":2: demand.value: must be a finite number, not nan"),
        ('[demand]\nvalue = "big"\n', ':2: demand.value: must be a number, not "big"'),
        ("[demand]\nvalue = true\n", ":2: demand.value: must be a number, not True"),
        ("[demand]\n", ":1: demand.value: is missing"),
        ("demand = 2\n", ":1: demand: "),
        (
            "[demand]\nvalue = 2\nsauce = 1\n",
            ':3: demand.sauce: unknown key "sauce"; allowed: value, source; did you mean "source"',
        ),
        ("[", ":1: not valid TOML"),
        ("\0", ": "),
    ],
)
def test_mistakes_in_a_file_are_told_with_their_place(tmp_path: Path, text: str, message: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(InputError, match=message) as caught:
        load_parameters(path)
    assert str(caught.value).startswith(f"{path}:")


@pytest.mark.parametrize("name", ["nowhere.toml", "nowhere.parquet", "a\0b.toml"])
def test_a_missing_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_parameters(tmp_path / name)


def test_a_posterior_has_a_row_a_draw_and_defaults_for_what_it_leaves_out(tmp_path: Path) -> None:
    parameters = load_parameters(posterior(tmp_path, demand=[1.0, 2.0, 3.0], common=[0.1, 0.2, 0.3]))
    assert parameters.values.shape == (3, len(PARAMETERS))
    assert [value(parameters, "demand", row) for row in range(3)] == [1, 2, 3]
    assert [value(parameters, "followership", row) for row in range(3)] == [0.25, 0.25, 0.25]
    assert parameters.values.flags.c_contiguous


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"demnad": [1.0]}, 'unknown parameter "demnad"; did you mean "demand"'),
        ({"demand": [1.0, 9.0]}, "demand: 9 is out of range"),
        ({"demand": [1.0, None]}, "demand: nan is out of range"),
        ({"demand": ["a"]}, "demand: holds string; allowed are numbers"),
        ({"demand": pa.array([], pa.float64())}, "holds no draws"),
        ({}, "holds no draws"),
    ],
)
def test_mistakes_in_a_posterior_are_told(
    tmp_path: Path, columns: dict[str, list[float]], message: str
) -> None:
    path = posterior(tmp_path, **columns)
    with pytest.raises(InputError) as caught:
        load_parameters(path)
    assert str(caught.value).startswith(f"{path}: {message}")


@pytest.mark.parametrize("content", [b"", b"PAR1", b"PAR1\x00PAR1", b"hello"])
def test_a_file_that_is_no_parquet(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "posterior.parquet"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not readable as Parquet"):
        load_parameters(path)


def test_the_same_object_until_the_file_changes(tmp_path: Path) -> None:
    path = written(tmp_path, "[demand]\nvalue = 2\n")
    first = load_parameters(path)
    assert load_parameters(path) is first
    written(tmp_path, "[demand]\nvalue = 2.5\n")
    assert value(load_parameters(path), "demand") == 2.5


def test_nobody_can_change_shared_parameters() -> None:
    with pytest.raises(ValueError, match="read-only"):
        load_parameters().values[0, 0] = 1
    assert np.shares_memory(load_parameters().values, load_parameters().values)


@pytest.mark.parametrize(
    ("names", "rows", "says"),
    [
        (["demand", "demand"], 2, "demand: the column stands there twice"),
        ([f"x{number}" for number in range(31)], 2, "has 31 columns; there are 15 parameters"),
        (["demand"], 500_001, "holds 500,001 draws; at most 500,000 are allowed"),
    ],
)
def test_a_posterior_beyond_any_use_is_refused(
    tmp_path: Path, names: list[str], rows: int, says: str
) -> None:
    path = tmp_path / "posterior.parquet"
    pq.write_table(pa.table([pa.array(np.ones(rows))] * len(names), names=names), path)
    with pytest.raises(InputError) as mistake:
        load_parameters(path)
    assert str(mistake.value) == f"{path}: {says}"
