"""Files of questions: what `coalition explain` asks."""

from pathlib import Path

import pytest

from sim.inputs.case import load_case
from sim.inputs.errors import InputError
from sim.inputs.questions import LEADING, NATION, load_questions

CASE = load_case("brussels-2025-04", ["rounds=2"])
QUESTIONS = """\
title = "A few questions"
leading = 1
[[levers]]
path = "nations.{nation}.held"
values = ["committed", "out"]
[pressure]
path = "moscow.pressure"
[[pressure.worlds]]
label = "as it is"
[[stances]]
label = "as it is"
[[stances]]
label = "backstop"
set = { "washington.involvement" = "backstop" }
"""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    file = tmp_path / "questions.toml"
    file.write_text(QUESTIONS, encoding="utf-8")
    return file


def test_a_file_of_questions(written: Path) -> None:
    questions = load_questions(written)
    assert [lever.path for lever in questions.levers] == ["nations.{nation}.held"]
    assert (questions.leading, questions.pressure.change) == (1, 0.2)
    assert questions.stances[1].set == {"washington.involvement": "backstop"}


def test_the_bundled_levers_can_be_set() -> None:
    case = CASE
    questions = load_questions().of_case(case)
    assert all(lever.label for lever in questions.levers)
    for lever in questions.levers:
        path = lever.path.replace(NATION, "NLD").replace(LEADING, "DEU")
        for level in lever.extremes:
            case.with_overrides({path: level})
    for world in (*questions.pressure.worlds, *questions.stances):
        case.with_overrides(dict(world.set))


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("leading = 1", "leading = -1", "2: leading: must be at least 0, not -1"),
        ("leading = 1", "leding = 1", '2: leding: unknown key "leding"; allowed: title, leading'),
        (
            "nations.{nation}",
            "nations.{who}",
            "4: levers[0].path: unknown placeholder {who}; allowed: {adversary}, {leading}, {nation}",
        ),
        ("moscow.pressure", "mosow.pressure", '7: pressure.path: unknown key "mosow"'),
        (
            '"washington.involvement" =',
            '"washinton.involvement" =',
            '14: stances[1].set: unknown key "washinton"',
        ),
        (
            '{ "washington.involvement" = "backstop" }',
            '{ "washington.involvement" = "backstop", washington__involvement = 0.2 }',
            "14: stances[1].set: washington.involvement is set twice",
        ),
        (
            '{ "washington.involvement" = "backstop" }',
            '{ "washington.involvement" = "bakstop" }',
            "14: stances[1].set: must be a number from 0 to 1, or one of none, diplomatic,",
        ),
        (
            'values = ["committed", "out"]',
            'values = ["comitted"]',
            "5: levers[0].values: must be one of free, ",
        ),
        ('label = "backstop"', 'label = "as it is"', "stances: two worlds share a label: as it is"),
        ('[[pressure.worlds]]\nlabel = "as it is"', "worlds = []", "pressure.worlds: must hold at least 1"),
        (
            'values = ["committed", "out"]',
            "range = [0.5, -0.5]",
            "levers[0]: the range [0.5, -0.5] does not rise",
        ),
    ],
)
def test_mistakes_are_named_with_their_line(written: Path, right: str, wrong: str, says: str) -> None:
    assert right in QUESTIONS
    written.write_text(QUESTIONS.replace(right, wrong), encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_questions(written).of_case(CASE)
    assert says in str(error.value)
