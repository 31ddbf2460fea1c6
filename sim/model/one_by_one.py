"""The same runs as the ensemble's, one by one through the Mesa model: slow, and easy to follow."""

import numpy as np

from sim.inputs.case import Case
from sim.inputs.vocabulary import Stance
from sim.model.coalition import CoalitionModel
from sim.model.ensemble import Keep, Sink
from sim.model.tally import (
    HOLDS_BACK,
    PROPENSITY_LIMIT,
    Records,
    Tally,
    bin_of,
    empty_records,
    empty_tally,
    fixed_point,
    most_force,
)


def simulate_one_by_one(case: Case, seed: int, runs: range, *, sink: Sink, keep: Keep) -> Tally:
    """Simulate a range of runs with `CoalitionModel`, counting and keeping what the ensemble does.

    Parameters
    ----------
    case
        The scenario and what it is run with.
    seed, runs, sink, keep
        As for `sim.model.ensemble.simulate`.
    """
    rounds, nations = case.scenario.rounds, len(case.roster.iso3)
    tally = empty_tally(rounds, nations, keep.counted)
    for run in runs:
        records = empty_records(1, rounds, nations, trajectories=keep.trajectories, terms=keep.terms)
        _RunCounter(CoalitionModel(case, run=run, seed=seed), tally, records).simulate()
        sink(run, records)
    return tally


class _RunCounter:
    """Steps a model through its rounds and counts where it stands after each."""

    def __init__(self, model: CoalitionModel, tally: Tally, records: Records) -> None:
        self.model, self.tally, self.records = model, tally, records
        rounds = model.setup.rounds.size - 1
        self.first_stance = [int(nation.stance) for nation in model.nations]
        self.first_committed = np.full(len(model.nations), rounds + 1)
        self.first_met = np.nan

    def simulate(self) -> None:
        self._count_round()
        while self.model.running:
            self.model.step()
            self._count_round()
        self._count_end()

    def _count_round(self) -> None:
        step, rows = self.model.round, len(self.tally.stances)
        row = step - (self.model.setup.rounds.size - rows)
        self._note_firsts(step)
        if row >= 0:
            self._count_nations(row)
            self._count_world(row)
        self._record_round(step)

    def _note_firsts(self, step: int) -> None:
        for index, nation in enumerate(self.model.nations):
            if nation.stance == Stance.COMMITTED:
                self.first_committed[index] = min(self.first_committed[index], step)
        if self.model.force >= self.model.setup.force_required:
            self.first_met = np.fmin(self.first_met, step)

    def _count_nations(self, row: int) -> None:
        model, tally = self.model, self.tally
        for index, nation in enumerate(model.nations):
            tally.stances[row, index, int(nation.stance)] += 1
            place = bin_of(nation.propensity, -PROPENSITY_LIMIT, PROPENSITY_LIMIT)
            tally.propensities[row, index, place] += 1
            tally.pledges[row, index] += fixed_point(nation.pledge)
            tally.pledge_squares[row, index] += int(nation.pledge * nation.pledge + 0.5)
        tally.sizes[row, model.size] += 1
        tally.force_met[row] += model.force >= model.setup.force_required

    def _count_world(self, row: int) -> None:
        model = self.model
        world = (model.involvement, model.pressure, model.clarity, model.credibility, *model.mandate)
        for variable, value in enumerate((model.force, *world)):
            limit = 1.0 if variable else most_force(model.setup)
            self.tally.world[row, variable, bin_of(value, 0.0, limit)] += 1
            self.tally.world_least[row, variable] = min(self.tally.world_least[row, variable], value)
            self.tally.world_most[row, variable] = max(self.tally.world_most[row, variable], value)
            self.tally.world_sums[row, variable] += fixed_point(value)

    def _record_round(self, step: int) -> None:
        nations, records = self.model.nations, self.records
        if records.stance.size:
            records.stance[0, step] = [int(nation.stance) for nation in nations]
            records.propensity[0, step] = [nation.propensity for nation in nations]
        if records.terms.size:
            records.terms[0, step] = [nation.terms for nation in nations]
            records.predisposition[0, step] = [nation.predisposition for nation in nations]

    def _count_end(self) -> None:
        model = self.model
        is_in = np.array([nation.stance == Stance.COMMITTED for nation in model.nations])
        was_in = self.first_committed == 0
        flows = np.zeros((len(Stance), len(Stance)), np.int64)
        for index, nation in enumerate(model.nations):
            move = self.first_stance[index], int(nation.stance)
            flows[move] += 1
            self.tally.moves[index][move] += 1
            self.tally.first_joined[index, self.first_committed[index]] += 1
            for reason in nation.held_back_by():
                self.tally.held_back[index, HOLDS_BACK.index(reason)] += 1
        for move, number in np.ndenumerate(flows):
            self.tally.flows[move][number] += 1
        self.records.runs[0] = (
            model.size,
            model.force,
            model.involvement,
            model.pressure,
            model.clarity,
            model.credibility,
            self.first_met,
            (is_in & ~was_in).sum(),
            (was_in & ~is_in).sum(),
        )
