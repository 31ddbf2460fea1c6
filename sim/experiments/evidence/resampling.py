"""Resampling families of coalitions: nations of one theatre are no independent tests."""

import math

import numpy as np
from scipy.linalg import cho_solve

from sim.declarations.arrays import Floats
from sim.evidence.chance import generator
from sim.evidence.learned import HABIT
from sim.evidence.rows import candidate_table, scales_of
from sim.experiments.evidence.posterior import fit
from sim.inputs.coalitions.coalitions import Coalitions
from sim.system.libraries import pd

RESAMPLES = 4000
LOW, HIGH = 0.025, 0.975


def family_counts(families: int, seed: int, resamples: int = RESAMPLES) -> Floats:
    """Return how often each family is drawn in each resample, shape (resamples, families)."""
    drawn = generator(seed, "families").integers(0, families, (resamples, families))
    return np.stack([np.bincount(row, minlength=families) for row in drawn]).astype(np.float64)


def mean_interval(
    values: "pd.Series[float]", families: "pd.Series[str]", counts: Floats
) -> tuple[float, ...]:
    """Return the mean of a value a coalition, and its 95 % interval over resamples of families.

    Parameters
    ----------
    values, families
        A row a coalition; values that are not a number are left out.
    counts
        See `family_counts`; families in alphabetical order.
    """
    sums = values.groupby(families).sum().to_numpy()
    numbers = values.groupby(families).count().to_numpy()
    drawn = counts @ numbers
    means = (counts @ sums)[drawn > 0] / drawn[drawn > 0]
    if not means.size:  # a score that no coalition has, such as AUC where all took part
        return (math.nan,) * 3
    low, high = np.quantile(means, [LOW, HIGH])
    return float(sums.sum() / numbers.sum()), float(low), float(high)


def resampled_effects(coalitions: Coalitions, resamples: int, seed: int = 1) -> "pd.DataFrame":
    """Return what coalitions would have taught, had others of their kind been recorded: a bootstrap.

    Families are drawn with replacement, and the fit's best guess is taken of each set, with a prior whose
    mean is drawn from itself: without that, what no coalition tells would count as known. A family that is
    drawn twice counts as two, each with its own shock.

    Parameters
    ----------
    coalitions
        What is learned from, in the coding that fits take.
    resamples, seed
        How many sets, and their seed.

    Returns
    -------
    DataFrame
        A row a resample, columns as of `posterior_draws` without `reading`: attributes are standardised as in
        all coalitions, and the habit of a nation that is in none of those drawn is one of the prior.

    Notes
    -----
    Where the mean of the prior moves by e (in standard deviations), the best guess moves by S e, S being the
    posterior covariance: Newton, Polson & Xu (2021), Canadian Journal of Statistics 49:421, to first order.
    """
    table, declaration = candidate_table(coalitions), coalitions.declaration
    scales, families = scales_of(table, declaration), sorted(set(table["family"]))
    nations, rows = [*dict.fromkeys(table["iso3"])], []
    random = generator(seed, "means of the prior")
    for counts in family_counts(len(families), seed, resamples):
        drawn = _repeated(table, dict(zip(families, counts.astype(int), strict=True)))
        taught = fit(drawn, declaration, scales)
        moved = cho_solve((taught.mode.factor, True), random.standard_normal(len(taught.deviations)))
        effects = taught.deviations * (taught.mode.effects + moved)
        known = dict(zip([*taught.names, *taught.nations], effects, strict=True))
        habits = declaration.prior.nation * random.standard_normal(len(nations))
        others = dict(zip(nations, habits, strict=True))
        rows.append({name: known.get(name, others.get(name)) for name in (*taught.names, *nations)})
    return pd.DataFrame(rows).rename(columns={iso3: f"{HABIT}{iso3}" for iso3 in nations})


def _repeated(table: "pd.DataFrame", counts: dict[str, int]) -> "pd.DataFrame":
    """Return the candidates of each family as often as it was drawn, each time as other coalitions."""
    parts = []
    for time in range(max(counts.values())):
        part = table[table["family"].map(counts) > time]
        parts.append(part.assign(coalition=part["coalition"] + f" {time}"))
    return pd.concat(parts, ignore_index=True)
