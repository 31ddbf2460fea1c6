"""Asking several questions of a scenario at once."""

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sim.experiments.explain.closure import Closure, what_closes_the_gap
from sim.experiments.explain.frontier import Frontiers, PairAnswers, best_pairs, frontiers
from sim.experiments.explain.hardened import Hardened, hardened_or_cowed
from sim.experiments.explain.levers import LeverAnswers, what_would_it_take
from sim.experiments.explain.observed import Unnamed, who_was_unnamed
from sim.experiments.explain.persuade import Sequences, whom_to_persuade
from sim.experiments.explain.pivotal import Pivots, who_is_pivotal
from sim.experiments.explain.result import AboutExplanation, Answers
from sim.experiments.explain.why import Why, why
from sim.experiments.runs import Runs
from sim.inputs.case import Case, load_case
from sim.inputs.days import checked_day
from sim.inputs.errors import InputError
from sim.inputs.overrides import Overrides
from sim.inputs.questions import Questions, load_questions
from sim.inputs.scenario import Scenario
from sim.inputs.validation import one_of
from sim.results.about import about_case, shown_digest
from sim.system.libraries import pd
from sim.system.manifests import FORMAT

FOLDER = "explain"
MOST_NAMED = 5
"""Nations whose codes are a part of a folder's name."""

SECTIONS = (
    *("why", "closure", "levers", "pairs", "frontier"),
    *("pivotal", "hardened", "persuade", "observed"),
)
"""The questions, in the order in which they are answered."""

OF_NATIONS = ("why", "closure", "levers", "pairs", "frontier", "hardened")
"""What is asked by default where nations are named."""

OF_ALL = ("levers", "pairs", "pivotal", "hardened", "persuade")
"""What is asked by default where none is; `observed` too where the scenario says what was."""

QuestionProgress = Callable[[str], None]
"""Told which question is being answered."""


@dataclass(frozen=True)
class ExplainOptions(Runs):
    """What is asked, and of which runs; searches take fewer, and say so.

    Attributes
    ----------
    only
        Some of `SECTIONS`; none means what is usual.
    date
        The day at which `why` looks, or a moment at midnight; the last if none.
    """

    only: tuple[str, ...] = ()
    date: dt.date | None = None

    def __post_init__(self) -> None:
        """Refuse what cannot be asked."""
        super().__post_init__()
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


@dataclass(frozen=True, eq=False, repr=False)
class Explanation(Answers):
    """The answers to the questions asked; None where one was not.

    Attributes
    ----------
    case
        The case asked about.
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
    closure: Closure | None = None
    levers: LeverAnswers | None = None
    pairs: PairAnswers | None = None
    frontier: Frontiers | None = None
    pivotal: Pivots | None = None
    hardened: Hardened | None = None
    persuade: Sequences | None = None
    observed: Unnamed | None = None

    @cached_property
    def about(self) -> AboutExplanation:
        """What was asked."""
        case, options, observed = self.case, self.options, self.case.scenario.observed
        answers = {name: getattr(self, name) for name in SECTIONS}
        return AboutExplanation(
            **dict(about_case(case)),
            asked=tuple(case.roster.iso3[nation] for nation in self.asked),
            sections=options.sections(case, self.asked),
            date=self.why.date if self.why else None,
            runs=options.number,
            seed=options.seed,
            runs_of_answers={
                name: answer.number_of_runs
                for name, answer in answers.items()
                if hasattr(answer, "number_of_runs")
            },
            points={name: answer.points for name, answer in answers.items() if hasattr(answer, "points")},
            rows_of_parameters=len(case.parameters.values),
            questions=self.questions.model_dump(mode="json", exclude_none=True),
            observed=observed.model_dump(mode="json", exclude_none=True) if observed else None,
        )

    @cached_property
    def tables(self) -> "dict[str, pd.DataFrame]":
        """Every table that has rows, by the name of its file."""
        named: dict[str, tuple[Any, str]] = {
            "why": (self.why, "summary"),
            "why-terms": (self.why, "terms"),
            "why-conditions": (self.why, "conditions"),
            "why-reasons": (self.why, "reasons"),
            "why-course": (self.why, "course"),
            "closure": (self.closure, "table"),
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
        tables = {
            name: getattr(answer, table) for name, (answer, table) in named.items() if answer is not None
        }
        return {name: table for name, table in tables.items() if not table.empty}


def explain(
    scenario: Case | Scenario | Path | str = "brussels-2025-04",
    nations: Sequence[str] = (),
    *,
    overrides: Overrides = (),
    parameters: Path | None = None,
    questions: Path | None = None,
    only: Sequence[str] = (),
    date: dt.date | None = None,
    runs: int = 1000,
    seed: int = 1,
    threads: int = 0,
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
    only, date, runs, seed, threads
        As in `ExplainOptions`.

    Raises
    ------
    InputError
        For any mistake in what is asked.

    Examples
    --------
    >>> answer = explain("brussels-2025-04", ["SWE"], only=("levers",), runs=100)
    >>> answer.levers.table.query("status == 'reached'")["lever"].tolist()
    ['mandate.clarity']
    """
    options = ExplainOptions(runs, seed, threads, only=tuple(only), date=date)
    case = scenario if isinstance(scenario, Case) else load_case(scenario, overrides, parameters)
    asked = find_nations(case, nations)
    return explain_case(case, asked, load_questions(questions), options)


def find_nations(case: Case, names: Sequence[str]) -> tuple[int, ...]:
    """Return the indices of nations given by code or name, each once.

    Raises
    ------
    InputError
        If the roster has none; the message names the nearest match.
    """
    return tuple(dict.fromkeys(case.roster.nation(name) for name in names))


def explain_case(
    case: Case,
    asked: Sequence[int],
    questions: Questions,
    options: ExplainOptions,
    progress: QuestionProgress = lambda _: None,
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
        Told which question is being answered, and "figures" when all are: they are drawn next.

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
    progress("figures")
    return Explanation(case, options, questions, tuple(asked), **answers)


def explanation_folder(
    case: Case, asked: Sequence[int], questions: Questions, options: ExplainOptions, *, csv: bool = False
) -> Path:
    """Return the folder of an explanation, ``explain/SCENARIO/NATIONS-ID``: the same inputs have the same."""
    observed = case.scenario.observed
    chosen = [options.sections(case, asked), options.date, options.number, options.seed, csv]
    inputs = f"{shown_digest(case)} {list(asked)} {questions!r} {observed!r} {chosen} {FORMAT}"
    digest = hashlib.sha256(inputs.encode()).hexdigest()[:12]
    return Path(FOLDER, case.scenario.name, f"{_nations(case, asked)}-{digest}")


def _nations(case: Case, asked: Sequence[int]) -> str:
    codes = [case.roster.iso3[nation] for nation in asked]
    if len(codes) > MOST_NAMED:
        return f"{codes[0]}-and-{len(codes) - 1}-others"
    return "-".join(codes) or "all"


@dataclass(frozen=True, eq=False)
class _Asking:
    """Asks each question; a method a section."""

    case: Case
    nations: tuple[int, ...]
    questions: Questions
    options: ExplainOptions

    @cached_property
    def best_pairs(self) -> PairAnswers:
        return best_pairs(self.case, self.nations, self.questions, self.options)

    def why(self) -> Why:
        return why(self.case, self.nations, self.options, date=self.options.date)

    def closure(self) -> Closure:
        return what_closes_the_gap(self.case, self.nations, self.questions, self.options)

    def levers(self) -> LeverAnswers:
        return what_would_it_take(self.case, self.nations, self.questions, self.options)

    def pairs(self) -> PairAnswers:
        return self.best_pairs

    def frontier(self) -> Frontiers:
        return frontiers(self.best_pairs, self.options)

    def pivotal(self) -> Pivots:
        return who_is_pivotal(self.case, self.nations, self.options)

    def hardened(self) -> Hardened:
        return hardened_or_cowed(self.case, self.nations, self.questions, self.options)

    def persuade(self) -> Sequences:
        return whom_to_persuade(self.case, self.questions, self.options)

    def observed(self) -> Unnamed:
        return who_was_unnamed(self.case, self.options)
