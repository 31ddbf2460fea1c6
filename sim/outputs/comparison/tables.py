"""The table of a comparison for the terminal."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from sim.experiments.comparison.result import DIFFERENCE, VALUE
from sim.outputs.whole_table import WholeTable
from sim.outputs.words import RESTS_ON, counted, mark, parameter_note, percent, signed, thousands

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.comparison.result import Comparison

LEGEND = (
    "[ ] is the 95 % interval of the paired difference, each for itself; P in percentage points. Joining: "
    "days by which the mean joining is later, a run in which the nation does not join counting as the "
    "horizon of {days} days. Unpaired: runs of each scenario that would tell the difference in the line "
    "as precisely without common random numbers; for a nation, that of P(committed). "
    f"{RESTS_ON} Of a nation it is said of the difference in P(committed)."
)


def comparison_report(comparison: "Comparison") -> RenderableType:
    """Return how each scenario differs from the reference: the coalition first, then nation by nation."""
    scenario = comparison.about.cases[0]
    legend = LEGEND.format(days=scenario.rounds * scenario.days_per_round)
    which = (
        f"{counted(comparison.about.runs, 'run')} of each, seed {comparison.about.seed}, "
        f"against {comparison.about.names[0]}."
    )
    return Group(
        Text(f"Against {scenario.title}", style="bold"),
        *(Text(_sentence(comparison, index)) for index in range(1, len(comparison.about.cases))),
        *(_scenario(comparison, index) for index in range(1, len(comparison.about.cases))),
        Text(f"{which} {parameter_note(comparison.about.cases[0].draws)} {legend}", style="dim"),
    )


def _sentence(comparison: "Comparison", index: int) -> str:
    """Say what a scenario changes for the coalition at the end, if anything."""
    name = comparison.about.names[index]
    rows = comparison.coalition[comparison.coalition["scenario"] == name].set_index("measure")
    size: Any = rows.loc["size"]
    contributors: Any = rows.loc["contributors"]
    force: Any = rows.loc["force"]
    title = comparison.about.cases[index].title
    told = comparison.verdicts(name, DIFFERENCE)
    others = (
        f"{_difference(contributors, 1.0, 2)} contribute at all {mark(told['contributors'])}, "
        f"{_difference(force)} soldiers are pledged {mark(told['force'])}"
    )
    if _is_same(size):
        return f"{title}: as many nations declare soldiers on land at the end in every run; {others}."
    found = f"{_difference(size, 1.0, 2)} nations declare soldiers on land {mark(told['size'])}, {others}"
    is_sure = size.difference_low > 0.0 or size.difference_high < 0.0
    open_ = "" if is_sure else "; the first may be chance"
    return f"{title}: {found} at the end, 95 % intervals of paired differences{open_}."


def _scenario(comparison: "Comparison", index: int) -> RenderableType:
    """Return how one scenario differs."""
    name = comparison.about.names[index]
    nations = comparison.nations[comparison.nations["scenario"] == name]
    coalition = comparison.coalition[comparison.coalition["scenario"] == name].set_index("measure")
    told = comparison.verdicts(name, DIFFERENCE)
    return Group(
        Text(f"\n{name}: {comparison.about.cases[index].title}", style="bold"),
        _coalition(coalition, comparison, index),
        _nations(nations, comparison, told),
    )


def _force_required(comparison: "Comparison", index: int) -> str:
    """Return the force that is enough, or both where the scenarios differ in it."""
    required = {comparison.about.cases[at].force_required: None for at in (0, index)}
    return " or ".join(thousands(number) for number in required)


def _coalition(rows: "pd.DataFrame", comparison: "Comparison", index: int) -> Padding:
    """Return both outcomes, the force, and whether it is enough, at the end, each with what it rests on."""
    required, names = _force_required(comparison, index), comparison.about.names
    reference, value = (comparison.verdicts(names[at], VALUE) for at in (0, index))
    told = comparison.verdicts(names[index], DIFFERENCE)
    shown: dict[str, tuple[str, Callable[[float], str], float, int]] = {
        "size": ("declare soldiers on land, nations", lambda size: f"{size:.1f}", 1.0, 2),
        "contributors": ("contribute at all, nations", lambda size: f"{size:.1f}", 1.0, 2),
        "force": ("soldiers pledged", thousands, 1.0, 0),
        "fielded": ("soldiers in the field at a time", thousands, 1.0, 0),
        "p_force_met": (f"P(pledged >= {required})", percent, 100.0, 1),
    }
    table = _table("at the end", "", "unpaired")
    row: Any
    for measure, (label, text, factor, decimals) in shown.items():
        row = rows.loc[measure]
        values = (
            f"{text(row.reference)} {mark(reference[measure])} -> {text(row.value)} {mark(value[measure])}"
        )
        difference = f"{_difference(row, factor, decimals)} {mark(told[measure])}"
        table.add_row(label, values, difference, _runs(row))
    return Padding(table, (0, 0, 1, 0))


def _nations(rows: "pd.DataFrame", comparison: "Comparison", told: dict[str, str]) -> RenderableType:
    """Return a row a nation whose stance or joining differs in any run, the largest gains first."""
    reference = comparison.about.cases[0]
    names = reference.nations
    committed = rows[rows["measure"] == "p_committed"].set_index("iso3")
    joining = rows[rows["measure"] == "days_to_joining"].set_index("iso3")
    differs = (committed["difference"] != 0) | (joining["difference"] != 0)
    table = _table("nation", "P(committed)", "joining, days", "unpaired")
    order = committed[differs].sort_values("difference", ascending=False, kind="stable").index
    share: Any
    for code in order:
        share = committed.loc[code]
        table.add_row(
            Text(names[str(code)]),
            f"{percent(share.reference)} -> {percent(share.value)}",
            f"{_difference(share, 100.0, 1)} {mark(told[str(code)])}",
            _difference(joining.loc[code]),
            _runs(share),
        )
    left = len(names) - len(order)
    return Group(table, Text(f"no difference in any run: {left} of {len(names)} nations", style="dim"))


def _table(first: str, values: str, *others: str) -> WholeTable:
    table = WholeTable()
    table.add_column(first, no_wrap=True, min_width=24)
    for column in (values, "difference", *others):
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _difference(row: Any, factor: float = 1.0, decimals: int = 0) -> str:
    """Return a difference and its interval."""
    difference, low, high = (
        signed(row[name] * factor, decimals) for name in ("difference", "difference_low", "difference_high")
    )
    return f"{difference} [{low} to {high}]"


def _is_same(row: Any) -> bool:
    """Return whether the two scenarios agree in every run."""
    return bool(row.difference == row.difference_low == row.difference_high == 0.0)


def _runs(row: Any) -> str:
    """Return how many unpaired runs; none would do where all paired ones differ alike."""
    number = row.unpaired_runs
    if _is_same(row) or math.isnan(number):
        return "-"
    return "inf" if math.isinf(number) else thousands(math.ceil(number))
