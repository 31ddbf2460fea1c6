"""The roster: nations with what they can send, their positions and conditions, read from a folder."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.declarations.levels import CONDITIONS
from sim.declarations.words import KNOWN, PURPOSES
from sim.inputs.bundled import exists
from sim.inputs.candidates import RosterCandidates, roster_candidates
from sim.inputs.coalitions.coalitions import Candidate
from sim.inputs.coalitions.declaration import FILE as PAST_FILE
from sim.inputs.columns import checked
from sim.inputs.csv_file import LARGEST_NUMBER, CsvTable, read_csv
from sim.inputs.errors import InputError, near_match
from sim.inputs.indicators import FloatArray, mean_of_present, score
from sim.inputs.keys import Key
from sim.inputs.nations import Nations, nations_in
from sim.inputs.roster_file import (
    RosterDeclaration,
    Vocabulary,
    past_of,
    read_declaration,
    vocabulary_of,
)
from sim.inputs.roster_tables import ContributionKind, Preference
from sim.inputs.second_reading import (
    Reading,
    RecordedEvent,
    SourcedPosition,
    read_events,
    read_readings,
    sourced_positions,
)
from sim.inputs.stamps import Stamps, stamps
from sim.inputs.statements import (
    UNKNOWN,
    Chosen,
    StatedCondition,
    StatedPosition,
    fits,
    nation_code,
    read_conditions,
    read_positions,
)
from sim.inputs.toml_file import TomlFile

MAX_NATIONS = 5_000
"""Regions, parties or firms may be many more than the nations there are; every pair of them takes 8 bytes."""


@dataclass(frozen=True, eq=False)
class Conditions:
    """What nations demand before they commit, known on a day.

    Attributes
    ----------
    at_least
        Thresholds, shape (nations, 4) in the order of CONDITIONS; -inf where nothing is demanded.
    half_width
        How far each threshold may lie from that, same shape; 0 where nothing is demanded.
    """

    at_least: FloatArray
    half_width: FloatArray


@dataclass(frozen=True, eq=False)
class Roster:
    """The nations of a model, sorted by code; every array is in that order and read-only.

    Attributes
    ----------
    title, folder
        What it is and where it stands.
    vocabulary
        What scenario files and readers call its world.
    iso3, names
        Codes (ISO 3166 alpha-3) and names.
    nations
        What they are called, beside that.
    leads
        Indices of the lead nations, in the order declared.
    preferred_mandate
        Shares over PURPOSES, shape (nations, 3), rows sum to 1.
    deployable
        Soldiers that a nation can send, shape (nations,).
    ratification_rounds
        Rounds of approval at home before it commits, shape (nations,).
    kinds
        The kinds of military contribution that statements may name, by name; `LAND` among them.
    closed_kinds
        The kinds of contribution that each nation cannot give, in its order.
    positions, conditions
        The positions governments stated, as far as they count.
    as_candidates
        The nations as past coalitions ask of them.
    readings, later_events
        The second reading: statements, and dated events. No result depends on them.
    reading_days
        How many days after a wave a statement of the second reading may stand in for one of it.
    cautions
        What a reader of results must know of the data, a sentence or two each.
    map_file
        Outlines of the nations, for `sim.inputs.map_file.read_map`; None if the roster has no map.
    """

    title: str
    folder: Path
    vocabulary: Vocabulary
    iso3: tuple[str, ...]
    names: tuple[str, ...]
    nations: Nations
    leads: tuple[int, ...]
    preferred_mandate: FloatArray
    deployable: FloatArray
    ratification_rounds: NDArray[np.int64]
    kinds: Mapping[str, ContributionKind]
    closed_kinds: tuple[tuple[str, ...], ...]
    positions: tuple[StatedPosition, ...]
    conditions: tuple[StatedCondition, ...]
    as_candidates: RosterCandidates
    readings: tuple[Reading, ...] = ()
    later_events: tuple[RecordedEvent, ...] = ()
    reading_days: int = 0
    cautions: tuple[str, ...] = ()
    map_file: Path | None = None

    def key(self, text: str) -> Key:
        """Return a key as its scenarios spell it: actors by its words for them, nations by their codes."""
        return self.nations.in_key(Key(self.vocabulary.in_keys(text)))

    def nation(self, word: str) -> int:
        """Return the index of a nation given by its code or by any name of it.

        Raises
        ------
        InputError
            If there is none; the message names the nearest one.
        """
        return self.iso3.index(self.nations.known(word))

    def positions_on(self, day: date) -> tuple[str, ...]:
        """Return each nation's latest position with a source, not after a day, one of POSITIONS.

        A record that no source was opened for counts where there is no other; one without a statement, and
        none at all, are "unknown".
        """
        unsourced = {
            statement.iso3: statement.position
            for statement in sorted(self.positions, key=lambda statement: statement.wave)
            if statement.wave <= day and statement.row.text("status") == KNOWN
        }
        sourced = {
            code: statement.position
            for code, statement in self._latest(day).items()
            if statement.position != UNKNOWN
        }
        known = {**unsourced, **sourced}
        return tuple(known.get(code, UNKNOWN) for code in self.iso3)

    def contributes_on(self, day: date) -> FloatArray:
        """Return what each nation's latest sourced position not after a day says of any military part.

        Returns
        -------
        Array
            1.0 where it gives one, 0.0 where it refuses any, NaN where neither is coded; shape (nations,).
        """
        latest = self._latest(day)
        coded = [latest[code].contributes if code in latest else None for code in self.iso3]
        return _read_only(np.array([math.nan if each is None else float(each) for each in coded]))

    def _latest(self, day: date) -> dict[str, StatedPosition | Reading]:
        """Return the latest position with a source, not after a day, by nation.

        A statement of the second reading gives way to one of the first in the days after its wave.
        """
        latest: dict[str, StatedPosition | Reading] = {}
        since: dict[str, date] = {}
        for statement in sorted(self.positions, key=lambda statement: statement.wave):
            says = statement.position != UNKNOWN or statement.contributes is not None
            if says and statement.wave <= day and statement.row.text("status") != KNOWN:
                latest[statement.iso3], since[statement.iso3] = (
                    statement,
                    statement.wave + timedelta(self.reading_days),
                )
        for reading in sorted(self.readings, key=lambda reading: reading.day):
            if reading.in_source and since.get(reading.iso3, date.min) < reading.day <= day:
                latest[reading.iso3] = reading
        return latest

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The nations as candidates of a coalition, with their covariates."""
        return self.as_candidates.candidates

    @property
    def past(self) -> Path:
        """Folder of the past coalitions that are learned from."""
        return self.as_candidates.past

    @property
    def posterior(self) -> Path:
        """Folder of draws of what past coalitions teach."""
        return self.as_candidates.posterior

    @property
    def sensitivity_to_patron(self) -> FloatArray:
        """Alignment with the patron, brought to 0..1 over the nations, shape (nations,)."""
        return self.as_candidates.sensitivity_to_patron

    @property
    def sensitivity_to_adversary(self) -> FloatArray:
        """Nearness to the adversary, brought to 0..1 over the nations, shape (nations,)."""
        return self.as_candidates.sensitivity_to_adversary

    def sourced_positions(self, wave: date) -> dict[str, SourcedPosition]:
        """Return the positions of a wave that have a source, by code: see `second_reading`."""
        return sourced_positions(self.positions, self.readings, wave, self.reading_days)

    def conditions_on(self, day: date) -> Conditions:
        """Return the thresholds known on a day; of two for the same nation and variable the later counts."""
        at_least = np.full((len(self.iso3), len(CONDITIONS)), -math.inf)
        half_widths = np.zeros_like(at_least)
        for condition in sorted(self.conditions, key=lambda condition: condition.known_from):
            if condition.known_from <= day:
                place = self.iso3.index(condition.iso3), CONDITIONS.index(condition.variable)
                at_least[place], half_widths[place] = condition.at_least, condition.half_width
        return Conditions(_read_only(at_least), _read_only(half_widths))


@dataclass(frozen=True, eq=False)
class RosterSource:
    """What a roster is made from: the declaration, the table of its nations by code, that of candidates."""

    folder: Path
    declaration: RosterDeclaration
    file: TomlFile
    nations: CsvTable
    candidates: CsvTable
    chosen: Chosen


def load_roster(folder: Path) -> Roster:
    """Read a roster.

    Parameters
    ----------
    folder
        Holds `roster.toml` and the tables it names.

    Returns
    -------
    Roster
        The same object as long as no file of the folder, nor the declaration of its past coalitions, changes
        its name, size or time.

    Raises
    ------
    InputError
        If a file is missing or not readable, or anything in it is not as it must be.
    """
    folder = Path(folder)
    return _load(folder, (*stamps(folder), *stamps(past_of(folder), PAST_FILE)))


@lru_cache(maxsize=16)
def _load(folder: Path, files: Stamps) -> Roster:  # noqa: ARG001 - part of the key
    return build_roster(read_source(folder))


def nations_of(folder: Path) -> Nations:
    """Return the nations of a roster; none if it cannot be read, as reading it says what is the matter."""
    try:
        return load_roster(folder).nations
    except InputError:
        return Nations()


def read_source(folder: Path) -> RosterSource:
    """Read the declaration and the table of nations of a roster, and check that they fit each other."""
    declaration, file = read_declaration(folder)
    table = read_csv(folder / declaration.nations.table).require("iso3", "name", *declaration.nations.where)
    chosen: dict[str, bool] = {}
    for row in table.rows:
        code = nation_code(row)
        if code in chosen:
            raise row.error("iso3", f"{code} stands there twice; a nation has one row")
        chosen[code] = fits(row, declaration.nations)
    rows = sorted((row for row in table.rows if chosen[row.text("iso3")]), key=lambda row: row.text("iso3"))
    nations = replace(table, rows=tuple(rows))
    if len(rows) > MAX_NATIONS:
        raise file.error(("nations",), f"{len(rows):,} nations; at most {MAX_NATIONS:,} are allowed")
    if not rows:
        raise file.error(("nations", "where"), f"no row of {table.path.name} fits; a roster needs a nation")
    of_roster = Chosen(chosen, nations_in(rows))
    candidates = of_roster.table(read_csv(folder / declaration.candidates.table).require("iso3"))
    source = RosterSource(folder, declaration, file, nations, candidates, of_roster)
    _check_columns(source)
    numbers = declaration.columns
    return replace(source, nations=checked(nations, numbers), candidates=checked(candidates, numbers))


def _check_columns(source: RosterSource) -> None:
    known = (*source.nations.columns, *source.candidates.columns)
    for column in source.declaration.columns:
        if column not in known:
            tables = f"{source.nations.path.name} nor {source.candidates.path.name}"
            problem = f'neither {tables} has a column "{column}"{near_match(column, known)}'
            raise source.file.error(("columns", column), problem)
    for key_path, column in source.declaration.nation_columns():
        if column not in source.nations.columns:
            hint = near_match(column, source.nations.columns)
            problem = f'{source.nations.path.name} has no column "{column}"{hint}'
            raise source.file.error(key_path, problem)


def positions_of(source: RosterSource) -> tuple[StatedPosition, ...]:
    """Read all recorded positions of a roster, those that contradict others too."""
    declared = source.declaration
    return read_positions(source.folder, declared.positions, source.chosen, declared.kinds)


def build_roster(source: RosterSource) -> Roster:
    """Make the arrays of a roster from what it declares and its tables."""
    declaration = source.declaration
    iso3 = tuple(source.chosen.nations.names)
    second = declaration.second_reading
    return Roster(
        title=declaration.title,
        folder=source.folder,
        vocabulary=vocabulary_of(source.folder),
        iso3=iso3,
        names=tuple(source.chosen.nations.names.values()),
        nations=source.chosen.nations,
        leads=_leads(source, iso3),
        preferred_mandate=_read_only(_preferred_mandate(source)),
        deployable=_read_only(deployable(source)),
        ratification_rounds=_ratification_rounds(source),
        kinds=declaration.kinds,
        closed_kinds=_closed_kinds(source),
        positions=tuple(statement for statement in positions_of(source) if statement.counts),
        conditions=read_conditions(source.folder, declaration.conditions, source.chosen),
        as_candidates=roster_candidates(
            source.folder, declaration.candidates, source.file, source.chosen.nations, source.candidates
        ),
        readings=read_readings(source.folder, second, source.chosen),
        later_events=read_events(source.folder, second),
        reading_days=second.days_after_wave if second is not None else 0,
        cautions=tuple(source.declaration.cautions),
        map_file=_map_file(source),
    )


def _map_file(source: RosterSource) -> Path | None:
    """Return the file of the map; what it holds is read where it is drawn."""
    name = source.declaration.map
    if name is not None and not (exists(source.folder / name) and (source.folder / name).is_file()):
        raise source.file.error(("map",), f'no such file: "{name}"')
    return source.folder / name if name is not None else None


def _leads(source: RosterSource, iso3: Sequence[str]) -> tuple[int, ...]:
    nations = source.chosen.nations
    leads = [nations.official(word) for word in source.declaration.leads]
    for number, code in enumerate(leads):
        if code not in iso3:
            hint = nations.hint(code) or "; allowed are the roster's nations"
            raise source.file.error(("leads", number), f'unknown nation "{code}"{hint}')
        if code in leads[:number]:
            raise source.file.error(("leads", number), f"{code} stands there twice")
    return tuple(iso3.index(code) for code in leads)


def _preferred_mandate(source: RosterSource) -> FloatArray:
    preferences = source.declaration.preferred_mandate
    wants = np.array([_preference(preferences[purpose], source) for purpose in PURPOSES]).T
    totals = np.array([math.fsum(row) for row in wants.tolist()])
    shares: FloatArray = wants / totals[:, np.newaxis]
    return shares


def _preference(preference: Preference, source: RosterSource) -> FloatArray:
    count = len(source.nations.rows)
    parts = [score(indicator, source.nations) for indicator in preference.mean_of]
    if not parts:
        return np.full(count, preference.base)
    return preference.base + preference.weight * mean_of_present(parts, count)


def force_columns(source: RosterSource) -> FloatArray:
    """Return the soldiers that each column of `deployable.largest_of` allows, shape (columns, nations)."""
    return np.array(
        [
            [
                force.share * row.number_between(force.column, 0.0, LARGEST_NUMBER)
                for row in source.nations.rows
            ]
            for force in source.declaration.deployable.largest_of
        ]
    )


def deployable(source: RosterSource) -> FloatArray:
    """Return the soldiers that each nation can send, shape (nations,); 0 where nothing is known."""
    largest: FloatArray = np.nan_to_num(force_columns(source), nan=0.0).max(axis=0)
    army = source.declaration.deployable.zero_where_zero
    return largest if army is None else np.where(source.nations.numbers(army) == 0, 0.0, largest)


def _closed_kinds(source: RosterSource) -> tuple[tuple[str, ...], ...]:
    kinds = source.declaration.kinds
    columns = {name: kind.none_where_zero for name, kind in kinds.items() if kind.none_where_zero}
    return tuple(
        tuple(name for name, column in columns.items() if row.number(column) == 0)
        for row in source.nations.rows
    )


def _ratification_rounds(source: RosterSource) -> NDArray[np.int64]:
    declared = source.declaration.ratification_rounds
    rounds = np.zeros(len(source.nations.rows), dtype=np.int64)
    for index, row in enumerate(source.nations.rows):
        word = row.text(declared.column)
        if word and word not in declared.rounds:
            hint = near_match(word, declared.rounds) or f"; roster.toml allows: {', '.join(declared.rounds)}"
            raise row.error(declared.column, f'unknown word "{word}"{hint}')
        rounds[index] = declared.rounds[word] if word else declared.empty
    rounds.setflags(write=False)
    return rounds


def _read_only(array: FloatArray) -> FloatArray:
    array.setflags(write=False)
    return array
