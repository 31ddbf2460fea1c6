"""Sweeps: which factors of a scenario vary, over which values, and by which design; read from TOML files."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import FailFast, Field, PrivateAttr, model_validator

from sim.inputs.bundled import find_bundled, find_scenario, scenarios_folder
from sim.inputs.case import Case, load_case
from sim.inputs.characters import folder_name
from sim.inputs.designs import DESIGNS, MAX_POINTS, Design, DesignInputs, names_of
from sim.inputs.errors import InputError
from sim.inputs.factors import Factor, check_factor
from sim.inputs.keys import parameter_key
from sim.inputs.nations import Nations
from sim.inputs.overrides import NOBODY, changes_of, overridden
from sim.inputs.prior import declared_prior
from sim.inputs.roster import Roster
from sim.inputs.roster_file import Vocabulary
from sim.inputs.roster_tables import FileName
from sim.inputs.situation import Text, TomlTable
from sim.inputs.toml_file import TomlFile, TomlPath, read_toml
from sim.inputs.validation import KeyProblem, validate

Outcome = Literal["size", "contributors", "force", "p_force_met", "p_committed"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
"""At the end: nations that declare soldiers on land, nations that give any military means, soldiers pledged,
P(force >= required), P(committed) of each nation.
"""

if TYPE_CHECKING:
    DesignName = str
else:
    DesignName = Literal[tuple(DESIGNS)]

VariedFactors = Annotated[tuple[Factor, ...], FailFast()]
GROUPS = ("levers", "uncertainties")


class Sweep(TomlTable):
    """What a sweep file says: a base scenario, its factors, and the points at which it is run."""

    title: Text = Field(description="What the sweep is, in a few words.")
    description: str = Field("", description="What it asks.")
    base: Text = Field(
        description="The scenario that it starts from: a file beside this one, or a bundled one."
    )
    design: DesignName = Field("grid", description="How points are chosen among the values of the factors.")
    points: int | None = Field(
        None, ge=1, le=MAX_POINTS, description=f"How many points: {names_of('points')}."
    )
    list_: FileName | None = Field(
        None, alias="list", description="design list: a CSV file beside this one, a column a factor."
    )
    runs: int = Field(1000, ge=1, le=1_000_000_000, description="Runs at each point.")
    seed: int = Field(1, ge=0, lt=2**63, description="Seed of the runs and of the design.")
    rounds: int | None = Field(None, ge=1, le=10_000, description="How many rounds, instead of the base's.")
    outcomes: tuple[Outcome, ...] = Field(
        OUTCOMES, strict=False, min_length=1, description="What is estimated at each point."
    )
    levers: VariedFactors = Field((), strict=False, description="Factors that diplomacy can choose.")
    uncertainties: VariedFactors = Field(
        (), strict=False, description="Factors that nobody can choose: the world, the parameters."
    )
    parameters: Literal["all"] | None = Field(
        None,
        description="all: every behavioural parameter is an uncertainty too, over the middle 90 % of its "
        "prior.",
    )
    _file: TomlFile | None = PrivateAttr(default=None)
    _roster: Roster | None = PrivateAttr(default=None)

    def of_roster(self, roster: Roster) -> "Sweep":
        """Return the sweep of a roster's scenario: the places left open for its words and keys are filled in.

        Raises
        ------
        InputError
            For a factor that is no lever or parameter of such a scenario, or stands there twice.
        """
        groups = {key: tuple(each.of_roster(roster) for each in getattr(self, key)) for key in GROUPS}
        sweep = self.model_copy(update=groups)
        sweep._roster = roster
        if self.parameters:
            own = {factor.path for factor in sweep.factors}
            declared = sweep.uncertainties + tuple(each for each in _parameters() if each.path not in own)
            sweep = sweep.model_copy(update={"uncertainties": declared, "parameters": None})
        _check_factors(sweep, roster.vocabulary)
        return sweep

    @property
    def nations(self) -> Nations:
        """The nations of the roster that it is a sweep of."""
        return self._roster.nations if self._roster else NOBODY

    @property
    def factors(self) -> tuple[Factor, ...]:
        """The levers, then the uncertainties."""
        return self.levers + self.uncertainties

    @property
    def name(self) -> str:
        """The name of the file without its ending, fit to be the name of a folder."""
        return folder_name(self._file.path.stem, "sweep") if self._file else "sweep"

    @property
    def list_file(self) -> Path:
        """The CSV file of the points."""
        return (self._file.path.parent if self._file else Path()) / (self.list_ or "")

    def rule(self) -> Design:
        """Return the design, which gives the points."""
        asked = DesignInputs(self.points or 0, self.list_file, len(self.factors), self._roster)
        return DESIGNS[self.design].asked_for(asked)

    def error(self, key_path: TomlPath, problem: str) -> InputError:
        """Return (not raise) the error that says what is wrong at a key of the file."""
        return (
            self._file.error(key_path, problem) if self._file else InputError(problem, key=str(key_path[0]))
        )

    def where(self, key_path: TomlPath) -> str:
        """Return the line of a key of the file, as a message about another line adds it."""
        return f", in line {self._file.line(key_path)}" if self._file else ""

    def places(self) -> list[TomlPath]:
        """Return where each factor stands in the file."""
        return [(key, index) for key in GROUPS for index in range(len(getattr(self, key)))]

    @model_validator(mode="after")
    def _fits_its_design(self) -> "Sweep":
        design = DESIGNS[self.design]
        for key, article, value in (("points", "", self.points), ("list", "a ", self.list_)):
            if (design.takes == key) != (value is not None):
                needs = "takes no " if value is not None else f"needs {article}"
                raise KeyProblem(key, f"design {self.design} {needs}{key}")
        if self.points and (problem := design.problem(self.points)):
            raise KeyProblem("points", f"design {self.design} {problem}")
        if not self.factors and not self.parameters and design.takes != "list":
            raise ValueError("a sweep needs factors: [[levers]], [[uncertainties]]")
        return self


def sweeps_folder() -> Path:
    """Return the folder of the bundled sweeps."""
    return scenarios_folder() / "sweeps"


def find_sweep(source: Path | str) -> Path:
    """Return the file of a sweep given as a path or as the name of a bundled one.

    Raises
    ------
    InputError
        If there is neither; the message names the nearest match.
    """
    return find_bundled(source, "sweeps", "sweep")


def load_sweep(source: Path | str, **changes: int | None) -> Sweep:
    """Read a sweep file.

    Parameters
    ----------
    source
        A file, or the name of a bundled sweep such as ``us-by-clarity``.
    **changes
        `runs`, `seed` or `points` instead of what the file says; None leaves it.

    Raises
    ------
    InputError
        If the file has a mistake; the message names file, line, key, what is allowed and, for a typo, the
        nearest match.
    """
    file = read_toml(find_sweep(source))
    changed = {key: value for key, value in changes.items() if value is not None}

    def error_at(key_path: TomlPath, problem: str) -> InputError:
        instead = key_path and key_path[0] in changed
        return InputError(problem, key=str(key_path[0])) if instead else file.error(key_path, problem)

    sweep = validate(Sweep, {**file.data, **changed}, error_at)
    sweep._file = file
    return sweep


def _parameters() -> tuple[Factor, ...]:
    """Return every behavioural parameter that is uncertain as a factor, over the middle 90 % of its prior."""
    return tuple(
        Factor.model_validate({"path": parameter_key(prior.name), "label": prior.name, "range": prior.middle})
        for prior in declared_prior().parameters
    )


def load_sweep_case(
    source: Path | str,
    overrides: Sequence[str] = (),
    parameters: Path | None = None,
    **changes: int | None,
) -> tuple[Sweep, Case]:
    """Read a sweep file and the case that it starts from, and try every factor at its extremes.

    Parameters
    ----------
    source
        As for `load_sweep`.
    overrides
        Changes to the base scenario, as ``--set`` takes them; not of what the sweep varies.
    parameters
        File of behavioural parameters; the bundled ones if none.
    **changes
        As for `load_sweep`.

    Raises
    ------
    InputError
        For any mistake in any of the files, values that a factor cannot take included.
    """
    sweep = load_sweep(source, **changes)
    base = load_case(_base_file(sweep), [*_rounds(sweep, overrides), *overrides], parameters)
    sweep = sweep.of_roster(base.roster)
    _refuse_override_of_factor(sweep, overrides)
    _try_extremes(sweep, base)
    return sweep, base


def _base_file(sweep: Sweep) -> Path:
    folder = sweep._file.path.parent if sweep._file else Path()
    try:
        return find_scenario(sweep.base, folder)
    except InputError as error:
        raise sweep.error(("base",), error.problem) from None


def _rounds(sweep: Sweep, overrides: Sequence[str]) -> list[str]:
    """Return how many rounds the sweep sets, unless an override does."""
    is_set = sweep.rounds is not None and "rounds" not in overridden(overrides)
    return [f"rounds={sweep.rounds}"] if is_set else []


def _check_factors(sweep: Sweep, vocabulary: Vocabulary) -> None:
    """Refuse a factor that is no lever or parameter, is given twice, or has one value under two names."""
    seen: dict[str, TomlPath] = {}
    for factor, table in zip(sweep.factors, sweep.places(), strict=True):
        place = (*table, "path")
        try:
            check_factor(factor.path, vocabulary)
        except InputError as error:
            raise sweep.error(place, error.problem) from None
        if factor.path in seen:
            problem = f'"{factor.path}" is a factor already{sweep.where(seen[factor.path])}'
            raise sweep.error(place, problem)
        seen[factor.path] = place
        if len(set(factor.levels)) < len(factor.levels):
            values = ", ".join(map(str, factor.values or ()))
            raise sweep.error((*table, "values"), f"{values}: a value stands there twice, under two names")


def _refuse_override_of_factor(sweep: Sweep, overrides: Sequence[str]) -> None:
    varied = {factor.path for factor in sweep.factors}
    for change in changes_of(overrides, sweep.nations):
        if change.key in varied:
            raise InputError(
                "is a factor of this sweep: the sweep sets its values", file=f"--set {change.key}"
            )


def _try_extremes(sweep: Sweep, base: Case) -> None:
    """Find out now, not after an hour, whether each factor may take its values."""
    for factor, place in zip(sweep.factors, sweep.places(), strict=True):
        for value in factor.extremes:
            try:
                base.with_overrides({factor.path: value})
            except InputError as error:
                key = "values" if factor.values is not None else "range"
                raise sweep.error((*place, key), error.problem) from None
