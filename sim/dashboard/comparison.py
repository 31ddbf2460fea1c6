"""Pinning a setting, and which nations what is shown tells apart from it."""

from typing import NamedTuple

import streamlit as st

from sim.dashboard.components import mount
from sim.dashboard.rows import point, row_picture
from sim.dashboard.setting import Setting
from sim.dashboard.words import change_words, difference_words, plain, runs_words
from sim.experiments.comparison.result import Comparison
from sim.experiments.results import RunResult
from sim.outputs import style
from sim.outputs.forest import Estimate, ForestRow
from sim.outputs.words import counted


class Pinned(NamedTuple):
    """A setting that others are compared with, and what it is called."""

    setting: Setting
    words: str


def pinned() -> Pinned | None:
    """Return what this visitor has pinned, if anything."""
    kept: Pinned | None = st.session_state.get("pinned")
    return kept


def show_pin(result: RunResult, setting: Setting) -> None:
    """Let the visitor pin what is shown, or let go what is pinned."""
    left, right = st.columns([3, 1], vertical_alignment="center")
    kept = pinned()
    if kept is None:
        changes = change_words(setting, result.case) or "As the scenario says."
        to_pin = Pinned(setting, f"{result.about.title}. {changes}")
        left.caption("Pin this setting to compare others with it, run by run.")
        right.button("Pin this setting", key="pin", on_click=_pin, args=(to_pin,), width="stretch")
    else:
        left.caption(plain(f"Pinned: {kept.words}"))
        right.button("Unpin", key="unpin", on_click=_pin, args=(None,), width="stretch")


def _pin(kept: Pinned | None) -> None:
    st.session_state["pinned"] = kept


def show_differences(comparison: Comparison) -> None:
    """Show the nations that the two settings tell apart."""
    st.header("Compared with the pinned setting")
    rows = difference_rows(comparison)
    if rows:
        words = "Differences in P(soldiers on land), nation by nation"
        mount("picture", row_picture(rows, point, "percentage points", words), key="differences")
    else:
        st.write(
            "These runs tell no nation apart: all intervals of differences in P(soldiers on land) cover 0."
        )
    left = len(comparison.about.cases[0].iso3) - len(rows)
    st.caption(
        "Percentage points by which a nation declares soldiers more (right) or less often at the end, with "
        f"paired 95 % intervals, each for itself; those of {counted(left, 'nation')} not shown cover 0. Both "
        f"with the same draws, {runs_words(comparison.about.runs, comparison.about.seed)}"
    )


def difference_rows(comparison: Comparison) -> list[ForestRow]:
    """Return the nations whose interval does not cover 0, in percentage points, the largest gain first."""
    roster = comparison.about.cases[0]
    names = dict(zip(roster.iso3, roster.names, strict=True))
    table = comparison.nations[comparison.nations["measure"] == "p_committed"]
    table = table[(table["difference_low"] > 0) | (table["difference_high"] < 0)]
    return [
        ForestRow(
            names[row["iso3"]],
            Estimate(*(100.0 * row[f"difference{end}"] for end in ("", "_low", "_high"))),
            style.BLUE,
            difference_words(row, 100.0, 1),
        )
        for row in table.sort_values("difference", ascending=False).to_dict("records")
    ]
