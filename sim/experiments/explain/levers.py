"""What it would take to bring a nation in: the least change of each lever, alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.experiments.explain.answer_table import SearchedAnswer
from sim.experiments.explain.columns import interval_columns
from sim.experiments.explain.marks import Marks
from sim.experiments.explain.search import (
    AS_IT_IS,
    LIKELY,
    Choices,
    Search,
    Tried,
    chance,
    present_level,
)
from sim.experiments.runs import Runs
from sim.inputs.case import Case
from sim.inputs.factors import Factor
from sim.inputs.questions import LEADING, NATION, Questions
from sim.system.libraries import pd

STRIDE = 10
"""Of how many levels of a lever one is tried in any case."""

COMMITTED_ALREADY, REACHED, UNDECIDED, NOT_ALONE = "committed already", "reached", "undecided", "not alone"


class Lever(NamedTuple):
    """A lever as it is asked about for a nation.

    Attributes
    ----------
    path, label
        What is set, and what tables and figures call it.
    declared
        The path as declared: that of a nation's own lever holds a placeholder.
    leading
        Code of the leading nation that it is about, if it is about one.
    factor
        Its levels.
    """

    path: str
    label: str
    declared: str
    leading: str
    factor: Factor


@dataclass(frozen=True, eq=False)
class LeverAnswers(SearchedAnswer):
    """What it would take to bring nations in.

    Attributes
    ----------
    table
        A row a nation and lever:

        - `iso3`, `lever` (dotted path), `declared` (the path as the questions declare it), `label`, `leading`
          (the nation that joins, if it is about one)
        - `range_low`, `range_high`, `present`: the lever's range and its level in the first round; missing
          where it has no levels in between
        - `status`: `committed already` (P(committed) >= 0.5 as it is), `reached`, `undecided` (not reached,
          but the interval of the largest P does reach 0.5), `not alone` (not by this lever alone)
        - `setting`: what was set; `value`, `value_low`, `value_high`: the level nearest to the present one
          with P(committed) >= 0.5, with its 95 % interval: the levels at which the interval of P holds 0.5.
          A missing bound: not within the range
        - `p`, `p_low`, `p_high`: P(committed) there; for `undecided` and `not alone` the largest found, and
          `setting` where that was
        - `p_before`, `p_before_low`, `p_before_high`: P at the neighbouring level on the side of the present
          one: where `p` leaps from next to nothing, the level is a threshold
        - `again`, `again_low`, `again_high`: P at the value in runs that the search has not seen: as many of
          the next seed
        - `rests_on`: what `p`, and its change from now, rest on, see `Marks`
        - `runs`
    """


def what_would_it_take(case: Case, nations: Sequence[int], questions: Questions, runs: Runs) -> LeverAnswers:
    """Find the least change of each lever, alone, at which a nation is committed in half of the runs.

    A lever is set in round 1; later events of the scenario still happen.

    Parameters
    ----------
    case
        What is run.
    nations
        Indices of the nations asked about.
    questions
        The levers. "If a nation joins" is asked about those outside (P(committed) < 0.5 as it is) that could
        send most.
    runs
        How many at each point, and their seed.

    Raises
    ------
    InputError
        If a lever cannot take one of its levels.
    """
    tried = Tried(case, runs)
    tried.try_points([AS_IT_IS])
    asked = [(nation, lever) for nation in nations for lever in levers_for(case, questions, nation, tried)]
    searches = [_search(case, nation, lever) for nation, lever in asked]
    tried.settle(searches)
    again = Tried(case, Runs(runs.number, runs.seed + 1, runs.threads))
    again.try_points(
        search.point(level) for search in searches if (level := search.least(tried).level) is not None
    )
    marks = Marks(case, runs)
    rows = [
        {
            "iso3": case.roster.iso3[nation],
            "lever": lever.path,
            "declared": lever.declared,
            "label": lever.label,
            "leading": lever.leading,
            **_range(lever),
            "present": search.present,
            **_answer(search, tried, again, marks),
            "runs": runs.number,
        }
        for (nation, lever), search in zip(asked, searches, strict=True)
    ]
    return LeverAnswers(case, runs.number, runs.seed, pd.DataFrame(rows), len(tried) + len(again))


def levers_for(case: Case, questions: Questions, nation: int, tried: Tried) -> Iterator[Lever]:
    """Return the levers asked about for a nation, placeholders filled in."""
    iso3, names = case.roster.iso3, case.roster.names
    for factor in questions.levers:
        path = factor.path.replace(NATION, iso3[nation])
        label = factor.name
        if LEADING not in path:
            yield Lever(path, label, factor.path, "", factor)
            continue
        for leading in leading_outsiders(case, tried, questions.leading):
            if leading != nation:
                joined, joins = path.replace(LEADING, iso3[leading]), label.replace(LEADING, names[leading])
                yield Lever(joined, joins, factor.path, iso3[leading], factor)


def leading_outsiders(case: Case, tried: Tried, number: int) -> list[int]:
    """Return the nations not committed as it is that could send most, the first by ISO code at a tie."""
    outside = np.flatnonzero(tried[AS_IT_IS].estimate < LIKELY)
    return sorted(outside.tolist(), key=lambda nation: -case.roster.deployable[nation])[:number]


def _search(case: Case, nation: int, lever: Lever) -> Search | Choices:
    """Return the search for the least change of a lever."""
    settings = lever.factor.values
    if settings is not None:
        return Choices(nation, lever.path, settings)
    levels = tuple(float(level) for level in lever.factor.levels)
    return Search(nation, lever.path, levels, present_level(case, lever.path), stride=STRIDE)


def _answer(search: Search | Choices, tried: Tried, again: Tried, marks: Marks) -> dict[str, Any]:
    """Return what a search has come to, as columns."""
    now, least = chance(tried, AS_IT_IS, search.nation), search.least(tried)
    if now.estimate >= LIKELY:
        return {
            "status": COMMITTED_ALREADY,
            **_levels(None),
            **interval_columns("p", now),
            "rests_on": marks.of(search.nation),
        }
    if least.level is not None:
        at = search.point(least.level)
        before = AS_IT_IS if least.before is None else search.point(least.before)
        return {
            "status": REACHED,
            **_levels(least.level, least.low, least.high),
            **interval_columns("p", chance(tried, at, search.nation)),
            **interval_columns("p_before", chance(tried, before, search.nation)),
            **interval_columns("again", chance(again, at, search.nation)),
            "rests_on": marks.of(search.nation, at),
        }
    level = max(search.scanned, key=lambda each: chance(tried, search.point(each), search.nation))
    most = chance(tried, search.point(level), search.nation)
    status = UNDECIDED if most.high >= LIKELY else NOT_ALONE
    return {
        "status": status,
        **_levels(None),
        "setting": _text(level),
        **interval_columns("p", most),
        "rests_on": marks.of(search.nation, search.point(level)),
    }


def _range(lever: Lever) -> dict[str, float]:
    low, high = lever.factor.range or (np.nan, np.nan)
    return {"range_low": low, "range_high": high}


def _levels(value: Any, low: Any = None, high: Any = None) -> dict[str, Any]:
    """Return a level with its interval as columns; a word has no number."""
    numbers = [each if isinstance(each, float) else np.nan for each in (value, low, high)]
    columns = dict(zip(("value", "value_low", "value_high"), numbers, strict=True))
    return {"setting": "" if value is None else _text(value), **columns}


def _text(level: Any) -> str:
    return f"{level:g}" if isinstance(level, float) else str(level)
