"""What stands at the side: the scenario, the levers, the runs."""

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from sim.dashboard.levers import (
    DATES,
    FROM_THE_FIRST_ROUND,
    POSITIONS_AT_START,
    Choice,
    Day,
    Movable,
    Slider,
    all_levers,
    by_path,
    changes_of,
)
from sim.dashboard.setting import ScenarioSource, Setting, Value
from sim.dashboard.words import plain
from sim.inputs.bundled import bundled_scenarios
from sim.inputs.case import Case
from sim.inputs.scenario import load_scenario

OWN = "a file of your own"
USUAL = "paris-2026-01"
RUNS = (200, 500, 1000, 2000, 5000, 10_000)
MOST_SEED = 2**31
SOME = {POSITIONS_AT_START: "Nations", DATES: "Events"}
"""Groups of levers of which the visitor chooses some, and what they are of."""

USUAL_RUNS, USUAL_SEED = 1000, 1
TEMPLATE = f"""\
title = "My scenario"
extends = "{USUAL}"

[[events]]
date = 2026-04-01
title = "Washington offers air support"
washington.involvement = "backstop"
"""


def choose_setting() -> Setting:
    """Return what the visitor has chosen.

    Raises
    ------
    InputError
        For any mistake in a scenario of the visitor's own.
    """
    with st.sidebar:
        source = _choose_source()
        above = st.container()
        runs, seed = _choose_runs()  # before the scenario is read: a mistake in it must not reset them
        with above:
            case = source.load()
            changes = _choose_changes(source, case)
    return Setting(source, changes, runs, seed)


def put(setting: Setting) -> None:
    """Set all that stands at the side, before it is shown, as a setting of a bundled scenario has it."""
    source, case = setting.source, setting.source.load()
    st.session_state.update(scenario=source.name, runs=setting.runs, seed=setting.seed)
    _reset(source, case)
    changes = dict(setting.changes)
    for lever in by_path(case).values():
        if lever.path in changes:
            st.session_state[_key(lever.path, source)] = _shown(lever, changes[lever.path])
    for group in SOME:
        st.session_state[_key(group, source)] = [
            lever.path for lever in all_levers(case)[group] if lever.path in changes
        ]


def _choose_runs() -> tuple[int, int]:
    st.header("Runs")
    st.session_state.setdefault("runs", USUAL_RUNS)
    st.session_state.setdefault("seed", USUAL_SEED)
    runs = st.select_slider("How many runs", RUNS, key="runs")
    seed = st.number_input("Seed", min_value=0, max_value=MOST_SEED, step=1, key="seed")
    return int(runs), int(seed)


def _choose_changes(source: ScenarioSource, case: Case) -> tuple[tuple[str, Value], ...]:
    """Return what is set otherwise than the scenario does."""
    st.header("From the first round on")
    groups = all_levers(case)
    values = {lever.path: _choose(lever, source, case) for lever in groups[FROM_THE_FIRST_ROUND]}
    for group, which in SOME.items():
        if groups[group]:
            with st.expander(group):
                values |= _choose_some(groups[group], _key(group, source), which, source, case)
    st.button("Back to the scenario", on_click=_reset, args=(source, case), width="stretch")
    return changes_of(case, values)


def _choose_some(
    among: Sequence[Movable], key: str, which: str, source: ScenarioSource, case: Case
) -> dict[str, Value]:
    """Let the visitor choose some of many levers; return what is made of these, by path."""
    levers = {lever.path: lever for lever in among}
    chosen = st.multiselect(
        which,
        list(levers),
        format_func=lambda path: levers[path].label,
        placeholder="Choose",
        select_all=False,
        key=key,
    )
    return {path: _choose(levers[path], source, case) for path in chosen}


def _choose_source() -> ScenarioSource:
    titles = _titles()
    st.session_state.setdefault("scenario", USUAL)
    name = st.selectbox(
        "Scenario",
        [*titles, OWN],
        format_func=lambda name: titles.get(name, f"{OWN.capitalize()} …"),
        key="scenario",
    )
    if name != OWN:
        st.caption(plain(" ".join(load_scenario(name).description.split())))
        return ScenarioSource(name)
    st.caption("No link leads to a scenario of your own: send its file, or the one under “Take it along”.")
    file = st.file_uploader("Upload a scenario file", type="toml", key="file")
    if file is not None:
        return ScenarioSource(Path(file.name).stem, file.getvalue())
    text = st.text_area("Or write one here (TOML)", TEMPLATE, height=220, key="text")
    return ScenarioSource("my-scenario", text.encode())


@st.cache_data(show_spinner=False)
def _titles() -> dict[str, str]:
    """Return the titles of the bundled scenarios by name."""
    return {name: load_scenario(file).title for name, file in bundled_scenarios().items()}


def _choose(lever: Movable, source: ScenarioSource, case: Case) -> Value:
    """Show a lever as the scenario sets it, and return what the visitor makes of it."""
    key = _key(lever.path, source)
    if key not in st.session_state:
        st.session_state[key] = _shown(lever, lever.value_in(case))
    match lever:
        case Choice(_, label, meaning, words):
            return str(st.selectbox(label, words, key=key, help=meaning))
        case Day(_, label, meaning, _, first, last):
            return str(
                st.date_input(
                    label, min_value=first, max_value=last, key=key, help=meaning, format="YYYY-MM-DD"
                )
            )
        case Slider(_, label, meaning, low, high, step):
            return float(st.slider(label, low, high, step=step, key=key, help=meaning))


def _shown(lever: Movable, value: Value) -> Value | dt.date:
    """Return a value as the widget of its lever holds it."""
    return dt.date.fromisoformat(str(value)) if isinstance(lever, Day) else value


def _reset(source: ScenarioSource, case: Case) -> None:
    """Set all levers as the scenario does."""
    for lever in by_path(case).values():
        st.session_state[_key(lever.path, source)] = _shown(lever, lever.value_in(case))
    for group in SOME:
        st.session_state[_key(group, source)] = []


def _key(what: str, source: ScenarioSource) -> str:
    """Return the name of a widget: each scenario has its own, as it sets its own values."""
    return f"{what} in {source.name} {hash(source.own)}"
