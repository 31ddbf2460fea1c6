"""What a number rests on: the worst verdict among what decides it.

What is uncertain falls into groups: how willing nations are for any contribution, what each lever does, the
parameters that were fitted to statements, interaction, and all other assumptions. The total Sobol' index of
a group for a number is the share of its variance that would be left if all but the group were known, as if
groups were independent of each other; it is estimated by running the same runs once more with other draws
of that group (Jansen 1999; Saltelli et al. 2010, table 2). Slopes of levers are not quite independent:
where several levels change, their indices are rough. A group counts if its index is at least a quarter, or
may be for all that the runs tell. Policies and elections have no draws to exchange: where there are any,
all numbers are assumed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from sim.declarations.levels import LEVELS, LEVERS
from sim.declarations.parameters import FITTED as FITTED_PARAMETERS
from sim.declarations.parameters import INTERACTION, PARAMETERS
from sim.declarations.words import ASSUMED, FITTED, LEARNED, NOT_TOLD, Stance, worst
from sim.evidence.learned import learned
from sim.experiments.statistics import Floats
from sim.inputs.case import Case
from sim.inputs.parameters import COLUMN, Parameters
from sim.model.ensemble import Execution, Keep, simulate
from sim.model.setup import Setup, behaviour_columns, build_setup
from sim.model.tally import RUN_COLUMNS, Records

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 64
"""Runs that a thread takes at a time: their trajectories are in memory, though only the end is looked at."""

MOST_RUNS = 1000
"""Runs that indices are estimated from: their error is then some hundredths."""

DECIDES = 0.25
"""The total index from which a group decides a number."""

Z_95 = 1.959963984540054
NUMBERS = ("size", "contributors", "force", "fielded")
FORCE_MET = "force_met"
POLICIES = "policies and elections"


@dataclass(frozen=True)
class Group:
    """Something uncertain: its name, its verdict, and the setup with other draws of it."""

    name: str
    verdict: str
    redrawn: Setup


def rests_on(case: Case, seed: int, runs: int, threads: int = 0) -> "pd.DataFrame":
    """Return what the numbers of a case at its end rest on.

    Parameters
    ----------
    case, seed, runs, threads
        As they were run; no more than `MOST_RUNS` of the runs are looked at.

    Returns
    -------
    DataFrame
        A row a number and group: `number` (size, contributors, force, fielded, force_met, or the code of a
        nation for whether it is committed), `group`, `verdict`; `total`, the total index, and `error`, half
        of its 95 % interval, both 0 where the number does not vary, missing for policies; `decides`.
    """
    import pandas as pd

    setup = build_setup(case.scenario, case.roster, case.parameters, case.timeline)
    watched = range(min(runs, MOST_RUNS))
    as_run = _outcomes(case, setup, seed, watched, threads)
    rows = []
    for group in _groups(case, setup):
        other = _outcomes(case, group.redrawn, seed, watched, threads)
        for number, values in as_run.items():
            total, error = total_index(values, other[number])
            decides = total + error >= DECIDES
            rows.append((number, group.name, group.verdict, total, error, decides))
    if _has_policies(case):
        rows += [(number, POLICIES, ASSUMED, np.nan, np.nan, True) for number in as_run]
    return pd.DataFrame(rows, columns=["number", "group", "verdict", "total", "error", "decides"])


def _has_policies(case: Case) -> bool:
    """Return whether anything but the scenario moves its levels, or elections its positions."""
    timeline = case.timeline
    policies = (timeline.burden_sharing, timeline.reactive, timeline.negotiated, timeline.reversal)
    return any(bool(np.any(each)) for each in (*policies, timeline.election))


def verdicts(table: "pd.DataFrame") -> dict[str, str]:
    """Return the verdict of each number of `rests_on`; where chance alone decides, the worst of all.

    Numbers of soldiers rest at best on an assumption: how much of what is coded a nation would send.
    """
    told = {}
    for number, rows in table.groupby("number", sort=False):
        deciding = rows["verdict"][rows["decides"]].tolist()
        in_soldiers = number in ("force", "fielded", FORCE_MET)
        told[str(number)] = ASSUMED if in_soldiers else worst(deciding or rows["verdict"])
    return told


def total_index(values: Floats, redrawn: Floats) -> tuple[float, float]:
    """Return the total Sobol' index of what was drawn anew, and half of its 95 % interval.

    Parameters
    ----------
    values, redrawn
        A number in the same runs, shape (runs,).
    """
    variance = float(values.var())
    if variance == 0.0:
        return 0.0, 0.0
    halves = 0.5 * (values - redrawn) ** 2 / variance
    return float(halves.mean()), float(Z_95 * halves.std() / np.sqrt(len(halves)))


def _groups(case: Case, setup: Setup) -> Iterator[Group]:
    """Yield what is uncertain; what has one value only is no group."""
    told = learned(case.roster.past, case.roster.posterior).verdicts
    # What was read of some nations moves all: that blanks say nothing, and one reading in ten is wrong.
    is_read = not np.isnan(case.roster.contributes_on(case.scenario.start)).all()
    who = ASSUMED if is_read else LEARNED
    yield Group("who contributes", who, setup._replace(disposition=_others(setup.disposition)))
    for place, name in enumerate(LEVERS):
        cases = LEVELS[name].cases
        slopes = setup.slopes.copy()
        slopes[:, :, place] = _others(slopes[:, :, place])
        verdict = told.get(cases.name, NOT_TOLD) if cases else NOT_TOLD
        yield Group(f"effect of {name}", verdict, setup._replace(slopes=slopes))
    if case.parameters.draws > 1:
        for group, (verdict, names) in _parameter_groups().items():
            behaviour = behaviour_columns(_redrawn(case.parameters, names))
            yield Group(group, verdict, setup._replace(behaviour=behaviour))


def _redrawn(parameters: Parameters, names: Sequence[str]) -> Parameters:
    """Return parameters of which some are in another order than the rest."""
    columns = [COLUMN[name] for name in names]
    values = np.array(parameters.values)
    values[:, columns] = _others(values[:, columns])
    return replace(parameters, values=values)


def _parameter_groups() -> Mapping[str, tuple[str, list[str]]]:
    """Return groups of parameters with their verdicts."""
    fitted = list(FITTED_PARAMETERS)
    others = [name for name in PARAMETERS if name not in (*fitted, *INTERACTION)]
    return {
        "how words move": (FITTED, fitted),
        "interaction": (ASSUMED, list(INTERACTION)),
        "other assumptions": (ASSUMED, others),
    }


def _others(draws: Floats) -> Floats:
    """Return the draws in another order, in which no run has its own."""
    return np.ascontiguousarray(np.roll(draws, len(draws) // 2, axis=0))


def _outcomes(case: Case, setup: Setup, seed: int, runs: range, threads: int) -> dict[str, Floats]:
    """Return each number at the end of each run, shape (runs,)."""
    ends: list[Floats] = []
    committed: list[Floats] = []

    def keep(_first: int, records: Records) -> None:
        ends.append(records.runs)
        committed.append(records.stance[:, -1] == Stance.COMMITTED)

    simulate(
        setup,
        seed,
        runs,
        sink=keep,
        keep=Keep(trajectories=True, counted=1),
        execution=Execution(threads=threads, chunk=CHUNK),
    )
    rows, stances = np.concatenate(ends), np.concatenate(committed).astype(np.float64)
    numbers = {name: rows[:, RUN_COLUMNS.index(name)] for name in NUMBERS}
    met = (numbers["force"] >= case.scenario.force_required).astype(np.float64)
    nations = dict(zip(case.roster.iso3, stances.T, strict=True))
    return {**numbers, FORCE_MET: met, **nations}
