"""What a comparison says: how each scenario differs from the reference, first the coalition, then nations."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from sim.experiments.comparison.result import DIFFERENCE, VALUE, Comparison
from sim.outputs.words import (
    OUTSIDE,
    RESTS_ON,
    counted,
    is_out_of_reach,
    mark,
    parameter_block,
    percent,
    signed_with_interval,
    thousands,
)
from sim.results.document import Details, Document, Note, Section, Table, nothing, number, word
from sim.system.libraries import pd

INTERVALS = (
    f"[ ] is the 95 % interval of the paired difference, each for itself; P in percentage points. {RESTS_ON}"
)
LEGEND = (
    "Joining: days by which the mean joining is later, a run in which the nation does not join counting as "
    "the horizon of {days} days. Of a nation it is the difference in P(committed) whose basis is named."
)
MOST_ROWS = 6
"""Nations that stand on the first screen, of all scenarios together."""
MOST_SCENARIOS = 2
"""Scenarios beside the reference whose tables of the coalition fit on the first screen."""
LEVELS, JOINING = "reference -> this", "joining, days"
"""Columns that do not."""


def comparison_report(comparison: Comparison) -> Document:
    """Return how each scenario differs from the reference: the coalition first, then nation by nation."""
    scenario, others = comparison.about.cases[0], range(1, len(comparison.about.cases))
    which = (
        f"{counted(comparison.about.runs, 'run')} of each, seed {comparison.about.seed}, "
        f"against {comparison.about.names[0]}."
    )
    notes = (
        Note(f"{which} {INTERVALS}"),
        parameter_block(scenario.draws),
        Details((Note(LEGEND.format(days=scenario.rounds * scenario.days_per_round)),)),
    )
    sentences = (_sentence(comparison, index) for index in others)
    scenarios = (_scenario(comparison, index) for index in others)
    return Document(f"Against {scenario.title}", (*sentences, *scenarios, *notes))


def _sentence(comparison: Comparison, index: int) -> str:
    """Say what a scenario changes for the coalition at the end, if anything."""
    name = comparison.about.names[index]
    rows = comparison.coalition[comparison.coalition["scenario"] == name].set_index("measure")
    size: Any = rows.loc["size"]
    contributors: Any = rows.loc["contributors"]
    force: Any = rows.loc["force"]
    title = comparison.about.cases[index].title
    rests_on = comparison.verdicts(name, DIFFERENCE)
    marks = {measure: mark(rests_on[measure]) for measure in ("size", "contributors", "force")}
    others = (
        f"{_difference(contributors, 1.0, 2)} contribute any military means {marks['contributors']}, "
        f"{_difference(force)} soldiers are pledged {marks['force']}"
    )
    if _is_same(size):
        return f"{title}: as many nations declare soldiers on land at the end in every run; {others}."
    change = f"{_difference(size, 1.0, 2)} nations declare soldiers on land {marks['size']}, {others}"
    is_sure = size.difference_low > 0.0 or size.difference_high < 0.0
    open_ = "" if is_sure else "; the first may be chance"
    return f"{title}: {change} at the end{open_}."


def _scenario(comparison: Comparison, index: int) -> Section:
    """Return how one scenario differs."""
    name = comparison.about.names[index]
    nations = comparison.nations[comparison.nations["scenario"] == name]
    coalition = comparison.coalition[comparison.coalition["scenario"] == name].set_index("measure")
    most = max(1, MOST_ROWS // (len(comparison.about.names) - 1))
    table = replace(_nations(nations, comparison, comparison.verdicts(name, DIFFERENCE)), most=most)
    number_of = len(comparison.about.cases[0].nations)
    same = Note(f"no difference in any run: {number_of - len(table.rows)} of {number_of} nations")
    heading = f"{name}: {comparison.about.cases[index].title}"
    of_coalition = _coalition(coalition, comparison, index)
    has_room = len(comparison.about.names) - 1 <= MOST_SCENARIOS  # sentences say the most of it
    return Section(heading, (of_coalition if has_room else Details((of_coalition,)), table, same))


def _force_required(comparison: Comparison, index: int) -> str:
    """Return the force that is enough, or both where the scenarios differ in it."""
    required = {comparison.about.cases[at].force_required: None for at in (0, index)}
    return " or ".join(thousands(number) for number in required)


def _coalition(rows: "pd.DataFrame", comparison: Comparison, index: int) -> Table:
    """Return both outcomes, the force, and whether it is enough, at the end, each with what it rests on."""
    required, names = _force_required(comparison, index), comparison.about.names
    cases = [comparison.about.cases[at] for at in (0, index)]
    reference, value = (comparison.verdicts(names[at], VALUE) for at in (0, index))
    rests_on = comparison.verdicts(names[index], DIFFERENCE)
    shown: dict[str, tuple[str, Callable[[float], str], float, int]] = {
        "size": ("declare soldiers on land, nations", lambda size: f"{size:.1f}", 1.0, 2),
        "contributors": ("contribute any military means, nations", lambda size: f"{size:.1f}", 1.0, 2),
        "force": ("soldiers pledged", thousands, 1.0, 0),
        "fielded": ("soldiers in the field at a time", thousands, 1.0, 0),
        "p_force_met": (f"P(pledged >= {required})", percent, 100.0, 1),
    }
    lines = []
    for measure, (label, text, factor, decimals) in shown.items():
        row: Any = rows.loc[measure]
        outside = measure == "p_force_met" and all(map(is_out_of_reach, cases))
        before, after = (
            f"{text(row.reference)} {mark(reference[measure])}",
            f"{text(row.value)} {mark(value[measure])}",
        )
        difference = f"{_difference(row, factor, decimals)} {mark(rests_on[measure])}"
        cells = number(row.value, f"{before} -> {after}"), number(row.difference * factor, difference)
        cells = (nothing(OUTSIDE), nothing(OUTSIDE)) if outside else cells
        lines.append((word(label), *cells))
    return Table(("at the end", LEVELS, "difference"), tuple(lines), aside=(LEVELS,))


def _nations(rows: "pd.DataFrame", comparison: Comparison, rests_on: dict[str, str]) -> Table:
    """Return a row a nation whose stance or joining differs in any run, the largest differences first."""
    names = comparison.about.cases[0].nations
    committed = rows[rows["measure"] == "p_committed"].set_index("iso3")
    joining = rows[rows["measure"] == "days_to_joining"].set_index("iso3")
    differs = (committed["difference"] != 0) | (joining["difference"] != 0)
    order = committed["difference"][differs].abs().sort_values(ascending=False, kind="stable").index
    lines = []
    for code in order:
        share: Any = committed.loc[code]
        days: Any = joining.loc[code]
        difference = f"{_difference(share, 100.0, 1)} {mark(rests_on[str(code)])}"
        lines.append(
            (
                word(names[str(code)]),
                number(share.value, f"{percent(share.reference)} -> {percent(share.value)}"),
                number(share.difference, difference),
                number(days.difference, _difference(days)),
            )
        )
    headings = ("nation", "P(committed)", "difference", JOINING)
    return Table(headings, tuple(lines), aside=(JOINING,))


def _difference(row: Any, factor: float = 1.0, decimals: int = 0) -> str:
    """Return a difference and its interval."""
    difference, low, high = (row[f"difference{end}"] * factor for end in ("", "_low", "_high"))
    return signed_with_interval(difference, low, high, decimals)


def _is_same(row: Any) -> bool:
    """Return whether the two scenarios agree in every run."""
    return bool(row.difference == row.difference_low == row.difference_high == 0.0)
