"""Sensitivity indices: from a model's outcomes at the points of a design to tables; plain arrays in between.

The points are those of `sim.inputs.designs.Saltelli` and `Morris`, in that order.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.declarations.arrays import Floats
from sim.experiments.statistics import Z_95
from sim.system.libraries import pd, sobol_analysis

RESAMPLES = 200
"""Of each bootstrap."""


def sobol_indices(
    factors: Sequence[str], outcome: Floats, *, seed: int, second_order: bool = False
) -> "pd.DataFrame":
    """Estimate the shares of an outcome's variance that factors account for.

    ``first`` is the share that would vanish, on average, if the factor were known; ``total`` the share that
    would remain if all others were; ``second`` what a pair of factors adds beyond its two. The estimators
    are those of Saltelli et al. (2010), Jansen (1999) and Saltelli (2002), as SALib has them.

    Parameters
    ----------
    factors
        Their names.
    outcome
        At each point of a `Saltelli` design.
    seed
        Of the bootstrap; not negative.
    second_order
        Whether the design has points for pairs of factors.

    Returns
    -------
    pandas.DataFrame
        A row an index: `factor`, `other` (of a pair, else empty), `index`, `estimate`, and the bounds
        `low` and `high` of its 95 % bootstrap interval. Missing where the outcome is the same everywhere.

    References
    ----------
    Saltelli, A. (2002). Computer Physics Communications 145, 280-297.
    Saltelli, A., P. Annoni, I. Azzini, F. Campolongo, M. Ratto, S. Tarantola (2010). Computer Physics
    Communications 181, 259-270.
    Jansen, M. J. W. (1999). Computer Physics Communications 117, 35-43.
    """
    indices = _salib_sobol(factors, outcome, seed, second_order)
    names = np.array(factors, dtype=object)
    tables = [
        _index_table("first", names, "", indices["S1"], indices["S1_conf"]),
        _index_table("total", names, "", indices["ST"], indices["ST_conf"]),
    ]
    if second_order:
        one, other = np.triu_indices(len(names), k=1)
        pairs, margins = indices["S2"][one, other], indices["S2_conf"][one, other]
        tables.append(_index_table("second", names[one], names[other], pairs, margins))
    return pd.concat(tables, ignore_index=True)


def _salib_sobol(factors: Sequence[str], outcome: Floats, seed: int, second_order: bool) -> dict[str, Floats]:

    size = len(factors)
    blocks = outcome.reshape(-1, (2 * size if second_order else size) + 2)
    if np.ptp(blocks[:, [0, -1]]) == 0.0:  # the two samples that the variance is estimated from
        shapes = {"S1": (size,), "ST": (size,), "S2": (size, size)}
        missing = {name: np.full(shape, np.nan) for name, shape in shapes.items()}
        return {**missing, **{f"{name}_conf": values for name, values in missing.items()}}
    analysed: dict[str, Floats] = sobol_analysis.analyze(
        {"num_vars": size, "names": list(factors), "bounds": [[0.0, 1.0]] * size},
        outcome,
        calc_second_order=second_order,
        num_resamples=RESAMPLES,
        seed=seed + 1,  # SALib takes 0 for no seed
    )
    return analysed


def _index_table(
    index: str,
    factor: NDArray[np.object_],
    other: NDArray[np.object_] | str,
    estimate: Floats,
    margin: Floats,
) -> "pd.DataFrame":

    low = estimate - margin
    return pd.DataFrame(
        {
            "factor": factor,
            "other": other,
            "index": index,
            "estimate": estimate,
            "low": np.maximum(low, 0.0) if index == "total" else low,  # a mean of squares
            "high": estimate + margin,
        }
    )


def convergence(
    factors: Sequence[str], outcome: Floats, *, seed: int, second_order: bool = False
) -> "pd.DataFrame":
    """Estimate first-order and total indices from ever more of the same design.

    Each row's `samples` of the base sample, with their `points`, are the first of the next one's. Indices
    are settled where their intervals are narrow and their order stays (Sarrazin, Pianosi & Wagener 2016,
    Environmental Modelling & Software 79, 135-152). Jumps beyond the intervals tell that the sequence was
    still uneven in its many dimensions, which a bootstrap cannot see.

    Parameters
    ----------
    factors, outcome, seed, second_order
        As for `sobol_indices`.
    """
    size = len(factors)
    blocks = outcome.reshape(-1, (2 * size if second_order else size) + 2)
    needed = blocks[:, [*range(size + 1), -1]]  # A, A with one column of B, B
    tables = []
    for samples in _doublings(max(len(blocks) // 8, 4), len(blocks)):
        table = sobol_indices(factors, needed[:samples].ravel(), seed=seed).drop(columns="other")
        tables.append(table.assign(samples=samples, points=samples * (size + 2)))
    return pd.concat(tables, ignore_index=True)


def _doublings(least: int, most: int) -> list[int]:
    """Return the sizes from the least on that double up to the most, which is always one."""
    sizes = [most]
    while sizes[0] // 2 >= least:
        sizes.insert(0, sizes[0] // 2)
    return sizes


def morris_effects(factors: Sequence[str], shares: Floats, outcome: Floats, *, seed: int) -> "pd.DataFrame":
    """Estimate elementary effects: how the outcome moves where one factor does.

    `mu_star` is the mean size of the effect (Campolongo, Cariboni & Saltelli 2007, Environmental Modelling &
    Software 22, 1509-1518), in units of the outcome over the factor's whole range; `mu` keeps the sign;
    `sigma` is its standard deviation: how far the effect depends on the other factors, or on where in its
    range the factor is.

    Parameters
    ----------
    factors
        Their names.
    shares
        The points of a `Morris` design as shares of the factors' ranges, in [0, 1].
    outcome
        At each of them.
    seed
        Of the bootstrap over trajectories; not negative.

    Returns
    -------
    pandas.DataFrame
        A row a factor: each of the three with the bounds of its 95 % bootstrap interval.
    """
    effects = elementary_effects(shares, outcome)
    drawn = np.random.default_rng(seed).integers(len(effects), size=(RESAMPLES, len(effects)))
    statistics = {"mu_star": _mean_size, "mu": _mean, "sigma": _deviation}
    columns: dict[str, Any] = {"factor": list(factors)}
    for name, statistic in statistics.items():
        estimate = statistic(effects)
        margin = Z_95 * statistic(effects[drawn]).std(axis=0, ddof=1)
        low = estimate - margin
        columns[name] = estimate
        columns[f"{name}_low"] = low if name == "mu" else np.maximum(low, 0.0)
        columns[f"{name}_high"] = estimate + margin
    return pd.DataFrame(columns)


def elementary_effects(shares: Floats, outcome: Floats) -> Floats:
    """Return the effect of each factor in each trajectory, [trajectory, factor]."""
    factors = shares.shape[1]
    steps = np.diff(shares.reshape(-1, factors + 1, factors), axis=1)
    moved = np.abs(steps).argmax(axis=2)
    step = np.take_along_axis(steps, moved[..., np.newaxis], axis=2)[..., 0]
    slopes = np.diff(outcome.reshape(-1, factors + 1), axis=1) / step
    effects = np.empty_like(slopes)
    np.put_along_axis(effects, moved, slopes, axis=1)
    return effects


def _mean_size(effects: Floats) -> Floats:
    return np.asarray(np.abs(effects).mean(axis=-2))


def _mean(effects: Floats) -> Floats:
    return np.asarray(effects.mean(axis=-2))


def _deviation(effects: Floats) -> Floats:
    return np.asarray(effects.std(axis=-2, ddof=1))
