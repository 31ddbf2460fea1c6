"""The Mesa model and the ensemble give the same bits; so does the ensemble however it is cut up.

Fast: every bundled scenario over its first 13 weeks, two seeds of one run each; random worlds of 38 nations
and of few. Slow: every bundled scenario for 26 weeks (the hindcast and the stand-off to their end), 64 runs
each, spread over four seeds; more random worlds.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal
from random_worlds import LARGEST, RUN, SEED, scenarios, small_worlds
from worlds import ensemble, finished, history, setup_of, small_case, write_roster

import sim.model.ensemble
from sim.declarations.levels import MOVED
from sim.declarations.records import Terms
from sim.declarations.words import Stance
from sim.inputs.bundled import bundled_scenarios
from sim.inputs.case import Case, load_case
from sim.inputs.parameters import DECLARED
from sim.model import rules
from sim.model.coalition import CoalitionModel
from sim.model.ensemble import SHARED_FROM, Execution, Keep, simulate
from sim.model.lanes import BLOCKS, LANES, empty_state
from sim.model.one_by_one import simulate_one_by_one
from sim.model.tally import HOLDS_BACK, RUN_COLUMNS, WORLD_VARIABLES, Records, Tally, bytes_of

SCENARIOS = [*bundled_scenarios()]


def run_row(model: CoalitionModel, stance: Any, frame: Any, required: float) -> dict[str, float]:
    """Return what the ensemble keeps of a run, from what the Mesa model collected."""
    committed = stance == Stance.COMMITTED
    met = np.flatnonzero(frame["force"].to_numpy() >= required)
    return {
        **frame.iloc[-1][["contributors", "force", "fielded", *MOVED]].to_dict(),
        "size": committed[-1].sum(),
        "first_round_force_met": met[0] if met.size else np.nan,
        "joined": (committed[-1] & ~committed[0]).sum(),
        "left": (~committed[-1] & committed[0]).sum(),
    }


def assert_same_bits(case: Case, seed: int, runs: range, *, terms: bool = False) -> Records:
    """Run both engines and compare every nation in every round, and the world at the end."""
    records = ensemble(case, seed, runs, terms=terms)[1]
    for row, run in enumerate(runs):
        model = finished(case, seed, run, record_terms=terms)
        stance, propensity = history(model, "stance"), history(model, "propensity")
        told = f"{case.scenario.name}, seed {seed}, run {run}"
        assert_array_equal(records.stance[row], stance, told)
        assert_array_equal(records.propensity[row], propensity, told)
        frame = model.datacollector.get_model_vars_dataframe()
        kept = run_row(model, stance, frame, case.scenario.force_required)
        assert_array_equal(records.runs[row], [kept[name] for name in RUN_COLUMNS], told)
        if terms:
            assert_array_equal(records.predisposition[row], history(model, "predisposition"), told)
            collected = np.array([list(parts) for parts in history(model, "terms").ravel()])
            assert_array_equal(records.terms[row], collected.reshape(records.terms[row].shape), told)
    return records


def assert_same_counts(tally: Tally, other: Tally) -> None:
    for name, counts in tally._asdict().items():
        assert_array_equal(getattr(other, name), counts, name)


def assert_same_all(case: Case, seed: int, runs: range) -> None:
    """Compare all that both engines keep and count, and that of the ensemble cut up at random."""
    tally, records = ensemble(case, seed, runs, terms=True)
    pieces: list[Records] = []
    keep = Keep(trajectories=True, terms=True)
    one_by_one = simulate_one_by_one(case, seed, runs, sink=lambda _, kept: pieces.append(kept), keep=keep)
    cut = Execution(threads=1 + seed % 2, chunk=1 + seed % 3, width=1 + run_of(seed) % 5)
    of_cut, kept_of_cut = ensemble(case, seed, runs, terms=True, execution=cut)
    for counts in (one_by_one, of_cut):
        assert_same_counts(tally, counts)
    whole = Records(*(np.concatenate(parts) for parts in zip(*pieces, strict=True)))
    for kept in (whole, kept_of_cut):
        for name, values in records._asdict().items():
            assert_array_equal(getattr(kept, name), values, name)


def run_of(seed: int) -> int:
    """Return a number that has little to do with another."""
    return (seed * 2654435761 >> 16) % 997


# The bundled scenarios


@pytest.mark.parametrize("name", SCENARIOS)
def test_same_bits_in_a_bundled_scenario(name: str) -> None:
    case = load_case(name, {"rounds": 13})
    assert_same_bits(case, 1, range(1))
    assert_same_bits(case, LARGEST, range(2**40, 2**40 + 1))


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_same_bits_in_64_runs_of_a_bundled_scenario(name: str) -> None:
    full = name in {"hindcast-2025", "stand-off"}
    case = load_case(name, {} if full else {"rounds": 26})
    assert_same_bits(case, 1, range(61))
    for seed in (0, 2**32, LARGEST):
        assert_same_bits(case, seed, range(1000, 1001))


def test_the_stand_off_does_move_what_the_policies_move() -> None:
    # Else its bits would say nothing of the policies.
    model = finished(load_case("stand-off"), seed=1)
    frame = model.datacollector.get_model_vars_dataframe()
    for name in MOVED:
        assert frame[name].nunique() > 5, name


# Random worlds

EUROPE = load_case("brussels-2025-04").roster
UNEXPLAINED = {"phases": list(Phase)[:-1]}


def check_random_world_of_38(case: Case, seed: int, run: int) -> None:
    assert_same_all(case, seed, range(run, run + 2))


IN_EUROPE = given(scenarios(EUROPE.folder, EUROPE.iso3, rounds=6), SEED, RUN)
test_same_bits_in_random_worlds = settings(max_examples=5, **UNEXPLAINED)(IN_EUROPE(check_random_world_of_38))
test_same_bits_in_more_random_worlds = pytest.mark.slow(
    settings(max_examples=60, **UNEXPLAINED)(IN_EUROPE(check_random_world_of_38))
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("rosters")


@settings(max_examples=10, **UNEXPLAINED)
@given(data=st.data(), seed=SEED, run=RUN)
def test_same_bits_in_small_random_worlds(folder: Path, data: Any, seed: int, run: int) -> None:
    assert_same_all(data.draw(small_worlds(folder)), seed, range(run, run + 3))


@pytest.mark.slow
@settings(max_examples=100, **UNEXPLAINED)
@given(data=st.data(), seed=SEED, run=RUN)
def test_same_bits_in_more_random_worlds_of_1_to_40_nations(
    folder: Path, data: Any, seed: int, run: int
) -> None:
    assert_same_all(data.draw(small_worlds(folder, most=40)), seed, range(run, run + 3))


# Compiled or not

EVENTFUL: dict[str, dict[str, Any]] = {
    "AAA": {"position": "committed"},  # leads
    "BBB": {"position": "undecided"},  # leads too, and does not lobby yet
    "CCC": {"position": "open"},  # demands what is not the case, and is else willing
    "DDD": {"position": "open", "troops": 0},
    "EEE": {"position": "open"},
    "FFF": {"position": "open", "approval": "three"},
    "GGG": {"position": "unknown", "distance_to_us": 0.2},
    "HHH": {"position": "opposed", "distance_to_adversary": 50},
}
EVENTS: list[dict[str, Any]] = [
    {"round": 1, "mandate": {"authority": 0.5}},
    {"round": 2, "nations": {"BBB": {"position": "committed"}, "FFF": {"position": "committed"}}},
    {"round": 3, "washington": {"involvement": 0.9}, "mandate": {"clarity": 0.4}, "ceasefire": 1.0},
    {"round": 4, "nations": {"HHH": {"held": "committed"}, "GGG": {"election": 0.5}}, "outbreak": 0.6},
]


@pytest.fixture
def eventful(tmp_path: Path) -> Case:
    """A world in which all happens that a round knows."""
    roster = write_roster(
        tmp_path,
        EVENTFUL,
        leads=["AAA", "BBB"],
        conditions=[("CCC", "authority", 1.0)],
        further={"outbreak": "threat", "blockade": "clarity"},
    )
    return small_case(
        roster,
        rounds=6,
        force_required=1200.0,
        level_half_width=0.1,
        washington={"involvement": 0.2, "policy": "burden_sharing", "reversal": 0.1},
        mandate={"purpose": "reassurance", "clarity": 0.2, "policy": "negotiated", "command": "NATO"},
        moscow={"pressure": 0.5, "policy": "reactive"},
        outbreak=0.2,
        nations={"EEE": {"held": "out"}},
        events=[{"title": "something", **event} for event in EVENTS],
        parameters={"reach": 1.0, "wander": 2.0, "patience": 1.5},
    )


def test_both_engines_count_the_same_in_an_eventful_world(eventful: Case) -> None:
    assert_same_all(eventful, 1, range(16))
    tally = ensemble(eventful, 1, range(16))[0]
    reasons = dict(zip(HOLDS_BACK, tally.held_back.sum(axis=0).tolist(), strict=True))
    assert all(reasons[name] for name in ("nothing_to_send", "held_out", "demands_authority", "waiting"))
    assert tally.force_met[-1] > 0
    assert tally.world[-1, WORLD_VARIABLES.index("fielded"), 1:].any()


@pytest.mark.parametrize("counted", [0, 1, 3, 100])
def test_counting_only_the_last_rounds_counts_these_as_if_all_were_counted(
    eventful: Case, counted: int
) -> None:
    runs: list[Records] = []
    options = {"sink": lambda _, records: runs.append(records), "keep": Keep(counted=counted)}
    tally, records = ensemble(eventful, 1, range(16))
    rows = tally.stances.shape[0]
    by_round = ("first_met", "first_joined", "held_back", "moves", "flows")
    expected = Tally(
        *(
            counts if name in by_round else counts[max(rows - counted, 0) :]
            for name, counts in tally._asdict().items()
        )
    )
    assert_same_counts(expected, simulate(setup_of(eventful), 1, range(16), **options))
    assert_same_counts(expected, simulate_one_by_one(eventful, 1, range(16), **options))
    assert_array_equal(runs[0].runs, records.runs)
    assert_array_equal(np.concatenate([each.runs for each in runs[1:]]), records.runs)


@pytest.mark.parametrize("recorded", [0, 1, 3, 100])
def test_recording_only_the_last_rounds_records_these_as_if_all_were_recorded(
    eventful: Case, recorded: int
) -> None:
    keep = Keep(trajectories=True, terms=True, recorded=recorded)
    _, every = ensemble(eventful, 1, range(16), terms=True)
    rows = max(every.stance.shape[1] - recorded, 0)
    expected = Records(every.runs, *(part[:, rows:] for part in every[1:]))
    runs: list[Records] = []
    simulate(setup_of(eventful), 1, range(16), sink=lambda _, records: runs.append(records), keep=keep)
    simulate_one_by_one(eventful, 1, range(16), sink=lambda _, records: runs.append(records), keep=keep)
    for records in runs:
        for part, same in zip(records, expected, strict=True):
            assert_array_equal(part, same)


@pytest.mark.slow
def test_the_compiled_loops_count_the_same_where_they_are_read_as_python() -> None:
    # So they can be stepped through with a debugger; NumPy tells of overflows, which draws are made of.
    test = f"{__file__}::{test_both_engines_count_the_same_in_an_eventful_world.__name__}"
    options = ["-W", "ignore:overflow encountered:RuntimeWarning", "-p", "no:mpl", "--override-ini=addopts="]
    subprocess.run(  # noqa: S603
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, test],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        stdout=subprocess.PIPE,
        check=True,
    )


# Terms


@pytest.mark.parametrize("name", ["hindcast-2025", "stand-off"])
def test_predisposition_and_terms_add_up_to_the_propensity(name: str) -> None:
    records = assert_same_bits(load_case(name, {"rounds": 30}), 5, range(2), terms=True)
    for place in np.ndindex(records.propensity.shape):
        parts = Terms(*records.terms[place].tolist())
        assert float(records.predisposition[place]) + rules.total(parts) == records.propensity[place]


# Draws of parameters, and of what past coalitions teach

DRAWS = {"reach": [0.0, 0.5, 2.0], "wander": [0.0, 1.0, 3.0], "patience": [0.0, 3.0, 7.5]}


@pytest.fixture
def posterior(tmp_path: Path) -> Path:
    path = tmp_path / "posterior.parquet"
    pq.write_table(pa.table(DRAWS), path)
    return path


def test_run_k_uses_row_k_modulo_rows_of_a_posterior(posterior: Path) -> None:
    case = load_case("us-backstop", {"rounds": 6}, posterior)
    records = assert_same_bits(case, 1, range(7))
    for run in range(7):
        levers = {f"parameters.{name}": values[run % 3] for name, values in DRAWS.items()}
        point = load_case("us-backstop", {"rounds": 6, **levers}, DECLARED)
        alone = ensemble(point, 1, range(run, run + 1))[1]
        assert_array_equal(records.propensity[run], alone.propensity[0])


def test_run_k_uses_row_k_modulo_rows_of_what_past_coalitions_teach() -> None:
    case = load_case("us-backstop", {"rounds": 4})
    setup = setup_of(case)
    draws = len(setup.disposition)
    assert draws == len(setup.slopes) == 2000
    for run in (0, 1, 1999, 2000, 4003):
        nations = CoalitionModel(case, run=run, seed=1).nations
        assert [each.disposition for each in nations] == setup.disposition[run % draws].tolist()
        assert [list(each.slopes.values()) for each in nations] == setup.slopes[run % draws].tolist()
    assert_same_bits(case, 1, range(1999, 2002), terms=True)


# However the ensemble is cut up


@pytest.fixture(scope="module")
def whole() -> Any:
    case = load_case("stand-off", {"rounds": 12})
    return case, ensemble(case, 3, range(5, 105), terms=True)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("chunk", [1, 7, 64])
@pytest.mark.parametrize("width", [1, 3, 32, 64])
def test_threads_chunks_and_lanes_change_nothing(whole: Any, threads: int, chunk: int, width: int) -> None:
    case, (tally, records) = whole
    cut = Execution(threads=threads, chunk=chunk, width=width)
    got_tally, got_records = ensemble(case, 3, range(5, 105), terms=True, execution=cut)
    for name, counts in tally._asdict().items():
        assert_array_equal(getattr(got_tally, name), counts, name)
    for name, kept in records._asdict().items():
        assert_array_equal(getattr(got_records, name), kept, name)


def test_runs_of_more_blocks_than_are_counted_at_once_change_nothing() -> None:
    case, runs = load_case("stand-off", {"rounds": 3}), range(2 * BLOCKS * LANES + LANES + 1)
    tally = ensemble(case, 3, runs)[0]
    assert (tally.propensities.sum(axis=-1) == len(runs)).all()
    assert_same_counts(tally, ensemble(case, 3, runs, execution=Execution(threads=1, chunk=100))[0])


def test_threads_that_share_their_bins_count_what_one_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rounds, so that they often want the same one; each has its turn."""
    case, runs = load_case("stand-off", {"rounds": 2}), range(6000)
    alone = ensemble(case, 3, runs)[0]
    monkeypatch.setattr(sim.model.ensemble, "SHARED_FROM", 0)
    for chunk in (40, 512):
        shared = ensemble(case, 3, runs, execution=Execution(threads=8, chunk=chunk))[0]
        assert_same_counts(alone, shared)


def test_long_runs_are_binned_fewer_at_a_time_and_counted_all_the_same() -> None:
    case, runs = load_case("us-backstop", {"rounds": 1500}), range(9 * LANES)
    setup = setup_of(case)
    assert empty_state(setup, 1501).bins.shape[2] < empty_state(setup, 53).bins.shape[2] == BLOCKS
    counts = [
        simulate(setup, 3, runs, sink=lambda *_: None, keep=Keep(), execution=Execution(threads, 64))
        for threads in (1, 2)
    ]
    assert bytes_of(counts[0]) > SHARED_FROM
    assert (counts[0].propensities.sum(axis=-1) == len(runs)).all()
    assert (counts[0].world.sum(axis=-1) == len(runs)).all()
    assert_same_counts(*counts)


def test_the_runs_of_a_posterior_may_be_cut_up_too(posterior: Path) -> None:
    case = load_case("stand-off", {"rounds": 6}, posterior)
    whole = ensemble(case, 1, range(50))
    cut = ensemble(case, 1, range(50), execution=Execution(threads=2, chunk=7, width=3))
    assert_array_equal(cut[1].propensity, whole[1].propensity)
    assert_array_equal(cut[0].sizes, whole[0].sizes)
