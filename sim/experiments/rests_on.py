"""What a number rests on: the worst verdict among what decides it.

What is uncertain falls into groups: how willing nations are for any contribution, what each lever does, the
parameters that were fitted to statements, interaction, and all other assumptions. The total Sobol' index of
a group for a number is the share of its variance that would be left if all but the group were known; it is
estimated by running the same runs once more with other draws of that group (Jansen 1999; Saltelli et al.
2010, table 2). What past coalitions teach was drawn jointly: other draws of how willing nations are, or of
what a lever does, are those given all else of it, as if that were normal (Kucherenko et al. 2012). Parameters
are drawn anew as if their groups were independent of each other. A group counts if its index is at least a
quarter, or may be for all that the runs tell. Policies and elections have no draws to exchange: where there
are any, all numbers are assumed.

References
----------
Jansen, M. J. W. (1999). Computer Physics Communications 117, 35-43.
Kucherenko, S., S. Tarantola, P. Annoni (2012). Computer Physics Communications 183, 937-946.
Saltelli, A., P. Annoni, I. Azzini, F. Campolongo, M. Ratto, S. Tarantola (2010). Computer Physics
Communications 181, 259-270.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial

import numpy as np

from sim.declarations.arrays import Floats
from sim.declarations.parameters import FITTED as FITTED_PARAMETERS
from sim.declarations.parameters import INTERACTION, PARAMETERS
from sim.declarations.words import ASSUMED, FITTED, LEARNED, NOT_TOLD, VERDICTS, Stance, worst
from sim.evidence.case_draws import STEPS, CaseDraws
from sim.evidence.learned import learned
from sim.evidence.threads import on_one_thread
from sim.experiments.statistics import Z_95
from sim.inputs.case import Case
from sim.inputs.parameters import COLUMN, Parameters
from sim.model.ensemble import ENDS, Execution, simulate
from sim.model.setup import Setup, behaviour_columns, build_setup, drawn_case, levers_of
from sim.model.tally import RUN_COLUMNS, Records
from sim.system.libraries import pd

CHUNK = 64
"""Runs that a thread takes at a time: few, so that all threads are busy to the end."""

MOST_RUNS = 1000
"""Runs that indices are estimated from: their error is then some hundredths."""

DECIDES = 0.25
"""The total index from which a group decides a number."""

NUMBERS = ("size", "contributors", "force", "fielded")
FORCE_MET = "p_force_met"
IN_SOLDIERS = ("force", "fielded", FORCE_MET)
POLICIES = "policies and elections"

SPREAD = 1e-6
"""Directions of draws that spread less than this, as a share of the widest, are rounding."""


Outcomes = Mapping[str, Floats]
"""Numbers at the end of some runs, by name, shape (runs,)."""


@dataclass(frozen=True, eq=False)
class Group:
    """Something uncertain: its verdict, and what simulates the same runs with other draws of it."""

    verdict: str
    simulate: Callable[[], Outcomes]

    @cached_property
    def redrawn(self) -> Outcomes:
        """The numbers with other draws, simulated when they are first asked for."""
        return self.simulate()


@dataclass(frozen=True)
class Numbers:
    """Numbers at the end of some runs, as they are and with other draws of what is uncertain.

    Attributes
    ----------
    as_run
        By name: size, contributors, force, fielded, p_force_met, and the code of each nation for whether it
        is committed; shape (runs,).
    groups
        What is uncertain, by name.
    has_policies
        Whether anything but the scenario moves its levels, or elections its positions.
    """

    as_run: Outcomes
    groups: Mapping[str, Group]
    has_policies: bool

    def group(self, name: str) -> Group:
        """Return a group; one that is not uncertain here changes nothing."""
        return self.groups.get(name) or Group(LEARNED, lambda: self.as_run)

    def less(self, reference: "Numbers") -> "Numbers":
        """Return by how much they differ, run by run, from those of another case of the same nations."""
        names = dict.fromkeys([*self.groups, *reference.groups])
        groups = {name: _difference(self.group(name), reference.group(name)) for name in names}
        has_policies = self.has_policies or reference.has_policies
        return Numbers(_less(self.as_run, reference.as_run), groups, has_policies)

    def verdict(self, number: str) -> str:
        """Return what a number rests on, as `verdicts` of the table; once that is known no more is run."""
        if self.has_policies or number in IN_SOLDIERS:
            return ASSUMED
        if self.as_run[number].var() > 0.0:
            for group in sorted(self.groups.values(), key=lambda group: VERDICTS.index(group.verdict)):
                if decides(*total_index(self.as_run[number], group.redrawn[number])):
                    return group.verdict
        return worst(group.verdict for group in self.groups.values())

    def table(self) -> "pd.DataFrame":
        """Return what they rest on, see `rests_on`."""
        rows = []
        for name, group in self.groups.items():
            for number, values in self.as_run.items():
                total, error = total_index(values, group.redrawn[number])
                rows.append((number, name, group.verdict, total, error, decides(total, error)))
        if self.has_policies:
            rows += [(number, POLICIES, ASSUMED, np.nan, np.nan, True) for number in self.as_run]
        return pd.DataFrame(rows, columns=["number", "group", "verdict", "total", "error", "decides"])


def rests_on(case: Case, seed: int, runs: int = MOST_RUNS, threads: int = 0) -> "pd.DataFrame":
    """Return what the numbers of a case at its end rest on.

    Parameters
    ----------
    case, seed, runs, threads
        As they were run; no more than `MOST_RUNS` of the runs are looked at.

    Returns
    -------
    DataFrame
        A row a number and group: `number`, see `Numbers`; `group`, `verdict`; `total`, the total index, and
        `error`, half of its 95 % interval, both 0 where the number does not vary, missing for policies;
        `decides`.
    """
    return numbers_of(case, seed, runs, threads).table()


@lru_cache(maxsize=2)
def numbers_of(case: Case, seed: int, runs: int = MOST_RUNS, threads: int = 0) -> Numbers:
    """Return the numbers of a case, as they are and with other draws; parameters as for `rests_on`.

    What is known of a case is kept for the next question about it.
    """
    setup = build_setup(case.scenario, case.roster, case.parameters, case.timeline)

    def of(redrawn: Setup) -> Outcomes:
        return _outcomes(case, redrawn, seed, range(min(runs, MOST_RUNS)), threads)

    as_run = of(setup)
    groups = {
        name: Group(verdict, (lambda: as_run) if redrawn is setup else partial(of, redrawn))
        for name, verdict, redrawn in _groups(case, setup)
    }
    return Numbers(as_run, groups, _has_policies(case))


def _difference(group: Group, reference: Group) -> Group:
    verdict = worst([group.verdict, reference.verdict])
    return Group(verdict, lambda: _less(group.redrawn, reference.redrawn))


def _less(values: Outcomes, reference: Outcomes) -> Outcomes:
    return {name: each - reference[name] for name, each in values.items()}


def _has_policies(case: Case) -> bool:
    """Return whether policies, elections or events of some runs move levels or positions."""
    timeline = case.timeline
    policies = (timeline.burden_sharing, timeline.reactive, timeline.negotiated, timeline.reversal)
    moves = any(bool(np.any(each)) for each in (*policies, timeline.election))
    return moves or bool(timeline.contingents)


def verdicts(table: "pd.DataFrame") -> dict[str, str]:
    """Return the verdict of each number of `rests_on`; where chance alone decides, the worst of all.

    Numbers of soldiers rest at best on an assumption: how much of what is coded a nation would send.
    """
    worst_of = {}
    for number, rows in table.groupby("number", sort=False):
        deciding = rows["verdict"][rows["decides"]].tolist()
        worst_of[str(number)] = ASSUMED if number in IN_SOLDIERS else worst(deciding or rows["verdict"])
    return worst_of


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


def decides(total: float, error: float) -> bool:
    """Return whether a group decides a number, or may for all that the runs tell."""
    return total + error >= DECIDES


def _groups(case: Case, setup: Setup) -> Iterator[tuple[str, str, Setup]]:
    """Yield name, verdict and the setup with other draws of each group; what has one value only is none."""
    # What was read of some nations moves all: that blanks say nothing, and one reading in ten is wrong.
    is_read = not np.isnan(case.roster.contributes_on(case.scenario.start)).all()
    disposition, *of_levers = _drawn_anew(drawn_case(case.scenario, case.roster, case.timeline))
    yield "who contributes", ASSUMED if is_read else LEARNED, setup._replace(disposition=disposition)
    levers, verdict_of = levers_of(case.roster.vocabulary.all_levels), lever_verdicts(case)
    for past, redrawn in zip(dict.fromkeys(levers.values()), of_levers, strict=True):
        names = [name for name, other in levers.items() if other == past]
        slopes = setup.slopes.copy()
        slopes[:, :, [other == past for other in levers.values()]] = redrawn[:, :, np.newaxis]
        moves = any(_moves(case, name) for name in names)
        yield (
            f"effect of {' and '.join(names)}",
            verdict_of[names[0]],
            setup._replace(slopes=slopes) if moves else setup,
        )
    if case.parameters.draws > 1:
        for group, (verdict, names) in _parameter_groups().items():
            behaviour = behaviour_columns(_redrawn(case.parameters, names))
            yield group, verdict, setup._replace(behaviour=behaviour)


def lever_verdicts(case: Case) -> dict[str, str]:
    """Return the verdict of past coalitions on the effect of each lever on any contribution."""
    learned_of = learned(case.roster.past, case.roster.posterior).verdicts
    levers = levers_of(case.roster.vocabulary.all_levels)
    return {name: learned_of.get(past, NOT_TOLD) for name, past in levers.items()}


def _moves(case: Case, lever: str) -> bool:
    """Return whether a level may differ from that of the start: else its slope is worth nothing."""
    is_set = bool(np.ptp(case.timeline.level(lever)) > 0.0)
    return is_set or case.scenario.level_half_width > 0.0 or _has_policies(case)


@lru_cache(maxsize=8)
@on_one_thread
def _drawn_anew(drawn: CaseDraws) -> tuple[Floats, ...]:
    """Return other draws of dispositions, and of the slopes of each lever, conditional on all others."""
    parts = [drawn.disposition, *np.moveaxis(drawn.slopes, 2, 0)]
    return tuple(
        drawn_given(part, np.column_stack([*parts[:place], *parts[place + 1 :]]))
        for place, part in enumerate(parts)
    )


def drawn_given(draws: Floats, others: Floats) -> Floats:
    """Return other draws conditional on what was drawn with them, as if all were jointly normal.

    What the others tell of a draw stays, only what they leave open goes to another run. Rounded as draws are,
    so that it is the same on every machine.

    Parameters
    ----------
    draws, others
        A row a draw.
    """
    centred = others - others.mean(axis=0)
    mean = draws.mean(axis=0)
    weights = np.linalg.lstsq(centred, draws - mean, rcond=SPREAD)[0]
    expected = mean + centred @ weights
    return np.ascontiguousarray(np.rint((expected + _others(draws - expected)) * STEPS) / STEPS)


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


def _outcomes(case: Case, setup: Setup, seed: int, runs: range, threads: int) -> Outcomes:
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
        keep=ENDS,
        execution=Execution(threads=threads, chunk=CHUNK),
    )
    rows, stances = np.concatenate(ends), np.concatenate(committed).astype(np.float64)
    numbers = {name: rows[:, RUN_COLUMNS.index(name)] for name in NUMBERS}
    met = (numbers["force"] >= case.scenario.force_required).astype(np.float64)
    nations = dict(zip(case.roster.iso3, stances.T, strict=True))
    return {**numbers, FORCE_MET: met, **nations}
