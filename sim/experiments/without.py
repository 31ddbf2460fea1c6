"""What an assumed mechanism adds: the same runs with it and without it."""

from collections.abc import Mapping, Sequence

import numpy as np

from sim.declarations.arrays import Floats
from sim.declarations.parameters import INTERACTION
from sim.experiments.rests_on import NUMBERS
from sim.experiments.runs import Runs
from sim.experiments.simulate import simulate_case
from sim.inputs.case import Case
from sim.inputs.errors import InputError
from sim.inputs.validation import one_of
from sim.model.ensemble import AT_END
from sim.model.tally import RUN_COLUMNS, Records
from sim.system.libraries import pd

MECHANISMS: Mapping[str, tuple[str, ...]] = {
    "interaction": INTERACTION,
    **{name: (name,) for name in INTERACTION},
}
"""What can be removed by name: the parameters that are then 0."""


def check_mechanisms(names: Sequence[str]) -> None:
    """Refuse the name of a mechanism that there is not.

    Raises
    ------
    InputError
        For the first of them.
    """
    for name in names:
        if name not in MECHANISMS:
            raise InputError(one_of(name, tuple(MECHANISMS)), key="--without")


def added_by(case: Case, mechanisms: Sequence[str], runs: Runs) -> "pd.DataFrame":
    """Return what each mechanism adds to the numbers at the end of a case's runs.

    Parameters
    ----------
    case
        With the mechanisms.
    mechanisms
        Some of `MECHANISMS`.
    runs
        Which runs.

    Returns
    -------
    DataFrame
        A row a mechanism and number: `mechanism`, `number` (size, contributors, force, fielded); `mean` of
        the paired differences, and `q05`, `q95`: 90 % of the runs.
    """
    with_all = _ends(case, runs)
    rows = []
    for name in mechanisms:
        without = case.with_overrides({f"parameters.{parameter}": 0.0 for parameter in MECHANISMS[name]})
        added = with_all - _ends(without, runs)
        for column, number in enumerate(NUMBERS):
            low, high = np.quantile(added[:, column], (0.05, 0.95))
            rows.append((name, number, float(added[:, column].mean()), float(low), float(high)))
    return pd.DataFrame(rows, columns=["mechanism", "number", "mean", "q05", "q95"])


def _ends(case: Case, runs: Runs) -> Floats:
    """Return the numbers at the end of each run, shape (runs, numbers)."""
    ends: list[Floats] = []

    def sink(_first: int, records: Records) -> None:
        ends.append(records.runs[:, [RUN_COLUMNS.index(name) for name in NUMBERS]])

    simulate_case(case, runs, sink, keep=AT_END)
    return np.concatenate(ends)
