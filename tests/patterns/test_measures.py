"""What checks measure, on runs written down by hand and on worlds small enough to reason about."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_worlds import write_candidates

from sim.experiments.patterns import measures
from sim.experiments.patterns.measures import measure, worlds_of
from sim.experiments.patterns.observed import WorldRuns, observe
from sim.experiments.patterns.verdicts import Finding, check_patterns, overall
from sim.experiments.runs import Runs
from sim.experiments.simulate import simulate_case
from sim.experiments.statistics import Interval
from sim.inputs.case import Case, load_case
from sim.inputs.patterns_file import Check, Snapshot
from sim.model.tally import RUN_COLUMNS

NEVER = np.iinfo(np.int32).max
VOTES = "ideal_point_distance_to_us"
CUT = 0.4
"""Log-odds between being open and committed."""


def check(kind: str, **given: Any) -> Check:
    given = {"of": [{"scenario": "one"}], "more_than": 0.0, **given}
    return Check.model_validate({"statement": "as named", "measure": kind, **given})


@pytest.fixture
def case(write_world: Callable[..., Path], tmp_path: Path) -> Case:
    """AAX leads; ABX, ACX and ADX may follow; 500 to 530 soldiers; six rounds, an event in the third."""
    event = '[[events]]\nround = 3\ntitle = "news"\nmoscow.pressure = 0.6\n'
    return load_case(write_world(tmp_path / "small", 4, rest=event))


@pytest.fixture
def observed(case: Case) -> Callable[..., WorldRuns]:
    """Make runs of four nations from stances, and propensities or rounds of joining."""

    def make(stance: Any, propensity: Any = 0.0, first_joined: Any = NEVER) -> WorldRuns:
        stance = np.array(stance, np.int8)
        whole = np.broadcast_to(np.array(propensity, float), stance.shape)
        first = np.broadcast_to(np.array(first_joined, np.int32), stance.shape)
        can_send = np.broadcast_to(case.roster.deployable, stance.shape)
        contributors = (stance >= 2).sum(axis=1).astype(float)
        cut = np.full(len(stance), CUT)
        return WorldRuns(case, case.scenario.rounds, stance, whole, can_send, cut, contributors, first)

    return make


def found(of: Check, **worlds: WorldRuns) -> Interval:
    return measure(of, lambda world: worlds[world.scenario], np.random.default_rng(1))


def test_members_are_counted_among_those_that_count(observed: Callable[..., WorldRuns]) -> None:
    one = observed([[3, 3, 0, 2], [3, 3, 3, 2]])
    assert found(check("members"), one=one).estimate == 2.5
    assert found(check("members", besides=["AAX"]), one=one).estimate == 1.5
    assert found(check("members", nations=["AAX", "ABX"]), one=one).estimate == 2.0


def test_differences_are_paired_run_by_run(observed: Callable[..., WorldRuns]) -> None:
    one, other = observed([[3, 3, 3, 0], [3, 0, 0, 0]]), observed([[3, 3, 0, 0], [0, 0, 0, 0]])
    gain = found(check("members", less=[{"scenario": "other"}]), one=one, other=other)
    assert gain == Interval(1.0, 1.0, 1.0)  # one more in each of the runs, whatever their sizes


def test_differences_of_differences(observed: Callable[..., WorldRuns]) -> None:
    worlds = {
        name: observed([[3] * n + [0] * (4 - n)]) for name, n in (("a", 4), ("b", 1), ("c", 3), ("d", 2))
    }
    of = check(
        "members",
        of=[{"scenario": "a"}, {"scenario": "d"}],
        less=[{"scenario": "b"}, {"scenario": "c"}],
    )
    assert found(of, **worlds).estimate == (4 - 1) - (3 - 2)


def test_the_interval_is_that_of_a_mean(observed: Callable[..., WorldRuns]) -> None:
    one = observed([[3, 0, 0, 0], [3, 3, 3, 0]] * 50)
    mean, low, high = found(check("members"), one=one)
    assert mean == 2.0
    assert high - mean == pytest.approx(mean - low) == pytest.approx(1.96 / 99**0.5, rel=1e-4)


def test_groups_are_compared(observed: Callable[..., WorldRuns]) -> None:
    one = observed([[3, 3, 0, 0], [3, 0, 0, 3]], [[1.0, 3.0, 0.0, 0.5], [2.0, 0.0, 0.0, 0.5]])
    assert found(check("p_committed", nations=["AAX", "ABX"]), one=one).estimate == 0.75
    rest = check("p_committed", nations=["AAX", "ABX"], than=["the rest"])
    assert found(rest, one=one).estimate == 0.5
    than = check("willingness", nations=["AAX"], than=["ACX", "ADX"])
    assert found(than, one=one).estimate == pytest.approx(1.5 - 0.25)
    assert found(check("willingness"), one=one).estimate == pytest.approx((4.5 + 2.5) / 8)


def test_supporters_for_each_member(observed: Callable[..., WorldRuns]) -> None:
    one = observed([[3, 2, 2, 1], [2, 2, 2, 2]])
    assert found(check("supporters_per_member"), one=one).estimate == 3.5  # 3 to 1, and 4 to none


def test_soldiers_are_pledged_by_the_rule_of_the_model(observed: Callable[..., WorldRuns]) -> None:
    one = observed([[3, 3, 2, 3]], [[CUT, CUT + 1.5, 9.0, CUT + 9.0]])
    np.testing.assert_allclose(one.pledges, [[250.0, 510 * 0.75, 0.0, 530.0]])
    assert found(check("soldiers", besides=["ADX"]), one=one).estimate == pytest.approx(632.5)
    assert found(check("top_five_share"), one=one).estimate == 1.0
    assert found(check("gini"), one=one).estimate == pytest.approx(560 / (3 * 1162.5))


def test_pledges_and_contributors_are_those_of_the_model() -> None:
    case, options = load_case("us-backstop"), Runs(20)
    ends: list[Any] = []
    simulate_case(case, options, lambda _, records: ends.append(records.runs.copy()))
    runs = np.concatenate(ends)
    seen = observe(case, case.scenario.rounds, options)
    force, contributors = (runs[:, RUN_COLUMNS.index(name)] for name in ("force", "contributors"))
    np.testing.assert_allclose(seen.pledges.sum(axis=1), force, rtol=1e-12)
    assert (seen.contributors == contributors).all()
    assert found(check("contributors"), one=seen).estimate == contributors.mean()


@pytest.fixture
def aligned(write_world: Callable[..., Path], tmp_path: Path) -> Case:
    """Four nations; AAX is farthest from the patron in what it votes for, ADX nearest."""
    file = write_world(tmp_path / "aligned", 4)
    votes = {f"A{letter}X": {"ideal_point_distance_to_us": 3 - n} for n, letter in enumerate("ABCD")}
    write_candidates(file.parent / "roster", votes, votes)
    return load_case(file)


def test_rank_correlation_of_an_attribute_with_mean_gains(
    observed: Callable[..., WorldRuns], aligned: Case
) -> None:
    stance = [[0, 0, 0, 0]] * 2
    base, rising, falling, alike = (
        replace(observed(stance, rows), case=aligned)
        # On average these gain 1 to 4, 4 to 1, and all the same; no run says so.
        for rows in (
            [[0, 0, 0, 0], [0, 0, 0, 0]],
            [[4, 3, 2, 1], [-2, 1, 4, 7]],
            [[4, 3, 3, 1], [4, 3, 1, 1]],
            [[1, 2, 3, 4], [4, 3, 2, 1]],
        )
    )
    of = check("rank_correlation", less=[{"scenario": "base"}], attribute="alignment")
    assert found(of, one=rising, base=base).estimate == pytest.approx(1.0)
    assert found(of, one=falling, base=base).estimate == pytest.approx(-1.0)
    assert found(of, one=alike, base=base).estimate == 0.0
    # ABX and ACX alone: one run of two ranks them one way, one the other.
    two = check(
        "rank_correlation", less=[{"scenario": "base"}], attribute="alignment", besides=["AAX", "ADX"]
    )
    assert found(two, one=rising, base=base).estimate == pytest.approx(1.0)


def test_nations_of_which_an_attribute_is_not_known_do_not_count(
    observed: Callable[..., WorldRuns], aligned: Case
) -> None:
    roster = aligned.roster
    unknown = replace(roster.candidates[3], covariates={**roster.candidates[3].covariates, VOTES: np.nan})
    candidates = replace(roster.as_candidates, candidates=(*roster.candidates[:3], unknown))
    case = replace(aligned, roster=replace(roster, as_candidates=candidates))
    base, gains = (replace(observed([[0] * 4], [row]), case=case) for row in ([0] * 4, [1, 2, 3, -9]))
    of = check("rank_correlation", less=[{"scenario": "base"}], attribute="alignment")
    assert found(of, one=gains, base=base).estimate == pytest.approx(1.0)


def test_rates_of_joining(observed: Callable[..., WorldRuns]) -> None:
    # Six rounds, an event in round 3. AAX was in from the start; joined: rounds 1, 3, 4, and never, 4, 6.
    one = observed([[3] * 4] * 2, first_joined=[[0, 1, 3, 4], [0, NEVER, 4, 6]])
    near = found(check("joining_near_events", days=14), one=one)  # rounds 3 and 4 of 6
    assert near.estimate == pytest.approx((3 / 5) / (2 / 6))
    first = found(check("joining_at_first", days=14), one=one)  # rounds 1 and 2 of 6
    assert first.estimate == pytest.approx((1 / 5) / (2 / 6))


def test_even_joining_has_the_rate_of_one(observed: Callable[..., WorldRuns]) -> None:
    one = observed([[3] * 4] * 3, first_joined=[[0, 1, 2, 3], [0, 4, 5, 6], [NEVER] * 4])
    assert found(check("joining_near_events", days=28), one=one).estimate == pytest.approx(1.0)
    assert found(check("joining_at_first", days=21), one=one).estimate == pytest.approx(1.0)


def test_no_joining_has_no_rate(observed: Callable[..., WorldRuns]) -> None:
    of = check("joining_at_first", days=14)
    interval = found(of, one=observed([[3, 0, 0, 0]], first_joined=[[0, NEVER, NEVER, NEVER]]))
    assert np.isnan(interval.estimate)
    assert Finding(of, interval).verdict == "not identified"


def test_bimodal_amplitude_is_that_of_the_number_of_members(observed: Callable[..., WorldRuns]) -> None:
    sizes = [1] * 40 + [2] * 10 + [4] * 50
    one = observed([[3] * size + [0] * (4 - size) for size in sizes])
    assert found(check("bimodal_amplitude"), one=one).estimate == 1.0  # nobody stops at three


# Paths: AAX is in anyhow; ABX needs x and y; ACX either x or z; ADX cannot be won over but by all three.


def _who(levers: tuple[str, ...]) -> list[int]:
    x, y, z = ("x" in levers, "y" in levers, "z" in levers)
    return [3, 3 * (x and y), 3 * (x or z), 3 * (x and y and z)]


@pytest.fixture
def by_levers(observed: Callable[..., WorldRuns]) -> Callable[[Snapshot], WorldRuns]:
    """Runs of a world by the levers that it has."""
    return lambda world: observed([_who(world.with_)] * 20)


def test_paths_are_minimal_combinations(by_levers: Callable[[Snapshot], WorldRuns]) -> None:
    of = check("paths", levers=["x", "y", "z"])
    number = measure(of, by_levers, np.random.default_rng(1))
    assert number == Interval(4.0, 4.0, 4.0)  # xy; x, z; xyz


@pytest.mark.parametrize(("lever", "share"), [("x", 1 / 3), ("y", 0.0), ("z", 1 / 3)])
def test_reach_of_one_lever(by_levers: Callable[[Snapshot], WorldRuns], lever: str, share: float) -> None:
    of = check("reach_of_one_lever", levers=["x", "y", "z"], lever=lever)
    assert measure(of, by_levers, np.random.default_rng(1)).estimate == pytest.approx(share)


def test_paths_are_uncertain_where_a_nation_is_half_won(observed: Callable[..., WorldRuns]) -> None:
    def by_levers(world: Snapshot) -> WorldRuns:
        return observed([[3, 3 if world.with_ else 0, 0, 0], [3, 0, 0, 0]] * 10)

    interval = measure(check("paths", levers=["x"]), by_levers, np.random.default_rng(1))
    assert (interval.low, interval.high) == (0.0, 1.0)


def test_every_combination_of_levers_is_a_world() -> None:
    worlds = worlds_of(check("paths", levers=["x", "y", "z"]))
    assert len(worlds) == 8
    assert {world.with_ for world in worlds} >= {(), ("x",), ("x", "z"), ("x", "y", "z")}


def test_there_is_a_function_for_every_measure() -> None:
    from typing import get_args

    from sim.inputs.patterns_file import Measure

    assert set(measures.MEASURES) == set(get_args(Measure))


# Verdicts


@pytest.mark.parametrize(
    ("bounds", "interval", "verdict", "margin"),
    [
        ({"more_than": 1.0}, (2, 1.5, 2.5), "reproduced", 1.0),
        ({"more_than": 1.0}, (1.2, 0.9, 1.5), "not identified", 0.2),
        ({"more_than": 1.0}, (0.5, 0.1, 0.9), "not reproduced", -0.5),
        ({"more_than": 0.0}, (0, 0, 0), "not reproduced", 0.0),
        ({"more_than": None, "less_than": 1.0}, (0.5, 0.1, 0.9), "reproduced", 0.5),
        ({"more_than": None, "less_than": 1.0}, (1.5, 1.0, 2.0), "not reproduced", -0.5),
        ({"more_than": 1.0, "less_than": 2.0}, (1.6, 1.5, 1.7), "reproduced", 0.4),
        ({"more_than": 1.0, "less_than": 2.0}, (1.9, 1.7, 2.1), "not identified", 0.1),
        ({"more_than": 1.0, "less_than": 2.0}, (2.3, 2.2, 2.4), "not reproduced", -0.3),
        ({"more_than": 1.0, "less_than": 2.0}, (0.3, 0.2, 0.4), "not reproduced", -0.7),
    ],
)
def test_verdicts(bounds: dict[str, Any], interval: tuple[float, ...], verdict: str, margin: float) -> None:
    finding = Finding(check("members", **bounds), Interval(*interval))
    assert finding.verdict == verdict
    assert finding.margin == pytest.approx(margin)


def test_the_weakest_check_decides() -> None:
    assert overall(["reproduced", "reproduced"]) == "reproduced"
    assert overall(["reproduced", "not identified"]) == "not identified"
    assert overall(["not identified", "not reproduced", "reproduced"]) == "not reproduced"


# The whole way, from a file


PATTERNS = """\
title = "Facts of a small world"
[changes]
"full involvement" = { "washington.involvement" = 1.0 }
"nobody there" = { "washington.involvement" = 0.0 }
[[patterns]]
number = 3
statement = "Involvement brings members in"
source = "reason"
kind = "evidence"
[[patterns.checks]]
statement = "members gained"
measure = "members"
of = [{ scenario = "world.toml", with = ["full involvement"] }]
less = [{ scenario = "world.toml", with = ["nobody there"], on = 2025-05-22 }]
more_than = 0.0
"""


@pytest.fixture
def file(world: Callable[..., Path]) -> Path:
    """A file of patterns beside the scenario of a small world."""
    path = world(rounds=30).parent / "facts.toml"
    path.write_text(PATTERNS, encoding="utf-8")
    return path


def test_a_check_is_the_paired_difference_of_two_worlds(file: Path) -> None:
    row = check_patterns(file, runs=300).checks.iloc[0]
    scenario = file.parent / "world.toml"
    ends = []
    for involvement, round_ in ((1.0, 30), (0.0, 6)):
        case = load_case(scenario, {"washington.involvement": involvement})
        seen = observe(case, round_, Runs(300))
        ends.append(seen.committed.sum(axis=1))
    assert row.estimate == (ends[0] - ends[1]).mean()
    assert row.runs == 300
    assert row.verdict == "reproduced"


def test_the_same_seed_gives_the_same_tables_whatever_the_threads(file: Path) -> None:
    one, other = (check_patterns(file, runs=700, seed=5, threads=threads) for threads in (1, 2))
    assert one.checks.equals(other.checks)
    assert not one.checks.equals(check_patterns(file, runs=700, seed=6).checks)


def test_draws_of_a_posterior_are_used_run_by_run(file: Path, tmp_path: Path) -> None:
    import pandas as pd

    posterior = tmp_path / "posterior.parquet"
    pd.DataFrame({"reach": [0.0, 2.0]}).to_parquet(posterior)
    found = check_patterns(file, runs=400, parameters=posterior)
    assert found.draws == 2
    assert found.about.fitted_to is None
    points = []
    for number in (0, 1):
        point = tmp_path / f"{number}.toml"
        point.write_text(f"[reach]\nvalue = {2.0 * number}\n", encoding="utf-8")
        points.append(check_patterns(file, runs=400, parameters=point).checks.estimate.item())
    estimate = found.checks.estimate.item()
    assert points[0] < estimate < points[1]
    assert estimate == pytest.approx(sum(points) / 2, abs=0.2)  # half of the runs each
