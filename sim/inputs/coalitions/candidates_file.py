"""A table of candidates of a coalition of which nothing is known yet but who they are."""

from collections.abc import Container
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.inputs.coalitions.coalitions import Candidate
from sim.inputs.coalitions.declaration import Attribute, Declaration
from sim.inputs.coalitions.reading import check_code, refuse_twice, row_covariates
from sim.inputs.csv_file import Row, read_csv

ASKED = "asked about"


def read_candidates(
    file: Path, coalition: str, declaration: Declaration, imputed: Container[str] | None = None
) -> tuple[tuple[Row, Candidate], ...]:
    """Read candidates, each with the row that it stands in, in the order of the file.

    Parameters
    ----------
    file
        A CSV file with `iso3` and the columns that the attributes of a declaration need.
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
        If the file cannot be read, lacks a column, has a nation twice, or a cell is not as it must be.
    """
    columns = [attribute.column for attribute in declaration.attributes.values()]
    table = read_csv(file).require("iso3", *columns)
    refuse_twice(table, ("iso3",))
    found = []
    for row in table.rows:
        check_code(row)
        may_miss = None if imputed is None else row.text("iso3") in imputed
        covariates = row_covariates(row, declaration, may_miss=may_miss)
        found.append((row, Candidate(coalition, row.text("iso3"), 0, ASKED, "", "", "", "", covariates)))
    return tuple(found)


def treated(raw: NDArray[np.float64], attribute: Attribute) -> NDArray[np.float64]:
    """Return a column as its declaration treats it, before it is standardised; shape (rows,)."""
    values = raw if attribute.at_least is None else np.maximum(raw, attribute.at_least)
    values = values + attribute.plus
    return np.asarray(np.log(values) if attribute.log else values, dtype=np.float64)
