"""A table of candidates of a coalition of which nothing is known yet but who they are."""

from collections.abc import Container, Sequence

import numpy as np
from numpy.typing import NDArray

from sim.inputs.coalitions.coalitions import Candidate
from sim.inputs.coalitions.declaration import Attribute, Declaration
from sim.inputs.coalitions.reading import check_code, refuse_twice, row_covariates
from sim.inputs.csv_file import CsvRow

ASKED = "asked about"


def read_candidates(
    rows: Sequence[CsvRow], coalition: str, declaration: Declaration, imputed: Container[str] | None = None
) -> tuple[Candidate, ...]:
    """Return the candidates that rows are about, in their order.

    Parameters
    ----------
    rows
        Of a table of candidates.
    coalition
        What they are candidates of.
    declaration
        What past coalitions are asked.
    imputed
        Nations whose empty cells count as the mean of past candidates, whatever the attribute; those of
        others are mistakes. If None, an empty cell is a mistake where the declaration says so.

    Raises
    ------
    InputError
        If a nation stands there twice, or a cell is not as it must be.
    """
    refuse_twice(rows, ("iso3",))
    candidates = []
    for row in rows:
        check_code(row)
        may_miss = None if imputed is None else row.text("iso3") in imputed
        covariates = row_covariates(row, declaration, may_miss=may_miss)
        candidates.append(Candidate(coalition, row.text("iso3"), 0, ASKED, "", "", "", "", covariates))
    return tuple(candidates)


def treated(raw: NDArray[np.float64], attribute: Attribute) -> NDArray[np.float64]:
    """Return a column as its declaration treats it, before it is standardised; shape (rows,)."""
    values = raw if attribute.at_least is None else np.maximum(raw, attribute.at_least)
    values = values + attribute.plus
    return np.asarray(np.log(values) if attribute.log else values, dtype=np.float64)
