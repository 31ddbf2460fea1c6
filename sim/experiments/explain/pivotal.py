"""Who is pivotal: what others do if a nation is in, and if it is out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from sim.declarations.arrays import Floats
from sim.declarations.words import ASSUMED
from sim.experiments.comparison.paired import share_difference
from sim.experiments.explain.columns import interval_columns, paired_means
from sim.experiments.explain.ends import Ends, ends_of, side_by_side
from sim.experiments.independent import independent_runs
from sim.experiments.runs import Runs
from sim.experiments.sweep.point_model import PointModel
from sim.inputs.case import Case
from sim.system.libraries import pd

IN, OUT = "committed", "out"
LEVEL = 0.05
"""Chance that any edge of the network is there by chance alone."""


class Effect(NamedTuple):
    """What holding a nation in rather than out changes.

    Attributes
    ----------
    size_in, size_out
        How many other nations are committed at the end, with either; shape (runs,).
    troops_in, troops_out
        What they pledge, in whole soldiers; shape (runs,).
    won, lost
        In how many runs each nation is committed only with it in, and only with it out; shape (nations,).
    """

    size_in: Floats
    size_out: Floats
    troops_in: Floats
    troops_out: Floats
    won: Floats
    lost: Floats


@dataclass(frozen=True, eq=False)
class Pivots:
    """What others do if a nation is held in from the first round, and if it is held out.

    Attributes
    ----------
    case
        The case asked about.
    nations
        Indices of the nations held.
    number_of_runs, seed
        Which runs; the same with each nation held in and held out, so that differences are paired.
    effects
        One a nation held.
    """

    case: Case
    nations: tuple[int, ...]
    number_of_runs: int
    seed: int
    effects: tuple[Effect, ...]

    @property
    def independent(self) -> int:
        """How many of the runs intervals count on."""
        return independent_runs(self.case, self.number_of_runs)

    @cached_property
    def table(self) -> "pd.DataFrame":
        """A row a nation held, the one with the largest effect on the number of others first.

        `size_in` and `size_out` are the mean numbers of other members with it in and out, `size` their
        paired difference, `troops` the same in other nations' soldiers; each with the bounds of its 95 %
        interval. `rests_on`: a nation reaches others by interaction alone, which is assumed.
        """
        rows = []
        for nation, effect in zip(self.nations, self.effects, strict=True):
            size = paired_means(effect.size_out, effect.size_in, self.independent)
            troops = paired_means(effect.troops_out, effect.troops_in, self.independent)
            rows.append(
                {
                    "iso3": self.case.roster.iso3[nation],
                    "name": self.case.roster.names[nation],
                    **interval_columns("size_in", size.value),
                    **interval_columns("size_out", size.reference),
                    **interval_columns("size", size.difference),
                    **interval_columns("troops_in", troops.value),
                    **interval_columns("troops_out", troops.reference),
                    **interval_columns("troops", troops.difference),
                    "rests_on": ASSUMED,
                    "runs": self.number_of_runs,
                }
            )
        return pd.DataFrame(rows).sort_values("size", ascending=False, kind="stable", ignore_index=True)

    @cached_property
    def network(self) -> "pd.DataFrame":
        """A row a nation held and another one: how much more surely the other is committed with it in.

        `difference` is P(committed) of `follower` with `leader` in, less with `leader` out, at the end;
        what third nations do in answer is part of it. Its interval (`low`, `high`) is Bonferroni's: at a
        level of 1 - 0.05/m for the m pairs of the table, so that the chance that any of them leaves out 0
        by chance is at most 5 %. `is_edge`: it leaves out 0.
        """
        iso3 = self.case.roster.iso3
        others = len(iso3) - 1
        z = NormalDist().inv_cdf(1.0 - LEVEL / max(len(self.nations) * others, 1) / 2.0)
        tables = []
        for nation, effect in zip(self.nations, self.effects, strict=True):
            difference = share_difference(effect.lost, effect.won, self.number_of_runs, self.independent, z)
            tables.append(
                pd.DataFrame(
                    {
                        "leader": iso3[nation],
                        "follower": iso3,
                        "difference": difference.estimate,
                        "low": difference.low,
                        "high": difference.high,
                        "is_edge": (difference.low > 0.0) | (difference.high < 0.0),
                        "rests_on": ASSUMED,
                        "runs": self.number_of_runs,
                    }
                ).drop(index=nation)
            )
        return pd.concat(tables, ignore_index=True)


def who_is_pivotal(case: Case, nations: Sequence[int], runs: Runs) -> Pivots:
    """Hold each nation in and out from the first round, and see what the others do.

    Parameters
    ----------
    case
        What is run.
    nations
        Indices of the nations held.
    runs
        How many with each, and their seed.
    """
    model = PointModel(case, runs, ())

    def effect(nation: int) -> Effect:
        return _effect(held_as(IN, nation), held_as(OUT, nation), nation)

    def held_as(word: str, nation: int) -> tuple[Ends, Floats]:
        setup = model.setup({f"nations.{case.roster.iso3[nation]}.held": word})
        ends = ends_of(setup, runs.on_one_thread)
        return ends, ends.troops_of(setup, runs, nation)

    effects = side_by_side(effect, nations, runs.threads)
    return Pivots(case, tuple(nations), runs.number, runs.seed, tuple(effects))


def _effect(with_it: tuple[Ends, Floats], without: tuple[Ends, Floats], nation: int) -> Effect:
    """Return what a nation changes, given how runs end with it in and out and what it pledges itself."""
    (ends_in, own_in), (ends_out, own_out) = with_it, without
    return Effect(
        size_in=ends_in.size - ends_in.committed[:, nation],
        size_out=ends_out.size - ends_out.committed[:, nation],
        troops_in=np.rint(ends_in.force - own_in),
        troops_out=np.rint(ends_out.force - own_out),
        won=(ends_in.committed & ~ends_out.committed).sum(axis=0).astype(np.float64),
        lost=(ends_out.committed & ~ends_in.committed).sum(axis=0).astype(np.float64),
    )
