"""The headline of a run: how large the coalition becomes, who is in it, who is nearest to joining."""

from collections.abc import Iterator, Sequence
from typing import Any

from sim.experiments.rests_on import FORCE_MET, verdicts
from sim.experiments.results import RunTables
from sim.inputs.roster_file import Vocabulary
from sim.outputs.words import (
    OUTSIDE,
    counted,
    date_words,
    enough,
    mark,
    percent_with_interval,
    reason_words,
    thousands,
)
from sim.system.libraries import pd

LIKELY = 0.5
MOST_NAMED = 8
"""Nations named in a sentence."""


def headline(result: RunTables) -> Iterator[str]:
    """Say in sentences how large the coalition becomes, who is in it, and who is nearest to joining."""
    yield from _numbers(result)
    yield from members(result)


def _numbers(result: RunTables) -> Iterator[str]:
    """Say how many contribute and declare soldiers, how many these are, and whether they are enough."""
    about, end, rests_on = result.about, result.rounds.iloc[-1], verdicts(result.rests_on)
    yield (
        f"By {date_words(end.date)} {end.contributors_mean:.1f} nations contribute any military means on "
        f"average, {end.contributors_q05:.0f} to {end.contributors_q95:.0f} in 90 % of "
        f"{counted(about.runs, 'run')} {mark(rests_on['contributors'])}; {end.size_mean:.1f} declare "
        f"soldiers on land, {end.size_q05:.0f} to {end.size_q95:.0f} {mark(rests_on['size'])}."
    )
    met = enough(about, end.p_force_met, end.p_force_met_low, end.p_force_met_high)
    yield (
        f"They pledge {thousands(end.force_mean)} soldiers, {thousands(end.force_q05)} to "
        f"{thousands(end.force_q95)} {mark(rests_on['force'])}; the {thousands(about.force_required)} "
        f"required {_are(met)} {mark(rests_on[FORCE_MET])}."
    )


def _are(met: str) -> str:
    return f"are {met}" if met.startswith(OUTSIDE) else f"are pledged in {met} of the runs"


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


def together(names: Sequence[str]) -> str:
    """Return names as a sentence lists them."""
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)


def _nearest(others: "pd.DataFrame", vocabulary: Vocabulary) -> Iterator[str]:
    row: Any
    for row in others[others["p_committed"] > 0.0].head(1).itertuples():
        share = percent_with_interval(row.p_committed, row.p_committed_low, row.p_committed_high)
        most = reason_words(row.held_back_by[0][0], vocabulary) if row.held_back_by else ""
        held = f"; what holds it back most: {most}" if most else ""
        yield f"Nearest of the others is {row.name}, committed in {share} of the runs{held}."
