"""Behavioural parameters: the defaults, files that change some of them, posteriors, mistakes."""

import math
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from sim.declarations.parameters import MECHANISMS, PARAMETERS
from sim.declarations.words import POSITIONS
from sim.inputs.errors import InputError
from sim.inputs.parameters import COLUMN, DECLARED, Parameters, load_parameters, log_odds, posterior_file


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
    assert [value(parameters, name) for name in ("b_involvement", "b_public_opinion", "slip_to_open")] == [
        1.0,
        3.0,
        0.42,
    ]


def test_default_bands_stand_in_the_order_of_the_positions() -> None:
    bands = dict(zip(POSITIONS, load_parameters().bands.tolist(), strict=True))
    assert bands == {
        "opposed": [0.02, 0.12],
        "undecided": [0.14, 0.32],
        "open": [0.36, 0.54],
        "conditional": [0.34, 0.50],
        "committed": [0.66, 0.92],
        "unknown": [0.05, 0.32],
    }


def test_every_parameter_says_what_it_is() -> None:
    for name, each in PARAMETERS.items():
        assert each.name == name
        assert each.range[0] <= each.value <= each.range[1], name
        assert each.range[0] <= each.variation[0] < each.variation[1] <= each.range[1], name
        assert each.unit, name
        assert each.meaning, name
        assert each.source, name
        assert len(each.prior.reason) > 20, name


def test_mechanisms_can_be_switched_off() -> None:
    off = dict.fromkeys(MECHANISMS, 0.0)
    assert value(load_parameters().with_values(off), "b_escalation") == 0


def test_the_most_attentive_nation_cannot_overshoot() -> None:
    highest = {name: parameter.range[1] for name, parameter in PARAMETERS.items()}
    assert highest["attention"] * 1.5 <= 1
    assert highest["bargaining"] + highest["planning"] < 1


def test_threat_and_escalation_get_the_same_range() -> None:
    assert PARAMETERS["b_threat"].range == PARAMETERS["b_escalation"].range


def test_with_values_changes_every_row_of_a_copy() -> None:
    before = load_parameters(DECLARED)
    after = before.with_values({"b_threat": 2, "attention": 0.1})
    assert (value(after, "b_threat"), value(after, "attention")) == (2, 0.1)
    assert value(before, "b_threat") == 1.5
    assert after.bands is before.bands


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"b_treat": 1.0}, 'unknown parameter "b_treat"; did you mean "b_threat"'),
        ({"zzz": 1.0}, 'unknown parameter "zzz"; allowed: b_involvement, '),
        ({"attention": 0.9}, "attention: 0.9 is out of range; allowed is 0 to 0.66"),
        ({"attention": math.nan}, "attention: nan is out of range"),
        ({"attention": math.inf}, "attention: inf is out of range"),
        ({"attention": "much"}, 'attention: must be a number, not "much"'),
        ({"attention": True}, "attention: must be a number, not True"),
        ({"slip_to_open": 0.6}, "slip_to_open: 0.6 must lie below climb_to_committed, which is 0.6"),
        ({"climb_to_open": 0.7}, "climb_to_open: 0.7 must lie below climb_to_committed"),
        (
            {"slip_to_opposed": 0.12, "slip_to_undecided": 0.11},
            "slip_to_opposed: 0.12 must lie below slip_to_und",
        ),
    ],
)
def test_bad_overrides_are_told(overrides: dict[str, float], message: str) -> None:
    with pytest.raises(InputError) as caught:
        load_parameters().with_values(overrides)
    assert str(caught.value).startswith(message)


def test_a_file_gives_what_differs_from_the_defaults(tmp_path: Path) -> None:
    text = '[b_threat]\nvalue = 2\nsource = "a guess"\n[anchor_bands]\nopen = [0.4, 0.5]\n'
    parameters = load_parameters(written(tmp_path, text))
    assert (value(parameters, "b_threat"), value(parameters, "b_escalation")) == (2, 2)
    bands = dict(zip(POSITIONS, parameters.bands.tolist(), strict=True))
    assert (bands["open"], bands["opposed"]) == ([0.4, 0.5], [0.02, 0.12])


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
    # The ladder that anchors are stated on is not among what was fitted.
    point = load_parameters(DECLARED)
    ladder = [name.startswith(("climb_", "slip_")) for name in PARAMETERS]
    assert (drawn.values[:, ladder] == point.values[:, ladder]).all()
    assert (drawn.values.std(axis=0)[np.logical_not(ladder)] > 0).all()


def test_a_name_that_is_nearly_one_of_a_bundled_file_is_told_so() -> None:
    with pytest.raises(InputError, match='of this name: default, posterior; did you mean "posterior"'):
        load_parameters(Path("posteror"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[b_treat]\nvalue = 1\n", ':1: b_treat: unknown parameter "b_treat"; did you mean "b_threat"'),
        ("[b_threat]\nvalue = 9\n", ":1: b_threat: 9 is out of range; allowed is 0 to 5"),
        ("[b_threat]\nvalue = nan\n", ":2: b_threat.value: must be a finite number, not nan"),
        ('[b_threat]\nvalue = "big"\n', ':2: b_threat.value: must be a number, not "big"'),
        ("[b_threat]\nvalue = true\n", ":2: b_threat.value: must be a number, not True"),
        ("[b_threat]\n", ":1: b_threat.value: is missing"),
        ("b_threat = 2\n", ":1: b_threat: "),
        ("anchor_bands = 2\n", ":1: anchor_bands: "),
        (
            "[b_threat]\nvalue = 2\nsauce = 1\n",
            ':3: b_threat.sauce: unknown key "sauce"; allowed: value, source; did you mean "source"',
        ),
        ("[anchor_bands]\nopen = [0.5, 0.4]\n", r":2: anchor_bands.open: \[0.5, 0.4\] is no band"),
        ("[anchor_bands]\nopen = [0, 0.4]\n", r":2: anchor_bands.open: \[0, 0.4\] is no band"),
        ("[anchor_bands]\nopen = [0.4]\n", ":2: anchor_bands.open: "),
        (
            "[anchor_bands]\nopn = [0.4, 0.5]\n",
            ':2: anchor_bands.opn: unknown key "opn".*did you mean "open"',
        ),
        ("[climb_to_open]\nvalue = 0.2\n", ":1: slip_to_undecided: 0.28 must lie below climb_to_open"),
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
    parameters = load_parameters(posterior(tmp_path, b_threat=[1.0, 2.0, 3.0], attention=[0.1, 0.2, 0.3]))
    assert parameters.values.shape == (3, len(PARAMETERS))
    assert [value(parameters, "b_threat", row) for row in range(3)] == [1, 2, 3]
    assert [value(parameters, "b_peers", row) for row in range(3)] == [1, 1, 1]
    assert parameters.values.flags.c_contiguous


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"b_treat": [1.0]}, 'unknown parameter "b_treat"; did you mean "b_threat"'),
        ({"b_threat": [1.0, 9.0]}, "b_threat: 9 is out of range"),
        ({"b_threat": [1.0, None]}, "b_threat: nan is out of range"),
        ({"b_threat": ["a"]}, "b_threat: holds string; allowed are numbers"),
        ({"b_threat": pa.array([], pa.float64())}, "holds no draws"),
        ({}, "holds no draws"),
        (
            {"climb_to_open": [0.33, 0.2]},
            "slip_to_undecided: 0.28 must lie below climb_to_open, which is 0.2",
        ),
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
    path = written(tmp_path, "[b_threat]\nvalue = 2\n")
    first = load_parameters(path)
    assert load_parameters(path) is first
    written(tmp_path, "[b_threat]\nvalue = 2.5\n")
    assert value(load_parameters(path), "b_threat") == 2.5


def test_log_odds_of_known_probabilities() -> None:
    assert_allclose(log_odds([0.5, 0.6, 0.13]), [0, math.log(1.5), math.log(13 / 87)], atol=2.0**-40, rtol=0)
    assert log_odds(0.5) == 0


@given(st.floats(0.001, 0.999))
def test_log_odds_are_on_the_grid_and_mirror(p: float) -> None:
    odds = float(log_odds(p))
    assert (odds * 2.0**40).is_integer()
    assert abs(odds + float(log_odds(1 - p))) <= 2.0**-39
    assert abs(1 / (1 + math.exp(-odds)) - p) < 1e-11


@pytest.mark.parametrize("p", [0.0, 1.0, -1.0, math.nan, [0.5, 1.0]])
def test_certainty_has_no_log_odds(p: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        log_odds(p)


def test_nobody_can_change_shared_parameters() -> None:
    with pytest.raises(ValueError, match="read-only"):
        load_parameters().values[0, 0] = 1
    assert np.shares_memory(load_parameters().values, load_parameters().values)


@pytest.mark.parametrize(
    ("names", "rows", "says"),
    [
        (["b_threat", "b_threat"], 2, "b_threat: the column stands there twice"),
        ([f"x{number}" for number in range(31)], 2, "has 31 columns; there are 30 parameters"),
        (["b_threat"], 500_001, "holds 500,001 draws; at most 500,000 are allowed"),
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
