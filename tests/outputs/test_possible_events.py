"""What is shown of events that happen in some runs only: never a date that they do not have."""

import numpy as np
import pytest

import sim
from sim.outputs.figures.timeline import notes
from sim.outputs.report.changes import changes_table
from sim.outputs.tables import events_table

SURGE = "Washington gives a backstop to a force that is there"


@pytest.fixture(scope="module")
def result() -> sim.RunResult:
    return sim.run("paris-conditional", runs=200, overrides=["rounds=45"])


def test_the_table_of_events_says_how_often_and_when(result: sim.RunResult) -> None:
    table = result.events.set_index("title")
    surge = table.loc[SURGE]
    assert surge["when"] == "force >= 15000"
    assert surge["p"] == 1.0 - result.tally.happened[0, -1] / 200
    assert surge["happened_q25"] <= surge["happened"] <= surge["happened_q75"]
    election = table.drop(SURGE)
    assert election["probability"].tolist() == [0.2, 0.3]
    assert set(election["happened"].dt.date.astype(str)) == {
        "2026-09-17"
    }  # the first round not before the 13th
    assert election["p"].sum() == pytest.approx(0.5, abs=0.12)


def test_figures_draw_no_line_for_them_and_say_how_often_they_happened(result: sim.RunResult) -> None:
    assert result.about.past_events == ()
    said = " ".join(notes(result))
    assert said.count("of the runs, ") == 3
    assert SURGE in said
    lines = result.plot("coalition-size").axes[0].lines
    assert not [line for line in lines if len(set(np.atleast_1d(line.get_xdata()).tolist())) == 1]


def test_the_screen_names_condition_and_probability(result: sim.RunResult) -> None:
    cells = [[cell.text for cell in row] for row in events_table(result).rows]
    assert [row[1] for row in sorted(cells)] == ["P = 0.3", "P = 0.2", "force >= 15000"]


def test_a_report_lists_what_they_set_beside_the_certain_changes(result: sim.RunResult) -> None:
    rows = [[cell.text for cell in row] for row in changes_table(result.about.model_dump(mode="json")).rows]
    assert ["when force >= 15000", SURGE, "washington.involvement", "as it is then", "0.75", ""] in rows
    when = "2026-09-13, with probability 0.2, an outcome of the Swedish election of 2026"
    assert [row[2] for row in rows if row[0] == when] == ["nations.SWE.position"]
