"""Tables in a narrow terminal: nothing of them is lost, and they can still be read."""

from collections.abc import Callable
from pathlib import Path

import pytest
from printing import lost, printed
from rich.console import Console
from rich.style import Style
from rich.table import Table
from rich.text import Text

from sim.experiments.sensitivity.plan import Factors
from sim.experiments.sensitivity.sensitivity import sensitivity
from sim.experiments.sweep.sweep import plan_sweep, run_sweep
from sim.inputs.case import load_case
from sim.inputs.factors import Factor
from sim.outputs.document.whole_table import WholeTable
from sim.outputs.sensitivity.tables import sensitivity_report
from sim.outputs.sweep.tables import sweep_report
from sim.outputs.tables import scenarios_report

SCENARIOS = ("brussels-2025-04", "clear-reassurance", "hindcast-2025")
SWEEP = """\
title = "A sweep"
base = "{base}"
runs = 5
[[levers]]
path = "washington.involvement"
range = [0, 1]
steps = 3
[[levers]]
path = "mandate.clarity"
range = [0, 1]
steps = 3
"""
FACTORS = Factors(
    (
        Factor(path="washington.involvement", label="what Washington does", range=(0.0, 1.0)),
        Factor(path="mandate.clarity", label="how clear the mandate is", range=(0.0, 1.0)),
    ),
    (),
)


def table_of(*rows: tuple[str, str, str]) -> WholeTable:
    """Return a table of a nation, a number and a remark a row."""
    table = WholeTable()
    table.add_column("nation", no_wrap=True)
    table.add_column("troops", justify="right", no_wrap=True)
    table.add_column("remark")
    for row in rows:
        table.add_row(*row)
    return table


FRANCE = table_of(("France", "2,696 [2,645-2,746]", "fear of escalation (91 %)"))


def lines(table: Table, width: int) -> list[str]:
    return [line.rstrip() for line in printed(table, width).splitlines()]


def test_where_there_is_room_a_row_takes_a_line() -> None:
    assert lines(FRANCE, 60) == [
        "nation               troops  remark",
        "France  2,696 [2,645-2,746]  fear of escalation (91 %)",
    ]


def test_texts_are_wrapped_between_words_before_numbers_are() -> None:
    assert lines(FRANCE, 50) == [
        "nation               troops  remark",
        "France  2,696 [2,645-2,746]  fear of escalation",
        "                             (91 %)",
    ]


def test_an_interval_goes_below_its_estimate() -> None:
    assert lines(FRANCE, 36) == [
        "nation         troops  remark",
        "France          2,696  fear of",
        "        [2,645-2,746]  escalation",
        "                       (91 %)",
    ]


def test_labels_keep_their_indent() -> None:
    (_, *rows) = lines(table_of(("  without a source", "+0.031", "")), 28)
    assert [row[:12].rstrip() for row in rows] == ["  without a", "  source"]


def test_a_name_of_several_words_in_one_is_wrapped_between_them() -> None:
    (_, *rows) = lines(table_of(("b_mandate_involvement", "0.94 [0.11-2.31]", "lower")), 32)
    assert [row[:12].rstrip() for row in rows] == ["b_mandate_", "involvement"]


@pytest.mark.parametrize("width", range(7, 60))
def test_nothing_is_left_out_as_long_as_each_column_has_room_for_a_letter(width: int) -> None:
    shown = printed(FRANCE, width)
    assert sorted("".join(shown.split())) == sorted("".join(printed(FRANCE, 60).split()))
    assert max(map(len, shown.splitlines())) <= width


def test_texts_of_others_are_shown_as_they_are() -> None:
    assert "[bold]Atlantis[/bold] :flag: 亚特兰蒂斯…" in printed(
        table_of(("[bold]Atlantis[/bold] :flag: 亚特兰蒂斯…", "1", "")), 60
    )


def test_styles_stay_on_what_is_wrapped() -> None:
    table = WholeTable()
    table.add_column("stance")
    table.add_row(Text("no US involvement", style="italic"))
    styles = [part.style for part in Console(width=12).render(table) if "US" in part.text]
    assert styles == [Style(italic=True)]


def test_scenarios_lose_nothing_at_80_columns() -> None:
    rows = [(name, load_case(name).scenario.title, "Nothing changes from here. " * 9) for name in SCENARIOS]
    assert lost(scenarios_report(rows)) == []


def test_a_sweep_loses_nothing_at_80_columns(world: Callable[..., Path], tmp_path: Path) -> None:
    file = tmp_path / "sweep.toml"
    file.write_text(SWEEP.format(base=world()))
    assert lost(sweep_report(run_sweep(plan_sweep(file), tmp_path))) == []


@pytest.mark.slow
def test_a_sensitivity_analysis_loses_nothing_at_80_columns(tmp_path: Path) -> None:
    outcomes = ("size", "force", "NLD")
    found = sensitivity(
        "brussels-2025-04", factors=FACTORS, out=tmp_path, outcomes=outcomes, samples=16, runs=8
    )
    assert lost(sensitivity_report(found)) == []
