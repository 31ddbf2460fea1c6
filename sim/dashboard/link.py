"""The address of the page: what is set stands in it, so that a copied link opens the same page."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import streamlit as st

from sim.dashboard.controls import MOST_SEED, RUNS, USUAL, USUAL_RUNS, USUAL_SEED, put
from sim.dashboard.explanation import choose_nation
from sim.dashboard.levers import by_path
from sim.dashboard.setting import ScenarioSource, Setting, Value
from sim.dashboard.words import plain
from sim.inputs.bundled import bundled_scenarios
from sim.inputs.case import Case
from sim.inputs.errors import InputError
from sim.inputs.validation import one_of, shown, unknown_key

Address = Mapping[str, Sequence[str]]
"""The words behind the question mark of an address, by key."""

KEYS = ("scenario", "set", "runs", "seed", "nation")
"""What may stand there; `set`, of which there may be several, as ``--set`` takes it."""

KEPT = "link"


class Linked(NamedTuple):
    """What a link leads to."""

    setting: Setting
    nation: str | None


def open_link() -> None:
    """Set the page as the address says, once; say what is wrong with it, and then set nothing."""
    query = _address()
    if KEPT in st.session_state or not query:
        return
    try:
        linked = read_link(query)
    except InputError as error:
        st.error(plain(f"The link cannot be opened, so this is the usual page. In the link: {error}"))
        return
    put(linked.setting)
    choose_nation(linked.nation)


def keep_link(setting: Setting, nation: str | None) -> None:
    """Write into the address what is shown; where the visitor has gone back to another one, open that."""
    link = link_to(setting, nation)
    if link == st.session_state.get(KEPT) != _address():  # nothing was moved, so it was the address
        del st.session_state[KEPT]
        st.rerun()
    st.session_state[KEPT] = link
    if link != _address():
        st.query_params.from_dict(link)


def link_to(setting: Setting, nation: str | None) -> dict[str, list[str]]:
    """Return the words that lead to a setting, and to a nation; none to a scenario of a visitor's own."""
    if setting.source.own is not None:
        return {}
    words = {
        "scenario": [setting.source.name],
        "set": [f"{path}={value}" for path, value in setting.changes],
        "runs": [str(setting.runs)],
        "seed": [str(setting.seed)],
        "nation": [nation] if nation else [],
    }
    return {key: values for key, values in words.items() if values}


def read_link(query: Address) -> Linked:
    """Return what a link leads to.

    Raises
    ------
    InputError
        For a key that is none, what is not allowed, and what the scenario does not have (any more).
    """
    for key in query:
        if key not in KEYS:
            raise InputError(unknown_key(key, KEYS))
    query = {"scenario": [USUAL], "runs": [str(USUAL_RUNS)], "seed": [str(USUAL_SEED)], **query}
    source = ScenarioSource(_one_of(query, "scenario", list(bundled_scenarios())))
    case = source.load()
    runs = int(_one_of(query, "runs", [str(number) for number in RUNS]))
    setting = Setting(source, _changes(query.get("set", ()), case), runs, _seed(query))
    setting.case()
    nation = case.roster.nations.known(_single(query, "nation")) if "nation" in query else None
    return Linked(setting, nation)


def _address() -> Address:
    return {key: st.query_params.get_all(key) for key in st.query_params}


def _single(query: Address, key: str) -> str:
    """Return the word of a key of which there is one."""
    match query[key]:
        case [word]:
            return str(word)
        case several:
            raise InputError(f"must be there once, not {len(several)} times", key=key)


def _one_of(query: Address, key: str, allowed: Sequence[str]) -> str:
    word = _single(query, key)
    if word not in allowed:
        raise InputError(one_of(word, allowed), key=key)
    return word


def _seed(query: Address) -> int:
    word = _single(query, "seed")
    if not (word.isdecimal() and len(word) <= len(str(MOST_SEED)) and int(word) <= MOST_SEED):
        raise InputError(f"must be a whole number from 0 to {MOST_SEED}, not {shown(word)}", key="seed")
    return int(word)


def _changes(texts: Sequence[str], case: Case) -> tuple[tuple[str, Value], ...]:
    """Return what is changed, in the order of the levers."""
    levers = by_path(case)
    values: dict[str, Value] = {}
    for text in texts:
        path, _, value = text.rpartition("=")
        if path not in levers:
            raise InputError(unknown_key(path or text, levers), key="set")
        if path in values:
            raise InputError(f"{path} is set twice", key="set")
        values[path] = levers[path].read(value)
    return tuple((path, values[path]) for path in levers if path in values)
