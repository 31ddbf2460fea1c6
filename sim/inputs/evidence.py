"""What the model knows of a nation and where from: numbers with raw value and source, what is missing."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from sim.declarations.words import PURPOSES
from sim.inputs.candidates import ADVERSARY_NEARNESS, ALIGNMENT
from sim.inputs.coalitions.declaration import Attribute
from sim.inputs.coalitions.declaration import read_declaration as read_past
from sim.inputs.csv_file import CsvRow, read_csv
from sim.inputs.roster import (
    Roster,
    RosterSource,
    build_roster,
    force_columns,
    positions_of,
    read_source,
)
from sim.inputs.statements import UNKNOWN, StatedCondition, StatedPosition


@dataclass(frozen=True)
class Source:
    """Where a column comes from: a row of the table of sources, empty where it has none."""

    source: str = ""
    year: str = ""
    licence: str = ""
    status: str = ""
    note: str = ""


@dataclass(frozen=True)
class CovariateEvidence:
    """What past coalitions ask of a nation.

    Attributes
    ----------
    name, meaning
        The attribute, and what it is with its unit.
    column
        The column of the table of candidates that it reads.
    treatment
        How the column is treated, in words: "plus 200, log, standardised, reversed".
    raw
        The text in the table, empty where nothing is known: it counts as the mean of past candidates then.
    source
        Where the column comes from.
    """

    name: str
    meaning: str
    column: str
    treatment: str
    raw: str
    source: Source


@dataclass(frozen=True)
class SensitivityEvidence:
    """How fast a nation sees what an actor does, 0 to 1 over the roster; the attribute that says so.

    `is_known` is false where that attribute is not known, and the sensitivity is 0.5.
    """

    actor: str
    value: float
    attribute: str
    is_known: bool


@dataclass(frozen=True)
class ForceEvidence:
    """What a column says that a nation can send, its share taken; None where it is empty."""

    column: str
    share: float
    soldiers: float | None
    source: Source


@dataclass(frozen=True)
class DeployableEvidence:
    """The soldiers a nation can send, and every column that is looked at: the largest counts."""

    soldiers: float
    columns: tuple[ForceEvidence, ...]


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
class Evidence:
    """All that the coding of a nation rests on."""

    iso3: str
    name: str
    leads: bool
    covariates: tuple[CovariateEvidence, ...]
    sensitivities: tuple[SensitivityEvidence, ...]
    preferred_mandate: dict[str, float]
    deployable: DeployableEvidence
    ratification: RatificationEvidence
    positions: tuple[PositionEvidence, ...]
    conditions: tuple[ConditionEvidence, ...]
    missing: tuple[str, ...]


def evidence(folder: Path, nation: str) -> Evidence:
    """Gather what the coding of a nation rests on.

    Parameters
    ----------
    folder
        Of the roster.
    nation
        Its code or any name of it, upper or lower case.

    Raises
    ------
    InputError
        If there is no such nation, or the roster cannot be read.
    """
    source = read_source(Path(folder))
    roster = build_roster(source)
    index = roster.nation(nation)
    sources = read_sources(source)
    gathered = Evidence(
        iso3=roster.iso3[index],
        name=roster.names[index],
        leads=index in roster.leads,
        covariates=_covariates(index, roster, source, sources),
        sensitivities=_sensitivities(index, roster),
        preferred_mandate=dict(zip(PURPOSES, roster.preferred_mandate[index].tolist(), strict=True)),
        deployable=_deployable(index, roster, source, sources),
        ratification=_ratification(index, roster, source, sources),
        positions=_positions(roster.iso3[index], source),
        conditions=tuple(
            _condition(condition) for condition in roster.conditions if condition.iso3 == roster.iso3[index]
        ),
        missing=(),
    )
    return _with_missing(gathered)


def read_sources(source: RosterSource) -> dict[str, Source]:
    """Return the table of sources by the pattern of column names that each row is about.

    A row may stand for several columns: ``candidates.csv:distance_*``, or names with blanks between. Columns
    of another table than that of the nations carry its name in front.
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


def _source(row: CsvRow) -> Source:
    return Source(*(row.text(column) for column in ("source", "year", "licence", "status", "note")))


def _covariates(
    index: int, roster: Roster, source: RosterSource, sources: dict[str, Source]
) -> tuple[CovariateEvidence, ...]:
    table = source.declaration.candidates.table
    texts = _candidate_texts(source, roster.iso3[index])
    return tuple(
        CovariateEvidence(
            name=name,
            meaning=attribute.meaning,
            column=attribute.column,
            treatment=treatment(attribute),
            raw=texts.get(attribute.column, ""),
            source=_source_of_covariate(attribute, table, sources),
        )
        for name, attribute in read_past(roster.past).attributes.items()
    )


def _candidate_texts(source: RosterSource, iso3: str) -> dict[str, str]:
    """Return the cells of a nation in the table of candidates, by column; none if it has no row."""
    return next((dict(row.cells) for row in source.candidates.rows if row.text("iso3") == iso3), {})


def _source_of_covariate(attribute: Attribute, table: str, sources: dict[str, Source]) -> Source:
    """Return where a covariate comes from; what the roster does not say, the past coalitions do."""
    own = source_of(attribute.column, sources, table)
    return own if own.source else Source(attribute.source)


def treatment(attribute: Attribute) -> str:
    """Return in words what is done to a column of candidates before a term takes it."""
    steps = [
        f"at least {attribute.at_least:g}" if attribute.at_least is not None else "",
        f"plus {attribute.plus:g}" if attribute.plus else "",
        "log" if attribute.log else "",
        "standardised" if attribute.standardise else "",
        f"less {attribute.centre:g}" if attribute.centre else "",
        "reversed" if attribute.scale == -1 else "",
        f"times {attribute.scale:g}" if abs(attribute.scale) != 1 else "",
    ]
    return ", ".join(filter(None, steps))


def _sensitivities(index: int, roster: Roster) -> tuple[SensitivityEvidence, ...]:
    """Return how fast a nation sees what each actor does."""
    attributes = read_past(roster.past).attributes
    covariates = roster.candidates[index].covariates
    actors = (
        (roster.vocabulary.actors.patron.name, roster.sensitivity_to_patron, ALIGNMENT),
        (roster.vocabulary.actors.adversary.name, roster.sensitivity_to_adversary, ADVERSARY_NEARNESS),
    )
    return tuple(
        SensitivityEvidence(
            actor, float(values[index]), name, is_known=_is_known(name, attributes, covariates)
        )
        for actor, values, name in actors
    )


def _is_known(name: str, attributes: Mapping[str, Attribute], covariates: Mapping[str, float]) -> bool:
    return name in attributes and not math.isnan(covariates[attributes[name].column])


def _deployable(
    index: int, roster: Roster, source: RosterSource, sources: dict[str, Source]
) -> DeployableEvidence:
    declared = source.declaration.deployable.largest_of
    columns = tuple(
        ForceEvidence(
            force.column,
            force.share,
            None if math.isnan(values[index]) else float(values[index]),
            source_of(force.column, sources),
        )
        for force, values in zip(declared, force_columns(source), strict=True)
    )
    return DeployableEvidence(float(roster.deployable[index]), columns)


def _ratification(
    index: int, roster: Roster, source: RosterSource, sources: dict[str, Source]
) -> RatificationEvidence:
    column = source.declaration.ratification_rounds.column
    word = source.nations.rows[index].text(column)
    rounds = int(roster.ratification_rounds[index])
    return RatificationEvidence(rounds, column, word, source_of(column, sources))


def _positions(iso3: str, source: RosterSource) -> tuple[PositionEvidence, ...]:
    stated = positions_of(source)
    own = sorted(
        (statement for statement in stated if statement.iso3 == iso3), key=lambda statement: statement.wave
    )
    return tuple(_position(statement, _against(statement, own)) for statement in own if statement.counts)


def _against(statement: StatedPosition, own: Sequence[StatedPosition]) -> Iterable[StatedPosition]:
    """Return the records of the same wave that do not count and say something else."""
    return (
        other
        for other in own
        if other.wave == statement.wave and not other.counts and other.position != statement.position
    )


def _position(statement: StatedPosition, against: Iterable[StatedPosition] = ()) -> PositionEvidence:
    return PositionEvidence(
        wave=statement.wave,
        position=statement.position,
        contributes=statement.contributes,
        kinds=statement.kinds,
        condition=statement.row.text("condition"),
        statement_date=statement.row.text("statement_date"),
        source=statement.row.text("source"),
        url=statement.row.text("url"),
        status=statement.row.text("status"),
        quality=statement.row.text("source_quality"),
        contradicted_by=tuple(_position(other) for other in against),
    )


def _condition(condition: StatedCondition) -> ConditionEvidence:
    return ConditionEvidence(
        variable=condition.variable,
        at_least=condition.at_least,
        half_width=condition.half_width,
        known_from=condition.known_from,
        status=condition.row.text("status"),
        statement=condition.row.text("statement"),
    )


def _with_missing(gathered: Evidence) -> Evidence:
    """Say what is missing overall, each in a few words."""
    missing = [f"as a candidate: {each.column}" for each in gathered.covariates if not each.raw]
    if not gathered.ratification.word:
        missing.append(f"ratification: {gathered.ratification.column}")
    missing += [
        f"position: {statement.wave}" for statement in gathered.positions if statement.position == UNKNOWN
    ]
    if not gathered.positions:
        missing.append("position: no record")
    return replace(gathered, missing=tuple(missing))
