"""What the evidence layer has to beat: the base rate of the others, and plain logits."""

import numpy as np

from sim.declarations.arrays import Floats
from sim.evidence.logit import inverse_logit
from sim.evidence.rows import TOOK_PART, Scales, scales_of, standardised, term_values
from sim.inputs.coalitions.declaration import Baseline, Declaration
from sim.system.libraries import pd

BASE_RATE = "base rate of the others"
MOST_STEPS = 200
NO_PRIOR = 1e-8
"""Precision that stands for maximum likelihood: equations stay solvable, and no printed digit moves."""


def base_rate(seen: "pd.DataFrame", left: "pd.DataFrame") -> Floats:
    """Return the mean share of the coalitions seen that took part, for each candidate left out."""
    share = float(seen.groupby("coalition")[TOOK_PART].mean().mean())
    return np.full(len(left), share)


def plain_logit(
    baseline: Baseline, declaration: Declaration, seen: "pd.DataFrame", left: "pd.DataFrame"
) -> Floats:
    """Return what a logit without coalitions' or nations' own effects, fitted to some, says of others."""
    scales = scales_of(seen, declaration)
    columns = _columns(baseline, declaration, seen, scales)
    precision = NO_PRIOR if baseline.prior_sd is None else baseline.prior_sd**-2
    coefficients = logit_coefficients(columns, seen[TOOK_PART].to_numpy(dtype=np.float64), precision)
    return inverse_logit(_columns(baseline, declaration, left, scales) @ coefficients)


def logit_coefficients(columns: Floats, outcomes: Floats, precision: float) -> Floats:
    """Return the coefficients of a logit by Newton's method; all but the first are drawn to 0.

    Parameters
    ----------
    columns
        Shape (rows, coefficients); the first is 1.
    outcomes
        0 or 1, shape (rows,).
    precision
        1 / variance of the normal prior of each coefficient but the first.
    """
    penalty = np.full(columns.shape[1], precision)
    penalty[0] = NO_PRIOR
    coefficients = np.zeros(columns.shape[1])
    for _ in range(MOST_STEPS):
        p = inverse_logit(columns @ coefficients)
        curvature = columns.T @ ((p * (1.0 - p))[:, None] * columns) + np.diag(penalty)
        step = np.linalg.solve(curvature, columns.T @ (outcomes - p) - penalty * coefficients)
        coefficients = coefficients + step
        if np.abs(step).max() < 1e-9:
            break
    return np.asarray(coefficients)


def _columns(baseline: Baseline, declaration: Declaration, table: "pd.DataFrame", scales: Scales) -> Floats:
    attributes = [
        standardised(table, name, declaration.attributes[name], scales) for name in baseline.attributes
    ]
    terms = [term_values(table, declaration.term(name), declaration, scales) for name in baseline.terms]
    return np.column_stack([np.ones(len(table)), *attributes, *terms])
