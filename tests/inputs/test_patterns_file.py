"""Files of patterns: what they declare, and what is said of mistakes."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sim.inputs.case import load_case
from sim.inputs.errors import InputError
from sim.inputs.patterns_file import Patterns, Snapshot, load_patterns

GOOD = """\
title = "Facts"
[changes]
"a signal" = { "washington.involvement" = 0.9 }
"a truce" = { ceasefire = 0.5 }
[[patterns]]
number = 1
statement = "A signal raises joining"
source = "somebody"
kind = "evidence"
[[patterns.checks]]
statement = "members gained"
measure = "members"
nations = ["AAX", "ABX"]
of = [{ scenario = "world.toml", with = ["a signal", "a truce"], on = 2025-05-01 }]
less = [{ scenario = "world.toml" }]
more_than = 0.5
"""


@pytest.fixture
def read(world: Callable[..., Path]) -> Callable[..., Patterns]:
    """Read a file of patterns beside a small world, some of it written otherwise."""
    folder = world().parent

    def read_file(old: str = "", new: str = "") -> Patterns:
        assert old in GOOD
        file = folder / "facts.toml"
        file.write_text(GOOD.replace(old, new, 1), encoding="utf-8")
        return load_patterns(file)

    return read_file


def test_a_world_is_a_scenario_with_changes_read_on_a_day(read: Callable[..., Patterns]) -> None:
    patterns = read()
    check = patterns.patterns[0].checks[0]
    case = patterns.case(check.of[0])
    assert case.timeline.level("involvement")[1:].tolist() == [0.9] * 6
    assert case.timeline.level("ceasefire")[0] == 0.0
    assert case.timeline.level("ceasefire")[1] == 0.5
    assert check.of[0].on == date(2025, 5, 1)
    assert check.of[0].round_in(case) == 3
    assert check.less[0].round_in(case) == 6
    assert check.bounds == (0.5, float("inf"))
    assert patterns.name == "facts"


def test_of_two_changes_of_a_lever_the_later_counts_in_whatever_spelling(
    read: Callable[..., Patterns],
) -> None:
    other = '"another signal" = { washington__involvement = 0.2, washington.reversal = 0.1 }'
    patterns = read("[changes]\n", f"[changes]\n{other}\n")
    signal = Snapshot.model_validate({"scenario": "world.toml", "with": ("another signal", "a signal")})
    case = patterns.case(signal)
    assert case.timeline.level("involvement")[1] == 0.9
    assert case.timeline.reversal[1] == 0.1


def test_nations_may_have_any_name(read: Callable[..., Patterns]) -> None:
    assert read('["AAX", "ABX"]', '["Land AAX", "abx"]').patterns
    with pytest.raises(InputError, match='unknown nation "Lnd AAX"; did you mean "Land AAX"'):
        read('["AAX", "ABX"]', '["Lnd AAX"]')


def test_a_scenario_is_looked_for_beside_the_file_then_among_the_bundled_ones(
    read: Callable[..., Patterns],
) -> None:
    nations = 'nations = ["AAX", "ABX"]\n'
    bundled = read(
        f'{nations}of = [{{ scenario = "world.toml", with', 'of = [{ scenario = "us-backstop", with'
    )
    case = bundled.case(bundled.patterns[0].checks[0].of[0])
    assert case.roster.iso3 == load_case("us-backstop").roster.iso3


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('measure = "members"', 'measure = "member"', 'did you mean "members"'),
        ('measure = "members"', 'measure = "joining_at_first"', 'joining_at_first takes no "less"'),
        ('measure = "members"', 'measure = "gini"', 'gini takes no "nations"'),
        ('measure = "members"\nnations = ["AAX", "ABX"]', 'measure = "contributors"', "is read at the end"),
        ('nations = ["AAX", "ABX"]', 'than = ["AAX"]', 'members takes no "than"'),
        ("more_than = 0.5", "", 'needs "more_than" or "less_than"'),
        ("more_than = 0.5", "more_than = 2\nless_than = 1", "more than 2 and less than 1"),
        ('["AAX", "ABX"]', '["AAX", "ABY"]', 'did you mean "ABX"'),
        ('"a signal", "a truce"', '"a sgnal"', 'did you mean "a signal"'),
        ("2025-05-01", "2025-09-01", "is not from 2025-04-10 to 2025-05-22"),
        ("2025-05-01", "2025-04-01", "is not from 2025-04-10 to 2025-05-22"),
        ('"washington.involvement" = 0.9', '"washington.involvment" = 0.9', 'did you mean "involvement"'),
        ('"washington.involvement" = 0.9', '"washington.involvement" = 7', "from 0 to 1"),
        ('"world.toml" }', '"word.toml" }', 'did you mean "world.toml"'),
        ('kind = "evidence"', 'kind = "proof"', "consistency check"),
        ("number = 1", "number = 0", "at least 1"),
        ('source = "somebody"', "", "source: is missing"),
        ("[[patterns.checks]]", "[[patterns.check]]", 'did you mean "checks"'),
    ],
)
def test_mistakes_are_told_with_file_and_line(
    read: Callable[..., Patterns], old: str, new: str, told: str
) -> None:
    with pytest.raises(InputError) as caught:
        read(old, new)
    message = str(caught.value)
    assert told in message
    assert "facts.toml:" in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ('measure = "willingness"\nthan = ["AAX"]', '"than" needs "nations"'),
        ('measure = "p_committed"', 'needs "nations"'),
        ('measure = "rank_correlation"', 'needs "attribute"'),
        ('measure = "rank_correlation"\nattribute = "alignmnt"', 'did you mean "alignment"'),
        ('measure = "paths"\nlevers = ["a signal", "nothing"]', "no such change"),
        ('measure = "reach_of_one_lever"\nlevers = ["a signal"]\nlever = "a truce"', "lever must be one of"),
    ],
)
def test_each_measure_says_what_it_needs(read: Callable[..., Patterns], given: str, told: str) -> None:
    less = "" if "paths" in given or "reach" in given else 'less = [{ scenario = "world.toml" }]\n'
    start = GOOD.index("measure =")
    of = 'of = [{ scenario = "world.toml" }]\n'
    with pytest.raises(InputError, match=told):
        read(GOOD[start:], f"{given}\n{of}{less}more_than = 0\n")


def test_a_number_stands_for_one_pattern(read: Callable[..., Patterns]) -> None:
    again = GOOD[GOOD.index("[[patterns]]") :]
    with pytest.raises(InputError, match="two patterns have the same number"):
        read("more_than = 0.5\n", f"more_than = 0.5\n{again}")


def test_one_world_for_what_is_no_mean(read: Callable[..., Patterns]) -> None:
    start = GOOD.index("measure =")
    two = 'of = [{ scenario = "world.toml" }, { scenario = "world.toml" }]'
    with pytest.raises(InputError, match="bimodal_amplitude is of one world"):
        read(GOOD[start:], f'measure = "bimodal_amplitude"\n{two}\nmore_than = 0\n')


def test_an_unknown_name_lists_the_bundled_ones() -> None:
    with pytest.raises(InputError, match="europe-2025"):
        load_patterns("europe-2026")
