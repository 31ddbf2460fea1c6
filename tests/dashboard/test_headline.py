"""What the page says of the course of a coalition, beside its numbers at the end."""

from collections.abc import Callable
from pathlib import Path

import sim
from sim.dashboard.headline import course

RISE_AND_FALL = """
[[events]]
round = 1
title = "One is held in"
nations.AAX.held = "committed"
[[events]]
round = 10
title = "All are held out"
nations.AAX.held = "out"
nations.ABX.held = "out"
"""


def test_a_coalition_that_rose_and_fell_is_told_of_in_all_its_course(world: Callable[..., Path]) -> None:
    file = world(rounds=30)
    file.write_text(file.read_text("utf-8") + RISE_AND_FALL, encoding="utf-8")
    enough, largest, *_, left = course(sim.run(file, runs=200))
    assert enough.startswith("At some time, not only at the end, so many are pledged in ")
    assert largest.startswith("It was largest on ")
    assert left.startswith("In it at some time and out at the end: ")
    assert all(sentence.endswith("(assumed).") for sentence in (enough, largest, left))
