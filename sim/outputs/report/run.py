"""The report of a run: who joins, when, under which conditions, what holds back the others."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim.declarations.words import ASSUMED
from sim.experiments.rests_on import FORCE_MET, verdicts
from sim.experiments.results import RunTables
from sim.inputs.roster_file import Vocabulary
from sim.outputs.course import UNTOLD, ever_enough, peak, who_left
from sim.outputs.figures import figures_of
from sim.outputs.report.page import Column, Page, Section, Table
from sim.outputs.report.parts import (
    Manifest,
    data_section,
    number,
    pictures,
    reproduce_section,
    run_command,
    scenario_section,
    together,
    word,
)
from sim.outputs.words import (
    counted,
    kinds_in_words,
    mark,
    percent,
    percent_interval,
    reason_words,
    thousands,
)

if TYPE_CHECKING:
    import pandas as pd

LIKELY = 0.5
MOST_NAMED = 8
"""Nations named in a sentence."""


def run_page(result: RunTables, manifest: Manifest) -> Page:
    """Return the report of a run, from its tables and its manifest."""
    return Page(
        title=result.about.title,
        headline=list(headline(result)),
        sections=[
            Section("What happens", pictures=pictures(figures_of(result).values())),
            Section("Nation by nation", tables=[nations_table(result)]),
            scenario_section(manifest),
            data_section(manifest),
            reproduce_section(manifest, run_command(manifest)),
        ],
    )


def headline(result: RunTables) -> Iterator[str]:
    """Say in sentences how large the coalition becomes, who is in it, and who is nearest to joining."""
    yield from _numbers(result)
    yield from course(result)
    yield from members(result)


def _numbers(result: RunTables) -> Iterator[str]:
    """Say how many contribute and declare soldiers, and how many soldiers these are."""
    about, end, told = result.about, result.rounds.iloc[-1], verdicts(result.rests_on)
    yield (
        f"By {end.date:%-d %B %Y} {end.contributors_mean:.1f} nations contribute military means on average, "
        f"{end.contributors_q05:.0f} to {end.contributors_q95:.0f} in 90 % of {counted(about.runs, 'run')} "
        f"{mark(told['contributors'])}; {end.size_mean:.1f} declare soldiers on land, {end.size_q05:.0f} to "
        f"{end.size_q95:.0f} {mark(told['size'])}."
    )
    if by_kind := kinds_in_words(result.kinds):
        yield f"Beside soldiers, as far as governments named kinds: {by_kind} nations {mark(ASSUMED)}."
    yield (
        f"They pledge {thousands(end.force_mean)} soldiers ({thousands(end.force_q05)} to "
        f"{thousands(end.force_q95)}), of whom {thousands(end.fielded_mean)} are in the field at a time "
        f"{mark(told['force'])}."
    )
    met = f"{percent(end.p_force_met)} [{percent_interval(end.p_force_met_low, end.p_force_met_high)}]"
    yield (
        f"The {thousands(about.force_required)} soldiers required are pledged in {met} of the runs "
        f"{mark(told[FORCE_MET])}."
    )


def course(result: RunTables) -> Iterator[str]:
    """Say whether it was ever enough, how large it was at most, and who left it."""
    yield f"At some time, not only at the end, so many are pledged in {ever_enough(result)} {UNTOLD}."
    top = peak(result.rounds, "size")
    if top is not None:
        yield (
            f"It was largest on {top.date:%-d %B %Y}: {top.size_mean:.1f} nations ({top.size_q05:.0f} to "
            f"{top.size_q95:.0f}) declared soldiers on land, {thousands(top.force_mean)} "
            f"({thousands(top.force_q05)} to {thousands(top.force_q95)}) {UNTOLD}."
        )
    top = peak(result.rounds, "fielded")
    if top is not None:
        yield (
            f"Most soldiers were in the field on {top.date:%-d %B %Y}: {thousands(top.fielded_mean)} "
            f"({thousands(top.fielded_q05)} to {thousands(top.fielded_q95)}) {UNTOLD}."
        )
    if left := who_left(result):
        names = ", ".join(f"{name} {percent(share)}" for name, share in left)
        yield f"In it at some time and out at the end: {names} {UNTOLD}."


def members(result: RunTables) -> Iterator[str]:
    """Say who is in it in half of the runs or more, and who is nearest to joining."""
    summary = by_likelihood(result)
    likely = summary[summary["p_committed"] >= LIKELY]
    yield f"{_members(likely)} at the end in half of the runs or more."
    yield from _nearest(summary[summary["p_committed"] < LIKELY], result.about.vocabulary)


def by_likelihood(result: RunTables) -> "pd.DataFrame":
    """Return the nations, the surest members first."""
    order = ["p_committed", "p_ever_joined", "name"]
    return result.summary.sort_values(order, ascending=[False, False, True])


def _members(likely: "pd.DataFrame") -> str:
    names = likely["name"].tolist()
    if not names:
        return "No nation is committed"
    if len(names) > MOST_NAMED:
        names = [*names[:MOST_NAMED], f"{len(names) - MOST_NAMED} more"]
    return f"{together(names)} {'is' if len(likely) == 1 else 'are'} committed"


def _nearest(others: "pd.DataFrame", vocabulary: Vocabulary) -> Iterator[str]:
    row: Any
    for row in others[others["p_committed"] > 0.0].head(1).itertuples():
        most = reason_words(row.held_back_by[0][0], vocabulary) if row.held_back_by else ""
        held = f"; what holds it back most: {most}" if most else ""
        yield f"Nearest of the others is {row.name}, committed in {_share(row)} of the runs{held}."


def _share(row: Any) -> str:
    return f"{percent(row.p_committed)} [{percent_interval(row.p_committed_low, row.p_committed_high)}]"


def nations_table(result: RunTables) -> Table:
    """Return a row a nation, the surest members first."""
    row: Any
    rows, vocabulary, told = [], result.about.vocabulary, verdicts(result.rests_on)
    for row in by_likelihood(result).itertuples():
        reasons = "; ".join(
            f"{reason_words(reason, vocabulary)} ({percent(share)})" for reason, share in row.held_back_by
        )
        troops = f"{thousands(row.troops_mean_low)}-{thousands(row.troops_mean_high)}"
        rows.append(
            [
                word(str(row.name)),
                word(row.position),
                number(row.p_committed, _share(row)),
                number(
                    row.p_contributes,
                    f"{percent(row.p_contributes)} "
                    f"[{percent_interval(row.p_contributes_low, row.p_contributes_high)}]",
                ),
                word(f"{row.joined:%Y-%m-%d}" if row.p_ever_joined else "-"),
                number(row.troops_mean, f"{thousands(row.troops_mean)} [{troops}]"),
                word(told[str(row.Index)]),
                word(reasons),
            ]
        )
    columns = [
        Column("nation"),
        Column("position at the start"),
        Column("P(soldiers on land)", numbers=True),
        Column("P(any contribution)", numbers=True),
        Column("joined"),
        Column("soldiers", numbers=True),
        Column("P(soldiers on land) rests on"),
        Column("held back by"),
    ]
    caption = (
        f"At the end, {counted(result.about.runs, 'run')}. [ ]: 95 % interval of an estimate from these. "
        "Joined: median date among the runs in which it joined. Held back by: what alone would let it in if "
        "it were gone, demands first; else its own position; share of the runs in which it is out. Rests on: "
        "what P(soldiers on land) rests on, the worst of what decides it. Press a heading to sort."
    )
    return Table(caption, columns, rows)
