"""What stands at the side: the scenario, the levers, the runs."""

from pathlib import Path

import streamlit as st

from sim.dashboard.levers import Choice, Slider, changes_of, levers
from sim.dashboard.setting import ScenarioSource, Setting, Value
from sim.dashboard.words import plain
from sim.inputs.bundled import bundled_scenarios
from sim.inputs.case import Case
from sim.inputs.scenario import load_scenario

OWN = "a file of your own"
USUAL = "paris-2026-01"
RUNS = (200, 500, 1000, 2000, 5000, 10_000)
MOST_SEED = 2**31
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
    case = setting.source.load()
    st.session_state.update(scenario=setting.source.name, runs=setting.runs, seed=setting.seed)
    _reset(setting.source, case)
    for lever in levers(case.roster.vocabulary):
        for path, value in setting.changes:
            if lever.path == path:
                st.session_state[_key(lever, setting.source)] = value


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
    values = {lever.path: _choose(lever, source, case) for lever in levers(case.roster.vocabulary)}
    st.button("Back to the scenario", on_click=_reset, args=(source, case), width="stretch")
    return changes_of(case, values)


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


def _choose(lever: Slider | Choice, source: ScenarioSource, case: Case) -> Value:
    """Show a lever as the scenario sets it, and return what the visitor makes of it."""
    key = _key(lever, source)
    if key not in st.session_state:
        st.session_state[key] = lever.value_in(case)
    if isinstance(lever, Choice):
        return str(st.selectbox(lever.label, lever.words, key=key, help=lever.meaning))
    return float(st.slider(lever.label, lever.low, lever.high, step=lever.step, key=key, help=lever.meaning))


def _reset(source: ScenarioSource, case: Case) -> None:
    """Set all levers as the scenario does."""
    for lever in levers(case.roster.vocabulary):
        st.session_state[_key(lever, source)] = lever.value_in(case)


def _key(lever: Slider | Choice, source: ScenarioSource) -> str:
    """Return the name of a lever's widget: each scenario has its own, as it sets its own values."""
    return f"{lever.path} in {source.name} {hash(source.own)}"
