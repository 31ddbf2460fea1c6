"""A declaration that leaves something out, or whose name is taken, is one line."""

import math
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.declarations.kinds import (
    DeclarationError,
    Level,
    Parameter,
    Prior,
    Term,
    by_name,
    fixed,
    half_normal,
    uniform,
)
from sim.declarations.levels import CONDITIONS, LEVELS, LEVERS, MOVED, PERCEIVED
from sim.declarations.parameters import CUTS, DERIVED, INTERACTION, PARAMETERS
from sim.declarations.records import Behaviour, Levels, Nation, Terms, World, blank
from sim.declarations.terms import TERMS
from sim.declarations.words import PURPOSES

PARAMETER = {
    "value": 0.5,
    "range": (0, 1),
    "unit": "share",
    "meaning": "what it does",
    "source": "a guess",
    "prior": fixed("nobody knows"),
}
LEVEL = {"key": ("mandate", "weather"), "meaning": "how the weather is", "words": "weather"}
TERM = {"words": "weather", "holds_back": "bad weather"}


def parameter(**changes: object) -> Parameter:
    return Parameter("b_weather", **{**PARAMETER, **changes})


def level(**changes: object) -> Level:
    return Level("weather", **{**LEVEL, **changes})


def term(**changes: object) -> Term:
    return Term("weather", lambda *_: 0.0, **{**TERM, **changes})


@pytest.mark.parametrize("missing", ["unit", "meaning", "source", "prior"])
def test_a_parameter_says_all(missing: str) -> None:
    with pytest.raises(DeclarationError, match=rf'^test_.*:\d+: parameter "b_weather": has no {missing}; a'):
        parameter(**{missing: None})


def test_a_parameter_is_in_its_range() -> None:
    with pytest.raises(DeclarationError, match='parameter "b_weather": 2 is not in its range'):
        parameter(value=2)


@pytest.mark.parametrize("missing", ["words", "holds_back"])
def test_a_term_has_words(missing: str) -> None:
    with pytest.raises(DeclarationError, match=f'term "weather": has no {missing}; a term says words, holds'):
        term(**{missing: ""})


@pytest.mark.parametrize("missing", ["key", "meaning", "words"])
def test_a_level_says_all(missing: str) -> None:
    with pytest.raises(DeclarationError, match=f'level "weather": has no {missing}; a level says key'):
        level(**{missing: ()})


def test_a_level_stands_in_a_table_that_there_is() -> None:
    with pytest.raises(
        DeclarationError, match="in a table sky that there is not; allowed are patron, mandate"
    ):
        level(key=("sky", "weather"))
    with pytest.raises(DeclarationError, match="a key without a table is its name, not sky"):
        level(key=("sky",))


@pytest.mark.parametrize(
    ("make", "changes", "says"),
    [
        (parameter, {"value": math.nan}, "nan is not in its range"),
        (parameter, {"prior": fixed(" ")}, "its prior has no reason"),
        (
            parameter,
            {"prior": Prior("gauss", {"mean": 0.0}, "why")},
            "its prior is no gauss; allowed",
        ),
        (parameter, {"prior": half_normal(-1.0, "why")}, "a number that is not above 0"),
        (parameter, {"prior": uniform(0.7, 0.6, "why")}, "its prior does not rise"),
        (term, {"words": "  "}, "has no words"),
        (term, {"holds_back": "{patorn} x"}, "holds_back holds {patorn}; allowed: {patron}, {adversary}"),
        (level, {"meaning": "What {patrn} gives"}, "meaning holds {patrn}"),
        (level, {"at_start": 2.0}, "its start is not from 0 to 1"),
        (level, {"key": ("mandate", "policy")}, 'its key "policy" is another key of scenario files'),
    ],
)
def test_what_would_break_later_is_refused_at_once(make: Any, changes: dict[str, Any], says: str) -> None:
    with pytest.raises(DeclarationError, match=re.escape(says)):
        make(**changes)


@pytest.mark.parametrize("name", ["world", "deterrence", "predisposition", "my weather"])
def test_a_name_that_means_something_else_is_refused(name: str) -> None:
    with pytest.raises(DeclarationError, match=f'"{name}": the name is no word, or means something else'):
        Term(name, lambda *_: 0.0, **TERM)


def test_a_key_is_taken_once() -> None:
    with pytest.raises(DeclarationError, match=r'"rain": its key is taken, by test_declarations.py:\d+'):
        by_name([level(), Level("rain", **LEVEL)])


def test_every_equation_reads_only_what_there_is() -> None:
    behaviour, nation, world = (blank(kind) for kind in (Behaviour, Nation, World))
    for name, each in TERMS.items():
        assert isinstance(each.equation(behaviour, nation, world), float), name


@pytest.mark.parametrize("declared", [parameter, level, term])
def test_a_name_is_taken_once(declared: object) -> None:
    with pytest.raises(DeclarationError, match=r": the name is taken, by test_declarations.py:\d+$"):
        by_name([declared(), declared()])


def test_records_are_made_from_the_declarations() -> None:
    assert Behaviour._fields == (*PARAMETERS, *DERIVED)
    assert Terms._fields == tuple(TERMS)
    assert Levels._fields == tuple(LEVELS)
    changes = {f"{lever}_change" for lever in LEVERS}
    assert set(World._fields) == {*LEVELS, *changes, *PURPOSES, "force_ratio", "leads_absent"}
    assert {f"slope_{lever}" for lever in LEVERS} < set(Nation._fields)
    assert {f"{lever}_change" for lever in PERCEIVED} < set(Nation._fields)
    for some in (LEVERS, CONDITIONS, MOVED):
        assert set(some) < set(LEVELS)
    assert set(PERCEIVED) < set(LEVERS)
    assert {*CUTS, *INTERACTION} < set(PARAMETERS)


def test_every_lever_has_an_equation_that_reads_its_slope_its_change_and_the_reach() -> None:
    for lever in LEVERS:
        seen = Nation if lever in PERCEIVED else World
        kinds = {Nation: {f"slope_{lever}": 3.0}, World: {}}
        kinds[seen][f"{lever}_change"] = 0.5
        nation, world = (blank(kind, **kinds[kind]) for kind in (Nation, World))
        assert TERMS[lever].equation(blank(Behaviour, reach=2.0), nation, world) == 3.0
        assert TERMS[lever].military


@pytest.mark.parametrize("mechanism", INTERACTION)
def test_an_assumed_mechanism_is_removed_by_0_and_its_prior_is_about_0_or_says_a_side(mechanism: str) -> None:
    parameter_ = PARAMETERS[mechanism]
    assert parameter_.range[0] <= 0.0 <= parameter_.range[1]
    assert "assumed" in parameter_.source
    assert parameter_.prior
    assert parameter_.prior.distribution in {"normal", "half_normal"}


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_parameter_has_a_prior_that_is_not_fixed(name: str) -> None:
    # What is uncertain is drawn: nothing influential is held at a value set by hand.
    prior = PARAMETERS[name].prior
    assert prior
    assert prior.distribution is not None
    assert prior.reason


PRIORS = {
    "reach": ("normal", (0.25, 0.25)),
    "followership": ("normal", (0.25, 0.5)),
    "framework": ("half_normal", (1.0,)),
    "lobby_push": ("half_normal", (0.1,)),
    "demand": ("normal", (1.0, 0.33)),
    "half_life": ("uniform", (13.0, 52.0)),
    "common": ("uniform", (0.0, 0.25)),
    "hysteresis": ("uniform", (0.0, 0.8)),
    "patience": ("uniform", (0.0, 8.0)),
}


@pytest.mark.parametrize(("name", "prior"), PRIORS.items())
def test_priors_are_those_of_the_specification(name: str, prior: tuple[str, tuple[float, ...]]) -> None:
    declared = PARAMETERS[name].prior
    assert declared
    assert (declared.distribution, tuple(declared.numbers.values())) == prior


def test_words_wander_as_was_fitted() -> None:
    prior = PARAMETERS["wander"].prior  # log tau ~ N(-.05, .25)
    assert prior
    assert math.log(prior.numbers["median"]) == pytest.approx(-0.05, abs=0.005)
    assert prior.numbers["deviation"] == 0.25


@pytest.mark.parametrize(
    ("cut", "share"), [("cut_undecided", 0.13), ("cut_open", 0.33), ("cut_committed", 0.6)]
)
def test_cuts_lie_at_round_shares_and_are_drawn(cut: str, share: float) -> None:
    parameter_ = PARAMETERS[cut]
    assert parameter_.value == pytest.approx(math.log(share / (1 - share)), abs=0.01)
    assert parameter_.prior
    assert parameter_.prior.numbers == {"mean": parameter_.value, "deviation": 0.2}


def test_cuts_never_cross() -> None:
    lows, highs = zip(*(parameter_.range for parameter_ in CUTS.values()), strict=True)
    assert all(high <= low for high, low in zip(highs, lows[1:], strict=False))


def test_a_blank_record_is_0_but_for_what_is_named() -> None:
    assert blank(World, clarity=0.5)._asdict() == {**dict.fromkeys(World._fields, 0.0), "clarity": 0.5}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "right", "wrong", "says"),
    [
        ("terms.py", '    words="what others pledge",\n', "", 'term "followership": has no words'),
        (
            "parameters.py",
            '        "bargaining",',
            '        "framework",',
            '"framework": the name is taken, by terms.py:',
        ),
        ("levels.py", 'words="ceasefire"', 'words=""', 'level "ceasefire": has no words'),
    ],
)
def test_validate_says_it_in_one_line(tmp_path: Path, file: str, right: str, wrong: str, says: str) -> None:
    shutil.copytree(Path(sim.__file__).parent, tmp_path / "sim", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(Path(sim.__file__).parent.parent / "scenarios", tmp_path / "scenarios")
    declared = tmp_path / "sim" / "declarations" / file
    text = declared.read_text(encoding="utf-8")
    assert right in text
    declared.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    command = "from sim.cli import main; main()"
    ended = subprocess.run(  # noqa: S603
        [sys.executable, "-c", command, "validate", "scenarios/brussels-2025-04.toml"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"coalition: {file}:")
    assert says in ended.stderr
    assert ended.stderr.count("\n") == 1
