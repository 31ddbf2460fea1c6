"""The same runs as the ensemble's, through the Mesa model: slow, and easy to follow.

Runs are stepped side by side and counted as the ensemble counts its lanes, by the very same code.
"""

import math

from sim.declarations.levels import LEVERS, MOVED
from sim.inputs.case import Case
from sim.model.coalition import CoalitionModel
from sim.model.counting import count_bins, count_end, count_round, record_round
from sim.model.ensemble import Keep, Sink
from sim.model.lanes import LANES, State, empty_state
from sim.model.setup import Setup, build_setup
from sim.model.tally import Records, Tally

CHANGING = (
    *("stance", "propensity", "contribution", "contributes", "supports", "pledge", "fielded"),
    *("above", "below", "further_levels", "others_growth", "lobbying", "mood", "unmet"),
)
"""What changes of a nation from round to round, and is counted or explains what is."""


def simulate_one_by_one(case: Case, seed: int, runs: range, *, sink: Sink, keep: Keep) -> Tally:
    """Simulate a range of runs with `CoalitionModel`, counting and keeping what the ensemble does.

    Parameters
    ----------
    case
        The scenario and what it is run with.
    seed, runs, sink, keep
        As for `sim.model.ensemble.simulate`.
    """
    setup = build_setup(case.scenario, case.roster, case.parameters, case.timeline)
    tally = keep.empty_tally(setup)
    for first in range(runs.start, runs.stop, LANES):
        block = range(first, min(first + LANES, runs.stop))
        _simulate_block([CoalitionModel(case, run=run, seed=seed) for run in block], setup, tally, sink, keep)
    return tally


def _simulate_block(models: list[CoalitionModel], setup: Setup, tally: Tally, sink: Sink, keep: Keep) -> None:
    """Step runs side by side through their rounds, and count them."""
    rounds, number = setup.rounds.size - 1, len(models)
    records = keep.empty_records(number, rounds, setup.nations.size, setup.contingents.size)
    skipped = rounds + 1 - records.stance.shape[1]
    state = empty_state(setup, len(tally.stances))
    for step in range(rounds + 1):
        for lane, model in enumerate(models):
            if step > 0:
                model.step()
            _show(model, state, lane)
            _keep_terms(model, step - skipped, records, lane)
        count_round(state, step, number, 0, tally)
        record_round(state, step - skipped, number, 0, records)
    count_bins(state, 0, number, tally)
    count_end(state, number, 0, tally, records)
    sink(models[0].run, records)


def _show(model: CoalitionModel, state: State, lane: int) -> None:
    """Write down in a lane where a run stands."""
    world = state.world[0]
    if model.round == 0:
        world.behaviour[:, lane] = model.behaviour
        world.ladder[:, lane] = model.ladder
        world.first_met[lane] = math.inf
    world.levels[:, lane] = model.levels
    world.changes[:, lane] = [getattr(model.world, f"{name}_change") for name in LEVERS]
    world.mandate[:, lane] = model.mandate
    for name in (*MOVED, "force", "fielded", "contributors", "force_ratio", "leads_absent"):
        world[name][lane] = getattr(model, name)
    world.members[lane] = model.size
    state.happened[:, lane] = model.happened
    for agent, nation in zip(model.nations, state.nations, strict=True):
        if model.round == 0:
            nation.slopes[:, lane] = [agent.slopes[name] for name in LEVERS]
            nation.at_least[:, lane] = list(agent.at_least.values())
            nation.deployable[lane] = agent.deployable
            nation.first_committed[lane] = math.inf
        nation.perceived[:, lane] = list(agent.perceived.values())
        nation.demands_met[lane] = agent.demands_met
        nation.most_stance[lane] = model.statements[agent.index].most_stance
        for name in CHANGING:
            nation[name][lane] = getattr(agent, name)


def _keep_terms(model: CoalitionModel, at: int, records: Records, lane: int) -> None:
    """Keep what nations weighed in the round, if asked; since then they have decided."""
    if records.terms.size and at >= 0:
        records.terms[lane, at] = [agent.terms for agent in model.nations]
        records.predisposition[lane, at] = [agent.predisposition for agent in model.nations]
