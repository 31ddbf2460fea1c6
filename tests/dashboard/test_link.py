"""The address of the page: what is written there leads to the same setting, and what is wrong is told."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.dashboard.controls import MOST_SEED, RUNS
from sim.dashboard.levers import Slider, levers
from sim.dashboard.link import link_to, read_link
from sim.dashboard.setting import ScenarioSource, Setting
from sim.inputs.bundled import bundled_scenarios
from sim.inputs.case import load_case
from sim.inputs.errors import InputError

USUAL = "paris-2026-01"
LEVERS = levers(load_case(USUAL).roster.vocabulary)

changes = st.fixed_dictionaries(
    {},
    optional={
        lever.path: st.floats(lever.low, lever.high)
        if isinstance(lever, Slider)
        else st.sampled_from(lever.words)
        for lever in LEVERS
    },
)


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(list(bundled_scenarios())),
    changes,
    st.sampled_from(RUNS),
    st.integers(0, MOST_SEED),
    st.sampled_from([None, "NLD", "SWE"]),
)
def test_a_link_leads_back_to_the_setting_and_the_nation(
    name: str, changed: dict[str, float | str], runs: int, seed: int, nation: str | None
) -> None:
    in_order = tuple((lever.path, changed[lever.path]) for lever in LEVERS if lever.path in changed)
    setting = Setting(ScenarioSource(name), in_order, runs, seed)
    assert read_link(link_to(setting, nation)) == (setting, nation)


def test_what_a_link_leaves_out_is_as_usual() -> None:
    assert read_link({"seed": ["7"]}) == (Setting(ScenarioSource(USUAL), seed=7), None)


def test_no_link_leads_to_a_scenario_of_ones_own() -> None:
    assert link_to(Setting(ScenarioSource("own", b'title = "Mine"')), "NLD") == {}


def test_links_lead_to_what_nations_state_and_when_events_happen() -> None:
    changed = (
        ("nations.NLD.position", "committed"),
        ("nations.SWE.position", "opposed"),
        ("events.A ceasefire holds.date", "2026-05-01"),
    )
    setting = Setting(ScenarioSource("paris-ceasefire-2027"), changed)
    assert read_link(link_to(setting, None)).setting == setting


BAD = {
    "seeds=1": 'unknown key "seeds"; allowed: scenario, set, runs, seed, nation; did you mean "seed"?',
    "scenario=paris-2026": 'scenario: must be one of .*, not "paris-2026"; did you mean "paris-2026-01"?',
    "scenario=/etc/passwd": 'scenario: must be one of .*, not "/etc/passwd"',
    "runs=900": 'runs: must be one of 200, 500, .*, not "900"',
    "seed=-1": 'seed: must be a whole number from 0 to 2147483648, not "-1"',
    "seed=9999999999": "seed: must be a whole number",
    "nation=Swedn": 'unknown nation "Swedn"; did you mean "Sweden"?',
    "set=mandate.clarty=1": 'set: unknown key "mandate.clarty"; .*; did you mean "mandate.clarity"?',
    "set=mandate.clarity=much": 'mandate.clarity: must be a number from 0 to 1, not "much"',
    "set=mandate.clarity=nan": "mandate.clarity: must be a number from 0 to 1",
    "set=mandate.clarity=1.5": "mandate.clarity: must be a number from 0 to 1",
    "set=mandate.clarity": 'set: unknown key "mandate.clarity"',
    "set=nations.NLD.position=keen": 'nations.NLD.position: must be one of .*, not "keen"',
    "set=nations.NLD.held=out": 'set: unknown key "nations.NLD.held"',
    "set=events.A ceasefire holds.date=2026-05-01": "set: unknown key",
    "set=mandate.purpose=war": 'mandate.purpose: must be one of .*, reassurance, not "war"',
}


@pytest.mark.parametrize("words", BAD)
def test_what_is_wrong_with_a_link_is_told(words: str) -> None:
    key, _, value = words.partition("=")
    with pytest.raises(InputError, match=f"^{BAD[words]}".replace("?", r"\?")):
        read_link({key: [value]})


def test_what_is_there_twice_is_told() -> None:
    with pytest.raises(InputError, match="seed: must be there once, not 2 times"):
        read_link({"seed": ["1", "2"]})
    with pytest.raises(InputError, match=r"set: mandate.clarity is set twice"):
        read_link({"set": ["mandate.clarity=0", "mandate.clarity=1"]})


@pytest.mark.parametrize("day", ["2026-01-07", "2029-01-01", "soon"])
def test_a_day_outside_the_scenario_is_told(day: str) -> None:
    query = {"scenario": ["paris-ceasefire-2027"], "set": [f"events.A ceasefire holds.date={day}"]}
    with pytest.raises(InputError, match=rf"holds.date: must be a date from 2026-01-08 to .*, not \"{day}\""):
        read_link(query)
