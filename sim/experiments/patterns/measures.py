"""What the checks of patterns measure, one small function a measure.

All but the last few are means over runs of a number of each run, in one world or less that of the same run
in another: the draws are shared, so the differences are paired. With the draws of a posterior every run has
parameters of its own, and a mean over runs is one over what is not known of them.
"""

from collections.abc import Callable
from functools import partial
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from sim.declarations.arrays import Floats
from sim.declarations.words import Stance
from sim.evidence.case_draws import DRAWS
from sim.experiments import statistics
from sim.experiments.patterns.distributions import (
    bimodal_amplitude,
    bootstrap,
    gini,
    ratio_of_sums,
    top_share,
)
from sim.experiments.patterns.observed import WorldRuns
from sim.experiments.statistics import Interval, rank_correlations
from sim.inputs.errors import InputError
from sim.inputs.patterns_file import REST, Check, Measure, Snapshot, attribute_of

Observe = Callable[[Snapshot], WorldRuns]
Measuring = Callable[[Check, Observe, np.random.Generator], Interval]
PerRun = Callable[[Check, WorldRuns], Floats]

TOP = 5
WON_OVER = 0.5


def measure(check: Check, observe: Observe, rng: np.random.Generator) -> Interval:
    """Return what a check measures, with its 95 % interval.

    Parameters
    ----------
    check
        What is measured, and where.
    observe
        Gives the runs of a world.
    rng
        Resamples the runs, for the measures that need it.
    """
    return MEASURES[check.measure](check, observe, rng)


def worlds_of(check: Check) -> set[Snapshot]:
    """Return the worlds that a check needs, combinations of levers included."""
    if check.levers:
        return {_with(check.of[0], levers) for levers in _combinations(check)}
    return set(check.worlds)


# Numbers of each run


def members(check: Check, seen: WorldRuns) -> Floats:
    """Return how many nations are committed, of those that count."""
    return np.asarray(seen.committed[:, _counted(check, seen)].sum(axis=1), dtype=np.float64)


def soldiers(check: Check, seen: WorldRuns) -> Floats:
    """Return how many soldiers the nations that count pledge."""
    return np.asarray(seen.pledges[:, _counted(check, seen)].sum(axis=1))


def contributors(check: Check, seen: WorldRuns) -> Floats:  # noqa: ARG001
    """Return how many nations give any military contribution at the end."""
    return seen.contributors


def p_committed(check: Check, seen: WorldRuns) -> Floats:
    """Return the share of some nations that is committed, less that of others."""
    return _compared(check, seen, seen.committed.astype(np.float64))


def willingness(check: Check, seen: WorldRuns) -> Floats:
    """Return the mean propensity of some nations, in log-odds, less that of others."""
    return _compared(check, seen, seen.propensity)


def supporters_per_member(check: Check, seen: WorldRuns) -> Floats:  # noqa: ARG001
    """Return how many nations are open or committed for each that is committed; of none, as of one."""
    supporters = (seen.stance >= Stance.OPEN).sum(axis=1)
    return np.asarray(supporters / np.maximum(seen.committed.sum(axis=1), 1))


def gini_of_soldiers(check: Check, seen: WorldRuns) -> Floats:  # noqa: ARG001
    """Return how unequal the contributions of the members are."""
    return gini(seen.pledges)


def top_five_share(check: Check, seen: WorldRuns) -> Floats:  # noqa: ARG001
    """Return the share of the soldiers that the five largest contributors give."""
    return top_share(seen.pledges, TOP)


def _counted(check: Check, seen: WorldRuns) -> NDArray[np.bool_]:
    among = seen.columns(check.nations or seen.case.roster.iso3)
    return np.asarray(among & ~seen.columns(check.besides))


def _compared(check: Check, seen: WorldRuns, values: Floats) -> Floats:
    """Return the mean over the nations named, less that over those they are compared with, run by run."""
    group = seen.columns(check.nations or seen.case.roster.iso3)
    others = ~group if check.than == REST else seen.columns(check.than)
    subtracted = values[:, others].mean(axis=1) if check.than else 0.0
    return np.asarray(values[:, group].mean(axis=1) - subtracted)


# Means over runs


def mean_of(per_run: PerRun, check: Check, observe: Observe, rng: np.random.Generator) -> Interval:  # noqa: ARG001
    """Return the mean over runs of the sum in some worlds less that in others."""
    return _mean(_differences(per_run, check, observe), observe(check.of[0]).independent)


def share_in_order(check: Check, observe: Observe) -> float:
    """Return the share of the draws of all that is unknown in which a check lies where it is asked for.

    What is measured in a draw is the mean over its runs; where that lies on a bound, as where no nation moves
    in either world, half of the draw counts. The fewer runs a draw has, the nearer to a half the share is.
    """
    values = _differences(PER_RUN[check.measure], check, observe)
    draw = np.arange(len(values)) % min(DRAWS, len(values))
    of_draw = np.bincount(draw, values) / np.bincount(draw)
    within = [np.sign(of_draw - check.bounds[0]), np.sign(check.bounds[1] - of_draw)]
    return float(((1.0 + np.minimum(*within)) / 2.0).mean())


def _differences(per_run: PerRun, check: Check, observe: Observe) -> Floats:
    """Return the sum in some worlds less that in others, run by run."""
    values = sum(per_run(check, observe(world)) for world in check.of)
    subtracted = sum(per_run(check, observe(world)) for world in check.less)
    return np.asarray(values - subtracted)


def rank_correlation(check: Check, observe: Observe, rng: np.random.Generator) -> Interval:
    """Return Spearman's correlation, over nations, of an attribute with what willingness gains on average.

    Nations of which the attribute is not known do not count. The interval is from resampled runs.
    """
    one, other = observe(check.of[0]), observe(check.less[0])
    values = attribute_of(one.case, str(check.attribute))
    counted = _counted(check, one) & ~np.isnan(values)
    gains = (one.propensity - other.propensity)[:, counted]

    def of(weights: Floats) -> Floats:
        return rank_correlations(values[counted], weights @ gains / len(gains))

    return bootstrap(np.ones(len(gains), dtype=np.int64), of, rng, one.independent)


def _mean(values: Floats, independent: int) -> Interval:
    return statistics.mean(values.sum(), (values**2).sum(), len(values), independent)


# Rates of joining


def joining_near_events(check: Check, observe: Observe, rng: np.random.Generator) -> Interval:  # noqa: ARG001
    """Return the rate at which nations join within some days after an event, to that of the whole time."""
    seen = observe(check.of[0])
    scenario = seen.case.scenario
    rounds = _rounds_of(int(check.days or 0), seen)
    if seen.case.timeline.contingents:
        problem = f"{scenario.name} has events that happen in some runs only, which have no date to join near"
        raise InputError(problem, key="joining_near_events")
    events = [item.round for item in scenario.schedule()]
    return _relative_rate(seen, lambda step: any(event <= step < event + rounds for event in events))


def joining_at_first(check: Check, observe: Observe, rng: np.random.Generator) -> Interval:  # noqa: ARG001
    """Return the rate at which nations join in the first days, to that of the whole time."""
    seen = observe(check.of[0])
    rounds = _rounds_of(int(check.days or 0), seen)
    return _relative_rate(seen, lambda step: step <= rounds)


def _rounds_of(days: int, seen: WorldRuns) -> int:
    return max(1, round(days / seen.case.scenario.days_per_round))


def _relative_rate(seen: WorldRuns, counts: Callable[[int], bool]) -> Interval:
    """Return the share of all first joinings that falls into some rounds, to the share of these rounds."""
    among = np.array([counts(step) for step in range(1, seen.round + 1)])
    joined = (seen.first_joined > 0) & (seen.first_joined <= seen.round)
    within = joined & np.append(among, [False])[np.minimum(seen.first_joined, seen.round + 1) - 1]
    joinings = within.sum(axis=1).astype(float), joined.sum(axis=1).astype(float)
    ratio = ratio_of_sums(*joinings, seen.independent)
    share = among.mean()
    return Interval(*(part / share if share > 0 else np.asarray(np.nan) for part in ratio))


# Peaks


def bimodal_amplitude_of_sizes(check: Check, observe: Observe, rng: np.random.Generator) -> Interval:
    """Return the bimodal amplitude of the number of members, see `bimodal_amplitude`."""
    seen = observe(check.of[0])
    sizes = np.bincount(seen.committed.sum(axis=1), minlength=len(seen.case.roster.iso3) + 1)
    return bootstrap(sizes, bimodal_amplitude, rng, seen.independent)


# Paths


def paths(check: Check, observe: Observe, rng: np.random.Generator) -> Interval:
    """Return how many combinations of levers win over a nation, or several, that no part of them wins over.

    Necessary and sufficient combinations, as in qualitative comparative analysis (Ragin 1987).
    """
    return _of_combinations(check, observe, rng, _number_of_paths)


def reach_of_one_lever(check: Check, observe: Observe, rng: np.random.Generator) -> Interval:
    """Return the share of the nations that some combination wins over whom one lever alone wins over."""
    return _of_combinations(check, observe, rng, _share_won_over)


def _of_combinations(
    check: Check,
    observe: Observe,
    rng: np.random.Generator,
    statistic: Callable[[Check, NDArray[np.bool_]], Floats],
) -> Interval:
    """Return a statistic of who is won over by which combination, with its interval from resampled runs."""
    seen = [observe(_with(check.of[0], levers)) for levers in _combinations(check)]
    committed = np.stack([each.committed for each in seen], axis=1).astype(np.float64)
    # [run, combination, nation]
    runs, *shape = committed.shape

    def of(weights: Floats) -> Floats:
        shares = (weights @ committed.reshape(runs, -1) / runs).reshape(-1, *shape)
        return statistic(check, shares >= WON_OVER)

    return bootstrap(np.ones(runs, dtype=np.int64), of, rng, seen[0].independent)


def _number_of_paths(check: Check, won_over: NDArray[np.bool_]) -> Floats:
    """Return how many combinations are minimal for a nation; of none, which comes first, is no path."""
    levers = _combinations(check)
    is_part = np.array([[set(part) < set(whole) for whole in levers] for part in levers])
    by_a_part = is_part.T.astype(np.float64) @ won_over.astype(np.float64) > 0
    minimal = won_over & ~by_a_part
    return np.asarray(minimal[:, 1:].any(axis=2).sum(axis=1), dtype=np.float64)


def _share_won_over(check: Check, won_over: NDArray[np.bool_]) -> Floats:
    """Return the share won over by a lever of those who can be, leaving out those who need not be."""
    can_be = won_over.any(axis=1) & ~won_over[:, 0]
    alone = won_over[:, _combinations(check).index((str(check.lever),))] & can_be
    return np.asarray(alone.sum(axis=1) / np.maximum(can_be.sum(axis=1), 1))


def _combinations(check: Check) -> list[tuple[str, ...]]:
    """Return all combinations of levers, the fewest first."""
    sizes = range(len(check.levers) + 1)
    return [levers for size in sizes for levers in combinations(check.levers, size)]


def _with(world: Snapshot, levers: tuple[str, ...]) -> Snapshot:
    return world.model_copy(update={"with_": (*world.with_, *levers)})


PER_RUN: dict[Measure, PerRun] = {
    "members": members,
    "soldiers": soldiers,
    "contributors": contributors,
    "p_committed": p_committed,
    "willingness": willingness,
    "supporters_per_member": supporters_per_member,
    "gini": gini_of_soldiers,
    "top_five_share": top_five_share,
}

MEASURES: dict[Measure, Measuring] = {
    **{name: partial(mean_of, per_run) for name, per_run in PER_RUN.items()},
    "rank_correlation": rank_correlation,
    "bimodal_amplitude": bimodal_amplitude_of_sizes,
    "joining_near_events": joining_near_events,
    "joining_at_first": joining_at_first,
    "paths": paths,
    "reach_of_one_lever": reach_of_one_lever,
}
