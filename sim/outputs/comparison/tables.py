"""What a comparison says: how each scenario differs from the reference, first the coalition, then nations."""

from collections.abc import Callable
from typing import Any

from sim.experiments.comparison.result import DIFFERENCE, VALUE, Comparison
from sim.outputs.words import (
    RESTS_ON,
    counted,
    mark,
    parameter_note,
    percent,
    signed_with_interval,
    thousands,
)
from sim.results.document import Document, Note, Section, Table, number, word
from sim.system.libraries import pd

LEGEND = (
    "[ ] is the 95 % interval of the paired difference, each for itself; P in percentage points. Joining: "
    "days by which the mean joining is later, a run in which the nation does not join counting as the "
    "horizon of {days} days. "
    f"{RESTS_ON} Of a nation it is said of the difference in P(committed)."
)


def comparison_report(comparison: Comparison) -> Document:
    """Return how each scenario differs from the reference: the coalition first, then nation by nation."""
    scenario, others = comparison.about.cases[0], range(1, len(comparison.about.cases))
    legend = LEGEND.format(days=scenario.rounds * scenario.days_per_round)
    which = (
        f"{counted(comparison.about.runs, 'run')} of each, seed {comparison.about.seed}, "
        f"against {comparison.about.names[0]}."
    )
    note = Note(f"{which} {parameter_note(comparison.about.cases[0].draws)} {legend}")
    sentences = (_sentence(comparison, index) for index in others)
    scenarios = (_scenario(comparison, index) for index in others)
    return Document(f"Against {scenario.title}", (*sentences, *scenarios, note))


def _sentence(comparison: Comparison, index: int) -> str:
    """Say what a scenario changes for the coalition at the end, if anything."""
    name = comparison.about.names[index]
    rows = comparison.coalition[comparison.coalition["scenario"] == name].set_index("measure")
    size: Any = rows.loc["size"]
    contributors: Any = rows.loc["contributors"]
    force: Any = rows.loc["force"]
    title = comparison.about.cases[index].title
    rests_on = comparison.verdicts(name, DIFFERENCE)
    others = (
        f"{_difference(contributors, 1.0, 2)} contribute at all {mark(rests_on['contributors'])}, "
        f"{_difference(force)} soldiers are pledged {mark(rests_on['force'])}"
    )
    if _is_same(size):
        return f"{title}: as many nations declare soldiers on land at the end in every run; {others}."
    change = (
        f"{_difference(size, 1.0, 2)} nations declare soldiers on land {mark(rests_on['size'])}, {others}"
    )
    is_sure = size.difference_low > 0.0 or size.difference_high < 0.0
    open_ = "" if is_sure else "; the first may be chance"
    return f"{title}: {change} at the end, 95 % intervals of paired differences{open_}."


def _scenario(comparison: Comparison, index: int) -> Section:
    """Return how one scenario differs."""
    name = comparison.about.names[index]
    nations = comparison.nations[comparison.nations["scenario"] == name]
    coalition = comparison.coalition[comparison.coalition["scenario"] == name].set_index("measure")
    table = _nations(nations, comparison, comparison.verdicts(name, DIFFERENCE))
    number_of = len(comparison.about.cases[0].nations)
    same = Note(f"no difference in any run: {number_of - len(table.rows)} of {number_of} nations")
    heading = f"{name}: {comparison.about.cases[index].title}"
    return Section(heading, (_coalition(coalition, comparison, index), table, same))


def _force_required(comparison: Comparison, index: int) -> str:
    """Return the force that is enough, or both where the scenarios differ in it."""
    required = {comparison.about.cases[at].force_required: None for at in (0, index)}
    return " or ".join(thousands(number) for number in required)


def _coalition(rows: "pd.DataFrame", comparison: Comparison, index: int) -> Table:
    """Return both outcomes, the force, and whether it is enough, at the end, each with what it rests on."""
    required, names = _force_required(comparison, index), comparison.about.names
    reference, value = (comparison.verdicts(names[at], VALUE) for at in (0, index))
    rests_on = comparison.verdicts(names[index], DIFFERENCE)
    shown: dict[str, tuple[str, Callable[[float], str], float, int]] = {
        "size": ("declare soldiers on land, nations", lambda size: f"{size:.1f}", 1.0, 2),
        "contributors": ("contribute at all, nations", lambda size: f"{size:.1f}", 1.0, 2),
        "force": ("soldiers pledged", thousands, 1.0, 0),
        "fielded": ("soldiers in the field at a time", thousands, 1.0, 0),
        "p_force_met": (f"P(pledged >= {required})", percent, 100.0, 1),
    }
    lines = []
    for measure, (label, text, factor, decimals) in shown.items():
        row: Any = rows.loc[measure]
        before, after = (
            f"{text(row.reference)} {mark(reference[measure])}",
            f"{text(row.value)} {mark(value[measure])}",
        )
        difference = f"{_difference(row, factor, decimals)} {mark(rests_on[measure])}"
        cells = number(row.value, f"{before} -> {after}"), number(row.difference * factor, difference)
        lines.append((word(label), *cells))
    return Table(("at the end", "reference -> this", "difference"), tuple(lines))


def _nations(rows: "pd.DataFrame", comparison: Comparison, rests_on: dict[str, str]) -> Table:
    """Return a row a nation whose stance or joining differs in any run, the largest gains first."""
    names = comparison.about.cases[0].nations
    committed = rows[rows["measure"] == "p_committed"].set_index("iso3")
    joining = rows[rows["measure"] == "days_to_joining"].set_index("iso3")
    differs = (committed["difference"] != 0) | (joining["difference"] != 0)
    order = committed[differs].sort_values("difference", ascending=False, kind="stable").index
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
    return Table(("nation", "P(committed)", "difference", "joining, days"), tuple(lines))


def _difference(row: Any, factor: float = 1.0, decimals: int = 0) -> str:
    """Return a difference and its interval."""
    difference, low, high = (row[f"difference{end}"] * factor for end in ("", "_low", "_high"))
    return signed_with_interval(difference, low, high, decimals)


def _is_same(row: Any) -> bool:
    """Return whether the two scenarios agree in every run."""
    return bool(row.difference == row.difference_low == row.difference_high == 0.0)
