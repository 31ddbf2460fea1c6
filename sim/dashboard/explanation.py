"""Why a nation is in or out, and what would bring it in."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from sim.dashboard.components import mount
from sim.dashboard.rows import bar, row_picture
from sim.dashboard.setting import Setting
from sim.dashboard.simulated import explained
from sim.dashboard.words import plain, runs_words
from sim.experiments.explain.why import Why
from sim.experiments.results import RunResult
from sim.outputs import style
from sim.outputs.explain.words import nation_sentences, part_words
from sim.outputs.forest import Estimate, ForestRow
from sim.outputs.words import date_words, signed_with_interval

NATION = "nation"
SUMS = ("propensity", "threshold")
VALUES = ("value", "value_q05", "value_q95")


def chosen_nation(result: RunResult) -> str | None:
    """Return the code of the nation that this visitor asks about, if the roster has it."""
    code: str | None = st.session_state.get(NATION)
    return code if code in result.case.roster.iso3 else None


def choose_nation(code: str | None) -> None:
    """Ask about a nation, or about none."""
    st.session_state[NATION] = code


def show_explanation(result: RunResult, setting: Setting) -> None:
    """Let the visitor choose a nation, and say why it is where it is."""
    roster = result.case.roster
    names = dict(zip(roster.iso3, roster.names, strict=True))
    st.header("Why a nation is in or out")
    if st.session_state.get(NATION) not in (None, *names):
        st.session_state[NATION] = None
    code = st.selectbox(
        "Nation (or click one on the map or beside the strip)",
        sorted(names, key=names.__getitem__),
        index=None,
        format_func=lambda code: names[code],
        placeholder="Choose a nation",
        key=NATION,
    )
    if code is None:
        return
    nation = roster.iso3.index(code)
    answer = explained(setting, nation, "why")
    for sentence in nation_sentences(answer, nation):
        st.write(plain(sentence))
    if answer.why is not None:
        _show_terms(answer.why, code)
    if st.toggle("What would bring it in?", key="levers"):
        with st.spinner("Searching …"):
            levers = explained(setting, nation, "levers")
        for sentence in nation_sentences(levers, nation):
            st.write(plain(sentence))
        st.caption(f"Each lever alone, the others as set. {runs_words(levers.options.number, setting.seed)}")


def _show_terms(why: Why, code: str) -> None:
    """Draw what the nation's propensity is made of."""
    day = date_words(why.date)
    words = f"What {code} weighs on {day}"
    mount("picture", row_picture(term_rows(why, code), bar, "log-odds", words), key="terms")
    st.caption(
        f"What speaks for (right) and against sending soldiers on {day}, in log-odds. Bars: means; lines and "
        "brackets: the range of 90 % of the runs. The parts add up to the propensity; above the threshold "
        "for long enough a nation declares soldiers. Parts that are 0 are left out. "
        f"{runs_words(why.number_of_runs, why.seed)}"
    )


def term_rows(why: Why, code: str) -> list[ForestRow]:
    """Return the parts of a nation's propensity that are not 0, their sum, and the threshold."""
    return [
        ForestRow(
            part_words(row["term"], why.case.roster.vocabulary),
            estimate := Estimate(*(row[name] for name in VALUES)),
            _colour(row),
            signed_with_interval(*estimate, 2),
        )
        for row in why.terms[why.terms["iso3"] == code].to_dict("records")
        if row["term"] != "gap" and (row["value_q05"] or row["value_q95"])
    ]


def _colour(row: Mapping[Any, Any]) -> str:
    if row["term"] in SUMS:
        return style.MUTED
    return style.BLUE if row["value"] >= 0 else style.VERMILION
