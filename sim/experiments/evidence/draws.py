"""Draws of what coalitions teach, with the doubt of those who coded them."""

from functools import partial

import numpy as np

from sim.declarations.arrays import Floats
from sim.evidence.chance import generator
from sim.evidence.learned import HABIT
from sim.evidence.rows import candidate_table
from sim.evidence.threads import on_one_thread
from sim.experiments.evidence.posterior import fit
from sim.inputs.coalitions.coalitions import FIRST, SECOND, Coalition, Coalitions, Coding
from sim.system.libraries import pd

DRAWS = 1000
FITS = 20
"""Readings of the levels, each fitted; a fit of all coalitions takes half a second."""


@on_one_thread
def posterior_draws(
    coalitions: Coalitions, seed: int = 1, draws: int = DRAWS, fits: int = FITS
) -> "pd.DataFrame":
    """Return joint draws of the intercept, the terms and the nations' habits.

    The levels of coalitions that were coded twice are read `fits` times as first + v (second - first), v
    uniform in (0, 1), one v a level and reading: coders differ by what they take a level to mean, in all
    coalitions alike. Each reading is fitted, and as many draws are taken of each fit.

    Parameters
    ----------
    coalitions
        What is learned from.
    seed
        The same seed, the same draws.
    draws, fits
        How many draws in all, and how many readings; the first must be a multiple of the second.

    Returns
    -------
    DataFrame
        A row a draw: `reading`, `intercept`, a column a term, and ``habit ISO`` a nation; log-odds. Terms are
        of attributes standardised as `scales_of` says, which does not depend on levels.
    """
    levels = coalitions.declaration.level_columns
    parts = []
    for reading in range(fits):
        shares = dict(zip(levels, generator(seed, "reading", str(reading)).random(len(levels)), strict=True))
        read = coalitions.recoded(partial(_between, shares))
        posterior = fit(candidate_table(read), coalitions.declaration)
        drawn = _normal(
            posterior.effects,
            posterior.effects_covariance,
            draws // fits,
            generator(seed, "draws", str(reading)),
        )
        names = [*posterior.names, *(f"{HABIT}{iso3}" for iso3 in posterior.nations)]
        part = pd.DataFrame(drawn, columns=names)
        part.insert(0, "reading", reading)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _between(shares: dict[str, float], coalition: Coalition) -> Coding:
    """Return levels between the two codings of a coalition; its only coding where there is one."""
    if SECOND not in coalition.codings:
        return coalition.fitted
    first, second = coalition.codings[FIRST].levels, coalition.codings[SECOND].levels
    levels = {name: first[name] + share * (second[name] - first[name]) for name, share in shares.items()}
    return Coding(levels, "between the two codings", "both codings")


def _normal(mean: Floats, covariance: Floats, draws: int, random: np.random.Generator) -> Floats:
    root = np.linalg.cholesky(covariance)
    return np.asarray(mean + random.standard_normal((draws, len(mean))) @ root.T)
