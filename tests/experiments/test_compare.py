"""Comparisons of scenarios: paired differences, known by hand, by simulation and by the runs themselves."""

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from sim.experiments.comparison import compare as module
from sim.experiments.comparison.compare import compare, plan_comparison
from sim.experiments.comparison.paired import PairedSums, compare_means, compare_shares, share_difference
from sim.experiments.comparison.result import Comparison
from sim.experiments.comparison.runs import CasesAndRuns, ComparisonPlan, add_up_runs, outcomes_of
from sim.experiments.resumable import run_parts
from sim.experiments.run import run
from sim.experiments.runs import Runs
from sim.inputs.case import load_case
from sim.inputs.errors import InputError
from sim.model.tally import RUN_COLUMNS, Records, empty_records

A, B = "brussels-2025-04", "us-backstop"
NUMBERS = ["reference", "value", "difference", "difference_low", "difference_high", "unpaired_runs"]


@pytest.fixture(scope="module")
def backstop() -> Comparison:
    return compare([A, B], runs=300)


def sums(reference: list[float], other: list[float]) -> PairedSums:
    """Return the sums of two outcomes of the same runs, one column."""
    a, b = np.array([reference]).T, np.array([other]).T
    return PairedSums(*(each.sum(axis=0) for each in (a, a * a, b, b * b, a * b)))


# By hand


def test_a_share_that_holds_in_7_of_10_runs_against_3() -> None:
    # Both: 2 runs; only the reference: 1; only the other: 5; neither: 2.
    shares = compare_shares(sums([1] * 2 + [1] + [0] * 5 + [0] * 2, [1] * 2 + [0] + [1] * 5 + [0] * 2), 10)
    assert (shares.reference.estimate, shares.value.estimate) == (0.3, 0.7)
    assert shares.difference.estimate == pytest.approx([0.4])
    # Agresti & Min: (5 - 1) / 12 +- 1.96 sqrt(((5 + 1 + 1) - (5 - 1)^2 / 12) / 12^2)
    margin = 1.959964 * math.sqrt((7 - 16 / 12) / 144)
    assert shares.difference.low == pytest.approx([4 / 12 - margin], abs=1e-6)
    assert shares.difference.high == pytest.approx([4 / 12 + margin], abs=1e-6)
    # Variances a run: 0.3 * 0.7 apart, twice; of the differences (5 + 1) / 10 - 0.4^2 = 0.44.
    assert shares.unpaired_runs == pytest.approx([10 * 0.42 / 0.44])


def test_a_mean_of_four_runs() -> None:
    means = compare_means(sums([1, 2, 3, 4], [2, 4, 4, 6]), 4)  # differences 1, 2, 1, 2
    assert means.difference.estimate == [1.5]
    # variance 0.25, over n - 1 = 3
    assert means.difference.high - 1.5 == pytest.approx([1.959964 * math.sqrt(0.25 / 3)], abs=1e-6)
    # variances 1.25 and 2 apart, 0.25 paired
    assert means.unpaired_runs == pytest.approx([4 * 3.25 / 0.25])


@pytest.mark.parametrize(
    ("other", "needed"),
    [([0, 1, 0, 1], math.inf), ([1, 2, 1, 2], math.inf), ([1, 0, 1, 0], 4 * 0.5 / 1.0)],
    ids=["the same", "always one more", "always the opposite"],
)
def test_unpaired_runs_where_runs_agree_wholly_or_not_at_all(other: list[float], needed: float) -> None:
    assert compare_means(sums([0, 1, 0, 1], other), 4).unpaired_runs == [needed]


def test_unpaired_runs_are_missing_where_nothing_varies() -> None:
    assert np.isnan(compare_means(sums([2, 2, 2], [5, 5, 5]), 3).unpaired_runs)


@pytest.mark.parametrize(("lost", "won"), [(0, 0), (0, 50), (50, 0), (1, 0), (20, 20)])
def test_an_interval_of_a_share_holds_its_estimate_and_is_never_without_width(lost: int, won: int) -> None:
    estimate, low, high = share_difference(lost, won, 50)
    again = share_difference(10 * lost, 10 * won, 500, independent=50)
    assert np.array(again) == pytest.approx(np.array((estimate, low, high)))
    assert -1 <= low <= estimate <= high <= 1
    assert low < high


def records(stance: list[list[list[int]]], force: list[float]) -> Records:
    """Return records of runs with these stances [run, round, nation] and forces at the end.

    Whoever is open contributes something; a third of the force is in the field.
    """
    stances = np.array(stance, dtype=np.int8)
    given = empty_records(*stances.shape, trajectories=True, terms=False)
    given.stance[:] = stances
    given.runs[:] = 0.0
    given.runs[:, RUN_COLUMNS.index("size")] = (stances[:, -1] == 3).sum(axis=1)
    given.runs[:, RUN_COLUMNS.index("contributors")] = (stances[:, -1] >= 2).sum(axis=1)
    given.runs[:, RUN_COLUMNS.index("force")] = force
    given.runs[:, RUN_COLUMNS.index("fielded")] = np.array(force) / 3
    return given


def test_the_outcomes_of_a_run() -> None:
    # From the start; joins in round 2; joins in round 1 and leaves; never.
    stance = [[3, 2, 2, 0], [3, 2, 3, 1], [3, 3, 2, 2]]
    (row,) = outcomes_of(records([stance], [999.7]), force_required=1000)
    committed, joined, (size, contributors, force, fielded, met) = row[:4], row[4:8], row[8:]
    assert committed.tolist() == [1, 1, 0, 0]
    assert joined.tolist() == [0, 2, 1, 2]  # never counts as the horizon
    assert (size, contributors, fielded) == (2, 4, 333)
    assert (force, met) == (1000, 0)  # whole soldiers, but enough is judged before rounding


# By simulation


def correlated(generator: np.random.Generator, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Return outcomes of runs under two scenarios that share two thirds of their draws."""
    common = generator.normal(size=shape) * math.sqrt(2)
    return common + generator.normal(size=shape), common + 0.4 + 1.3 * generator.normal(size=shape)


def column_sums(a: np.ndarray, b: np.ndarray) -> PairedSums:
    """Return sums over the first axis: runs."""
    a, b = a.astype(float), b.astype(float)
    return PairedSums(*(each.sum(axis=0) for each in (a, a * a, b, b * b, a * b)))


@pytest.mark.parametrize("number", [20, 200])
@pytest.mark.parametrize("cut", [0.0, 2.0, 3.5])
def test_intervals_of_shares_hold_the_true_difference_19_times_in_20(number: int, cut: float) -> None:
    many = 20_000
    a, b = (outcome > cut for outcome in correlated(np.random.default_rng(7), (number, many)))
    truth = 0.5 * (
        math.erf((cut - 0) / math.sqrt(2 * 3)) - math.erf((cut - 0.4) / math.sqrt(2 * (2 + 1.3**2)))
    )
    _, low, high = compare_shares(column_sums(a, b), number).difference
    assert np.mean((low <= truth) & (truth <= high)) > 0.94


def test_intervals_of_means_hold_the_true_difference_19_times_in_20() -> None:
    a, b = correlated(np.random.default_rng(8), (200, 20_000))
    # Whole numbers, as outcomes are; rounding to thousandths moves the mean by nothing that counts.
    _, low, high = compare_means(column_sums(np.rint(a * 1000), np.rint(b * 1000)), 200).difference
    assert np.mean((low <= 400) & (high >= 400)) == pytest.approx(0.95, abs=0.006)


def test_so_many_unpaired_runs_tell_a_difference_as_precisely() -> None:
    number, many = 100, 40_000
    generator = np.random.default_rng(9)
    a, b = correlated(generator, (number, many))
    paired = (b - a).mean(axis=0).std()
    needed = round(float(compare_means(column_sums(a, b), number).unpaired_runs.mean()))
    assert needed > 2 * number
    one, _ = correlated(generator, (needed, 4000))
    _, other = correlated(generator, (needed, 4000))
    assert (other.mean(axis=0) - one.mean(axis=0)).std() == pytest.approx(paired, rel=0.04)


# Against the runs themselves


def test_it_agrees_with_running_both_and_pairing_by_run(backstop: Comparison) -> None:
    a, b = (run(name, runs=300, trajectories=True) for name in (A, B))
    assert a.runs is not None
    assert b.runs is not None
    measured = {
        "size": b.runs["size"] - a.runs["size"],
        "force": b.runs["force"].round() - a.runs["force"].round(),
    }
    table = backstop.coalition.set_index("measure")
    for measure, difference in measured.items():
        row = table.loc[measure]
        margin = 1.959964 * difference.std() / math.sqrt(300)
        assert row["difference"] == pytest.approx(difference.mean())
        assert row["difference_high"] - row["difference"] == pytest.approx(margin, rel=1e-6)
    for name, result in (("reference", a), ("value", b)):
        end = result.rounds.iloc[-1]
        assert table.loc["force", name] == pytest.approx(end["force_mean"], abs=0.5)
        assert table.loc["p_force_met", name] == end["p_force_met"]
        assert table.loc["p_force_met", f"{name}_high"] == end["p_force_met_high"]


def test_nations_agree_with_running_both_and_pairing_by_run(backstop: Comparison) -> None:
    a, b = (joined_and_in(run(name, runs=300, trajectories=True).trajectories) for name in (A, B))
    for measure, column in (("p_committed", "is_in"), ("days_to_joining", "days")):
        rows = backstop.nations[backstop.nations["measure"] == measure].set_index("iso3")
        difference = (b[column] - a[column]).groupby("iso3", observed=True).mean()
        pd.testing.assert_series_equal(
            rows["difference"], difference.reindex(rows.index), check_names=False, check_index_type=False
        )


def joined_and_in(trajectories: pd.DataFrame | None) -> pd.DataFrame:
    """Return, by nation and run, whether it is in at the end and days to joining, told another way."""
    assert trajectories is not None
    table = trajectories.assign(iso3=trajectories["iso3"].astype(str))
    last = table["round"].max()
    is_in = table[table["round"] == last].set_index(["iso3", "run"])["stance"] == 3
    first = table[table["stance"] == 3].groupby(["iso3", "run"])["round"].min()
    days = first.reindex(is_in.index).fillna(last) * 7.0
    return pd.DataFrame({"is_in": is_in.astype(float), "days": days})


def test_marginals_are_those_of_a_run(backstop: Comparison) -> None:
    rows = backstop.nations[backstop.nations["measure"] == "p_committed"].set_index("iso3")
    for name, scenario in (("reference", A), ("value", B)):
        summary = run(scenario, runs=300).summary
        for theirs, ours in (("p_committed", name), ("p_committed_low", f"{name}_low")):
            assert rows[ours].tolist() == summary[theirs].tolist()


def test_a_scenario_does_not_differ_from_itself() -> None:
    same = compare([A, A], runs=100)
    for table in (same.nations, same.coalition):
        assert (table["difference"] == 0.0).all()
        assert (table["difference_low"] == -table["difference_high"]).all()
        assert table["unpaired_runs"].map(lambda number: math.isinf(number) or math.isnan(number)).all()
    assert same.about.names == (A, f"{A}-2")


def test_a_difference_the_other_way_round_is_its_negative(backstop: Comparison) -> None:
    back = compare([B, A], runs=300)
    for table, other in ((backstop.nations, back.nations), (backstop.coalition, back.coalition)):
        assert (table["difference"] == -other["difference"]).all()
        assert (table["difference_low"] == -other["difference_high"]).all()
        assert table["unpaired_runs"].equals(other["unpaired_runs"])
        assert (table["reference"] == other["value"]).all()


def test_each_of_several_scenarios_is_compared_with_the_first(backstop: Comparison) -> None:
    three = compare([A, "us-troops", B], runs=300)
    assert three.coalition["scenario"].unique().tolist() == ["us-troops", B]
    for table, alone in ((three.nations, backstop.nations), (three.coalition, backstop.coalition)):
        pd.testing.assert_frame_equal(table[table["scenario"] == B].reset_index(drop=True), alone)


def test_overrides_apply_to_all() -> None:
    changed = compare([A, B], runs=50, overrides=["washington.involvement=0.5", "rounds=10"])
    assert all(case.rounds == 10 for case in changed.about.cases)
    assert (changed.nations["difference"] == 0.0).all()


# The same bits


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads_change_nothing(backstop: Comparison, threads: int) -> None:
    again = compare([A, B], runs=300, threads=threads)
    pd.testing.assert_frame_equal(again.nations, backstop.nations, check_exact=True)
    pd.testing.assert_frame_equal(again.coalition, backstop.coalition, check_exact=True)


@pytest.mark.parametrize("chunk", [pytest.param(7, marks=pytest.mark.slow), 128])
def test_parts_change_nothing(backstop: Comparison, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.experiments.comparison.runs.CHUNK", chunk)
    again = compare([A, B], runs=300)
    pd.testing.assert_frame_equal(again.nations, backstop.nations, check_exact=True)
    pd.testing.assert_frame_equal(again.coalition, backstop.coalition, check_exact=True)


def test_mesa_gives_the_same(tmp_path: Path, world: Callable[..., Path]) -> None:
    file = world(nations=4, rounds=3)
    changed = load_case(file, ["washington.involvement=0"])
    tables = [
        compare([load_case(file), changed], runs=5, engine=engine).nations for engine in ("mesa", "ensemble")
    ]
    pd.testing.assert_frame_equal(*tables, check_exact=True)


def test_a_single_run_has_no_unpaired_runs_to_tell() -> None:
    table = compare([A, B], runs=1).coalition
    assert table["unpaired_runs"].isna().all()


# Stopped and changed


def test_what_has_changed_is_refused_not_mixed(world: Callable[..., Path], tmp_path: Path) -> None:
    file = world(rounds=52)

    def stopped(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    def plan() -> ComparisonPlan:
        return plan_comparison([file, file], Runs(10))

    with pytest.raises(KeyboardInterrupt):
        run_parts(plan(), tmp_path, progress=stopped)
    file.write_text(file.read_text().replace("rounds = 52", "rounds = 51"))
    with pytest.raises(InputError, match="made before a change of: scenario of world, scenario of world-2;"):
        run_parts(plan(), tmp_path)


def test_it_goes_on_where_it_was_stopped(
    tmp_path: Path, world: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = world()
    plan = plan_comparison([file, file, file], Runs(5000))
    assert plan.parts > 5
    assert sum(map(plan.runs_in, range(plan.parts))) == plan.total_runs == 15000
    told: list[int] = []

    def stop_after_three(done: int, _total: int) -> None:
        told.append(done)
        if len(told) > 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_parts(plan, tmp_path / "stopped", progress=stop_after_three)
    there = {int(part.stem) for part in plan.folder(tmp_path / "stopped").glob("parts/*.parquet")}
    computed: list[range] = []

    def noted(asked: CasesAndRuns, runs: range) -> pa.Table:
        computed.append(runs)
        return add_up_runs(asked, runs)

    monkeypatch.setattr("sim.experiments.comparison.runs.add_up_runs", noted)
    folder = run_parts(plan, tmp_path / "stopped", resume=True)
    missing = set(range(plan.parts)) - there
    assert sorted(runs.start for runs in computed) == [plan.task(part).start for part in sorted(missing)]
    whole = run_parts(plan, tmp_path / "whole")
    assert (folder / "sums.parquet").read_bytes() == (whole / "sums.parquet").read_bytes()


# Mistakes


def test_one_scenario_is_not_enough() -> None:
    with pytest.raises(InputError, match="two scenarios or more"):
        compare([A])


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("rounds=10", "--set rounds=10: is 10, but 52 in brussels-2025-04"),
        ("start=2025-05-10", "start=2025-05-10: is 2025-05-10, but 2025-04-10"),
        ("days_per_round=14", "days_per_round=14: is 14, but 7"),
    ],
)
def test_horizons_must_agree(override: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        compare([load_case(A), load_case(B, [override])])
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_nations_must_be_the_same(world: Callable[..., Path]) -> None:
    with pytest.raises(InputError, match=r"roster: its nations are not those of brussels-2025-04.*, \.\.\."):
        compare([A, load_case(world(nations=4, rounds=52))])


def test_progress_counts_the_runs_of_all(world: Callable[..., Path]) -> None:
    case = load_case(world(nations=4, rounds=3))
    told: list[int] = []
    module.compare_cases([case, case, case], Runs(700), told.append)
    assert sum(told) == 2100


@pytest.mark.parametrize("name", NUMBERS)
def test_tables_have_a_row_a_scenario_measure_and_nation(backstop: Comparison, name: str) -> None:
    nations = len(backstop.about.cases[0].nations)
    assert len(backstop.nations) == 2 * nations
    assert name in backstop.nations.columns
    assert backstop.coalition["measure"].tolist() == [
        *("size", "contributors", "force", "fielded"),
        "p_force_met",
    ]
    assert (backstop.nations["runs"] == 300).all()
