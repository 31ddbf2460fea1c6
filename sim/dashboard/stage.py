"""Map, strip, size and force, which play the rounds in the visitor's browser."""

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import streamlit as st
from matplotlib import colormaps
from matplotlib.colors import to_hex

from sim.dashboard.components import mount
from sim.dashboard.drawn_map import drawn_map
from sim.dashboard.force import force_note, force_picture
from sim.dashboard.size import size_note, size_picture
from sim.dashboard.words import runs_words
from sim.experiments.results import RunResult
from sim.outputs import style
from sim.outputs.figures.joining import shares_of
from sim.outputs.figures.map import CONTEXT, DARK
from sim.outputs.words import date_words, percent, percent_interval, thousands

SHADES = 101


class OutcomeChoice(NamedTuple):
    """What map and strip show: the column of the table of nations, and what a nation does."""

    column: str
    does: str


OUTCOMES = {
    "Soldiers on land": OutcomeChoice("p_committed", "declares soldiers on land"),
    "Any military contribution": OutcomeChoice("p_contributes", "contributes any military means"),
}
"""By what the visitor chooses."""


def show_stage(
    result: RunResult, pinned: RunResult | None, nation: str | None, on_nation: Callable[[str], None]
) -> None:
    """Draw the pictures of the outcome that is chosen; a click on a nation returns its code.

    Raises
    ------
    InputError
        If the roster's map cannot be read.
    """
    chosen = st.radio("Map and strip show", list(OUTCOMES), horizontal=True, key="outcome")
    mount("stage", stage_data(result, pinned, nation, OUTCOMES[chosen]), on_nation)


def stage_data(
    result: RunResult,
    pinned: RunResult | None,
    nation: str | None,
    outcome: OutcomeChoice = OUTCOMES["Soldiers on land"],
) -> dict[str, Any]:
    """Return what is drawn: nations with their shares of each round, in words too, rounds, pictures."""
    shares = shares_of(result, outcome.column)  # [nation, round]
    names = [str(name) for name in result.summary["name"]]
    order = sorted(range(len(names)), key=lambda n: (-shares[n, -1], -shares[n].sum(), names[n]))
    return {
        "codes": list(result.summary.index),
        "names": names,
        "order": order,
        "shares": np.rint(shares.T * (SHADES - 1)).astype(int).tolist(),
        "words": _words(result, outcome.column),
        "does": outcome.does,
        "dates": [date_words(date) for date in result.rounds["date"]],
        "rounds": [_round_words(row) for row in result.rounds.itertuples()],
        "events": [{"round": each.round, "title": each.title} for each in result.about.past_events],
        "map": drawn_map(result.case.roster.map_file, result.case.roster.iso3),
        "colours": {"shades": _shades(), "context": CONTEXT, "dark": DARK * (SHADES - 1)},
        "nation": nation,
        "size": {"picture": size_picture(result, pinned), "note": size_note(pinned)},
        "force": {"picture": force_picture(result, pinned), "note": force_note(result, pinned)},
        "runs": runs_words(result.number_of_runs, result.seed),
    }


def _words(result: RunResult, column: str) -> list[list[str]]:
    """Return each nation's share with its interval, [round, nation]."""
    table = result.nations
    columns = (table[name].tolist() for name in (column, f"{column}_low", f"{column}_high"))
    known: dict[tuple[float, float, float], str] = {}
    words = []
    for share in zip(*columns, strict=True):
        if share not in known:
            known[share] = f"{percent(share[0])} [{percent_interval(*share[1:])}]"
        words.append(known[share])
    number = len(result.summary)
    return [words[first : first + number] for first in range(0, len(words), number)]


def _round_words(row: Any) -> str:
    """Return both outcomes and the force of a round, with the ranges of 90 % of the runs."""
    return (
        f"{row.size_mean:.1f} nations declare soldiers [{row.size_q05:.0f}-{row.size_q95:.0f}], "
        f"{row.contributors_mean:.1f} contribute [{row.contributors_q05:.0f}-{row.contributors_q95:.0f}]; "
        f"{thousands(row.force_mean)} soldiers pledged "
        f"[{thousands(row.force_q05)}-{thousands(row.force_q95)}], {thousands(row.fielded_mean)} in the field"
    )


@cache
def _shades() -> list[str]:
    """Return the colours of shares from 0 to 1."""
    return [to_hex(colour) for colour in colormaps[style.SHARE_MAP](np.linspace(0, 1, SHADES))]
