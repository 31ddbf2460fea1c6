"""What past coalitions teach of the nations of a roster, as numbers that each run of a case begins with.

For nation i in the coalition asked about, with terms w (those that differ between nations: z),

    X_i = m_i + e_i,        m_i = a + b.w_i + h_i + u + d.z_i,

(a, b, h) jointly normal as past coalitions teach, u and d normal as for any new coalition, h_i as for any
new nation where it was never a candidate, and e_i the nation's own standard logistic chance. It contributes
any military means if X_i > 0. All of it is conditioned, jointly, on what was read of some nations: see
`readings`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from sim.declarations.arrays import Floats
from sim.evidence.beyond import attributes_beyond, levels_beyond, needed_levels
from sim.evidence.chance import generator
from sim.evidence.learned import Learned, learned
from sim.evidence.logit import inverse_logit
from sim.evidence.readings import WRONG, given_readings
from sim.evidence.rows import attribute_columns, design, standardised
from sim.evidence.threads import on_one_thread
from sim.inputs.coalitions.declaration import Declaration
from sim.inputs.errors import InputError
from sim.inputs.roster import Roster
from sim.inputs.validation import one_of
from sim.system.libraries import pd

DRAWS = 2000

JITTER = 1e-9
"""Added to variances, log-odds squared, so that what is alike in all, or drawn too rarely, is told apart."""

STEPS = 2.0**20
"""Draws are multiples of 1 / STEPS, a millionth of log-odds. Matrix products differ between processors by
some 1e-15: of hundreds of thousands of draws none should lie so near the middle of a step; of steps of 2^-40
hundreds did.
"""

LEAST_SHARE = 2.0**-54
"""Nearest to 0 or 1 that a share of the logistic distribution is drawn."""


@dataclass(frozen=True, eq=False)
class CaseDraws:
    """Draws of what past coalitions teach of a case; arrays are read-only, multiples of 2^-20.

    Attributes
    ----------
    disposition
        X_i: log-odds of any military contribution in the world of the start, the nation's own chance
        included, so that it contributes where this is above 0; shape (draws, nations).
    slopes
        What a unit of a level, on the scale of past coalitions, adds to the log-odds;
        (draws, nations, levers).
    effective_size
        How many independent draws these are worth; as many as there are where nothing was read.
    extrapolated
        Levels and attributes beyond all past coalitions, in words.
    """

    disposition: Floats
    slopes: Floats
    effective_size: float
    extrapolated: tuple[str, ...]


def case_draws(
    roster: Roster,
    levels: Mapping[str, float],
    command: str,
    contributes: Floats,
    levers: Sequence[str],
    seed: int = 1,
    draws: int = DRAWS,
) -> CaseDraws:
    """Draw what past coalitions teach of the nations of a roster.

    Parameters
    ----------
    roster
        Whose candidates, past coalitions and draws of a posterior count.
    levels
        Of the world of the start, on the scale of past coalitions, by the names of their declaration.
    command
        Who commands, a word of that declaration.
    contributes
        What was read of each nation: 1 gives a military part, 0 refuses any, NaN nothing; shape (nations,).
    levers
        Levels whose slopes are wanted.
    seed, draws
        The same seed and all else, the same bits; how many draws.

    Returns
    -------
    CaseDraws
        The same object where all that is asked is the same.

    Raises
    ------
    InputError
        If past coalitions or the posterior cannot be read, a level that a term needs is missing, there is no
        such level or command, or the readings are so unlike the prior that no draws can be had.
    ValueError
        If `contributes` has not the shape of the roster, or holds anything but 0, 1 and NaN.
    """
    codes = np.asarray(contributes, dtype=np.float64)
    if codes.shape != (len(roster.iso3),) or not np.isin(codes[~np.isnan(codes)], (0.0, 1.0)).all():
        raise ValueError("contributes must be 0, 1 or NaN for each nation of the roster")
    known = learned(roster.past, roster.posterior)
    needed = _levels(known.declaration, levels, command, levers)
    read = tuple(None if np.isnan(code) else code for code in codes.tolist())  # NaN is no key of a cache
    return _case_draws(roster, known, tuple(needed.items()), read, tuple(levers), seed, draws)


def _levels(
    declaration: Declaration, levels: Mapping[str, float], command: str, levers: Sequence[str]
) -> dict[str, float]:
    """Return every level that a term needs, that of the command among them."""
    if command not in declaration.commands:
        raise InputError(one_of(command, declaration.commands), key="command")
    for name in (*levels, *levers):
        if name not in declaration.levels:
            raise InputError(one_of(name, declaration.levels), key="levels")
    values = {}
    for name in needed_levels(declaration):
        body = declaration.levels[name].command
        if body is None and name not in levels:
            raise InputError(f"{name} is missing, and a term of past coalitions needs it", key="levels")
        values[name] = float(levels[name] if body is None else command == body)
    return values


@lru_cache(maxsize=8)
@on_one_thread
def _case_draws(
    roster: Roster,
    known: Learned,
    levels: tuple[tuple[str, float], ...],
    contributes: tuple[float | None, ...],
    levers: tuple[str, ...],
    seed: int,
    draws: int,
) -> CaseDraws:
    table = _table(roster, known, dict(levels))
    terms = _terms(table, roster.iso3, known)
    codes = np.array(contributes, dtype=np.float64)  # None becomes NaN
    m, coefficients = _drawn(terms, known, roster.iso3, seed, draws)
    effective = float(draws)
    if not np.isnan(codes).all():
        m, coefficients, effective = _conditioned(m, coefficients, terms, known, codes, seed)
    beyond = (
        *levels_beyond(known.level_ranges, dict(levels)),
        *attributes_beyond(known.attribute_ranges, table),
    )
    return CaseDraws(
        disposition=_final(m + _own_chance(m, codes, roster.iso3, seed)),
        slopes=_final(_slopes(terms, known.declaration, coefficients, levers)),
        effective_size=effective,
        extrapolated=beyond,
    )


def _conditioned(
    m: Floats, coefficients: Floats, terms: "_Terms", known: Learned, codes: Floats, seed: int
) -> tuple[Floats, Floats, float]:
    """Return draws of m and of coefficients conditional on readings, and what the draws are worth.

    The coded nations' m are drawn first. All else is normal given these: a draw of all that was made before
    anything was read is moved to where they are, which is exact (Matheron's rule; Wilson et al. 2021).
    """
    coded = ~np.isnan(codes)
    mean, covariance = terms.propensities(known)
    of_coded = covariance[np.ix_(coded, coded)]
    read = given_readings(mean[coded], of_coded, codes[coded], len(m), seed)
    apart = np.linalg.solve(of_coded, (read.m - m[:, coded]).T).T
    moved = m + apart @ covariance[coded]
    moved[:, coded] = read.m
    return moved, coefficients + apart @ terms.with_coefficients(known)[coded], read.effective_size


def _final(values: Floats) -> Floats:
    rounded = np.rint(values * STEPS) / STEPS
    rounded.setflags(write=False)
    return rounded


def _table(roster: Roster, known: Learned, levels: Mapping[str, float]) -> "pd.DataFrame":
    """Return the nations as a table of candidates; what is missing and not standardised is the past mean."""
    columns = attribute_columns(roster.candidates, known.declaration)
    for name, attribute in known.declaration.attributes.items():
        if not attribute.standardise:
            column = f"attribute {name}"
            columns[column] = np.where(
                np.isnan(columns[column]), known.attribute_means[name], columns[column]
            )
    return pd.DataFrame(
        {"iso3": roster.iso3, **columns, **{f"level {name}": value for name, value in levels.items()}}
    )


@dataclass(frozen=True, eq=False)
class _Terms:
    """What propensities are made of.

    Attributes
    ----------
    effects
        Columns of the intercept, the terms and the habits of nations that were candidates before;
        (nations, effects).
    own
        Those of the terms that differ between nations; (nations, own terms).
    of_nations
        Which terms these are; (terms,).
    strangers
        Which nations were never candidates; (nations,).
    per_level
        What each coefficient is multiplied by in the derivative by its level: scale x attribute, 0 where the
        term has no level; (nations, terms).
    """

    effects: Floats
    own: Floats
    of_nations: np.ndarray
    strangers: np.ndarray
    per_level: Floats

    def propensities(self, known: Learned) -> tuple[Floats, Floats]:
        """Return mean, (nations,), and covariance, (nations, nations), of m before anything was read."""
        prior = known.declaration.prior
        covariance = self.effects @ known.covariance @ self.effects.T + prior.coalition**2
        covariance += prior.slope_by_coalition**2 * self.own @ self.own.T
        covariance += np.diag(prior.nation**2 * self.strangers + JITTER)
        return self.effects @ known.mean, covariance

    def with_coefficients(self, known: Learned) -> Floats:
        """Return the covariance of m with the coefficients in this coalition, (nations, terms)."""
        count = len(self.of_nations)
        across = self.effects @ known.covariance[:, 1 : 1 + count]
        across[:, self.of_nations] += known.declaration.prior.slope_by_coalition**2 * self.own
        return np.asarray(across)


def _terms(table: "pd.DataFrame", iso3: Sequence[str], known: Learned) -> _Terms:
    declaration = known.declaration
    made = design(table, declaration, known.scales)
    habits = np.array([[code == nation for nation in known.nations] for code in iso3], dtype=np.float64)
    habits = habits.reshape(len(iso3), len(known.nations))
    per_level = np.zeros_like(made.columns)
    for place, term in enumerate(declaration.terms):
        if term.level is not None:
            per_level[:, place] = term.scale
            if term.attribute is not None:
                attribute = declaration.attributes[term.attribute]
                per_level[:, place] *= standardised(table, term.attribute, attribute, known.scales)
    return _Terms(
        effects=np.column_stack([np.ones(len(iso3)), made.columns, habits]),
        own=made.columns[:, made.of_nations],
        of_nations=made.of_nations,
        strangers=habits.sum(axis=1) == 0.0,
        per_level=per_level,
    )


def _drawn(
    terms: _Terms, known: Learned, iso3: Sequence[str], seed: int, draws: int
) -> tuple[Floats, Floats]:
    """Return draws of m, (draws, nations), and of coefficients, (draws, terms), before anything was read.

    Coefficients are those in this coalition: that of a term of nations deviates from what all share. A nation
    that was never a candidate has its own stream, so that another one more changes nobody else.
    """
    prior, count = known.declaration.prior, len(terms.of_nations)
    root = np.linalg.cholesky(known.covariance + JITTER * np.eye(len(known.mean)))
    effects = known.mean + generator(seed, "effects").standard_normal((draws, len(known.mean))) @ root.T
    coalition = generator(seed, "coalition").standard_normal((draws, 1 + terms.own.shape[1]))
    deviations = prior.slope_by_coalition * coalition[:, 1:]
    m = effects @ terms.effects.T + prior.coalition * coalition[:, :1] + deviations @ terms.own.T
    for place in np.flatnonzero(terms.strangers).tolist():
        m[:, place] += prior.nation * generator(seed, "habit", iso3[place]).standard_normal(draws)
    coefficients = effects[:, 1 : 1 + count].copy()
    coefficients[:, terms.of_nations] += deviations
    return m, coefficients


def _own_chance(m: Floats, codes: Floats, iso3: Sequence[str], seed: int) -> Floats:
    """Return e, standard logistic, given m and what was read; shape (draws, nations).

    A reading weighs the two sides of -m, where m + e is 0. The density so weighed is drawn from by inverting
    its distribution function; where nothing was read that is the logistic one, whatever m.
    """
    drawn = np.column_stack([generator(seed, "own chance", code).random(len(m)) for code in iso3])
    drawn = np.clip(drawn, LEAST_SHARE, 1.0 - 2.0 * LEAST_SHARE)
    if_above = np.where(np.isnan(codes), 0.5, np.where(codes == 1.0, 1.0 - WRONG, WRONG))
    if_below = 1.0 - if_above
    below = if_below * inverse_logit(-m)
    total = below + if_above * inverse_logit(m)
    is_above = drawn * total > below
    rest_above, share_below = (1.0 - drawn) * total / if_above, drawn * total / if_below
    share = np.where(is_above, 1.0 - rest_above, share_below)
    rest = np.where(is_above, rest_above, 1.0 - share_below)
    return np.asarray(np.log(share) - np.log(rest))


def _slopes(terms: _Terms, declaration: Declaration, coefficients: Floats, levers: Sequence[str]) -> Floats:
    """Return the derivative of x by each lever, shape (draws, nations, levers)."""
    slopes = np.zeros((len(coefficients), len(terms.per_level), len(levers)))
    for place, lever in enumerate(levers):
        mine = np.array([term.level == lever for term in declaration.terms])
        slopes[:, :, place] = coefficients[:, mine] @ terms.per_level[:, mine].T
    return slopes
