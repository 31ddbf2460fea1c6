"""What is allowed but likely a slip is told in one line, once, and done as it says."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.inputs import doubts
from sim.inputs.bundled import bundled_scenarios

LATE = """
[[events]]
title = "In another decade"
date = 2034-08-19
ceasefire = 0.5
"""
EARLY = "start=2025-04-09"


@pytest.fixture(autouse=True)
def _nothing_told_yet() -> None:
    """A message is told once a process, and other tests run in this one."""
    doubts._warn.cache_clear()


def test_a_start_before_any_recorded_position_is_told(
    world: Callable[..., Path], caplog: pytest.LogCaptureFixture
) -> None:
    file = world()
    file.write_text(file.read_text().replace("2025-04-10", "2025-04-09"))
    sim.load_case(file)
    told = 'no position is recorded by then, the first are of 2025-04-10; nations are "unknown"'
    assert caplog.messages == [f"{file}:3: start: {told}"]


def test_an_option_that_starts_too_early_is_named(
    world: Callable[..., Path], caplog: pytest.LogCaptureFixture
) -> None:
    sim.load_case(world(nations=4), [EARLY])
    assert caplog.messages[0].startswith(f"--set {EARLY}: no position is recorded by then, ")


def test_positions_that_the_scenario_gives_need_no_record(
    world: Callable[..., Path], caplog: pytest.LogCaptureFixture
) -> None:
    given = [f"nations.{code}.position=open" for code in ("AAX", "ABX", "ACX")]
    sim.load_case(world(nations=3), [EARLY, *given])
    assert caplog.messages == []


def test_an_event_after_the_last_round_is_told_once(
    world: Callable[..., Path], caplog: pytest.LogCaptureFixture
) -> None:
    file = world(rest=LATE + LATE.replace("08-19", "08-20"))
    for _ in range(2):
        sim.load_case(file)
    told = "so it changes nothing (nor do 1 after it): is the date right?"
    assert caplog.messages == [f"{file}:13: events[0]: is after the last round, 2025-05-22, {told}"]


@pytest.mark.parametrize("option", ["rounds=2", "days_per_round=1", "start=2025-04-11"])
def test_an_option_that_moves_the_end_may_leave_events_behind(
    world: Callable[..., Path], caplog: pytest.LogCaptureFixture, option: str
) -> None:
    sim.load_case(world(rest=LATE), [option])
    assert caplog.messages == []


@pytest.mark.parametrize("name", bundled_scenarios())
def test_bundled_scenarios_leave_no_doubt(name: str, caplog: pytest.LogCaptureFixture) -> None:
    sim.load_case(name)
    assert caplog.messages == []


def test_what_is_doubted_is_valid(
    coalition: Callable[..., Any], world: Callable[..., Path], caplog: pytest.LogCaptureFixture
) -> None:
    assert coalition("validate", world(rest=LATE)).code == 0
    assert "after the last round" in caplog.text
