"""Running a scenario many times, and the tables that the runs add up to."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from scipy.stats import binom

import sim
from sim.declarations.records import Terms
from sim.declarations.words import Stance
from sim.experiments.statistics import share
from sim.inputs.errors import InputError
from sim.inputs.parameters import DECLARED
from sim.model.rules import MOST_DEPLOYED

BASELINE = "brussels-2025-04"
TABLES = ("nations", "rounds", "runs", "summary", "moves", "flows", "kinds")


def assert_same_tables(one: "sim.RunResult", other: "sim.RunResult") -> None:
    for name in TABLES:
        assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True, obj=name)


# --- the tables --------------------------------------------------------------------------------------


def test_the_nations_table_has_a_row_a_round_and_nation(baseline: "sim.RunResult") -> None:
    table = baseline.nations
    promised = "iso3 round date p_opposed p_undecided p_open p_committed willingness_q05 willingness_q50 "
    assert set(f"{promised} willingness_q95 troops_mean".split()) <= set(table)
    assert len(table) == 53 * 38
    assert not table.duplicated(["iso3", "round"]).any()
    assert table["date"].iloc[0] == pd.Timestamp("2025-04-10")
    assert table["date"].iloc[-1] == pd.Timestamp("2026-04-09")
    assert table.notna().all(axis=None)


def test_the_other_tables_have_a_row_a_round_a_run_and_a_nation(baseline: "sim.RunResult") -> None:
    assert baseline.rounds["round"].tolist() == list(range(53))
    assert baseline.runs["run"].tolist() == list(range(300))
    assert baseline.summary.index.tolist() == list(baseline.case.roster.iso3)
    assert len(baseline.trajectories) == 300 * 53 * 38
    assert list(baseline.trajectories) == ["run", "round", "iso3", "stance", "propensity"]


def test_shares_of_the_four_stances_add_up_to_one(baseline: "sim.RunResult") -> None:
    shares = baseline.nations[["p_opposed", "p_undecided", "p_open", "p_committed"]]
    assert shares.sum(axis=1).to_numpy() == pytest.approx(1.0, abs=1e-12)
    assert (shares >= 0).all(axis=None)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("nations", "p_committed"),
        ("nations", "troops_mean"),
        ("rounds", "size_mean"),
        ("rounds", "p_force_met"),
        ("summary", "p_committed"),
        ("summary", "troops_mean"),
    ],
)
def test_intervals_contain_their_estimates(baseline: "sim.RunResult", table: str, column: str) -> None:
    rows = getattr(baseline, table)
    assert (rows[f"{column}_low"] <= rows[column]).all()
    assert (rows[column] <= rows[f"{column}_high"]).all()
    assert (rows[f"{column}_low"] < rows[f"{column}_high"]).any()


def test_quantiles_rise(baseline: "sim.RunResult") -> None:
    for name in ("size", "force", "involvement", "pressure", "clarity"):
        quantiles = baseline.rounds.filter(regex=f"^{name}_q").to_numpy()
        assert quantiles.shape[1] == 5
        assert (np.diff(quantiles, axis=1) >= 0).all()
    willingness = baseline.nations.filter(regex="^willingness_q").to_numpy()
    assert (np.diff(willingness, axis=1) >= 0).all()
    assert ((willingness > 0) & (willingness < 1)).all()


def test_shares_are_what_the_trajectories_say(baseline: "sim.RunResult") -> None:
    seen = baseline.trajectories.groupby(["round", "iso3"], observed=True)["stance"]
    for stance in Stance:
        expected = seen.agg(lambda values, stance=stance: (values == stance).mean())
        found = baseline.nations.set_index(["round", "iso3"])[f"p_{stance.name.lower()}"]
        assert found.to_numpy() == pytest.approx(expected.loc[found.index].to_numpy(), abs=1e-12)


def test_willingness_is_what_the_trajectories_say_within_a_bin(baseline: "sim.RunResult") -> None:
    propensity = baseline.trajectories.groupby(["round", "iso3"], observed=True)["propensity"]
    found = baseline.nations.set_index(["round", "iso3"])
    for probability in (5, 50, 95):
        exact = propensity.quantile(probability / 100, interpolation="lower").loc[found.index]
        told = found[f"willingness_q{probability:02}"]
        logit = np.log(told / (1 - told))
        within = np.clip(exact, -6.4, 6.4).to_numpy()
        # The 5 % quantile of 300 values: a bin of 0.05 log-odds and the gap to the neighbouring value.
        assert np.median(np.abs(logit - within)) < 0.05
        assert (np.abs(logit - within) < 0.05 + 1e-9).mean() > 0.99


def test_sizes_are_what_the_trajectories_say(baseline: "sim.RunResult") -> None:
    is_in = baseline.trajectories["stance"].to_numpy().reshape(300, 53, 38) == Stance.COMMITTED
    sizes = is_in.sum(axis=2)
    rounds, runs = baseline.rounds, baseline.runs
    assert rounds["size_mean"].to_numpy() == pytest.approx(sizes.mean(axis=0))
    for probability in (5, 25, 50, 75, 95):
        expected = np.quantile(sizes, probability / 100, axis=0, method="inverted_cdf")
        assert rounds[f"size_q{probability:02}"].tolist() == expected.tolist()
    assert runs["size"].tolist() == sizes[:, -1].tolist()
    assert runs["joined"].tolist() == (is_in[:, -1] & ~is_in[:, 0]).sum(axis=1).tolist()
    assert runs["left"].tolist() == (is_in[:, 0] & ~is_in[:, -1]).sum(axis=1).tolist()


def test_the_last_round_is_what_the_runs_say(baseline: "sim.RunResult") -> None:
    end, runs = baseline.rounds.iloc[-1], baseline.runs
    assert end.size_mean == pytest.approx(runs["size"].mean())
    for name in ("force", "involvement", "pressure", "clarity"):
        assert end[f"{name}_mean"] == pytest.approx(runs[name].mean(), rel=1e-6, abs=1e-6)
        assert runs[name].min() <= end[f"{name}_q05"] <= end[f"{name}_q95"] <= runs[name].max()
    troops = baseline.nations.query("round == 52")["troops_mean"].sum()
    assert troops == pytest.approx(end.force_mean, rel=1e-6)


@pytest.mark.parametrize("free", [("NLD",), ("NLD", "SWE", "DNK"), ("DEU", "ESP", "NOR", "TUR")])
def test_a_force_of_nobody_is_none_and_others_are_told_within_a_bin(
    baseline: "sim.RunResult", free: tuple[str, ...]
) -> None:
    # All others are held out; in some of the runs nobody is a member.
    overrides = [f"nations.{code}.held=out" for code in baseline.case.roster.iso3 if code not in free]
    result = sim.run(BASELINE, overrides=overrides, runs=200)
    end, force = result.rounds.iloc[-1], result.runs["force"]
    assert (force == 0).any()
    assert (force > 0).any()
    assert end.force_mean == pytest.approx(force.mean())
    width = result.case.roster.deployable.sum() * MOST_DEPLOYED / 256
    for probability in (5, 25, 50, 75, 95):
        told = end[f"force_q{probability:02}"]
        exact = np.quantile(force, probability / 100, method="inverted_cdf")
        assert told == pytest.approx(exact, abs=width)
        assert (told == 0) == (exact == 0)


def test_moves_and_flows_are_what_the_trajectories_say(baseline: "sim.RunResult") -> None:
    stances = baseline.trajectories["stance"].to_numpy().reshape(300, 53, 38)
    first, last = stances[:, 0], stances[:, -1]
    moved = baseline.moves.set_index(["iso3", "start", "end"])["share"]
    assert moved.groupby("iso3").sum().to_numpy() == pytest.approx(1.0)
    for nation, iso3 in enumerate(baseline.case.roster.iso3):
        for start, end in {*zip(first[:, nation], last[:, nation], strict=True)}:
            seen = ((first[:, nation] == start) & (last[:, nation] == end)).mean()
            words = Stance(start).name.lower(), Stance(end).name.lower()
            assert moved.loc[iso3, *words] == pytest.approx(seen)
    for flow in baseline.flows.itertuples():
        start, end = Stance[flow.start.upper()], Stance[flow.end.upper()]
        numbers = ((first == start) & (last == end)).sum(axis=1)
        assert flow.nations_mean == pytest.approx(numbers.mean())
        for probability in (5, 95):
            expected = np.quantile(numbers, probability / 100, method="inverted_cdf")
            assert getattr(flow, f"nations_q{probability:02}") == expected
    assert baseline.flows["nations_mean"].sum() == pytest.approx(38)


def test_the_mandate_has_shares_and_policies_move_levels_apart() -> None:
    rounds = sim.run("stand-off", runs=20).rounds
    purposes = rounds[["peacekeeping_mean", "deterrence_mean", "reassurance_mean"]]
    assert purposes.sum(axis=1).to_numpy() == pytest.approx(1.0, abs=1e-5)
    for level in ("involvement", "pressure", "clarity"):
        assert rounds[f"{level}_q05"].iloc[0] == rounds[f"{level}_q95"].iloc[0]
        assert (rounds[f"{level}_q05"] < rounds[f"{level}_q95"]).any()


def test_climbing_and_slipping_lie_half_the_hysteresis_from_the_cut() -> None:
    """Cuts at -1.9, -0.71 and 0.41 log-odds; the hysteresis is 0.4."""
    rounds = sim.run(BASELINE, overrides=["rounds=2"], parameters=DECLARED, runs=1).rounds
    thresholds = {
        "climb_to_undecided": -1.7,
        "climb_to_open": -0.51,
        "climb_to_committed": 0.61,
        "slip_to_opposed": -2.1,
        "slip_to_undecided": -0.91,
        "slip_to_open": 0.21,
    }
    for name, log_odds in thresholds.items():
        assert rounds[name].to_numpy() == pytest.approx(1 / (1 + np.exp(-log_odds)))


# --- two outcomes, and what is in the field ----------------------------------------------------------


def test_who_declares_soldiers_contributes_and_supports(baseline: "sim.RunResult") -> None:
    nations = baseline.nations
    assert (nations["p_committed"] <= nations["p_contributes"]).all()
    assert (nations["p_contributes"] <= nations["p_supports"]).all()
    assert (nations["p_contributes"] < nations["p_supports"]).any()


def test_contributors_are_counted_as_shares_add_up(baseline: "sim.RunResult") -> None:
    shares = baseline.nations.groupby("round")["p_contributes"].sum().to_numpy()
    assert baseline.rounds["contributors_mean"].to_numpy() == pytest.approx(shares)
    runs = baseline.runs["contributors"]
    end = baseline.rounds.iloc[-1]
    assert end.contributors_mean == pytest.approx(runs.mean())
    for probability in (5, 25, 50, 75, 95):
        exact = np.quantile(runs, probability / 100, method="inverted_cdf")
        assert end[f"contributors_q{probability:02}"] == exact


def test_without_a_ceasefire_nobody_is_in_the_field(baseline: "sim.RunResult") -> None:
    assert (baseline.runs["fielded"] == 0).all()
    assert (baseline.rounds.filter(regex="^fielded") == 0).all(axis=None)


def test_a_ceasefire_turns_words_into_a_third_of_the_pledge() -> None:
    runs = sim.run("ceasefire", runs=200).runs
    assert (runs["fielded"] > 0).any()
    assert (runs["fielded"] <= runs["force"] / 3 + 1e-9).all()


def test_a_ceasefire_does_not_raise_willingness(baseline: "sim.RunResult") -> None:
    """Nobody in the roster demands one, and it is no lever: the same nations declare soldiers."""
    truce = sim.run("ceasefire", runs=300)
    assert truce.runs["size"].tolist() == baseline.runs["size"].tolist()


def test_a_level_that_is_the_same_in_all_runs_is_told_exactly(baseline: "sim.RunResult") -> None:
    levels = baseline.rounds[["involvement_mean", "involvement_q05", "involvement_q95"]]
    assert (levels == 0.1).all(axis=None)


def test_force_is_met_in_the_round_that_the_runs_say() -> None:
    result = sim.run("grand-bargain", overrides=["force_required=12000"], parameters=DECLARED, runs=50)
    first = result.runs["first_round_force_met"]
    assert 0.5 < first.notna().mean() < 1.0
    needed = result.case.scenario.force_required
    met = (result.runs["force"] >= needed).mean()
    assert result.rounds["p_force_met"].iloc[-1] == pytest.approx(met)
    before = result.rounds.loc[result.rounds["round"] < first.min(), "p_force_met"]
    assert (before == 0).all()


def test_nobody_meets_a_force_that_no_coalition_has() -> None:
    result = sim.run(BASELINE, overrides=["force_required=1e9", "rounds=3"], runs=20)
    assert result.runs["first_round_force_met"].isna().all()
    assert (result.rounds["p_force_met"] == 0).all()


def test_the_median_date_of_joining_is_that_of_the_runs_that_joined(baseline: "sim.RunResult") -> None:
    is_in = baseline.trajectories["stance"].to_numpy().reshape(300, 53, 38) == Stance.COMMITTED
    dates = baseline.rounds["date"].to_numpy()
    checked = 0
    for nation, row in enumerate(baseline.summary.itertuples()):
        ever = is_in[:, :, nation].any(axis=1)
        assert row.p_ever_joined == pytest.approx(ever.mean())
        if ever.any():
            first = is_in[ever, :, nation].argmax(axis=1)
            median = int(np.quantile(first, 0.5, method="inverted_cdf"))
            assert row.joined == dates[median]
            checked += 0 < median < 52
        else:
            assert pd.isna(row.joined)
    assert checked > 2


# --- why a nation is out -----------------------------------------------------------------------------


def reasons_of(held_back_by: tuple[tuple[str, float], ...]) -> set[str]:
    return {name for name, _ in held_back_by}


def test_who_has_no_soldiers_has_nothing_to_send(baseline: "sim.RunResult") -> None:
    assert baseline.summary.loc["ISL", "held_back_by"] == (("nothing_to_send", 1.0),)


def test_a_position_that_is_not_known_is_not_called_a_nations_own(baseline: "sim.RunResult") -> None:
    reasons = baseline.summary["held_back_by"].map(reasons_of)
    is_unknown = baseline.summary["position"] == "unknown"
    assert is_unknown.any()
    assert not reasons[is_unknown].map(lambda names: "predisposition" in names).any()
    assert reasons[is_unknown].map(lambda names: "no_statement" in names).any()
    assert not reasons[~is_unknown].map(lambda names: "no_statement" in names).any()


def test_who_is_held_out_is_held_out_by_assumption() -> None:
    result = sim.run(BASELINE, overrides=["nations.FRA.held=out"], runs=20)
    assert result.summary.loc["FRA", "held_back_by"] == (("held_out", 1.0),)


def test_a_demand_is_named_where_it_alone_keeps_a_nation_out(world: Callable[..., Path]) -> None:
    """ABX would be in but for a demand of 5 log-odds that nothing meets; met, nothing is left of it."""
    file = world(rest="[parameters]\ndemand = 3\nwander = 0\nframework = 0\nfollowership = 0\n")
    roster = file.parent / "roster"
    positions = (roster / "positions.csv").read_text("utf-8").replace("open", "conditional")
    (roster / "positions.csv").write_text(positions, "utf-8")
    header = "iso3,variable,at_least,half_width,known_from,status,statement"
    said = "ABX,ceasefire,1,0,2025-04-10,as stated,after a ceasefire"
    (roster / "conditions.csv").write_text(f"{header}\n{said}\n", "utf-8")
    declared = (roster / "roster.toml").read_text("utf-8")
    (roster / "roster.toml").write_text('conditions = { table = "conditions.csv" }\n' + declared, "utf-8")
    rounds = ["rounds=20"]
    (unmet,) = sim.run(file, overrides=rounds, runs=200).summary.loc["ABX", "held_back_by"]
    assert unmet[0] == "demands_ceasefire"
    met = sim.run(file, overrides=[*rounds, "ceasefire=1"], runs=200).summary
    assert "demands_ceasefire" not in reasons_of(met.loc["ABX", "held_back_by"])
    assert met.loc["ABX", "p_committed"] > 0.9


def test_nothing_holds_back_who_is_always_in() -> None:
    result = sim.run(BASELINE, overrides=["nations.FRA.held=committed"], runs=20)
    assert result.summary.loc["FRA", "p_committed"] == 1.0
    assert result.summary.loc["FRA", "held_back_by"] == ()


def test_reasons_come_with_their_share_the_most_frequent_first(baseline: "sim.RunResult") -> None:
    for held_back_by in baseline.summary["held_back_by"]:
        shares = [share for _, share in held_back_by]
        assert shares == sorted(shares, reverse=True)
        assert all(0 < share <= 1 for share in shares)


# --- the same runs, however computed -----------------------------------------------------------------


@pytest.mark.parametrize("scenario", [BASELINE, "stand-off"])
def test_both_engines_give_the_same_tables(scenario: str) -> None:
    options = {"runs": 6, "seed": 3, "trajectories": True}
    ensemble = sim.run(scenario, overrides=["rounds=12"], **options)
    mesa = sim.run(scenario, overrides=["rounds=12"], engine="mesa", **options)
    assert (ensemble.engine, mesa.engine) == ("ensemble", "mesa")
    assert_same_tables(ensemble, mesa)
    assert_frame_equal(ensemble.trajectories, mesa.trajectories, check_exact=True)


def test_fewer_runs_are_the_first_of_more(baseline: "sim.RunResult") -> None:
    fewer = sim.run(BASELINE, runs=200)
    assert_frame_equal(fewer.runs, baseline.runs.head(200), check_exact=True)
    assert fewer.trajectories is None


def test_threads_change_nothing() -> None:
    one, four = (sim.run(BASELINE, runs=1300, threads=threads) for threads in (1, 4))
    assert_same_tables(one, four)


def test_the_seed_changes_the_runs(baseline: "sim.RunResult") -> None:
    other = sim.run(BASELINE, runs=300, seed=2)
    assert not other.runs["force"].equals(baseline.runs["force"])


@pytest.mark.slow
def test_intervals_of_many_seeds_hold_the_truth_as_often_as_they_say() -> None:
    """Nations move together, so seeds are what is independent, not the nations of one of them.

    How many nations' intervals hold the truth is on average what Wilson's intervals give of binomial counts,
    however the nations go together; how far it lies from that over some seeds is judged by how they differ.
    """
    runs, seeds = 1000, range(10, 30)  # each draw of parameters once
    truth = sim.run(BASELINE, runs=20_000, seed=9).summary["p_committed"]
    counts = np.arange(runs + 1)
    intervals = share(counts, runs)
    expected = sum(
        binom.pmf(counts, runs, true)[(intervals.low <= true) & (true <= intervals.high)].sum()
        for true in truth
    )
    assert expected == pytest.approx(0.95 * len(truth), abs=0.5)

    held = []
    for seed in seeds:
        found = sim.run(BASELINE, runs=runs, seed=seed).summary
        held.append((found["p_committed_low"].le(truth) & found["p_committed_high"].ge(truth)).sum())
    error = np.std(held, ddof=1) / np.sqrt(len(seeds))
    assert abs(np.mean(held) - expected) < 3 * error
    assert error < 0.5


# --- ways to say the same thing ----------------------------------------------------------------------


def test_equivalent_ways_to_change_a_scenario_agree(tmp_path: Path) -> None:
    file = tmp_path / "more-us.toml"
    file.write_text(
        f'extends = "{BASELINE}.toml"\n[[events]]\nround = 1\ntitle = "m"\nwashington.involvement = 0.75\n',
        encoding="utf-8",
    )
    case = sim.load_case(BASELINE, ["washington.involvement=0.75"])
    ways = [
        sim.run(BASELINE, overrides=["washington.involvement=0.75"], runs=40),
        sim.run(BASELINE, overrides={"washington__involvement": 0.75}, runs=40),
        sim.run(file, runs=40),
        sim.run(str(file), runs=40),
        sim.run(case, runs=40),
        sim.run(case.scenario, runs=40),
        sim.run(sim.load_scenario(file), runs=40),
    ]
    for way in ways[1:]:
        assert_same_tables(ways[0], way)
    assert ways[0].rounds["size_mean"].iloc[-1] > sim.run(BASELINE, runs=40).rounds["size_mean"].iloc[-1]


def test_the_baseline_is_what_runs_by_itself() -> None:
    assert_same_tables(sim.run(runs=10), sim.run(BASELINE, runs=10, seed=1))


# --- what cannot be run ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("runs", 0, "runs: must be a whole number from 1 on, not 0"),
        ("runs", -5, "runs: must be a whole number from 1 on, not -5"),
        ("runs", 2.5, "runs: must be a whole number from 1 on, not 2.5"),
        ("runs", True, "runs: must be a whole number from 1 on, not True"),
        ("runs", "many", 'runs: must be a whole number from 1 on, not "many"'),
        ("seed", -1, "seed: must be a whole number from 0 on, not -1"),
        ("seed", 2**63, "seed: must be at most 9223372036854775807, not 9223372036854775808"),
        ("threads", -1, "threads: must be a whole number from 0 on, not -1"),
        ("engine", "fast", "engine: must be one of ensemble, mesa, not 'fast'"),
    ],
)
def test_an_option_that_cannot_be_is_refused_by_name(option: str, value: object, says: str) -> None:
    with pytest.raises(InputError) as error:
        sim.run(BASELINE, **{option: value})
    assert str(error.value).startswith(says)


def test_a_whole_number_of_numpy_is_a_number() -> None:
    assert len(sim.run(BASELINE, overrides=["rounds=2"], runs=np.int64(5)).runs) == 5


@pytest.mark.parametrize("overrides", [["washington.involvment=1"], ["nations.XYZ.position=open"]])
def test_a_mistake_in_the_scenario_is_an_input_error(overrides: list[str]) -> None:
    with pytest.raises(InputError, match=r"--set .*=") as error:
        sim.run(BASELINE, overrides=overrides, runs=1)
    assert len(str(error.value).splitlines()) == 1


def test_terms_and_predisposition_add_up_to_the_propensity_bit_for_bit() -> None:
    table = sim.run(BASELINE, runs=8, trajectories=True, terms=True).trajectories
    assert table is not None
    total = np.zeros(len(table))
    for name in Terms._fields:
        total += table[name].to_numpy()
    assert (table["predisposition"].to_numpy() + total == table["propensity"].to_numpy()).all()


def test_terms_without_trajectories_have_no_place_to_stand() -> None:
    with pytest.raises(sim.InputError, match=r"terms: .*trajectories"):
        sim.run(BASELINE, runs=2, terms=True)


def test_soldiers_if_in_are_those_of_the_runs_in_which_a_nation_is_in() -> None:
    result = sim.run("us-backstop", overrides=["rounds=30"], runs=60, trajectories=True)
    summary, trajectories = result.summary, result.trajectories
    assert trajectories is not None
    last = trajectories.query("round == 30")
    for iso3 in ("GBR", "DEU", "NLD"):
        row = summary.loc[iso3]
        is_in = (last[last["iso3"] == iso3]["stance"] == Stance.COMMITTED).mean()
        assert row["troops_if_in"] * is_in == pytest.approx(row["troops_mean"])
        assert row["troops_if_in_low"] <= row["troops_if_in"] <= row["troops_if_in_high"]
    never = summary[summary["p_committed"] == 0.0]
    assert never["troops_if_in"].isna().all()
