"""Past coalitions as their folder holds them: cases with their levels, and what each candidate did."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sim.inputs.bundled import exists, scenarios_folder
from sim.inputs.coalitions.declaration import FILE, Declaration
from sim.inputs.errors import InputError, near_match

FORCES, GIFT = "forces", "gift"
"""Kinds of what is asked for: soldiers, ships, aircraft, trainers; or things to give away."""

FIRST_POOL = "first"

CONSENSUS, FIRST, SECOND = "consensus", "first", "second"
"""Codings of levels; the last two by coders who did not see each other's."""

BUNDLED = "coalitions"


@dataclass(frozen=True)
class Coding:
    """A coding of the levels of a coalition.

    Attributes
    ----------
    levels
        By column of levels.csv, in [0, 1] or, where declared, from -1.
    reason, source
        Why, and from what.
    """

    levels: Mapping[str, float]
    reason: str
    source: str


@dataclass(frozen=True)
class Coalition:
    """A coalition at a time: a case in a wave.

    Attributes
    ----------
    case, wave, title, date
        What it is.
    family
        Coalitions of one theatre, left out together.
    pool
        In which batch it was coded.
    kind
        `FORCES` or `GIFT`.
    contribution, lead, command, theatre, candidates, note
        What was asked for, who led and commanded, where, who counts as a candidate.
    codings
        Levels by coding: always `FIRST`; where two coders read them, also `SECOND` and `CONSENSUS`.
    """

    case: str
    wave: str
    title: str
    date: str
    family: str
    pool: str
    kind: str
    contribution: str
    lead: str
    command: str
    theatre: str
    candidates: str
    note: str
    codings: Mapping[str, Coding]

    @property
    def name(self) -> str:
        """The case and the wave: ``redsea2023/eu_aspides``."""
        return f"{self.case}/{self.wave}"

    @property
    def fitted(self) -> Coding:
        """The coding that fits take: the consensus where there is one."""
        return self.codings.get(CONSENSUS, self.codings[FIRST])

    def coded(self, coding: str) -> Coding:
        """Return a coding, or that which fits take where the coalition has no such one."""
        return self.codings.get(coding, self.fitted)

    def recoded(self, coding: Coding) -> "Coalition":
        """Return the coalition with a coding in the place of its own."""
        return replace(self, codings={FIRST: coding})


@dataclass(frozen=True)
class Candidate:
    """A nation that could have taken part in a coalition.

    Attributes
    ----------
    coalition
        `Coalition.name`.
    iso3
        The nation.
    rung
        0 nothing, 1 words or staff, 2 means short of combat, 3 troops or the main item asked for.
    status, source
        How it is known, and from where.
    kind, size, note
        What was contributed, how much with its unit, and further remarks.
    covariates
        By column of covariates.csv; NaN where nothing is known.
    """

    coalition: str
    iso3: str
    rung: int
    status: str
    kind: str
    size: str
    note: str
    source: str
    covariates: Mapping[str, float]


@dataclass(frozen=True)
class Coalitions:
    """A folder of past coalitions.

    Attributes
    ----------
    folder
        Where they stand.
    declaration
        What they are asked.
    coalitions, candidates
        In the order of the files.
    """

    folder: Path
    declaration: Declaration
    coalitions: tuple[Coalition, ...]
    candidates: tuple[Candidate, ...]

    def where(self, wanted: Callable[[Coalition], bool]) -> "Coalitions":
        """Return those coalitions that are wanted, with their candidates."""
        kept = tuple(coalition for coalition in self.coalitions if wanted(coalition))
        names = {coalition.name for coalition in kept}
        candidates = tuple(each for each in self.candidates if each.coalition in names)
        return replace(self, coalitions=kept, candidates=candidates)

    def recoded(self, read: Callable[[Coalition], Coding]) -> "Coalitions":
        """Return the coalitions with other levels, as they are read from each."""
        return replace(self, coalitions=tuple(each.recoded(read(each)) for each in self.coalitions))

    def forces(self) -> "Coalitions":
        """Return the coalitions of soldiers, ships, aircraft and trainers."""
        return self.where(lambda coalition: coalition.kind == FORCES)

    def first_pool(self) -> "Coalitions":
        """Return the coalitions whose levels were coded twice."""
        return self.where(lambda coalition: coalition.pool == FIRST_POOL)

    def candidates_of(self, coalition: Coalition) -> tuple[Candidate, ...]:
        """Return the candidates of a coalition."""
        return tuple(each for each in self.candidates if each.coalition == coalition.name)


def is_coalition(coalition: Coalition, word: str) -> bool:
    """Tell whether a word names a coalition: its case, case and wave, or title; upper or lower case."""
    names = (coalition.case, coalition.name, coalition.title)
    return word.strip().casefold() in {name.casefold() for name in names}


def find_coalition(coalitions: Coalitions, word: str) -> tuple[Coalition, ...]:
    """Return the coalitions of a name: a case, a case and wave, or a title; upper or lower case.

    Raises
    ------
    InputError
        If there is none; the message names the nearest match and all cases.
    """
    named = tuple(each for each in coalitions.coalitions if is_coalition(each, word))
    if named:
        return named
    cases = list(dict.fromkeys(each.case for each in coalitions.coalitions))
    names = [name for each in coalitions.coalitions for name in (each.name, each.title)]
    problem = f'unknown coalition "{word}"{near_match(word, [*cases, *names])}; there are {", ".join(cases)}'
    raise InputError(problem)


def find_folder(source: Path | str) -> Path | None:
    """Return the folder of coalitions given as a path or as the name of the bundled one, else None."""
    path = Path(source)
    if exists(path / FILE):
        return path
    return scenarios_folder() / BUNDLED if str(source) in {BUNDLED, f"scenarios/{BUNDLED}"} else None
