"""A declaration that leaves something out, or whose name is taken, is one line."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim
from sim.declarations.kinds import DeclarationError, Level, Parameter, Term, by_name, fixed
from sim.declarations.levels import CONDITIONS, LEVELS
from sim.declarations.parameters import ANCHOR_BANDS, COEFFICIENTS, LADDER, PARAMETERS
from sim.declarations.records import Behaviour, Ladder, Levels, Nation, Terms, World, blank
from sim.declarations.terms import TERMS
from sim.declarations.words import ATTRIBUTES, POSITIONS, PURPOSES

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
    with pytest.raises(DeclarationError, match="its steps are not from 0 to 1"):
        level(steps={"storm": 2.0})


@pytest.mark.parametrize("declared", [parameter, level, term])
def test_a_name_is_taken_once(declared: object) -> None:
    with pytest.raises(DeclarationError, match=r": the name is taken, by test_declarations.py:\d+$"):
        by_name([declared(), declared()])


def test_a_parameter_varies_by_half_within_what_is_allowed() -> None:
    assert parameter(value=0.3).variation == (0.15, 0.45)
    assert parameter(value=0.8).variation == (0.4, 1.0)
    assert parameter(varies=(0.1, 0.2)).variation == (0.1, 0.2)


def test_records_are_made_from_the_declarations() -> None:
    assert Behaviour._fields == tuple(PARAMETERS)
    assert Terms._fields == tuple(TERMS)
    assert Levels._fields == tuple(LEVELS)
    assert Ladder._fields == tuple(LADDER)
    assert set(World._fields) == {*LEVELS, *PURPOSES, "force_ratio"}
    assert {*ATTRIBUTES, *(f"prefers_{purpose}" for purpose in PURPOSES)} < set(Nation._fields)
    assert tuple(ANCHOR_BANDS) == POSITIONS
    assert set(CONDITIONS) < set(LEVELS)
    assert set(COEFFICIENTS) < set(PARAMETERS)


def test_a_blank_record_is_0_but_for_what_is_named() -> None:
    assert blank(World, clarity=0.5)._asdict() == {**dict.fromkeys(World._fields, 0.0), "clarity": 0.5}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "right", "wrong", "says"),
    [
        ("terms.py", '    words="peers",\n', "", 'term "peers": has no words'),
        (
            "parameters.py",
            '        "planning",',
            '        "b_peers",',
            '"b_peers": the name is taken, by terms.py:',
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
