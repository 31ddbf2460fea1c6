"""What the coding of a nation rests on: every number with its raw value, year, source and what is missing."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from sim.declarations.words import ATTRIBUTES, PURPOSES
from sim.inputs.csv_file import Row, read_csv
from sim.inputs.errors import InputError, near_match
from sim.inputs.indicators import FloatArray
from sim.inputs.roster import (
    Roster,
    RosterSource,
    build_roster,
    force_columns,
    read_source,
    tie_rows,
)
from sim.inputs.roster_file import Indicator
from sim.inputs.statements import UNKNOWN, StatedCondition, StatedPosition, read_positions

STRONGEST_TIES = 5


@dataclass(frozen=True)
class Source:
    """Where a column comes from: a row of the table of sources, empty where it has none."""

    source: str = ""
    year: str = ""
    licence: str = ""
    status: str = ""
    note: str = ""


@dataclass(frozen=True)
class IndicatorEvidence:
    """One indicator of one nation.

    Attributes
    ----------
    column
        The column it reads.
    treatment
        How the column is treated, in words: "divided by ...", "log10", "reversed", ...
    raw
        The text in the table, empty where nothing is known.
    normalised
        What enters the mean, in [0, 1]; None where the indicator is missing.
    source
        Where the column comes from.
    """

    column: str
    treatment: str
    raw: str
    normalised: float | None
    source: Source


@dataclass(frozen=True)
class AttributeEvidence:
    """An attribute of a nation: mean +- half-width, and the indicators it is the mean of."""

    name: str
    mean: float
    half_width: float
    indicators: tuple[IndicatorEvidence, ...]


@dataclass(frozen=True)
class DeployableEvidence:
    """The soldiers a nation can send and the column that says so; none where there is nothing to send."""

    soldiers: float
    column: str | None
    source: Source


@dataclass(frozen=True)
class RatificationEvidence:
    """Rounds of approval at home, and the word in the table they come from (empty: not known)."""

    rounds: int
    column: str
    word: str
    source: Source


@dataclass(frozen=True)
class PositionEvidence:
    """What a nation was recorded to say in a wave, and records of the same wave that contradict it."""

    wave: date
    position: str
    contributes: bool | None
    kinds: tuple[str, ...]
    condition: str
    statement_date: str
    source: str
    url: str
    status: str
    quality: str
    contradicted_by: tuple["PositionEvidence", ...] = ()


@dataclass(frozen=True)
class ConditionEvidence:
    """A threshold that a nation demands, +- half-width, with the words it was read from."""

    variable: str
    at_least: float
    half_width: float
    known_from: date
    status: str
    statement: str


@dataclass(frozen=True)
class TieEvidence:
    """A nation that this one listens to: its share of the attention, and what they have in common."""

    iso3: str
    name: str
    share: float
    shared: tuple[str, ...]
    source: Source


@dataclass(frozen=True)
class Evidence:
    """All that the coding of a nation rests on."""

    iso3: str
    name: str
    leads: bool
    attributes: tuple[AttributeEvidence, ...]
    preferred_mandate: dict[str, float]
    deployable: DeployableEvidence
    ratification: RatificationEvidence
    positions: tuple[PositionEvidence, ...]
    conditions: tuple[ConditionEvidence, ...]
    ties: tuple[TieEvidence, ...]
    missing: tuple[str, ...]


def evidence(folder: Path, nation: str) -> Evidence:
    """Gather what the coding of a nation rests on.

    Parameters
    ----------
    folder
        Of the roster.
    nation
        Its code or its name, upper or lower case.

    Raises
    ------
    InputError
        If there is no such nation, or the roster cannot be read.
    """
    source = read_source(Path(folder))
    roster = build_roster(source)
    index = find_nation(roster, nation)
    sources = read_sources(source)
    gathered = Evidence(
        iso3=roster.iso3[index],
        name=roster.names[index],
        leads=index in roster.leads,
        attributes=tuple(_attribute(name, index, roster, source, sources) for name in ATTRIBUTES),
        preferred_mandate=dict(zip(PURPOSES, roster.preferred_mandate[index].tolist(), strict=True)),
        deployable=_deployable(index, roster, source, sources),
        ratification=_ratification(index, roster, source, sources),
        positions=_positions(roster.iso3[index], source),
        conditions=tuple(_condition(said) for said in roster.conditions if said.iso3 == roster.iso3[index]),
        ties=_ties(index, roster, source, sources),
        missing=(),
    )
    return _with_missing(gathered, roster)


def find_nation(roster: Roster, nation: str) -> int:
    """Return the index of a nation given by code or name, upper or lower case.

    Raises
    ------
    InputError
        If the roster has none; the message names the nearest match.
    """
    word = nation.strip().casefold()
    for index, (code, name) in enumerate(zip(roster.iso3, roster.names, strict=True)):
        if word in (code.casefold(), name.casefold()):
            return index
    hint = near_match(nation, (*roster.names, *roster.iso3)) or f"; allowed: {', '.join(roster.iso3)}"
    raise InputError(f'unknown nation "{nation}"{hint}')


def read_sources(source: RosterSource) -> dict[str, Source]:
    """Return the table of sources by the pattern of column names that each row is about.

    A row may stand for several columns: ``ties.csv:arms_*``, or names with blanks between. Columns of
    another table than that of the nations carry its name in front.
    """
    declared = source.declaration.sources
    if declared is None:
        return {}
    table = read_csv(source.folder / declared.table).require("column", *declared.where)
    sources = {}
    for row in table.rows:
        file, _, names = row.text("column").rpartition(":")
        for name in names.split():
            sources[f"{file}:{name}"] = _source(row)
    return sources


def source_of(column: str, sources: dict[str, Source], table: str = "") -> Source:
    """Return where a column comes from; exact names go before patterns."""
    wanted = f"{table}:{column}"
    if wanted in sources:
        return sources[wanted]
    fitting = (each for pattern, each in sources.items() if fnmatchcase(wanted, pattern))
    return next(fitting, Source())


def _source(row: Row) -> Source:
    return Source(*(row.text(column) for column in ("source", "year", "licence", "status", "note")))


def _attribute(
    name: str, index: int, roster: Roster, source: RosterSource, sources: dict[str, Source]
) -> AttributeEvidence:
    row = source.nations.rows[index]
    declared = source.declaration.attributes[name]
    indicators = tuple(
        _indicator(indicator, each, index, row, sources)
        for indicator, each in zip(declared, source.scores(name), strict=True)
    )
    mean, half_width = roster.attributes[name][index], roster.half_widths[name][index]
    return AttributeEvidence(name, float(mean), float(half_width), indicators)


def _indicator(
    indicator: Indicator, score: FloatArray, index: int, row: Row, sources: dict[str, Source]
) -> IndicatorEvidence:
    normalised = float(score[index])
    return IndicatorEvidence(
        column=indicator.column,
        treatment=treatment(indicator),
        raw=row.text(indicator.column),
        normalised=None if math.isnan(normalised) else normalised,
        source=source_of(indicator.column, sources),
    )


def treatment(indicator: Indicator) -> str:
    """Return in words what is done to a column before it enters the mean."""
    steps = [f"only where {column} > {bound:g}" for column, bound in indicator.where_above.items()]
    if indicator.per is not None:
        steps.append(f"divided by {indicator.per}")
    if indicator.log:
        steps.append("log10")
    if indicator.reversed:
        steps.append("reversed")
    if indicator.times is not None:
        steps.append(f"times {indicator.times}")
    return ", ".join(steps)


def _deployable(
    index: int, roster: Roster, source: RosterSource, sources: dict[str, Source]
) -> DeployableEvidence:
    soldiers = float(roster.deployable[index])
    for force, values in zip(source.declaration.deployable.largest_of, force_columns(source), strict=True):
        if soldiers > 0 and values[index] == soldiers:
            return DeployableEvidence(soldiers, force.column, source_of(force.column, sources))
    return DeployableEvidence(soldiers, None, Source())


def _ratification(
    index: int, roster: Roster, source: RosterSource, sources: dict[str, Source]
) -> RatificationEvidence:
    column = source.declaration.ratification_rounds.column
    word = source.nations.rows[index].text(column)
    rounds = int(roster.ratification_rounds[index])
    return RatificationEvidence(rounds, column, word, source_of(column, sources))


def _positions(iso3: str, source: RosterSource) -> tuple[PositionEvidence, ...]:
    stated = read_positions(source.folder, source.declaration.positions, source.chosen)
    own = sorted((said for said in stated if said.iso3 == iso3), key=lambda said: said.wave)
    return tuple(_position(said, _against(said, own)) for said in own if said.counts)


def _against(said: StatedPosition, own: Sequence[StatedPosition]) -> Iterable[StatedPosition]:
    """Return the records of the same wave that do not count and say something else."""
    return (
        other
        for other in own
        if other.wave == said.wave and not other.counts and other.position != said.position
    )


def _position(said: StatedPosition, against: Iterable[StatedPosition] = ()) -> PositionEvidence:
    return PositionEvidence(
        wave=said.wave,
        position=said.position,
        contributes=said.contributes,
        kinds=said.kinds,
        condition=said.row.text("condition"),
        statement_date=said.row.text("statement_date"),
        source=said.row.text("source"),
        url=said.row.text("url"),
        status=said.row.text("status"),
        quality=said.row.text("source_quality"),
        contradicted_by=tuple(_position(other) for other in against),
    )


def _condition(said: StatedCondition) -> ConditionEvidence:
    return ConditionEvidence(
        variable=said.variable,
        at_least=said.at_least,
        half_width=said.half_width,
        known_from=said.known_from,
        status=said.row.text("status"),
        statement=said.row.text("statement"),
    )


def _ties(
    index: int, roster: Roster, source: RosterSource, sources: dict[str, Source]
) -> tuple[TieEvidence, ...]:
    shares = roster.ties[index].tolist()
    strongest = sorted(range(len(shares)), key=lambda other: -shares[other])[:STRONGEST_TIES]
    rows = tie_rows(source)
    declared = source.declaration.ties
    found = []
    for other in (other for other in strongest if shares[other] > 0):
        a, b = sorted((roster.iso3[index], roster.iso3[other]))
        row = rows.get((a, b))
        shared = [
            column for column, weight in declared.weights.items() if row and weight * row.number(column) > 0
        ]
        origin = source_of(shared[0], sources, declared.table or "") if shared else Source()
        found.append(
            TieEvidence(roster.iso3[other], roster.names[other], shares[other], tuple(shared), origin)
        )
    return tuple(found)


def _with_missing(gathered: Evidence, roster: Roster) -> Evidence:
    """Say what is missing overall, each in a few words."""
    missing = [text for attribute in gathered.attributes for text in _missing_indicators(attribute)]
    if not gathered.ratification.word:
        missing.append(f"ratification: {gathered.ratification.column}")
    missing += [f"position: {said.wave}" for said in gathered.positions if said.position == UNKNOWN]
    if not gathered.positions:
        missing.append("position: no record")
    imputed = roster.as_candidates.imputed.get(gathered.iso3, ())
    missing += [f"as a candidate: {column}" for column in imputed]
    return replace(gathered, missing=tuple(missing))


def _missing_indicators(attribute: AttributeEvidence) -> list[str]:
    if not attribute.indicators:
        return [f"{attribute.name}: no indicators"]
    return [f"{attribute.name}: {each.column}" for each in attribute.indicators if each.normalised is None]
