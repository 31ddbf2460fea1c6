"""Asking several questions of a scenario at once."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiments.explain.frontier import Frontiers, PairAnswers, best_pairs, frontiers
from sim.experiments.explain.hardened import Answers, hardened_or_cowed
from sim.experiments.explain.levers import LeverAnswers, what_would_it_take
from sim.experiments.explain.observed import Unnamed, who_was_unnamed
from sim.experiments.explain.persuade import Sequences, whom_to_persuade
from sim.experiments.explain.pivotal import Pivots, who_is_pivotal
from sim.experiments.explain.why import Why, why
from sim.experiments.run import RunOptions
from sim.experiments.sweep.point_model import Runs
from sim.inputs.case import Case, load_case
from sim.inputs.days import checked_day
from sim.inputs.errors import InputError
from sim.inputs.options import chosen_options
from sim.inputs.overrides import Overrides
from sim.inputs.questions import Questions, load_questions
from sim.inputs.scenario import Scenario
from sim.inputs.validation import one_of

if TYPE_CHECKING:
    import pandas as pd

SECTIONS = ("why", "levers", "pairs", "frontier", "pivotal", "hardened", "persuade", "observed")
"""The questions, in the order in which they are answered."""

OF_NATIONS = ("why", "levers", "pairs", "frontier", "hardened")
"""What is asked by default where nations are named."""

OF_ALL = ("levers", "pairs", "pivotal", "hardened", "persuade")
"""What is asked by default where none is; `observed` too where the scenario says what was."""

Progress = Callable[[str], None]
"""Told which question is being answered."""


@dataclass(frozen=True)
class ExplainOptions:
    """What is asked, and how it is computed.

    Attributes
    ----------
    only
        Some of `SECTIONS`; none means what is usual.
    date
        The day at which `why` looks, or a moment at midnight; the last if none.
    runs, seed
        How many runs each answer rests on (searches take fewer, and say so), and their seed.
    threads
        0 for one a core; results do not depend on it.
    """

    only: tuple[str, ...] = ()
    date: dt.date | None = None
    runs: int = 1000
    seed: int = 1
    threads: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be asked."""
        RunOptions(runs=self.runs, seed=self.seed, threads=self.threads)
        if self.date is not None:
            object.__setattr__(self, "date", checked_day(self.date, "date"))
        for section in self.only:
            if section not in SECTIONS:
                raise InputError(one_of(section, SECTIONS), key="only")

    def sections(self, case: Case, nations: Sequence[int]) -> tuple[str, ...]:
        """Return the questions that are answered for the nations asked about, or for all."""
        if self.only:
            chosen = {*self.only, *(("pairs",) if "frontier" in self.only else ())}
        elif nations:
            chosen = set(OF_NATIONS)
        else:
            chosen = {*OF_ALL, *(("observed",) if case.scenario.observed else ())}
        return tuple(section for section in SECTIONS if section in chosen)


@dataclass(frozen=True, eq=False)
class Explanation:
    """The answers to the questions asked; None where one was not.

    Attributes
    ----------
    case
        What was given.
    options, questions
        What was asked.
    asked
        Indices of the nations asked about; none if all were.
    """

    case: Case
    options: ExplainOptions
    questions: Questions
    asked: tuple[int, ...]
    why: Why | None = None
    levers: LeverAnswers | None = None
    pairs: PairAnswers | None = None
    frontier: Frontiers | None = None
    pivotal: Pivots | None = None
    hardened: Answers | None = None
    persuade: Sequences | None = None
    observed: Unnamed | None = None

    @property
    def tables(self) -> "dict[str, pd.DataFrame]":
        """Every table, by the name of its file."""
        named: dict[str, tuple[Any, str]] = {
            "why": (self.why, "summary"),
            "why-terms": (self.why, "terms"),
            "why-conditions": (self.why, "conditions"),
            "why-reasons": (self.why, "reasons"),
            "levers": (self.levers, "table"),
            "pairs": (self.pairs, "table"),
            "frontier": (self.frontier, "table"),
            "pivotal": (self.pivotal, "table"),
            "influence": (self.pivotal, "network"),
            "hardened": (self.hardened, "table"),
            "persuade": (self.persuade, "table"),
            "observed-totals": (self.observed, "totals"),
            "observed-unnamed": (self.observed, "unnamed"),
            "observed-next": (self.observed, "next"),
        }
        return {name: getattr(answer, table) for name, (answer, table) in named.items() if answer is not None}


def explain(
    scenario: Case | Scenario | Path | str = "brussels-2025-04",
    nations: Sequence[str] = (),
    *,
    overrides: Overrides = (),
    parameters: Path | None = None,
    questions: Path | None = None,
    **options: Any,
) -> Explanation:
    """Say why nations are in or out, what it would take, who is pivotal, whom to persuade.

    Parameters
    ----------
    scenario, overrides, parameters
        As for `run`.
    nations
        Codes or names; all if none.
    questions
        File of levers and worlds to ask about; the bundled one if none.
    **options
        Those of `ExplainOptions`: `only`, `date`, `runs`, `seed`, `threads`.

    Raises
    ------
    InputError
        For any mistake in what is given.

    Examples
    --------
    >>> answer = explain("brussels-2025-04", ["SWE"], only=("levers",), runs=100)
    >>> answer.levers.table.query("status == 'reached'")["lever"].tolist()
    ['mandate.clarity']
    """
    chosen = chosen_options(ExplainOptions, options)
    case = scenario if isinstance(scenario, Case) else load_case(scenario, overrides, parameters)
    asked = find_nations(case, nations)
    return explain_case(case, asked, load_questions(questions), chosen)


def find_nations(case: Case, given: Sequence[str]) -> tuple[int, ...]:
    """Return the indices of nations given by code or name, each once.

    Raises
    ------
    InputError
        If the roster has none; the message names the nearest match.
    """
    return tuple(dict.fromkeys(case.roster.nation(nation) for nation in given))


def explain_case(
    case: Case,
    asked: Sequence[int],
    questions: Questions,
    options: ExplainOptions,
    progress: Progress = lambda _: None,
) -> Explanation:
    """Answer questions of a case.

    Parameters
    ----------
    case
        What is run.
    asked
        Indices of the nations asked about; all if none. Whom to persuade, and who was not named, is always
        asked of all.
    questions
        Levers and worlds.
    options
        What is asked.
    progress
        Told which question is being answered.

    Raises
    ------
    InputError
        If something cannot be asked of this case.
    """
    questions = questions.of_case(case)
    asking = _Asking(case, tuple(asked) or tuple(range(len(case.roster.iso3))), questions, options)
    answers: dict[str, Any] = {}
    for section in options.sections(case, asked):
        progress(section)
        answers[section] = getattr(asking, section)()
    return Explanation(case, options, questions, tuple(asked), **answers)


@dataclass(frozen=True, eq=False)
class _Asking:
    """Asks each question; a method a section."""

    case: Case
    nations: tuple[int, ...]
    questions: Questions
    options: ExplainOptions

    @cached_property
    def best_pairs(self) -> PairAnswers:
        threads = self.options.threads
        return best_pairs(self.case, self.nations, self.questions, self.runs, threads=threads)

    @property
    def runs(self) -> Runs:
        return Runs(self.options.runs, self.options.seed)

    def why(self) -> Why:
        date, threads = self.options.date, self.options.threads
        return why(self.case, self.nations, self.runs, date=date, threads=threads)

    def levers(self) -> LeverAnswers:
        threads = self.options.threads
        return what_would_it_take(self.case, self.nations, self.questions, self.runs, threads=threads)

    def pairs(self) -> PairAnswers:
        return self.best_pairs

    def frontier(self) -> Frontiers:
        return frontiers(self.best_pairs, self.runs, threads=self.options.threads)

    def pivotal(self) -> Pivots:
        return who_is_pivotal(self.case, self.nations, self.runs, threads=self.options.threads)

    def hardened(self) -> Answers:
        threads = self.options.threads
        return hardened_or_cowed(self.case, self.nations, self.questions, self.runs, threads=threads)

    def persuade(self) -> Sequences:
        return whom_to_persuade(self.case, self.questions, self.runs, threads=self.options.threads)

    def observed(self) -> Unnamed:
        return who_was_unnamed(self.case, self.runs, threads=self.options.threads)
