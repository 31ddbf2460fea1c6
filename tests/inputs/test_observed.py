"""What was observed of a coalition, as scenario files say it."""

import datetime as dt
from pathlib import Path

import pytest

from sim.inputs.case import load_case
from sim.inputs.errors import InputError

SCENARIO = """\
title = "As reported"
extends = "brussels-2025-04.toml"
[observed]
date = 2025-04-10
named = ["GBR", "FRA"]
total = [5, 7]
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "reported.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_report_is_read_with_its_source(tmp_path: Path) -> None:
    text = SCENARIO + 'source = "AFP"\nnote = "about six"\n'
    observed = load_case(written(tmp_path, text)).scenario.observed
    assert observed is not None
    assert (observed.date, observed.named, observed.total) == (dt.date(2025, 4, 10), ("GBR", "FRA"), (5, 7))
    assert (observed.source, observed.note) == ("AFP", "about six")


def test_the_bundled_report_names_five_of_about_six() -> None:
    observed = load_case("brussels-2025-04").scenario.observed
    assert observed is not None
    assert set(observed.named) == {"GBR", "FRA", "EST", "LVA", "LTU"}
    assert observed.total == (5, 7)
    assert observed.source


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("date = 2025-04-10", 'date = "soon"', "4: observed.date: must be a date such as 2025-04-10"),
        (
            "total = [5, 7]",
            "totals = [5, 7]",
            '6: observed.totals: unknown key "totals"; allowed: date, named',
        ),
        ("total = [5, 7]", "total = [5.5, 7]", "6: observed.total[0]: must be a whole number, not 5.5"),
        ("total = [5, 7]", "total = [7, 5]", "observed: the total [7, 5] does not rise"),
        ("total = [5, 7]", "total = [0, 1]", "observed: the total is at most 1, but 2 members are named"),
        ('"FRA"]', '"FRA", "GBR"]', "observed: a member is named twice"),
        ('["GBR", "FRA"]', "[]", "5: observed.named: must hold at least 1, not []"),
        ('"FRA"]', '"FRX"]', '5: observed.named[1]: no nation "FRX" in the roster; allowed: ALB'),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path: Path, right: str, wrong: str, says: str) -> None:
    with pytest.raises(InputError) as error:
        load_case(written(tmp_path, SCENARIO.replace(right, wrong)))
    assert says in str(error.value)
