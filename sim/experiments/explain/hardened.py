"""Hardened or cowed: whether more pressure by the adversary moves a nation towards the coalition or away."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.declarations.arrays import Floats
from sim.declarations.words import FITTED, worst
from sim.experiments import statistics
from sim.experiments.comparison.paired import share_difference
from sim.experiments.explain.answer_table import AnswerTable
from sim.experiments.explain.columns import interval_columns, paired_means, spread_columns
from sim.experiments.explain.drawn import drawn_parameter, drawn_slopes
from sim.experiments.explain.ends import Ends, ends_of, side_by_side
from sim.experiments.explain.search import present_level
from sim.experiments.independent import independent_runs
from sim.experiments.rests_on import lever_verdicts
from sim.experiments.runs import Runs
from sim.experiments.statistics import rank_correlations
from sim.experiments.sweep.point_model import PointModel
from sim.inputs.case import Case
from sim.inputs.questions import Counterfactual, Pressure, Questions
from sim.model.setup import Setup
from sim.system.libraries import pd

PRESSURE = "pressure"
"""The level whose slope tells how nations answer threat."""

HARDENED, COWED, EITHER = "hardened", "cowed", "may be either"
SURE = 0.9
"""Share of the runs that have to agree on a sign."""


@dataclass(frozen=True, eq=False)
class Hardened(AnswerTable):
    """How nations answer more pressure, in each world asked about.

    Attributes
    ----------
    rows_of_parameters
        1 where the parameters are a point: probabilities are then over draws of past coalitions only.
    table
        A row a nation and world:

        - `iso3`, `name`, `world` (its label), `pressure_from`, `pressure_to`
        - `nearness`: to the adversary, from 0 (the farthest nation) to 1; 0.5 where it is not known
        - `slope`: what a unit of pressure, on the scale of past coalitions, adds to the log-odds of any
          military contribution, as past coalitions teach; mean over runs with its interval, and the range
          of 90 % of the runs
        - `p_hardened`, `p_cowed`: share of the runs in which the slope is above and below 0
        - `verdict`: `hardened` or `cowed` where 90 % of the runs or more agree on that, else `may be either`
        - `p_nearer`: share of the runs in which the slope rises with nearness to the adversary, over all
          nations: whether it is the threatened that harden
        - `land_slope`: the same for soldiers on land, as far as it reaches them (`reach`), and `p_land_cowed`
        - `rests_on` and `land_rests_on`: what past coalitions tell of the slope, and that or what is fitted
        - `response`: paired difference of the propensity to send soldiers on land, at the end with more
          pressure, whatever others do in answer included
        - `committed`: paired difference of P(committed) at the end
        - `runs`
    """

    rows_of_parameters: int


def hardened_or_cowed(case: Case, nations: Sequence[int], questions: Questions, runs: Runs) -> Hardened:
    """Find out which way nations answer more pressure.

    Parameters
    ----------
    case
        What is run.
    nations
        Indices of the nations asked about.
    questions
        The lever that is the pressure, by how much it rises (at most to 1), and the worlds.
    runs
        How many in each world with each pressure, and their seed.
    """
    asked, model = questions.pressure, PointModel(case, runs, ())
    rises = [_rise(case, asked, world) for world in asked.worlds]
    settings: list[dict[str, object]] = []
    for world, (_, more) in zip(asked.worlds, rises, strict=True):
        settings += [{**world.set}, {**world.set, asked.path: more}]
    setups = [model.setup(setting) for setting in settings]
    ends = side_by_side(lambda setup: ends_of(setup, runs.on_one_thread), setups, runs.threads)
    tables = []
    for place, (world, (now, more)) in enumerate(zip(asked.worlds, rises, strict=True)):
        first = 2 * place
        table = _answers(case, setups[first], (ends[first], ends[first + 1]), runs)
        table.insert(2, "world", world.label)
        table.insert(3, "pressure_from", now)
        table.insert(4, "pressure_to", more)
        tables.append(table.iloc[list(nations)])
    return Hardened(
        case,
        runs.number,
        runs.seed,
        pd.concat(tables, ignore_index=True),
        case.parameters.draws,
    )


def slopes(setup: Setup, runs: Runs) -> Floats:
    """Return what a unit of pressure adds to any contribution of each nation.

    Returns
    -------
    ndarray
        Log-odds per unit on the scale of past coalitions, shape (runs, nations).
    """
    return drawn_slopes(setup, runs, PRESSURE)


def nearer_harden(nearness: Floats, slope: Floats, independent: int | None = None) -> statistics.Interval:
    """Return the share of the runs in which the slope rises with nearness to the adversary, in rank.

    Parameters
    ----------
    nearness
        Shape (nations,).
    slope
        Shape (runs, nations).
    independent
        How many of the runs the interval counts on; all if None.
    """
    agrees = rank_correlations(nearness, slope) > 0.0
    return statistics.share(agrees.sum(), len(slope), independent)


def _rise(case: Case, asked: Pressure, world: Counterfactual) -> tuple[float, float]:
    """Return the pressure of a world, which may set it, and what it rises to there."""
    now = present_level(case.with_overrides(world.set), asked.path)
    return now, min(now + asked.change, 1.0)


def _answers(case: Case, setup: Setup, ends: tuple[Ends, Ends], runs: Runs) -> "pd.DataFrame":
    """Return a row a nation for a world."""
    before, after = ends
    slope, independent = slopes(setup, runs), independent_runs(case, runs.number)
    land = drawn_parameter(setup, runs, "reach")[:, np.newaxis] * slope
    hardened, cowed, land_cowed = (
        statistics.share(signs.sum(axis=0), runs.number, independent)
        for signs in (slope > 0.0, slope < 0.0, land < 0.0)
    )
    response = paired_means(before.propensity, after.propensity, independent).difference
    committed = share_difference(
        (before.committed & ~after.committed).sum(axis=0),
        (after.committed & ~before.committed).sum(axis=0),
        runs.number,
        independent,
    )
    mark = lever_verdicts(case)[PRESSURE]
    nearer = nearer_harden(case.roster.sensitivity_to_adversary, slope, independent)
    verdict = np.select([hardened.estimate >= SURE, cowed.estimate >= SURE], [HARDENED, COWED], EITHER)
    return pd.DataFrame(
        {
            "iso3": case.roster.iso3,
            "name": case.roster.names,
            "nearness": case.roster.sensitivity_to_adversary,
            **_spreads("slope", slope, independent),
            **interval_columns("p_hardened", hardened),
            **interval_columns("p_cowed", cowed),
            "verdict": verdict,
            **interval_columns("p_nearer", nearer),
            **_spreads("land_slope", land, independent),
            **interval_columns("p_land_cowed", land_cowed),
            "rests_on": mark,
            "land_rests_on": worst([mark, FITTED]),
            **interval_columns("response", response),
            **interval_columns("committed", committed),
            "runs": runs.number,
        }
    )


def _spreads(name: str, values: Floats, independent: int) -> "pd.DataFrame":
    """Return the columns of `spread_columns`, a row a nation."""
    return pd.DataFrame([spread_columns(name, each, independent) for each in values.T])
