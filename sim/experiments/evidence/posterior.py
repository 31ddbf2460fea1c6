"""The evidence layer: a hierarchical logit of who takes part, fitted with Laplace's approximation.

For nation i in coalition c, with terms w (those that differ between nations: z) as they are declared,

    x_ic = a + b.w_ic + h_i + u_c + d_c.z_ic,        P(i takes part in c) = 1 / (1 + exp(-x_ic)),

a, b, h, u and d normal with mean 0 and the declared standard deviations. Each column is multiplied by its
standard deviation, so that effects are standard normal: x = A v + B_c w_c, where v is shared by all
coalitions and w_c a coalition's own. The posterior mode is found by Newton's method, and the posterior is
taken to be normal around it with the curvature there: Rasmussen & Williams (2006), sections 2.1 and 3.4.
Their algorithm 3.1 is the same over rows. Here each w_c is eliminated in its turn, so that only v is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_solve, solve_triangular

from sim.declarations.arrays import Floats
from sim.evidence.learned import INTERCEPT
from sim.evidence.logit import inverse_logit
from sim.evidence.rows import TOOK_PART, DesignMatrix, Scales, design, scales_of
from sim.evidence.threads import on_one_thread
from sim.inputs.coalitions.declaration import Declaration
from sim.inputs.errors import InputError
from sim.system.libraries import pd

MOST_STEPS = 60
TOLERANCE = 1e-9
QUADRATURE_NODES = 31


@dataclass(frozen=True, eq=False)
class Mode:
    """The posterior mode of a logit, and the curvature there.

    Attributes
    ----------
    effects
        Of the shared standard normal effects v, shape (effects,).
    factor
        Lower Cholesky factor of the inverse of their covariance, the others integrated out;
        (effects, effects).
    latent
        x of the rows, in log-odds, coalition after coalition; shape (rows,).
    log_evidence
        Laplace's approximation of log P(y).
    """

    effects: Floats
    factor: Floats
    latent: Floats
    log_evidence: float


@dataclass(frozen=True, eq=False)
class Participation:
    """Candidates, coalition after coalition, and what the logit is made of.

    Attributes
    ----------
    shared
        Columns of the shared effects, each times its standard deviation; A, shape (rows, effects).
    own
        Columns of a coalition's own effects, likewise; the rows of all B_c, shape (rows, own effects).
    took_part
        0 or 1, shape (rows,).
    starts
        The first row of each coalition, shape (coalitions,).
    """

    shared: Floats
    own: Floats
    took_part: Floats
    starts: NDArray[np.int64]

    def sums(self, values: Floats) -> Floats:
        """Return sums of values of rows by coalition."""
        return np.asarray(np.add.reduceat(values, self.starts, axis=0))


def laplace(outcomes: Participation) -> Mode:
    """Return the posterior mode of v ~ N(0, 1), w_c ~ N(0, 1) where P(y = 1) = logistic(A v + B_c w_c).

    Notes
    -----
    A Newton step from x solves (1 + Psi' W Psi) (v, w) = Psi' (W x + y - p), where Psi holds A and all B_c,
    p = logistic(x) and W = p (1 - p). The log evidence is
    log P(y | x) - (v.v + w.w) / 2 - log |1 + Psi' W Psi| / 2: Rasmussen & Williams (2006), equation 3.32.
    """
    latent = np.zeros(len(outcomes.took_part))
    for _ in range(MOST_STEPS):
        step = _newton_step(outcomes, latent)
        moved = float(np.abs(step.latent - latent).max(initial=0.0))
        latent = step.latent
        if moved < TOLERANCE:
            break
    log_likelihood = float((outcomes.took_part * latent - np.logaddexp(0.0, latent)).sum())
    log_evidence = log_likelihood - 0.5 * step.sum_of_squares - step.half_log_determinant
    return Mode(step.effects, step.factor, latent, log_evidence)


@dataclass(frozen=True, eq=False)
class _Step:
    """Where a Newton step leads, and the curvature where it began."""

    effects: Floats
    factor: Floats
    latent: Floats
    sum_of_squares: float
    half_log_determinant: float


def _newton_step(outcomes: Participation, latent: Floats) -> _Step:
    """Eliminate each coalition's own effects, solve for the shared ones, then for the own ones."""
    shared, own = outcomes.shared, outcomes.own
    p = inverse_logit(latent)
    weights = p * (1.0 - p)
    pull = weights * latent + outcomes.took_part - p
    weighted = weights[:, None] * own
    own_curvature = np.eye(own.shape[1]) + outcomes.sums(weighted[:, :, None] * own[:, None, :])
    own_factors = np.asarray(np.linalg.cholesky(own_curvature), dtype=np.float64)
    across = forward(own_factors, outcomes.sums(weighted[:, :, None] * shared[:, None, :]))
    own_pull = forward(own_factors, outcomes.sums(own * pull[:, None])[:, :, None])[:, :, 0]
    curvature = np.eye(shared.shape[1]) + shared.T @ (weights[:, None] * shared)
    curvature -= np.tensordot(across, across, ((0, 1), (0, 1)))
    target = shared.T @ pull - np.tensordot(across, own_pull, ((0, 1), (0, 1)))
    factor = np.asarray(np.linalg.cholesky(curvature), dtype=np.float64)
    effects = cho_solve((factor, True), target)
    own_effects = backward(own_factors, own_pull - across @ effects)
    by_row = np.repeat(own_effects, np.diff([*outcomes.starts, len(latent)]), axis=0)
    diagonals = np.diagonal(own_factors, axis1=1, axis2=2)
    return _Step(
        effects=effects,
        factor=factor,
        latent=np.asarray(shared @ effects + (own * by_row).sum(axis=1)),
        sum_of_squares=float(effects @ effects + (own_effects**2).sum()),
        half_log_determinant=float(np.log(diagonals).sum() + np.log(np.diag(factor)).sum()),
    )


def forward(factors: Floats, right: Floats) -> Floats:
    """Return X of L X = R for a stack of small lower triangles L, all of them at once.

    Parameters
    ----------
    factors, right
        Shapes (stack, n, n) and (stack, n, columns).
    """
    solved = np.zeros_like(right)
    for row in range(factors.shape[1]):
        known = np.einsum("gj,gjk->gk", factors[:, row, :row], solved[:, :row])
        solved[:, row] = (right[:, row] - known) / factors[:, row, row, None]
    return solved


def backward(factors: Floats, right: Floats) -> Floats:
    """Return x of L' x = r for a stack of small lower triangles L; shapes (stack, n, n), (stack, n)."""
    solved = np.zeros_like(right)
    for row in reversed(range(factors.shape[1])):
        known = np.einsum("gj,gj->g", factors[:, row + 1 :, row], solved[:, row + 1 :])
        solved[:, row] = (right[:, row] - known) / factors[:, row, row]
    return solved


@dataclass(frozen=True, eq=False)
class Posterior:
    """What coalitions teach of others: a normal distribution over intercept, terms and nations' habits.

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
        Of the effects in this order, each divided by its prior standard deviation.
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
    def effects(self) -> Floats:
        """Posterior means of the intercept, the terms and the habits, log-odds, shape (effects,)."""
        return np.asarray(self.deviations * self.mode.effects)

    @property
    def effects_covariance(self) -> Floats:
        """Their posterior covariance, shape (effects, effects)."""
        half = solve_triangular(self.mode.factor, np.diag(self.deviations), lower=True)
        return np.asarray(half.T @ half)

    @property
    def coefficients(self) -> Floats:
        """Posterior means of the intercept and the terms, log-odds, shape (1 + terms,)."""
        return self.effects[: len(self.names)]

    @property
    def covariance(self) -> Floats:
        """Posterior covariance of the intercept and the terms, shape (1 + terms, 1 + terms)."""
        count = len(self.names)
        return self.effects_covariance[:count, :count]

    def latent(self, table: "pd.DataFrame") -> tuple[Floats, Floats]:
        """Return mean, shape (rows,), and covariance, (rows, rows), of x in log-odds for candidates.

        Coalitions are taken as new ones, whose own effects are drawn from the prior; so are the habits of
        nations that were not fitted to.
        """
        made = design(table, self.declaration, self.scales)
        columns = _shared_columns(table, made, self.nations) * self.deviations
        half = solve_triangular(self.mode.factor, columns.T, lower=True)
        fresh = self._fresh(table, made.columns[:, made.of_nations])
        return columns @ self.mode.effects, half.T @ half + fresh

    def probabilities(self, table: "pd.DataFrame") -> Floats:
        """Return the probability that each candidate takes part, over all doubts; shape (rows,)."""
        mean, covariance = self.latent(table)
        nodes, weights = np.polynomial.hermite_e.hermegauss(QUADRATURE_NODES)
        deviation = np.sqrt(np.maximum(np.diag(covariance), 0.0))
        at_nodes = inverse_logit(mean[:, None] + deviation[:, None] * nodes)
        return np.asarray(at_nodes @ (weights / weights.sum()))

    def _fresh(self, table: "pd.DataFrame", of_nations: Floats) -> Floats:
        """Return the prior covariance of x from new coalitions and from nations that were not fitted to."""
        prior = self.declaration.prior
        together = _pairs(table["coalition"])
        shared = prior.coalition**2 + prior.slope_by_coalition**2 * (of_nations @ of_nations.T)
        strangers = ~table["iso3"].isin(self.nations).to_numpy()
        habit = prior.nation**2 * (_pairs(table["iso3"]) & strangers[:, None])
        return np.asarray(together * shared + habit)


def _pairs(labels: "pd.Series[str]") -> NDArray[np.bool_]:
    """Return which pairs of rows have the same label, shape (rows, rows)."""
    names = labels.to_numpy(dtype=object)
    return np.asarray(names[:, None] == names[None], dtype=np.bool_)


def _shared_columns(table: "pd.DataFrame", made: DesignMatrix, nations: Sequence[str]) -> Floats:
    """Return a column a shared effect: 1, the terms, the nations."""
    habits = table["iso3"].to_numpy(dtype=object)[:, None] == np.array(nations, dtype=object)
    return np.column_stack([np.ones(len(table)), made.columns, habits.astype(np.float64)])


@on_one_thread
def fit(table: "pd.DataFrame", declaration: Declaration, scales: Scales | None = None) -> Posterior:
    """Fit the evidence layer to candidates, see `candidate_table`.

    Parameters
    ----------
    table, declaration
        Candidates, and the terms.
    scales
        By what attributes are standardised; those of the table if none.

    Raises
    ------
    InputError
        If there are no candidates.
    """
    if table.empty:
        raise InputError("there are no candidates to learn from")
    prior, scales = declaration.prior, scales or scales_of(table, declaration)
    made = design(table, declaration, scales)
    nations, coalitions = (tuple(dict.fromkeys(table[column])) for column in ("iso3", "coalition"))
    terms = [term.prior_sd for term in declaration.terms]
    deviations = np.array([prior.intercept, *terms, *([prior.nation] * len(nations))])
    shared = _shared_columns(table, made, nations) * deviations
    slopes = prior.slope_by_coalition * made.columns[:, made.of_nations]
    own = np.column_stack([np.full(len(table), prior.coalition), slopes])
    outcomes = table[TOOK_PART].to_numpy(dtype=np.float64)
    place = table["coalition"].map({name: number for number, name in enumerate(coalitions)}).to_numpy()
    order = np.argsort(place, kind="stable")
    starts = np.searchsorted(place[order], np.arange(len(coalitions)))
    mode = laplace(Participation(shared[order], own[order], outcomes[order], starts))
    return Posterior(declaration, scales, nations, coalitions, len(table), mode, deviations)
