"""What a declaration says: of a parameter, a term, a level. One that leaves something out is refused."""

import math
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, TypeVar

PATRON, ADVERSARY = "patron", "adversary"
"""The actors outside the coalition: whom it looks to for cover, and who threatens those who join."""

LEFT_OPEN = ("{patron}", "{adversary}", "{further_levels}")
"""Places in words that a roster fills in."""

TABLES = (PATRON, "mandate", ADVERSARY)
"""The tables of a scenario file that hold levels."""

NOT_LEVELS = (
    *("policy", "purpose", "position", "nations", "events", "parameters"),
    *("rounds", "round", "start", "date"),
)
"""Keys of scenario files that mean something else."""

TAKEN = (
    *("behaviour", "nation", "world", "force_ratio", "force", "fielded"),  # what equations and counts see
    *("peacekeeping", "deterrence", "reassurance"),  # purposes stand beside the levels
    *("predisposition", "propensity", "threshold", "gap"),  # parts of a propensity that are no terms
    *("nothing_to_send", "held_out", "waiting", "no_statement"),  # reasons that are no terms
)
"""Names that mean something else where declared names stand."""

Distribution = Literal["uniform", "normal", "half_normal", "lognormal"]

SHAPES: Mapping[Distribution, tuple[str, ...]] = {
    "uniform": ("low", "high"),
    "normal": ("mean", "deviation"),
    "half_normal": ("deviation",),
    "lognormal": ("median", "deviation"),
}
"""What each distribution needs."""

POSITIVE = ("deviation", "median")


class DeclarationError(ValueError):
    """A declaration that misses something, or whose name is taken."""


@dataclass(frozen=True)
class Prior:
    """What is believed of a parameter before any outcome is looked at; cut off at the range that is allowed.

    Attributes
    ----------
    distribution
        One of `Distribution`; None for a parameter that is fixed.
    numbers
        What the distribution needs, by name.
    reason
        Why this one, or why it is fixed.
    """

    distribution: Distribution | None
    numbers: Mapping[str, float]
    reason: str


def half_normal(deviation: float, reason: str) -> Prior:
    """Return a prior that is largest at 0, where a mechanism is absent."""
    return Prior("half_normal", {"deviation": deviation}, reason)


def lognormal(median: float, deviation: float, reason: str) -> Prior:
    """Return a prior of a positive number; the deviation is that of its logarithm."""
    return Prior("lognormal", {"median": median, "deviation": deviation}, reason)


def uniform(low: float, high: float, reason: str) -> Prior:
    """Return an even prior between two values."""
    return Prior("uniform", {"low": low, "high": high}, reason)


def normal(mean: float, deviation: float, reason: str) -> Prior:
    """Return a normal prior, under which either sign is possible."""
    return Prior("normal", {"mean": mean, "deviation": deviation}, reason)


def fixed(reason: str) -> Prior:
    """Return the prior of what keeps its value."""
    return Prior(None, {}, reason)


def _place() -> str:
    """Return the file and line of the declaration that is being made."""
    frame = sys._getframe()
    while frame.f_back and frame.f_code.co_filename in {__file__, "<string>"}:
        frame = frame.f_back
    return place(frame.f_code.co_filename, frame.f_lineno)


def place(file: str, line: int) -> str:
    """Return how a message names a line of a declaration."""
    return f"{Path(file).name}:{line}"


@dataclass(frozen=True)
class Parameter:
    """A behavioural parameter: all that is declared of it.

    Attributes
    ----------
    name
        As in files of parameters.
    value
        Set by hand: a starting value, no estimate.
    range
        Least and largest value that is allowed.
    unit, meaning, source
        For people.
    prior
        What is believed of it before any outcome is looked at.
    rests_on
        What its value rests on: ``fitted`` to recorded statements, or ``assumed``.
    """

    name: str
    _: KW_ONLY
    value: float = math.nan
    range: tuple[float, float] = (math.nan, math.nan)
    unit: str = ""
    meaning: str = ""
    source: str = ""
    prior: Prior | None = None
    rests_on: Literal["fitted", "assumed"] = "assumed"
    place: str = field(default_factory=_place, compare=False)

    def __post_init__(self) -> None:
        """Refuse what leaves something out."""
        _check_words(self)
        _require(self, "a parameter", "unit", "meaning", "source", "prior")
        low, high = self.range
        if not low <= self.value <= high:
            raise _problem(self, f"{self.value:g} is not in its range {low:g} to {high:g}")
        if self.prior:
            _check_prior(self, self.prior)


Equation = Callable[[Any, Any, Any], float]
"""A term in log-odds of a run's parameters, a nation and the world."""


@dataclass(frozen=True)
class Term:
    """A term of a nation's propensity: all that is declared of it.

    Attributes
    ----------
    name
        Of the term, and of its equation.
    equation
        Its value in log-odds of `Behaviour`, `Nation` and `World`, in plain arithmetic.
    words
        What readers call it as a part of a propensity, with places of `LEFT_OPEN` for the roster's words.
    holds_back
        What readers call it as a reason why a nation is out.
    military
        Whether it moves willingness for any military contribution too, not only for soldiers on land.
    parameters
        Those that no other term has; the coefficient, if it has one, first.
    """

    name: str
    equation: Equation
    _: KW_ONLY
    words: str = ""
    holds_back: str = ""
    military: bool = True
    parameters: tuple[Parameter, ...] = ()
    place: str = field(default_factory=_place, compare=False)

    def __post_init__(self) -> None:
        """Refuse what leaves something out."""
        _check_words(self, "words", "holds_back")
        _require(self, "a term", "words", "holds_back")


@dataclass(frozen=True)
class CasesLevel:
    """The level of past coalitions that a level of a scenario corresponds to.

    Attributes
    ----------
    name
        As the declaration of the past coalitions calls it.
    points
        What a level of the scenario is on their scale, linear between these points.
    lever
        Whether a change of it moves willingness; else it only tells how willing nations were at the start.
    """

    name: str
    points: tuple[tuple[float, float], ...] = ((0.0, 0.0), (1.0, 1.0))
    _: KW_ONLY
    lever: bool = True

    def on_their_scale(self, level: float) -> float:
        """Return what a level of the scenario is on the scale of past coalitions."""
        for (left, low), (right, high) in pairwise(self.points):
            if level <= right:
                return low + (level - left) * ((high - low) / (right - left))
        return self.points[-1][1]


@dataclass(frozen=True)
class Level:
    """A level of the world in [0, 1] that scenarios prescribe: all that is declared of it.

    Attributes
    ----------
    name
        In the code, in tables, and in a roster's table of stated conditions.
    key
        Where scenario files give it; the tables of patron and adversary are called what the roster says.
    meaning
        For those who write scenario files.
    words
        What readers call it; ``{patron}`` and ``{adversary}`` stand for the roster's words.
    at_start
        Its value where a scenario says nothing; None if it has to.
    ends
        What 0 and 1 mean, where a roster names no steps.
    demand
        What a nation says that makes it a condition of joining; empty if none does.
    moved
        Whether a policy or a negotiation may move it away from what the scenario prescribes.
    cases
        The level of past coalitions that it corresponds to, if any.
    perceived
        Whether nations take time to see a change of it; else they see it at once.
    """

    name: str
    _: KW_ONLY
    key: tuple[str, ...] = ()
    meaning: str = ""
    words: str = ""
    at_start: float | None = 0.0
    ends: str = ""
    demand: str = ""
    moved: bool = False
    cases: CasesLevel | None = None
    perceived: bool = False
    place: str = field(default_factory=_place, compare=False)

    def __post_init__(self) -> None:
        """Refuse what leaves something out."""
        _check_words(self, "meaning", "words", "demand")
        _require(self, "a level", "key", "meaning", "words")
        table, name = self.key[:-1], self.key[-1]
        if table not in {(), *((each,) for each in TABLES)}:
            allowed = f"allowed are {', '.join(TABLES)}, or none"
            raise _problem(self, f"its key stands in a table {'.'.join(table)} that there is not; {allowed}")
        if not table and name != self.name:
            raise _problem(self, f"a key without a table is its name, not {name}")
        if not 0 <= (self.at_start or 0.0) <= 1:
            raise _problem(self, "its start is not from 0 to 1")
        if name in NOT_LEVELS:
            raise _problem(self, f'its key "{name}" is another key of scenario files')


DeclaredKind = TypeVar("DeclaredKind", Parameter, Term, Level)


def by_name(declared: Iterable[DeclaredKind]) -> dict[str, DeclaredKind]:
    """Return declarations by name, in their order.

    Raises
    ------
    DeclarationError
        If a name is taken.
    """
    names: dict[str, DeclaredKind] = {}
    for each in declared:
        if each.name in names:
            raise _problem(each, f"the name is taken, by {names[each.name].place}")
        if isinstance(each, Level):
            _check_key(each, names.values())
        names[each.name] = each
    return names


def _check_key(level: Level, others: Iterable[Any]) -> None:
    for other in others:
        if other.key == level.key:
            raise _problem(level, f"its key is taken, by {other.place}")


def _check_prior(parameter: Parameter, prior: Prior) -> None:
    """Refuse a prior without a reason, or without the numbers of its distribution."""
    if not prior.reason.strip():
        raise _problem(parameter, "its prior has no reason")
    if prior.distribution is None:
        return
    if tuple(prior.numbers) != SHAPES.get(prior.distribution):
        raise _problem(parameter, f"its prior is no {prior.distribution}; allowed are {', '.join(SHAPES)}")
    numbers = prior.numbers
    if any(numbers[name] <= 0 for name in POSITIVE if name in numbers):
        raise _problem(parameter, f"its prior has a number that is not above 0: {dict(numbers)}")
    if numbers.get("low", 0.0) >= numbers.get("high", 1.0):
        raise _problem(parameter, "its prior does not rise")


def _check_words(declaration: Parameter | Term | Level, *names: str) -> None:
    """Refuse a name that is no name, and words that leave open what nobody fills in."""
    if not declaration.name.isidentifier() or declaration.name in TAKEN:
        raise _problem(declaration, "the name is no word, or means something else already")
    for name in names:
        unknown = set(re.findall(r"\{.*?\}", str(getattr(declaration, name)))) - {*LEFT_OPEN}
        if unknown:
            problem = f"{name} holds {', '.join(unknown)}; allowed: {', '.join(LEFT_OPEN)}"
            raise _problem(declaration, problem)


def _require(declaration: Parameter | Term | Level, kind: str, *names: str) -> None:
    for name in names:
        value = getattr(declaration, name)
        if not value or (isinstance(value, str) and not value.strip()):
            raise _problem(declaration, f"has no {name}; {kind} says {', '.join(names)}")


def _problem(declaration: Parameter | Term | Level, problem: str) -> DeclarationError:
    """Return (not raise) the error that says what is wrong with a declaration."""
    kind = type(declaration).__name__.lower()
    return DeclarationError(f'{declaration.place}: {kind} "{declaration.name}": {problem}')
