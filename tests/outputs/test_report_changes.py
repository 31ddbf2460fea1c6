"""The report says every change of a scenario: which key, what it was, what it becomes."""

from collections.abc import Callable
from pathlib import Path

from sim.inputs.case import load_case
from sim.inputs.scenario import load_scenario
from sim.outputs.report.changes import AS_STATED, changes_table
from sim.results.about import about_case

EVENTS = """
[[events]]
round = 4
title = "Half"
ceasefire = 0.5
washington.involvement = 0.75
[[events]]
round = 2
title = "An election"
source = "a paper"
nations.AAX.position = "open"
[[events]]
round = 6
title = "Over"
ceasefire = 0
[[events]]
round = 9000
title = "After the end"
ceasefire = 1
"""


def test_each_key_stands_with_what_it_was_in_the_order_of_events(world: Callable[..., Path]) -> None:
    file = world(rounds=30)
    file.write_text(file.read_text("utf-8") + EVENTS, encoding="utf-8")
    case = load_case(file)
    table = changes_table(about_case(case).model_dump(mode="json"))
    rows = [[cell.text for cell in row] for row in table.rows]
    involvement = f"{case.scenario.patron.involvement:g}"
    assert [row[1:5] for row in rows] == [
        ["An election", "nations.AAX.position", AS_STATED, "open"],
        ["Half", "washington.involvement", involvement, "0.75"],
        ["Half", "ceasefire", "0", "0.5"],
        ["Over", "ceasefire", "0.5", "0"],
    ]
    assert rows[0][5] == "a paper"
    days = [str(row[0].value) for row in table.rows]
    assert days == sorted(days)


def test_a_scenario_without_events_changes_nothing(world: Callable[..., Path]) -> None:
    assert changes_table(about_case(load_case(world(rounds=3))).model_dump(mode="json")).rows == ()


def test_a_description_is_not_that_of_what_is_extended(world: Callable[..., Path], tmp_path: Path) -> None:
    base = world(rounds=3)
    base.write_text(f'description = "Nothing changes."\n{base.read_text("utf-8")}', encoding="utf-8")
    other = base.with_name("other.toml")
    other.write_text('extends = "world.toml"\ntitle = "All changes"\n', encoding="utf-8")
    assert load_scenario(base).description == "Nothing changes."
    assert load_scenario(other).description == ""
    assert load_scenario(base, {"start.ceasefire": 1}).description == "Nothing changes."
