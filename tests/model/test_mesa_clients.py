"""What Mesa's own tools make of the model: batch_run, the data collector, agents by type.

Mesa 3.3 asks batch_run for `iterations`; Mesa 3.5, which newer Pythons get, for `rng`: a seed a replicate,
handed to the model as its `seed`. Both are right as long as the model is.
"""

import inspect
import pickle
from collections import defaultdict
from typing import Any

import mesa
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from worlds import ensemble, history

from sim.declarations.levels import MOVED
from sim.inputs.case import load_case
from sim.model.agents import Adversary, NationAgent, Patron
from sim.model.coalition import AGENT_REPORTERS, MODEL_REPORTERS, CoalitionModel

ROUNDS = 5
HAS_RNG = "rng" in inspect.signature(mesa.batch_run).parameters
BRIEF = {"scenario": "us-backstop", "rounds": ROUNDS}


def replicates(count: int, parameters: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    """Let batch_run make replicates without saying how they are seeded."""
    how = {"rng": [None] * count} if HAS_RNG else {"iterations": count}
    return mesa.batch_run(CoalitionModel, parameters, display_progress=False, **how, **options)


def seeded(seed: int, parameters: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
    """Let batch_run run every combination of the parameters with a seed."""
    if HAS_RNG:
        return mesa.batch_run(CoalitionModel, parameters, display_progress=False, rng=[seed], **options)
    return mesa.batch_run(CoalitionModel, {**parameters, "seed": seed}, display_progress=False, **options)


def by(rows: list[dict[str, Any]], *keys: str) -> dict[tuple[Any, ...], list[float]]:
    """Return the propensities of the nations, in the order of their codes, by the values of some columns."""
    found: dict[tuple[Any, ...], list[tuple[str, float]]] = defaultdict(list)
    for row in rows:
        if row["iso3"] is not None:
            found[tuple(row[key] for key in keys)].append((row["iso3"], row["propensity"]))
    return {key: [propensity for _, propensity in sorted(values)] for key, values in found.items()}


# batch_run


def test_without_a_seed_each_replicate_is_another() -> None:
    found = by(replicates(3, BRIEF), "iteration")
    assert len(found) == 3
    assert len(set(map(tuple, found.values()))) == 3


def test_with_a_seed_runs_are_exactly_those_of_the_ensemble() -> None:
    found = by(seeded(7, {**BRIEF, "run": range(4)}), "run")
    records = ensemble(load_case("us-backstop", {"rounds": ROUNDS}), 7, range(4))[1]
    assert [*found] == [(0,), (1,), (2,), (3,)]
    assert_array_equal([*found.values()], records.propensity[:, -1])


def test_what_is_collected_at_the_end_is_the_last_round() -> None:
    rows = seeded(7, BRIEF)
    assert {row["round"] for row in rows} == {ROUNDS}


def test_every_round_may_be_collected_from_round_0_on() -> None:
    rows = seeded(7, BRIEF, data_collection_period=1)
    found = by(rows, "round")
    records = ensemble(load_case("us-backstop", {"rounds": ROUNDS}), 7, range(1))[1]
    assert [*found] == [(n,) for n in range(ROUNDS + 1)]
    assert_array_equal([*found.values()], records.propensity[0])


def test_levers_are_parameters() -> None:
    levels = [0.1, 0.5, 1.0]
    rows = seeded(7, {"washington__involvement": levels, "rounds": ROUNDS, "run": range(2)})
    seen = {(row["washington__involvement"], row["involvement"]) for row in rows}
    assert seen == {(level, level) for level in levels}
    found = by(rows, "washington__involvement")
    direct = load_case("brussels-2025-04", {"washington.involvement": 1.0, "rounds": ROUNDS})
    last = ensemble(direct, 7, range(2))[1].propensity[:, -1]
    assert_array_equal(sorted(found[1.0,]), sorted(last.ravel()))


def test_levers_with_dots_say_the_same() -> None:
    dots = CoalitionModel(seed=1, **{"washington.involvement": 0.6, "rounds": 2})
    underscores = CoalitionModel(seed=1, washington__involvement=0.6, rounds=2)
    for model in (dots, underscores):
        model.run_model()
    assert dots.involvement == underscores.involvement == 0.6
    assert_array_equal(history(dots, "propensity"), history(underscores, "propensity"))


@pytest.mark.slow
def test_processes_change_nothing() -> None:
    parameters = {**BRIEF, "run": range(4)}
    assert by(seeded(7, parameters, number_processes=2), "run") == by(seeded(7, parameters), "run")


# Seeds


def test_a_fresh_seed_is_kept_and_gives_the_run_again() -> None:
    first = CoalitionModel(rounds=3)
    again, other = CoalitionModel(seed=first.seed, rounds=3), CoalitionModel(rounds=3)
    for model in (first, again, other):
        model.run_model()
    assert_array_equal(history(again, "propensity"), history(first, "propensity"))
    # In round 0 two runs may have read alike; after it moods differ.
    assert (history(other, "propensity")[1:] != history(first, "propensity")[1:]).all()


def test_mesas_own_random_numbers_play_no_part() -> None:
    calm, disturbed = (CoalitionModel(seed=1, rounds=3) for _ in range(2))
    while calm.running:
        calm.step()
        disturbed.random.random()
        disturbed.rng.random()
        disturbed.step()
    assert_array_equal(history(calm, "propensity"), history(disturbed, "propensity"))


# Agents


def test_agents_are_found_by_type() -> None:
    model = CoalitionModel(seed=1)
    counts = {kind: len(agents) for kind, agents in model.agents_by_type.items()}
    assert counts == {Patron: 1, Adversary: 1, NationAgent: 38}
    assert len(model.agents) == 40


def test_nations_can_be_asked_as_mesa_asks() -> None:
    model = CoalitionModel(seed=1)
    nations = model.agents_by_type[NationAgent]
    committed = nations.select(lambda agent: agent.stance == 3)
    assert sorted(committed.get("iso3")) == sorted(agent.iso3 for agent in model.coalition)
    assert committed.agg("pledge", sum) == pytest.approx(model.force)
    assert nations.get("iso3") == sorted(nations.get("iso3"))


def test_the_leads_are_those_of_the_roster() -> None:
    model = CoalitionModel(seed=1)
    assert [agent.iso3 for agent in model.nations if agent.leads] == ["FRA", "GBR"]


# The data collector


def test_the_frame_of_the_model_has_a_row_a_round() -> None:
    model = CoalitionModel("stand-off", seed=1, rounds=ROUNDS)
    model.run_model()
    frame = model.datacollector.get_model_vars_dataframe()
    assert tuple(frame.columns) == MODEL_REPORTERS
    assert frame["round"].tolist() == [*range(ROUNDS + 1)]
    committed = history(model, "stance") == 3
    assert_array_equal(frame["size"], committed.sum(axis=1))
    assert_array_equal(frame["force"], np.cumsum(history(model, "pledge"), axis=1)[:, -1])
    assert frame["size"].iloc[-1] == model.size
    assert (frame["fielded"] <= frame["force"] / 3).all()
    assert (frame["contributors"] >= frame["size"]).all()
    for name in MOVED:
        assert frame[name].between(0, 1).all()
        assert frame[name].iloc[-1] == getattr(model, name)


def test_the_frame_of_agents_has_every_nation_in_every_round() -> None:
    model = CoalitionModel(seed=1, rounds=ROUNDS)
    model.run_model()
    frame = model.datacollector.get_agent_vars_dataframe()
    assert tuple(frame.columns) == AGENT_REPORTERS
    nations = frame[frame["iso3"].notna()]
    assert nations.groupby("iso3").size().tolist() == [ROUNDS + 1] * 38


def test_what_was_collected_does_not_change_afterwards() -> None:
    model = CoalitionModel("grand-bargain", seed=1, rounds=ROUNDS, record_terms=True)
    start = pickle.dumps([history(model, name) for name in ("stance", "propensity", "terms")])
    model.run_model()
    kept = [history(model, name)[:1] for name in ("stance", "propensity", "terms")]
    for before, after in zip(pickle.loads(start), kept, strict=True):  # noqa: S301 - made above
        assert np.array_equal(before, after)


def test_terms_are_kept_only_if_asked_for() -> None:
    with_terms = CoalitionModel(seed=1, rounds=1, record_terms=True)
    frame = with_terms.datacollector.get_agent_vars_dataframe()
    assert tuple(frame.columns) == (*AGENT_REPORTERS, "predisposition", "terms")
