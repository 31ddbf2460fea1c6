"""How a coalition goes over time: its peaks, whether it was ever enough, who left."""

from typing import Any

from sim.declarations.words import ASSUMED
from sim.experiments.results import RunTables
from sim.outputs.words import counted, enough, mark
from sim.system.libraries import pd

LEAST_ABOVE = {"size": 0.5, "contributors": 0.5, "force": 100.0, "fielded": 100.0}
"""By how much a mean exceeds that at the end, in nations or soldiers, where its peak is reported."""

SHARE_ABOVE = 0.1
"""By which share of it a peak exceeds the end, where it is reported."""

WORTH_NAMING = 0.1
"""Share of the runs in which a nation joins, or leaves, from which it is named."""

MOST_NAMED = 6

UNTOLD = mark(ASSUMED)
"""What numbers of other days than the last rest on: what decides them there is not analysed, so the worst."""


def peak(rounds: "pd.DataFrame", name: str) -> Any:
    """Return the row of the round with the largest mean of a number, None where that is much as at the end.

    Parameters
    ----------
    rounds
        As `RunResult.rounds`.
    name
        Of a number in it: one of `LEAST_ABOVE`.
    """
    means = rounds[f"{name}_mean"]
    top, end = float(means.max()), float(means.iloc[-1])
    if top - end < max(LEAST_ABOVE[name], SHARE_ABOVE * end):
        return None
    return rounds.iloc[int(means.to_numpy().argmax())]


def ever_enough(result: RunTables) -> str:
    """Return in which share of the runs the force was ever what is required, and for how long, in words."""
    end = result.rounds.iloc[-1]
    share = enough(result.about, end.p_force_met_by, end.p_force_met_by_low, end.p_force_met_by_high)
    weeks = max(1, round(weeks_enough(result)))
    return f"{share}, for {counted(weeks, 'week')} on average" if end.p_force_met_by else share


def weeks_enough(result: RunTables) -> float:
    """Return for how many weeks the force is what is required, in the runs in which it ever is; mean."""
    rounds = result.rounds
    ever = float(rounds["p_force_met_by"].iloc[-1])
    days = float(rounds["p_force_met"].sum()) * result.about.days_per_round
    return days / ever / 7 if ever else 0.0


def who_left(result: RunTables) -> list[tuple[str, float]]:
    """Return the nations that were in and are out at the end, with the share of the runs, largest first."""
    left = result.summary["p_ever_joined"] - result.summary["p_committed"]
    shares = left.set_axis(result.summary["name"])
    named = shares[shares >= WORTH_NAMING].sort_values(ascending=False, kind="stable").head(MOST_NAMED)
    return [(str(name), float(share)) for name, share in named.items()]
