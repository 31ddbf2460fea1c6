"""Hindcasts: a scenario of what happened and what was then observed, wave by wave; read from TOML files."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field, PrivateAttr, model_validator

from sim.declarations.words import POSITIONS
from sim.inputs.bundled import find_bundled, find_scenario
from sim.inputs.case import Case, load_case
from sim.inputs.characters import folder_name
from sim.inputs.errors import InputError
from sim.inputs.observations import CARRIED_FORWARD, WHERE, Record, read_joiners, read_recorded
from sim.inputs.overrides import Overrides
from sim.inputs.situation import Date, Table, Text
from sim.inputs.toml_file import KeyPath, TomlFile, read_toml
from sim.inputs.validation import validate

MAX_CODING_ERROR = 0.5


class DeclaredWave(Table):
    """A day for which stances were observed."""

    date: Date = Field(description="The day; stances are read in the last round not after it.")
    title: str = Field("", description="What happened then, in a few words.")


class Reading(Table):
    """Another reading of what was recorded: other records of a wave count instead."""

    name: Text = Field(description="What tables call it.")
    title: Text = Field(description="What it is, in a few words.")
    wave: Date = Field(description="The wave whose records are read otherwise.")
    where: dict[str, Text] = Field(
        min_length=1, description="Texts by column: records that hold them count for their nations."
    )
    note: str = Field("", description="Why it may be read so, and why not.")


class Hindcast(Table):
    """What a hindcast file says: what the model is to predict, from what, and how it is scored."""

    title: Text = Field(description="What the hindcast is, in a few words.")
    description: str = Field("", description="What it asks, where its observations come from.")
    scenario: Text = Field(
        description="What happened, as a scenario: a file beside this one, or a bundled one. Its start is "
        "the first wave, from which the model predicts the others."
    )
    joiners: Text | None = Field(
        None,
        description="A CSV file beside this one (iso3, date, left, source, url): who was committed from which"
        " day, for want of positions. Without it, positions recorded in the roster are what was observed.",
    )
    waves: tuple[DeclaredWave, ...] = Field(
        strict=False, min_length=1, description="What is to be predicted."
    )
    coding_error: float = Field(
        0.05,
        ge=0,
        le=MAX_CODING_ERROR,
        description="Probability that a stance was recorded as a neighbouring one.",
    )
    carried_forward: dict[str, Text] = Field(
        {}, description="Texts by column: records that begin with them repeat an earlier wave."
    )
    readings: tuple[Reading, ...] = Field((), strict=False, description="Other readings of the records.")
    caution: str = Field("", description="What a reader of the scores must know; printed with them.")
    _file: TomlFile | None = PrivateAttr(default=None)

    @property
    def name(self) -> str:
        """The name of the file without its ending, fit to be the name of a folder."""
        stem = self._file.path.stem if self._file else "hindcast"
        return folder_name(stem, "hindcast")

    @property
    def folder(self) -> Path:
        """The folder of the file."""
        return self._file.path.parent if self._file else Path()

    def error(self, key_path: KeyPath, problem: str) -> InputError:
        """Return (not raise) the error that says what is wrong at a key of the file."""
        return (
            self._file.error(key_path, problem) if self._file else InputError(problem, key=str(key_path[0]))
        )

    def records(self, case: Case, reading: Reading | None = None) -> tuple[Record, ...]:
        """Return what was recorded of each nation in each wave: one record for each that was observed.

        Parameters
        ----------
        case
            The scenario of this hindcast with its roster.
        reading
            One of `readings`, or the records as they are.

        Raises
        ------
        InputError
            If the records cannot be read, or none fits a reading.
        """
        dates = [wave.date for wave in self.waves]
        if self.joiners is not None:
            return read_joiners(self.folder / self.joiners, case.roster.iso3, dates, _founders(case))
        instead = (reading.wave, reading.where) if reading else None
        return read_recorded(case.scenario.roster_folder, dates, self.carried_forward, instead)

    @model_validator(mode="after")
    def _fits_together(self) -> "Hindcast":
        dates = [wave.date for wave in self.waves]
        if sorted(set(dates)) != dates:
            raise ValueError("waves must stand in the order of their dates, each once")
        names = [reading.name for reading in self.readings]
        if len(set(names)) < len(names):
            raise ValueError("two readings have the same name")
        if self.joiners is not None and (self.readings or self.carried_forward):
            raise ValueError("readings and carried_forward are about recorded positions, not about joiners")
        return self


def find_hindcast(source: Path | str) -> Path:
    """Return the file of a hindcast given as a path or as the name of a bundled one.

    Raises
    ------
    InputError
        If there is neither; the message names the nearest match.
    """
    return find_bundled(source, "hindcasts", "hindcast")


def load_hindcast(source: Path | str) -> Hindcast:
    """Read a hindcast file.

    Parameters
    ----------
    source
        A file, or the name of a bundled hindcast such as ``europe-2025``.

    Raises
    ------
    InputError
        If the file has a mistake; the message names file, line, key, what is allowed and, for a typo, the
        nearest match.
    """
    file = read_toml(find_hindcast(source))
    hindcast = validate(Hindcast, file.data, file.error)
    hindcast._file = file
    for position, reading in enumerate(hindcast.readings):
        if reading.wave not in {wave.date for wave in hindcast.waves}:
            dates = ", ".join(str(wave.date) for wave in hindcast.waves)
            raise hindcast.error(
                ("readings", position, "wave"), f"{reading.wave} is no wave; the waves are {dates}"
            )
    return hindcast


def load_hindcast_case(
    source: Path | str, overrides: Overrides = (), parameters: Path | None = None
) -> tuple[Hindcast, Case]:
    """Read a hindcast file, the case that it is about, and check that they fit.

    Parameters
    ----------
    source
        As for `load_hindcast`.
    overrides
        Changes to the scenario, as ``--set`` takes them.
    parameters
        File of behavioural parameters; the bundled ones if none.

    Raises
    ------
    InputError
        For any mistake in any of the files.
    """
    hindcast = load_hindcast(source)
    try:
        file = find_scenario(hindcast.scenario, hindcast.folder)
    except InputError as error:
        raise hindcast.error(("scenario",), error.problem) from None
    case = load_case(file, overrides, parameters)
    _check_waves(hindcast, case)
    _check_observed(hindcast, _records(hindcast, case, None, ()))
    for position, reading in enumerate(hindcast.readings):
        _records(hindcast, case, reading, ("readings", position))
    return hindcast, case


def _records(hindcast: Hindcast, case: Case, reading: Reading | None, place: KeyPath) -> tuple[Record, ...]:
    """Return the records, or say which key of the hindcast file asks for what is not there."""
    try:
        return hindcast.records(case, reading)
    except InputError as error:
        if error.key in {WHERE, CARRIED_FORWARD}:
            path = (*place, WHERE) if error.key == WHERE else (CARRIED_FORWARD,)
            raise hindcast.error(path, error.problem) from None
        raise


def _founders(case: Case) -> list[str]:
    """Return the nations that are committed at the start."""
    committed = case.timeline.position[0] == POSITIONS.index("committed")
    return [code for code, is_in in zip(case.roster.iso3, committed, strict=True) if is_in]


def _check_waves(hindcast: Hindcast, case: Case) -> None:
    """Refuse waves in which the model has not begun, or has ended."""
    for position, wave in enumerate(hindcast.waves):
        round_ = case.scenario.calendar.last_round_by(wave.date)
        if not 1 <= round_ <= case.scenario.rounds:
            last = case.scenario.calendar.date_of(case.scenario.rounds)
            raise hindcast.error(
                ("waves", position, "date"),
                f"{wave.date} is round {round_} of the scenario {case.scenario.name}, which runs from "
                f"{case.scenario.start} to {last}, {case.scenario.rounds} rounds",
            )


def _check_observed(hindcast: Hindcast, records: Sequence[Record]) -> None:
    """Refuse waves of which nothing was recorded."""
    for position, wave in enumerate(hindcast.waves):
        if not any(record.wave == wave.date for record in records):
            raise hindcast.error(
                ("waves", position, "date"), f"no position of any nation is recorded for {wave.date}"
            )
