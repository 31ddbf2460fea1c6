"""The evidence layer: a hierarchical logit of who takes part, fitted with Laplace's approximation.

For nation i in coalition c, with terms w (of nations: z) as they are declared,

    x_ic = a + b.w_ic + u_c + d_c.z_ic + h_i,        P(i takes part in c) = 1 / (1 + exp(-x_ic)),

a, b, u, d and h normal with mean 0 and the declared standard deviations. With the columns of all of them side by
side, each times its standard deviation, this is x = Psi v with v ~ N(0, 1): the posterior mode of v is found by
Newton's method, and the posterior is taken to be normal around it with the curvature there (Rasmussen & Williams
2006, sections 2.1 and 3.4; their algorithm 3.1 is the same in the space of x instead of that of v).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve, solve_triangular

from sim.experiments.evidence.rows import TOOK_PART, Floats, Scales, candidate_table, design, scales_of
from sim.inputs.coalitions.declaration import Declaration
from sim.inputs.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

MOST_STEPS = 60
TOLERANCE = 1e-9
QUADRATURE_NODES = 31
INTERCEPT = "intercept"

__all__ = ["INTERCEPT", "Posterior", "candidate_table", "fit", "inverse_logit", "laplace"]


@dataclass(frozen=True, eq=False)
class Mode:
    """The mode of standard normal effects v of a logit, and the curvature there.

    Attributes
    ----------
    effects
        v, shape (effects,).
    factor
        Lower Cholesky factor L of the inverse covariance, L L' = 1 + Psi' W Psi; shape (effects, effects).
    log_evidence
        Laplace's approximation of log P(y).
    """

    effects: Floats
    factor: Floats
    log_evidence: float


def inverse_logit(x: Floats) -> Floats:
    """Return 1 / (1 + exp(-x)), without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)))


def laplace(columns: Floats, outcomes: Floats) -> Mode:
    """Return the posterior mode of v ~ N(0, 1) where P(y = 1) = logistic(Psi v).

    Parameters
    ----------
    columns
        Psi, shape (rows, effects).
    outcomes
        y, 0 or 1, shape (rows,).

    Notes
    -----
    A Newton step solves (1 + Psi' W Psi) v = Psi' (W x + y - p) with W = p (1 - p). The log evidence is
    log P(y | v) - v.v / 2 - log |1 + Psi' W Psi| / 2, Rasmussen & Williams (2006), equation 3.32.
    """
    effects = np.zeros(columns.shape[1])
    for _ in range(MOST_STEPS):
        x = columns @ effects
        p = inverse_logit(x)
        weights = p * (1.0 - p)
        target = columns.T @ (weights * x + outcomes - p)
        new = cho_solve(cho_factor(_curvature(columns, weights), lower=True), target)
        moved, effects = float(np.abs(new - effects).max()), new
        if moved < TOLERANCE:
            break
    x = columns @ effects
    p = inverse_logit(x)
    factor = np.linalg.cholesky(_curvature(columns, p * (1.0 - p)))
    log_likelihood = float(-(np.logaddexp(0.0, x) - outcomes * x).sum())
    log_evidence = log_likelihood - 0.5 * float(effects @ effects) - float(np.log(np.diag(factor)).sum())
    return Mode(effects, factor, log_evidence)


def _curvature(columns: Floats, weights: Floats) -> Floats:
    """Return 1 + Psi' W Psi."""
    return np.asarray(np.eye(columns.shape[1]) + columns.T @ (weights[:, None] * columns))


@dataclass(frozen=True, eq=False)
class Posterior:
    """What coalitions teach: a normal distribution over all effects.

    The order of effects: the intercept, terms, nations' habits, what coalitions share, and how terms of nations
    differ by coalition.

    Attributes
    ----------
    declaration
        The terms.
    scales
        By what attributes were standardised.
    nations, coalitions
        Those that were fitted to.
    rows
        How many candidates there were.
    mode
        Of the effects, each divided by its prior standard deviation.
    deviations
        Prior standard deviations, shape (effects,), log-odds.
    """

    declaration: Declaration
    scales: Scales
    nations: tuple[str, ...]
    coalitions: tuple[str, ...]
    rows: int
    mode: Mode
    deviations: Floats

    @property
    def names(self) -> tuple[str, ...]:
        """The intercept and the terms."""
        return (INTERCEPT, *(term.name for term in self.declaration.terms))

    @property
    def log_evidence(self) -> float:
        """Laplace's approximation of the log probability of all outcomes."""
        return self.mode.log_evidence

    @property
    def coefficients(self) -> Floats:
        """Posterior means of the intercept and the terms, log-odds, shape (1 + terms,)."""
        count = len(self.names)
        return np.asarray((self.deviations * self.mode.effects)[:count])

    @property
    def covariance(self) -> Floats:
        """Posterior covariance of the intercept and the terms, shape (1 + terms, 1 + terms)."""
        return self.covariance_of(len(self.names))

    @property
    def with_habits(self) -> tuple[Floats, Floats]:
        """Posterior mean and covariance of the intercept, the terms and the nations' habits."""
        count = len(self.names) + len(self.nations)
        return (self.deviations * self.mode.effects)[:count], self.covariance_of(count)

    def covariance_of(self, count: int) -> Floats:
        """Return the posterior covariance of the first effects, shape (count, count)."""
        wanted = np.zeros((len(self.deviations), count))
        wanted[np.arange(count), np.arange(count)] = self.deviations[:count]
        half = solve_triangular(self.mode.factor, wanted, lower=True)
        return np.asarray(half.T @ half)

    def latent(self, table: "pd.DataFrame") -> tuple[Floats, Floats]:
        """Return mean and covariance of x, in log-odds, for candidates of a table; shapes (rows,), (rows, rows).

        Coalitions and nations that were not fitted to have effects of their own, drawn from the prior.
        """
        columns, fresh = self._columns(table)
        half = solve_triangular(self.mode.factor, columns.T, lower=True)
        return columns @ self.mode.effects, half.T @ half + fresh

    def probabilities(self, table: "pd.DataFrame") -> Floats:
        """Return the probability that each candidate takes part, over all that is uncertain; shape (rows,)."""
        mean, covariance = self.latent(table)
        nodes, weights = np.polynomial.hermite_e.hermegauss(QUADRATURE_NODES)
        deviation = np.sqrt(np.maximum(np.diag(covariance), 0.0))
        at_nodes = inverse_logit(mean[:, None] + deviation[:, None] * nodes)
        return np.asarray(at_nodes @ (weights / weights.sum()))

    def _columns(self, table: "pd.DataFrame") -> tuple[Floats, Floats]:
        """Return the columns of known effects, times their deviations, and the covariance of new ones."""
        made = design(table, self.declaration, self.scales)
        known = _effect_columns(table, made.values, made.of_nations, self.nations, self.coalitions)
        return known * self.deviations, self._fresh(table, made.values[:, made.of_nations])

    def _fresh(self, table: "pd.DataFrame", of_nations: Floats) -> Floats:
        """Return the prior covariance of x from coalitions and nations that were not fitted to."""
        prior = self.declaration.prior
        together = _same(table["coalition"], self.coalitions)
        shared = prior.coalition**2 + prior.slope_by_coalition**2 * (of_nations @ of_nations.T)
        return np.asarray(together * shared + prior.nation**2 * _same(table["iso3"], self.nations))


def _same(labels: "pd.Series[str]", fitted: tuple[str, ...]) -> NDArray[np.bool_]:
    """Return which pairs of rows share a label that was not fitted to."""
    names = labels.to_numpy(dtype=object)
    fresh = ~np.isin(names.astype(str), fitted)
    return np.asarray((names[:, None] == names[None]) & fresh[:, None])


def _effect_columns(
    table: "pd.DataFrame",
    values: Floats,
    of_nations: NDArray[np.bool_],
    nations: tuple[str, ...],
    coalitions: tuple[str, ...],
) -> Floats:
    """Return a column an effect: 1, terms, nations, coalitions, terms of nations by coalition."""
    nation = _indicators(table["iso3"], nations)
    coalition = _indicators(table["coalition"], coalitions)
    slopes = (coalition[:, :, None] * values[:, of_nations][:, None, :]).reshape(len(table), -1)
    return np.column_stack([np.ones(len(table)), values, nation, coalition, slopes])


def _indicators(labels: "pd.Series[str]", names: tuple[str, ...]) -> Floats:
    return np.asarray(labels.to_numpy(dtype=object)[:, None] == np.array(names, dtype=object), dtype=np.float64)


def fit(table: "pd.DataFrame", declaration: Declaration) -> Posterior:
    """Fit the evidence layer to candidates, see `candidate_table`.

    Raises
    ------
    InputError
        If there are no candidates.
    """
    if table.empty:
        raise InputError("there are no candidates to learn from")
    scales = scales_of(table, declaration)
    made = design(table, declaration, scales)
    nations, coalitions = (tuple(dict.fromkeys(table[column])) for column in ("iso3", "coalition"))
    deviations = _deviations(declaration, len(nations), len(coalitions))
    columns = _effect_columns(table, made.values, made.of_nations, nations, coalitions)
    mode = laplace(columns * deviations, table[TOOK_PART].to_numpy(dtype=np.float64))
    return Posterior(declaration, scales, nations, coalitions, len(table), mode, deviations)


def _deviations(declaration: Declaration, nations: int, coalitions: int) -> Floats:
    """Return the prior standard deviation of each effect."""
    prior, terms = declaration.prior, declaration.terms
    slopes = sum(term.attribute is not None for term in terms)
    return np.concatenate(
        [
            [prior.intercept, *(term.prior_sd for term in terms)],
            np.full(nations, prior.nation),
            np.full(coalitions, prior.coalition),
            np.full(coalitions * slopes, prior.slope_by_coalition),
        ]
    )
