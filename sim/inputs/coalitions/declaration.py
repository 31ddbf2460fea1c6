"""What past coalitions are asked: attributes, levels and terms, each declared once in ``evidence.toml``."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from sim.inputs.situation import Text, TomlTable
from sim.inputs.toml_file import TomlFile, read_toml
from sim.inputs.validation import one_of, validate

FILE = "evidence.toml"


LEAST_SD, MOST_SD = 0.001, 100.0
"""Of priors, in log-odds: from what nothing can move to what says nothing."""

LARGEST = 1e6
"""Of what is added to and multiplied with columns; it keeps terms finite."""

StandardDeviation = Annotated[float, Field(ge=LEAST_SD, le=MOST_SD)]
Constant = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]


class PriorDeviations(TomlTable):
    """Standard deviations in log-odds; all that is uncertain is normal with mean 0."""

    intercept: StandardDeviation = Field(description="Of the intercept.")
    coalition: StandardDeviation = Field(description="Of what all candidates of a coalition share.")
    slope_by_coalition: StandardDeviation = Field(
        description="Of how far a term of nations differs by coalition."
    )
    nation: StandardDeviation = Field(description="Of a nation's habit, the same in all coalitions.")


class Attribute(TomlTable):
    """A column of nations and how it is treated, in the order of the fields."""

    column: Text = Field(description="The column of covariates.csv.")
    at_least: Constant | None = Field(None, description="Smaller values count as this.")
    plus: Constant = Field(0.0, description="Added.")
    log: bool = Field(False, description="Whether the natural logarithm is taken.")
    standardise: bool = Field(False, description="Whether it is standardised over the coalitions fitted.")
    centre: Constant = Field(0.0, description="Subtracted.")
    scale: Constant = Field(1.0, description="Multiplied by.")
    missing: Literal["mean"] | None = Field(
        None, description="What an empty cell counts as; without it, an empty cell is a mistake."
    )
    meaning: Text = Field(description="What it is, with its unit.")
    source: Text = Field(description="Where it comes from.")


class CoalitionLevel(TomlTable):
    """What a coalition is: a column of levels.csv, or whether a certain body commands."""

    column: Text | None = Field(None, description="The column of levels.csv.")
    lowest: float = Field(0.0, ge=-1, le=1, description="The least that the column may be; the most is 1.")
    command: Text | None = Field(None, description="The command that makes it 1, any other makes it 0.")
    meaning: Text = Field(description="What it is.")


class LogitTerm(TomlTable):
    """A part of the log-odds: coefficient x (level - centre) x scale x attribute."""

    name: Text = Field(description="What files call it.")
    label: Text = Field(description="What people call it.")
    attribute: Text | None = Field(None, description="The attribute of the nation.")
    level: Text | None = Field(None, description="The level of the coalition.")
    centre: Constant = Field(0.0, description="Subtracted from the level.")
    scale: Constant = Field(1.0, description="Multiplied by.")
    prior_sd: StandardDeviation = Field(
        description="Standard deviation of its coefficient before, in log-odds."
    )
    lever: bool = Field(True, description="Whether its level may be moved to ask what would follow.")

    @property
    def kind(self) -> str:
        """What it is a term of: nation, level, or interaction of both."""
        if self.attribute is None:
            return "level"
        return "nation" if self.level is None else "interaction"


class Baseline(TomlTable):
    """A plain logit to compare with."""

    name: Text = Field(description="What tables call it.")
    attributes: tuple[Text, ...] = Field((), strict=False, description="Attributes as they are declared.")
    terms: tuple[Text, ...] = Field((), strict=False, description="Terms as they are declared.")
    prior_sd: StandardDeviation | None = Field(
        None, description="Of its coefficients, but the intercept; without it, maximum likelihood."
    )


class Declaration(TomlTable):
    """What the file says."""

    title: Text = Field(description="What the coalitions are, in a few words.")
    cautions: tuple[Text, ...] = Field(
        (), strict=False, description="What a reader of the scores must know; printed with them."
    )
    takes_part_from_rung: int = Field(ge=1, description="The least rung of a nation that took part.")
    commands: tuple[Text, ...] = Field(strict=False, min_length=1, description="Who may command.")
    prior: PriorDeviations
    attributes: dict[str, Attribute] = Field(min_length=1)
    levels: dict[str, CoalitionLevel] = Field(min_length=1)
    terms: tuple[LogitTerm, ...] = Field(strict=False, min_length=1)
    baselines: tuple[Baseline, ...] = Field((), strict=False)

    @property
    def level_columns(self) -> tuple[str, ...]:
        """The columns that levels.csv must have."""
        return tuple(level.column for level in self.levels.values() if level.column is not None)

    @property
    def levers(self) -> tuple[str, ...]:
        """The levels that may be moved, from 0 to 1, to ask what would follow, in the order of the terms."""
        moved = dict.fromkeys(term.level for term in self.terms if term.level is not None and term.lever)
        return tuple(name for name in moved if self.levels[name].column is not None)

    def term(self, name: str) -> LogitTerm:
        """Return the term of a name."""
        return next(term for term in self.terms if term.name == name)


def read_declaration(folder: Path) -> Declaration:
    """Read the declaration of a folder of coalitions.

    Raises
    ------
    InputError
        If it cannot be read, a value is wrong, or a term names what is not declared.
    """
    file = read_toml(folder / FILE)
    declaration = validate(Declaration, file.data, file.error)
    _check_levels(declaration, file)
    _check_terms(declaration, file)
    _check_baselines(declaration, file)
    return declaration


def _check_levels(declaration: Declaration, file: TomlFile) -> None:
    for name, level in declaration.levels.items():
        if (level.column is None) == (level.command is None):
            raise file.error(("levels", name), "must have either a column or a command")
        if level.command is not None and level.command not in declaration.commands:
            problem = one_of(level.command, declaration.commands)
            raise file.error(("levels", name, "command"), problem)


def _check_terms(declaration: Declaration, file: TomlFile) -> None:
    names: set[str] = set()
    for index, term in enumerate(declaration.terms):
        if term.name in names:
            raise file.error(("terms", index, "name"), f'there are two terms "{term.name}"')
        names.add(term.name)
        if term.attribute is None and term.level is None:
            raise file.error(("terms", index), "must have an attribute, a level or both")
        for key, word, known in (
            ("attribute", term.attribute, declaration.attributes),
            ("level", term.level, declaration.levels),
        ):
            if word is not None and word not in known:
                raise file.error(("terms", index, key), one_of(word, known))


def _check_baselines(declaration: Declaration, file: TomlFile) -> None:
    terms = [term.name for term in declaration.terms]
    for index, baseline in enumerate(declaration.baselines):
        _check_words(file, ("baselines", index, "attributes"), baseline.attributes, declaration.attributes)
        _check_words(file, ("baselines", index, "terms"), baseline.terms, terms)


def _check_words(
    file: TomlFile, place: tuple[str | int, ...], words: Iterable[str], known: Iterable[str]
) -> None:
    allowed = list(known)
    for index, word in enumerate(words):
        if word not in allowed:
            raise file.error((*place, index), one_of(word, allowed))


def missing_covariate(attribute: str) -> str:
    """Return what is wrong with an empty cell, and what would mend it."""
    return (
        f'is empty, and "{attribute}" needs it; give it, or let it count as the mean: missing = "mean" under '
        f"[attributes.{attribute}] in {FILE}"
    )


def missing_of_nation(attribute: str, iso3: str) -> str:
    """Return what is wrong with an empty cell of a roster's nation, and what would mend it."""
    return (
        f'is empty, and "{attribute}" needs it; give it, or let it count as the mean of past candidates: '
        f'imputed = ["{iso3}"] under candidates in roster.toml'
    )
