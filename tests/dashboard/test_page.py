"""The page as a visitor uses it, run by Streamlit without a browser."""

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

import sim
from sim.dashboard import app
from sim.dashboard.stage import OUTCOMES
from sim.declarations.words import VERDICTS
from sim.experiments.rests_on import FORCE_MET, verdicts

pytestmark = pytest.mark.slow

RUNS = 200
USUAL = "paris-2026-01"


def open_page() -> AppTest:
    """Return a new visitor's page, with few runs."""
    page = AppTest.from_file(app.__file__, default_timeout=120).run()
    page.select_slider(key="runs").set_value(RUNS)
    return page.run()


@pytest.fixture(scope="module")
def opened() -> AppTest:
    """A page that no test changes."""
    return open_page()


@pytest.fixture
def page() -> AppTest:
    """A page of this test's own."""
    return open_page()


def numbers(page: AppTest) -> list[str]:
    """Return what is shown first: who declares soldiers, who contributes, soldiers, P(they are enough)."""
    assert not page.exception
    return [metric.value for metric in page.metric]


def size(page: AppTest) -> float:
    return float(numbers(page)[0].split()[0])


def size_of(scenario: str, **given: Any) -> str:
    """Return the size as `coalition run` finds it."""
    end = sim.run(scenario, runs=RUNS, **given).rounds.iloc[-1]
    return f"{end.size_mean:.1f} [{end.size_q05:.0f}-{end.size_q95:.0f}]"


def labelled(elements: Any, label: str) -> Any:
    """Return the control of that label."""
    (found,) = [element for element in elements if element.label == label]
    return found


def unescaped(text: str) -> str:
    """Return a text as readers see it."""
    return re.sub(r"\\(.)", r"\1", text)


def said(elements: Any) -> str:
    """Return texts as readers see them."""
    return unescaped(" ".join(element.value for element in elements))


def write(page: AppTest, text: str) -> AppTest:
    """Write a scenario of one's own."""
    page.selectbox(key="scenario").select("a file of your own").run()
    page.text_area(key="text").set_value(text)
    return page.run()


def standing_alone(file: Path) -> str:
    """Return a scenario that finds its roster from anywhere."""
    return file.read_text("utf-8").replace('"roster"', f'"{file.parent / "roster"}"')


# --- what is shown -----------------------------------------------------------------------------------


def test_it_shows_what_coalition_run_finds(opened: AppTest) -> None:
    assert numbers(opened)[0] == size_of(USUAL)
    end = sim.run(USUAL, runs=RUNS).rounds.iloc[-1]
    contributors = f"{end.contributors_mean:.1f} [{end.contributors_q05:.0f}-{end.contributors_q95:.0f}]"
    assert numbers(opened)[1] == contributors
    assert f"{RUNS} runs, seed 1" in said(opened.caption)


def test_every_number_says_what_it_rests_on(opened: AppTest) -> None:
    told = verdicts(sim.run(USUAL, runs=RUNS).rests_on)
    measures = ("size", "contributors", "force", "fielded", FORCE_MET)
    assert len(opened.metric) == len(measures)
    for metric, measure in zip(opened.metric, measures, strict=True):
        assert metric.label.endswith(f"({told[measure]})")
    assert "learned from past coalitions, likely, not told by them, fitted" in said(opened.caption)


def test_map_and_strip_show_the_outcome_that_is_chosen(page: AppTest) -> None:
    assert page.radio(key="outcome").options == list(OUTCOMES)
    page.radio(key="outcome").set_value("Any military contribution").run()
    assert not page.exception


def test_every_control_is_labelled(opened: AppTest) -> None:
    controls = [
        *opened.slider,
        *opened.selectbox,
        *opened.select_slider,
        *opened.number_input,
        *opened.button,
    ]
    assert len(controls) >= 12
    assert all(control.label for control in controls)


@pytest.mark.parametrize(
    ("label", "path", "value"),
    [
        ("US involvement", "washington.involvement", 0.75),
        ("Clarity of the mandate", "mandate.clarity", 0.6),
        ("Authority of the mandate", "mandate.authority", 1.0),
        ("Russian pressure", "moscow.pressure", 0.9),
        ("Ceasefire", "ceasefire", 1.0),
        ("Followership", "parameters.followership", 1.5),
        ("Reach to soldiers on land", "parameters.reach", 1.0),
    ],
)
def test_each_lever_does_what_set_does(page: AppTest, label: str, path: str, value: float) -> None:
    labelled(page.slider, label).set_value(value)
    assert numbers(page.run())[0] == size_of(USUAL, overrides={path: value})
    assert f"Set from the first round on: {label} {value:g}." in said(page.caption)


def test_the_purpose_is_chosen_among_words(page: AppTest) -> None:
    labelled(page.slider, "Clarity of the mandate").set_value(0.6)
    labelled(page.selectbox, "Purpose of the mission").select("peacekeeping")
    overrides = {"mandate.clarity": 0.6, "mandate.purpose": "peacekeeping"}
    assert numbers(page.run())[0] == size_of(USUAL, overrides=overrides)


def test_more_us_involvement_means_more_contributors_on_average(page: AppTest) -> None:
    """Either sign is drawn; past coalitions teach that it helps, any contribution more than soldiers."""
    found = []
    for level in (0.0, 0.5, 1.0):
        labelled(page.slider, "US involvement").set_value(level)
        found.append(float(numbers(page.run())[1].split()[0]))
    assert found == sorted(found)
    assert found[-1] > found[0] + 1


def test_levers_start_where_the_scenario_sets_them_and_go_back_there(page: AppTest) -> None:
    page.selectbox(key="scenario").select("paris-us-backstop").run()
    assert labelled(page.slider, "US involvement").value == 0.75
    before = numbers(page)
    labelled(page.slider, "US involvement").set_value(0.2)
    assert numbers(page.run()) != before
    labelled(page.button, "Back to the scenario").click()
    assert numbers(page.run()) == before
    assert labelled(page.slider, "US involvement").value == 0.75


def test_a_level_between_the_steps_of_its_lever_is_left_as_it_is(page: AppTest) -> None:
    write(page, f'title = "Between"\nextends = "{USUAL}"\nwashington.involvement = 0.123')
    assert "As the scenario says." in said(page.caption)


def test_it_says_that_later_events_still_happen(page: AppTest) -> None:
    page.selectbox(key="scenario").select("hindcast-2025").run()
    assert "later events" not in said(page.caption)
    labelled(page.slider, "Ceasefire").set_value(0.5)
    assert re.search(r"later events \(\d+\) still happen", said(page.run().caption))


def test_what_nations_state_is_set_for_those_that_are_chosen(page: AppTest) -> None:
    labelled(page.multiselect, "Nations").select("nations.SWE.position").select("nations.NLD.position").run()
    labelled(page.selectbox, "Sweden").select("committed")
    page.run()
    overrides = {"nations.SWE.position": "committed"}
    assert numbers(page)[0] == size_of(USUAL, overrides=overrides)
    assert "Positions at the start: Sweden committed." in said(page.caption)
    assert "--set nations.SWE.position=committed" in page.code[0].value
    labelled(page.multiselect, "Nations").unselect("nations.SWE.position").run()
    assert numbers(page)[0] == size_of(USUAL)


def test_events_are_moved_to_other_days_and_back(page: AppTest) -> None:
    page.selectbox(key="scenario").select("paris-ceasefire-2027").run()
    path = "events.A ceasefire holds.date"
    labelled(page.multiselect, "Events").select(path).run()
    before = numbers(page)
    labelled(page.date_input, "A ceasefire holds").set_value(dt.date(2027, 11, 1))
    moved = numbers(page.run())
    end = sim.run("paris-ceasefire-2027", runs=RUNS, overrides={path: "2027-11-01"}).rounds.iloc[-1]
    assert moved[3] == f"{end.fielded_mean:,.0f} [{end.fielded_q05:,.0f}-{end.fielded_q95:,.0f}]" != before[3]
    assert "Dates of events: A ceasefire holds 1 Nov 2027." in said(page.caption)
    assert f"--set '{path}=2027-11-01'" in page.code[0].value
    labelled(page.button, "Back to the scenario").click()
    assert numbers(page.run()) == before
    assert labelled(page.multiselect, "Events").value == []


def test_where_nothing_happens_there_is_no_event_to_move(opened: AppTest) -> None:
    assert [each.label for each in opened.multiselect] == ["Nations"]


def test_another_seed_is_another_sample(page: AppTest) -> None:
    before = numbers(page)
    page.number_input(key="seed").set_value(2)
    assert numbers(page.run()) != before
    assert "seed 2" in said(page.caption)


# --- comparing ---------------------------------------------------------------------------------------


def test_a_pinned_setting_is_compared_run_by_run(page: AppTest) -> None:
    page.button(key="pin").click().run()
    labelled(page.slider, "US involvement").set_value(1.0)
    page.run()
    case = sim.load_case(USUAL)
    changed = case.with_overrides({"washington.involvement": 1.0})
    row = sim.compare([case, changed], runs=RUNS).coalition.iloc[0]
    difference = f"{row.difference:+.2f} [{row.difference_low:+.2f} to {row.difference_high:+.2f}]"
    assert re.fullmatch(rf"{re.escape(difference)} \((?:{'|'.join(VERDICTS)})\)", page.metric[0].delta)
    assert "Compared with the pinned setting" in said(page.header)
    page.button(key="unpin").click().run()
    assert not any(metric.delta for metric in page.metric)


def test_where_nothing_differs_it_says_so(page: AppTest) -> None:
    page.button(key="pin").click().run()
    assert "covers 0" in page.metric[0].delta
    assert "These runs tell no nation apart" in said(page.markdown)


def test_what_cannot_be_compared_is_told_and_the_rest_is_shown(page: AppTest) -> None:
    page.button(key="pin").click().run()
    write(page, f'title = "Half a year"\nextends = "{USUAL}"\nrounds = 26')
    told = "Cannot be compared with the pinned setting: my-scenario.toml:3: rounds: is 26, but 52"
    assert told in said(page.warning)
    assert len(numbers(page)) == 5


# --- a nation ----------------------------------------------------------------------------------------


def test_a_nation_is_explained(page: AppTest) -> None:
    page.selectbox(key="nation").select("NLD").run()
    found = r"Netherlands: .* on 7 Jan 2027 in \d+ % \[\d+-\d+\] \(\w+\) of 200 runs"
    assert re.search(found, said(page.markdown))
    assert "What speaks for (right) and against sending soldiers" in said(page.caption)


def test_it_says_what_would_bring_a_nation_in(page: AppTest) -> None:
    page.selectbox(key="nation").select("SWE").run()
    page.toggle(key="levers").set_value(True).run()
    assert not page.exception
    assert "Each lever alone, the others as set." in said(page.caption)


def test_a_nation_that_another_roster_lacks_is_let_go(page: AppTest, world: Callable[..., Path]) -> None:
    page.selectbox(key="nation").select("NLD").run()
    write(page, standing_alone(world()))
    assert page.selectbox(key="nation").value is None
    assert size(page) >= 1.0


# --- scenarios of one's own --------------------------------------------------------------------------

FAULTS = {
    "rounds = 'many'": "my-scenario.toml:3: rounds: must be a whole number",
    "rounds = 5000": "my-scenario.toml:3: rounds: is 5000; the dashboard shows at most 520",
    "washington.involvment = 1": 'my-scenario.toml:3: washington.involvment: unknown key "involvment"',
    'roster = "nowhere"': 'my-scenario.toml:3: roster: no such folder: "nowhere"',
    "= 1": "my-scenario.toml:3: not valid TOML",
}


def test_mistakes_are_told_in_words_with_their_line_until_they_are_corrected(page: AppTest) -> None:
    for fault, words in FAULTS.items():
        write(page, f'title = "Mine"\nextends = "{USUAL}"\n{fault}')
        assert said(page.error).startswith(words)
        assert not page.exception
        assert not page.metric
    write(page, 'title = "Mine"\nextends = "paris-us-backstop"')
    assert not page.error
    assert numbers(page)[0] == size_of("paris-us-backstop")


def test_markup_in_a_title_is_text(page: AppTest) -> None:
    title = "![x](https://example.com/x.png) <b>$bold$</b> :red[not red]"
    write(page, f"title = '{title}'\nextends = \"{USUAL}\"")
    (shown,) = page.title
    assert unescaped(shown.value) == title
    assert re.search(r"(?<!\\)[!\[\]()<>$:]", shown.value) is None


def test_a_world_without_a_map_is_shown(page: AppTest, world: Callable[..., Path]) -> None:
    write(page, standing_alone(world()))
    assert not page.error
    assert size(page) >= 1.0
    assert "map" not in labelled(page.selectbox, "Figure").options


# --- two visitors ------------------------------------------------------------------------------------


def test_two_visitors_do_not_share_what_they_set() -> None:
    one, other = open_page(), open_page()
    labelled(one.slider, "US involvement").set_value(1.0)
    one.selectbox(key="nation").select("NLD")
    one.run().button(key="pin").click().run()
    other.run()
    assert labelled(other.slider, "US involvement").value == 0.55
    assert other.selectbox(key="nation").value is None
    assert labelled(other.button, "Pin this setting")
    assert size(one) > size(other)
