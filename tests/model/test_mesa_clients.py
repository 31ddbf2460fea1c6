"""What Mesa's own tools make of the model: batch_run, the data collector, agents by type.

Mesa 3.3 asks batch_run for `iterations`; Mesa 3.5, which newer Pythons get, for `rng`: a seed a replicate,
handed to the model as its `seed`. Both are right as long as the model is.
"""

import ast
import inspect
import pickle
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np
import pytest
from numpy.testing import assert_array_equal
from worlds import ensemble, history

from sim.declarations.levels import MOVED
from sim.inputs.case import load_case
from sim.inputs.errors import InputError
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


def test_levers_change_a_case_that_has_been_read_as_they_change_a_file() -> None:
    case = load_case("brussels-2025-04", {"rounds": 1})
    model = CoalitionModel(case, seed=1, washington__involvement=0.6)
    model.run_model()
    assert model.involvement == 0.6


@pytest.mark.slow
def test_processes_change_nothing() -> None:
    parameters = {**BRIEF, "run": range(4)}
    assert by(seeded(7, parameters, number_processes=2), "run") == by(seeded(7, parameters), "run")


def test_rows_tell_the_seed_with_which_they_are_made_again() -> None:
    rows = replicates(2, BRIEF)
    seeds = {row["iteration"]: row["seed"] for row in rows}
    model = CoalitionModel("us-backstop", seed=seeds[1], rounds=ROUNDS)
    model.run_model()
    assert_array_equal(history(model, "propensity")[-1], by(rows, "iteration")[1,])


class Extended(CoalitionModel):
    """A model of a user's own, whose signature names no seed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)


@pytest.mark.parametrize("model", [CoalitionModel, Extended])
def test_iterations_that_would_be_the_same_run_are_refused(model: type[CoalitionModel]) -> None:
    how = {"rng": [3, 4, 4]} if HAS_RNG else {"iterations": 3}
    parameters = BRIEF if HAS_RNG else {**BRIEF, "seed": 4}
    with pytest.raises(InputError, match=r'one seed, 4, .* ask for replicates as runs .* "run": range\(3\)'):
        mesa.batch_run(model, parameters, display_progress=False, **how)


@pytest.mark.skipif(HAS_RNG, reason="processes do not know the seeds of other iterations")
def test_in_a_process_of_a_pool_too() -> None:
    from mesa.batchrunner import _model_run_func  # what a process of the pool is given

    given = {**BRIEF, "seed": 4}
    assert _model_run_func(CoalitionModel, (0, 0, given), 1000, -1)
    with pytest.raises(InputError, match="one seed, 4"):
        _model_run_func(CoalitionModel, (1, 1, given), 1000, -1)


@pytest.mark.skipif(not HAS_RNG, reason="seeds are parameters like others")
def test_a_seed_that_batch_run_would_replace_is_refused() -> None:
    with pytest.raises(InputError, match=r"seed: would be replaced: .* rng=\[1\]"):
        mesa.batch_run(CoalitionModel, {**BRIEF, "seed": 1}, display_progress=False)


def test_seeds_may_differ_between_runs_of_an_iteration() -> None:
    how = {"rng": [4, 5]} if HAS_RNG else {}
    parameters = {**BRIEF, "run": range(2)} | ({} if HAS_RNG else {"seed": [4, 5]})
    rows = mesa.batch_run(CoalitionModel, parameters, display_progress=False, **how)
    assert len(by(rows, "seed", "run")) == 4


# Steps


def test_a_step_is_a_round() -> None:
    model = CoalitionModel(seed=1, rounds=3)
    for number in range(1, 3):
        model.step()
        assert model.steps == model.round == number
    model.run_model()
    assert model.steps == model.round == 3


def test_after_the_last_round_nothing_happens() -> None:
    model = CoalitionModel(seed=1, rounds=1)
    model.run_model()
    model.step()
    assert model.steps == model.round == 1
    assert len(model.datacollector.get_model_vars_dataframe()) == 2


# A page of Mesa's, SolaraViz


def _of_mesas_pages(*names: str) -> SimpleNamespace:
    """Return functions of Mesa's pages as this Mesa has them; their module needs Solara, they do not."""
    file = Path(mesa.__file__).with_name("visualization") / "solara_viz.py"
    tree = ast.parse(file.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in names]
    namespace: dict[str, Any] = {"inspect": inspect, "Any": Any, "Model": mesa.Model, "Scenario": object}
    exec(compile(tree, str(file), "exec"), namespace)  # noqa: S102
    return SimpleNamespace(**{name: namespace.get(name) for name in names})


@pytest.mark.parametrize(
    "parameters",
    [{}, {"scenario": "us-backstop", "seed": 1, "washington__involvement": {"type": "SliderFloat"}}],
)
def test_the_page_takes_levers_as_parameters(parameters: dict[str, Any]) -> None:
    page = _of_mesas_pages("_check_model_params", "_get_scenario_defaults")
    page._check_model_params(CoalitionModel.__init__, parameters)


def test_the_page_starts_again_with_the_scenario_that_was_chosen() -> None:
    build = _of_mesas_pages("_build_model_init_kwargs", "_get_scenario_defaults")._build_model_init_kwargs
    chosen, model = {"scenario": "us-backstop", "seed": 1}, CoalitionModel("us-backstop", seed=1, rounds=1)
    how = {"add_scenario_when_empty": True, "require_model_accepts_scenario": True}
    again = build(model, chosen, **how) if build else chosen  # Mesa 3.3 takes the parameters as they are
    assert type(model)(**again, rounds=1).case.scenario.title == model.case.scenario.title


# Seeds


def test_seed_and_rng_mean_the_same() -> None:
    assert CoalitionModel(rng=4, rounds=1).seed == CoalitionModel(seed=4, rounds=1).seed == 4
    with pytest.raises(InputError, match="rng: give seed or rng"):
        CoalitionModel(seed=4, rng=4)


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
