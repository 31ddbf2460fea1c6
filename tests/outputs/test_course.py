"""How a coalition goes over time: what was more than at the end is told with its day, and who left."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from printing import printed

import sim
from sim.outputs.course import ever_enough, peak, weeks_enough, who_left
from sim.outputs.figures import figures_of
from sim.outputs.levels_over_time import flat_figures, in_words, moves
from sim.outputs.tables import run_report

DAYS = [dt.datetime(2026, 1, day) for day in (1, 8, 15, 22)]


def rounds(**columns: list[float]) -> pd.DataFrame:
    return pd.DataFrame({"date": DAYS, **columns})


def test_a_peak_is_the_round_with_the_largest_mean() -> None:
    row = peak(rounds(size_mean=[5.0, 9.0, 12.0, 6.0]), "size")
    assert (row.date, row.size_mean) == (DAYS[2], 12.0)


@pytest.mark.parametrize(
    ("name", "means"),
    [
        ("size", [5.0, 6.0, 7.0, 8.0]),  # it only grows
        ("size", [5.0, 6.4, 6.0, 6.0]),  # less than half a nation
        ("size", [20.0, 21.0, 21.0, 20.0]),  # less than a tenth
        ("force", [0.0, 90.0, 0.0, 0.0]),  # less than a hundred soldiers
    ],
)
def test_what_is_much_as_at_the_end_is_no_peak(name: str, means: list[float]) -> None:
    assert peak(rounds(**{f"{name}_mean": means}), name) is None


def result(**columns: Any) -> Any:
    return SimpleNamespace(
        rounds=rounds(**columns), about=SimpleNamespace(days_per_round=14, most_pledged=None)
    )


def test_weeks_are_those_of_the_runs_in_which_it_was_ever_enough() -> None:
    # Half of the runs ever have enough: a quarter for one round of a fortnight, a quarter for two.
    enough = result(p_force_met=[0.0, 0.5, 0.25, 0.0], p_force_met_by=[0.0, 0.5, 0.5, 0.5])
    assert weeks_enough(enough) == pytest.approx(3.0)


def test_never_enough_takes_no_weeks() -> None:
    nothing = result(
        p_force_met=[0.0] * 4,
        p_force_met_by=[0.0] * 4,
        p_force_met_by_low=[0.0] * 4,
        p_force_met_by_high=[0.004] * 4,
    )
    assert ever_enough(nothing) == "0 % [0-0.4]"


def test_who_was_in_and_is_out_at_the_end_is_named_most_often_first() -> None:
    summary = pd.DataFrame(
        {"name": ["A", "B", "C"], "p_ever_joined": [0.9, 0.8, 0.5], "p_committed": [0.7, 0.2, 0.45]},
        index=["AAX", "BBX", "CCX"],
    )
    left: Any = SimpleNamespace(summary=summary)
    assert who_left(left) == [("B", pytest.approx(0.6)), ("A", pytest.approx(0.2))]


RISE_AND_FALL = """
[[events]]
round = 1
title = "All are held in"
nations.AAX.held = "committed"
nations.ABX.held = "committed"
[[events]]
round = 10
title = "All are held out"
nations.AAX.held = "out"
nations.ABX.held = "out"
"""


@pytest.fixture
def rise_and_fall(world: Callable[..., Path]) -> sim.RunResult:
    file = world(rounds=30)
    file.write_text(file.read_text("utf-8") + RISE_AND_FALL, encoding="utf-8")
    return sim.run(file, runs=200)


def test_a_coalition_that_rose_and_fell_is_told_of_in_all_its_course(rise_and_fall: sim.RunResult) -> None:
    text = printed(run_report(rise_and_fall), 120)
    top = rise_and_fall.rounds["size_mean"].max()
    assert top > rise_and_fall.rounds["size_mean"].iloc[-1] + 1
    assert "most, on" in text
    assert f"{top:.1f} [" in text
    told = [line for line in text.splitlines() if "most, on" in line or "at any time" in line]
    assert all(
        line.rstrip().endswith("(assumed)") for line in told
    )  # what decides them there is not analysed
    assert "were in, and out at the end" in text


def test_the_share_ever_enough_is_that_of_the_rows_of_runs(rise_and_fall: sim.RunResult) -> None:
    assert rise_and_fall.runs is not None
    ever = rise_and_fall.runs["first_round_force_met"].notna().mean()
    by = rise_and_fall.rounds["p_force_met_by"]
    assert by.iloc[-1] == pytest.approx(ever)
    assert by.is_monotonic_increasing
    assert (by >= rise_and_fall.rounds["p_force_met"]).all()


def test_quartiles_of_joining_stand_round_the_median(rise_and_fall: sim.RunResult) -> None:
    joined = rise_and_fall.summary.dropna(subset=["joined"])
    assert len(joined)
    assert (joined["joined_q25"] <= joined["joined"]).all()
    assert (joined["joined"] <= joined["joined_q75"]).all()


# Levels that move, and those that do not


def test_a_figure_of_flat_lines_is_not_drawn_but_said(world: Callable[..., Path]) -> None:
    file = world(rounds=4)
    still, moved = (
        sim.run(file, overrides=overrides, runs=20) for overrides in ([], ["washington.involvement=0.95"])
    )
    assert "great-powers" in figures_of(moved)
    assert "great-powers" not in figures_of(still)
    levels = flat_figures(still)["great-powers"]
    assert levels == in_words(still, ["involvement", "pressure"])
    text = " ".join(printed(run_report(still), 120).split())
    assert f"great-powers ({levels})" in text.partition("Not drawn, for nothing moves: ")[2]
    assert "great-powers (" not in printed(run_report(moved), 120)


def test_levels_within_half_a_hundredth_look_alike() -> None:
    numbers = {f"clarity_{name}": [0.3, 0.304, 0.3, 0.3] for name in ("q05", "mean", "q95")}
    assert not moves(result(**numbers), ["clarity"])
    assert moves(result(**{**numbers, "clarity_q95": [0.3, 0.31, 0.3, 0.3]}), ["clarity"])
    assert in_words(result(**numbers), ["clarity"]) == "clarity 0.30"
