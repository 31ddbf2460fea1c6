"""Candidates of past coalitions as a table of numbers, and the design of terms that a logit is fitted to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.declarations.arrays import Floats
from sim.inputs.coalitions.candidates_file import treated
from sim.inputs.coalitions.coalitions import Candidate, Coalition, Coalitions
from sim.inputs.coalitions.declaration import Attribute, Declaration, LogitTerm
from sim.system.libraries import pd

FARTHEST = 3.0
"""Standard deviations beyond which a standardised attribute counts as no farther."""

TOOK_PART = "took_part"

Scales = Mapping[str, tuple[float, float]]
"""Mean and standard deviation by attribute."""


def candidate_table(coalitions: Coalitions) -> "pd.DataFrame":
    """Return a row a candidate, in the order of the files, with the levels that fits take.

    Returns
    -------
    DataFrame
        `coalition`, `case`, `family`, `iso3`, `took_part` (0 or 1); a column ``attribute NAME`` an attribute,
        before it is standardised, NaN where missing; a column ``level NAME`` a level.
    """
    declaration = coalitions.declaration
    by_name = {coalition.name: coalition for coalition in coalitions.coalitions}
    mine = [by_name[candidate.coalition] for candidate in coalitions.candidates]
    columns: dict[str, object] = {
        "coalition": [coalition.name for coalition in mine],
        "case": [coalition.case for coalition in mine],
        "family": [coalition.family for coalition in mine],
        "iso3": [candidate.iso3 for candidate in coalitions.candidates],
        TOOK_PART: [
            float(candidate.rung >= declaration.takes_part_from_rung) for candidate in coalitions.candidates
        ],
    }
    columns |= attribute_columns(coalitions.candidates, declaration)
    levels = {each.name: level_values(declaration, each) for each in coalitions.coalitions}
    for name in declaration.levels:
        columns[f"level {name}"] = [levels[coalition.name][name] for coalition in mine]
    return pd.DataFrame(columns)


def attribute_columns(candidates: Sequence[Candidate], declaration: Declaration) -> dict[str, Floats]:
    """Return a column ``attribute NAME`` an attribute, not yet standardised; each of shape (candidates,)."""
    columns = {}
    for name, attribute in declaration.attributes.items():
        raw = np.array([candidate.covariates[attribute.column] for candidate in candidates], dtype=np.float64)
        columns[f"attribute {name}"] = treated(raw, attribute)
    return columns


def level_values(declaration: Declaration, coalition: Coalition) -> dict[str, float]:
    """Return the levels of a coalition by name."""
    return {
        name: coalition.fitted.levels[level.column]
        if level.column is not None
        else float(coalition.command == level.command)
        for name, level in declaration.levels.items()
    }


def scales_of(table: "pd.DataFrame", declaration: Declaration) -> dict[str, tuple[float, float]]:
    """Return by what attributes are standardised.

    The mean is that of the means of coalitions, so that a coalition with many candidates does not weigh more;
    the standard deviation is that of all rows.
    """
    scales = {}
    for name, attribute in declaration.attributes.items():
        if attribute.standardise:
            column = table[f"attribute {name}"]
            mean = float(column.groupby(table["coalition"]).mean().mean())
            deviation = float(column.std())
            scales[name] = (mean, deviation if deviation > 0 else 1.0)
    return scales


def standardised(table: "pd.DataFrame", name: str, attribute: Attribute, scales: Scales) -> Floats:
    """Return an attribute as terms take it, shape (rows,); a missing one counts as the mean."""
    values = table[f"attribute {name}"].to_numpy(dtype=np.float64)
    if attribute.standardise:
        mean, deviation = scales[name]
        values = np.clip((values - mean) / deviation, -FARTHEST, FARTHEST)
        values = np.where(np.isnan(values), 0.0, values)
    return np.asarray((values - attribute.centre) * attribute.scale)


@dataclass(frozen=True, eq=False)
class DesignMatrix:
    """Terms of candidates.

    Attributes
    ----------
    columns
        (level - centre) x scale x attribute; shape (rows, terms), in the declared order.
    of_nations
        Which terms differ between the nations of a coalition; shape (terms,).
    """

    columns: Floats
    of_nations: NDArray[np.bool_]


def design(table: "pd.DataFrame", declaration: Declaration, scales: Scales) -> DesignMatrix:
    """Return the terms of a table of candidates."""
    values = np.column_stack([term_values(table, term, declaration, scales) for term in declaration.terms])
    return DesignMatrix(values, np.array([term.attribute is not None for term in declaration.terms]))


def term_values(table: "pd.DataFrame", term: LogitTerm, declaration: Declaration, scales: Scales) -> Floats:
    """Return a term of all candidates, shape (rows,)."""
    values = np.full(len(table), term.scale)
    if term.level is not None:
        values = values * (table[f"level {term.level}"].to_numpy(dtype=np.float64) - term.centre)
    if term.attribute is not None:
        values = values * standardised(table, term.attribute, declaration.attributes[term.attribute], scales)
    return values
