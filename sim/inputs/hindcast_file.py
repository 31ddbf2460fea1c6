"""Hindcasts: a scenario of what happened and what was then observed, wave by wave; read from TOML files."""

from collections.abc import Sequence
from pathlib import Path

from pydantic import Field, PrivateAttr, model_validator

from sim.declarations.words import POSITIONS
from sim.inputs.bundled import find_bundled, find_scenario
from sim.inputs.case import Case, load_case
from sim.inputs.characters import folder_name
from sim.inputs.errors import InputError
from sim.inputs.nations import Nations
from sim.inputs.observations import WHERE, PositionRecord, read_joiners, read_recorded
from sim.inputs.overrides import Overrides
from sim.inputs.situation import Date, Text, TomlTable
from sim.inputs.toml_file import TomlFile, TomlPath, read_toml
from sim.inputs.validation import KeyProblem, validate


class DeclaredWave(TomlTable):
    """A day for which stances were observed, and the scenario that predicts them from its start."""

    date: Date = Field(description="The day; stances are read in the last round not after it.")
    title: str = Field("", description="What happened then, in a few words.")
    scenario: Text | None = Field(
        None, description="What happened up to it, if another scenario than the hindcast's says so."
    )
    fitted: bool = Field(
        True, description="Whether parameters may be fitted to it; not where other waves cover its time."
    )


class AlternativeReading(TomlTable):
    """Another reading of what was recorded: other records of a wave count instead."""

    name: Text = Field(description="What tables call it.")
    title: Text = Field(description="What it is, in a few words.")
    wave: Date = Field(description="The wave whose records are read otherwise.")
    where: dict[str, Text] = Field(
        min_length=1, description="Texts by column: records that hold them count for their nations."
    )
    note: str = Field("", description="Why it may be read so, and why not.")


class Hindcast(TomlTable):
    """What a hindcast file says: what the model is to predict, from what, and how it is scored."""

    title: Text = Field(description="What the hindcast is, in a few words.")
    description: str = Field("", description="What it asks, where its observations come from.")
    scenario: Text = Field(
        description="What happened, as a scenario: a file beside this one, or a bundled one. From its start "
        "the model predicts the waves."
    )
    joiners: Text | None = Field(
        None,
        description="A CSV file beside this one (iso3, date, left, source, url): who was committed from which"
        " day, for want of positions. Without it, positions recorded in the roster are what was observed.",
    )
    waves: tuple[DeclaredWave, ...] = Field(
        strict=False, min_length=1, description="What is to be predicted."
    )
    left_out: tuple[Text, ...] = Field(
        (), strict=False, description="Nations, by code, of which no record is scored; the caution says why."
    )
    readings: tuple[AlternativeReading, ...] = Field(
        (), strict=False, description="Other readings of the records."
    )
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

    def error(self, key_path: TomlPath, problem: str) -> InputError:
        """Return (not raise) the error that says what is wrong at a key of the file."""
        return (
            self._file.error(key_path, problem) if self._file else InputError(problem, key=str(key_path[0]))
        )

    def records(
        self, case: Case, wave: DeclaredWave, reading: AlternativeReading | None = None
    ) -> tuple[PositionRecord, ...]:
        """Return what was recorded of each nation in a wave: one record for each that was observed.

        Parameters
        ----------
        case
            The scenario of the wave with its roster.
        wave
            One of `waves`.
        reading
            One of `readings`, or the records as they are. Those of other waves change nothing.

        Raises
        ------
        InputError
            If the records cannot be read, or none fits a reading.
        """
        if self.joiners is not None:
            file = self.folder / self.joiners
            records = read_joiners(file, case.roster.nations, wave.date, _founders(case))
        else:
            where = reading.where if reading and reading.wave == wave.date else None
            records = read_recorded(case.roster, case.scenario.start, wave.date, where)
        return tuple(record for record in records if record.iso3 not in self.left_out)

    @model_validator(mode="after")
    def _fits_together(self) -> "Hindcast":
        waves = [(wave.date, wave.scenario) for wave in self.waves]
        if len(set(waves)) < len(waves):
            raise KeyProblem("waves", "a wave stands there twice")
        names = [reading.name for reading in self.readings]
        if len(set(names)) < len(names):
            raise KeyProblem("readings", "two readings have the same name")
        if self.joiners is not None and self.readings:
            raise KeyProblem("readings", "readings are about recorded positions, not about joiners")
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


def load_hindcast_cases(
    source: Path | str, overrides: Overrides = (), parameters: Path | None = None
) -> tuple[Hindcast, tuple[Case, ...]]:
    """Read a hindcast file, the case of each of its waves, and check that they fit.

    Parameters
    ----------
    source
        As for `load_hindcast`.
    overrides
        Changes to the scenarios, as ``--set`` takes them.
    parameters
        File of behavioural parameters; the bundled ones if none.

    Returns
    -------
    tuple[Hindcast, tuple[Case, ...]]
        The cases in the order of the waves; each ends with its wave.

    Raises
    ------
    InputError
        For any mistake in any of the files.
    """
    hindcast = load_hindcast(source)
    cases = tuple(_case(hindcast, position, overrides, parameters) for position in range(len(hindcast.waves)))
    folders = {case.scenario.roster_folder for case in cases}
    if len(folders) > 1:
        raise hindcast.error(("waves",), "the scenarios of the waves have different rosters")
    hindcast = _with_codes(hindcast, cases[0].roster.nations)
    for position, (wave, case) in enumerate(zip(hindcast.waves, cases, strict=True)):
        if not hindcast.records(case, wave):
            problem = f"no position of any nation is recorded for {wave.date} and for {case.scenario.start}"
            raise hindcast.error(("waves", position, "date"), problem)
    _check_readings(hindcast, cases)
    return hindcast, cases


def _case(hindcast: Hindcast, position: int, overrides: Overrides, parameters: Path | None) -> Case:
    """Return the case of a wave, which ends with it."""
    wave = hindcast.waves[position]
    place: TomlPath = ("scenario",) if wave.scenario is None else ("waves", position, "scenario")
    try:
        file = find_scenario(wave.scenario or hindcast.scenario, hindcast.folder)
    except InputError as error:
        raise hindcast.error(place, error.problem) from None
    case = load_case(file, overrides, parameters)
    round_ = case.scenario.calendar.last_round_by(wave.date)
    if not 1 <= round_ <= case.scenario.rounds:
        last = case.scenario.calendar.date_of(case.scenario.rounds)
        raise hindcast.error(
            ("waves", position, "date"),
            f"{wave.date} is round {round_} of the scenario {case.scenario.name}, which runs from "
            f"{case.scenario.start} to {last}, {case.scenario.rounds} rounds",
        )
    return case.with_overrides({"rounds": round_})


def _with_codes(hindcast: Hindcast, nations: Nations) -> Hindcast:
    """Return the hindcast with the codes of the nations it leaves out; refuse one that the roster lacks."""
    for position, word in enumerate(hindcast.left_out):
        if nations.code(word) is None:
            hint = nations.hint(word) or f"; allowed: {', '.join(nations.names)}"
            raise hindcast.error(("left_out", position), f'no nation "{word}" in the roster{hint}')
    return hindcast.model_copy(update={"left_out": tuple(map(nations.official, hindcast.left_out))})


def _check_readings(hindcast: Hindcast, cases: Sequence[Case]) -> None:
    """Refuse readings that ask for what is not there."""
    for position, reading in enumerate(hindcast.readings):
        for wave, case in zip(hindcast.waves, cases, strict=True):
            try:
                hindcast.records(case, wave, reading)
            except InputError as error:
                if error.key != WHERE:
                    raise
                raise hindcast.error(("readings", position, WHERE), error.problem) from None


def _founders(case: Case) -> list[str]:
    """Return the nations that are committed at the start."""
    committed = case.timeline.position[0] == POSITIONS.index("committed")
    return [code for code, is_in in zip(case.roster.iso3, committed, strict=True) if is_in]
