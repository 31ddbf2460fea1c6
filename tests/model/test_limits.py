"""Limits of the model that can be solved by hand: cascades among peers, from files alone."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from small_worlds import SCENARIO, codes, write_roster

import sim
from sim.declarations.parameters import PARAMETERS
from sim.experiments.run import run
from sim.inputs.case import Case, load_case

EVENT = """
[[events]]
round = 1
title = "{title}"
"""


def write_equals(folder: Path, count: int, position: str) -> None:
    """Write a roster of nations that are all alike: no lead, no condition, no procedure, 1,000 soldiers each.

    With equal weights and equal forces every tie is 1 / (count - 1), and the peers term of a nation is
    b_peers times the mean of the others' stances / 3.
    """
    rows = [f"{code},Land {code},1000,no" for code in codes(count)]
    write_roster(folder / "roster", rows, dict.fromkeys(codes(count), position))


def write_scenario(file: Path, rounds: int, title: str, changes: Sequence[str]) -> None:
    """Write a scenario with one event, in round 1."""
    text = SCENARIO.format(title="Equals", rounds=rounds) + EVENT.format(title=title)
    file.write_text(text + "\n".join(changes) + "\n")


def write_parameters(folder: Path, bands: dict[str, float], **values: float) -> Path:
    """Write parameters: bands of no width, and no term but those given; nothing is drawn any more."""
    silent = {name: 0.0 for name in PARAMETERS if name.startswith("b_")}
    given = {**silent, "volatility": 0.0, "lobby_push": 0.0, **values}
    tables = [f"[{name}]\nvalue = {value!r}\n" for name, value in given.items()]
    widths = [f"{position} = [{at!r}, {at!r}]\n" for position, at in bands.items()]
    file = folder / "parameters.toml"
    file.write_text("".join([*tables, "[anchor_bands]\n", *widths]))
    return file


def sizes(case: Case, engine: str) -> list[int]:
    """Return the coalition's size in every round; the two runs are one and the same, nothing being drawn."""
    result = run(case, runs=2, engine=engine)
    assert (result.rounds["size_q05"] == result.rounds["size_q95"]).all()
    return result.rounds["size_mean"].astype(int).tolist()


# Granovetter, Threshold models of collective behavior, American Journal of Sociology 83 (1978), p. 1424:
# 100 people, each joins when at least as many others as its threshold have. With thresholds 0, 1, 2, ... 99
# everyone joins, one after the other; replace the person with threshold 1 by one with 2 and one joins.
#
# All nations are open at the start and none ever slips, so that each of those out counts 2/3 for its peers
# and each of those in 1: with k in, the peers term is b_peers * (2/3 + k / (3 * 99)) for those out. The 2/3
# was there in the anchor world, so it is in the anchor already. What is left of a nation's propensity is
#
#     x = anchor + b_public_opinion * support + b_peers * k / 297
#
# and it commits, one rung up, with no procedure, in the next round, if x > climb_to_committed. The anchor and
# climb_to_committed both stand at one half, log-odds 0, b_public_opinion is 10 and b_peers 5 (the largest
# allowed), so that an event in round 1 which gives a nation
#
#     public support = -(threshold - 1/2) * (5 / 297) / 10
#
# makes it commit if and only if k > threshold - 1/2, that is if k >= threshold. The half keeps all of it
# clear of rounding: a step of k moves x by 0.017, a tie is rounded to 2^-40. Support stays within 0.17 of 0.
# The lowest x, with threshold 99, is -1.66, a willingness of 0.16: the slip to undecided lies below that.

PEOPLE, B_PEERS, B_PUBLIC = 100, 5.0, 10.0


def granovetter(folder: Path, thresholds: list[int]) -> Case:
    write_equals(folder, PEOPLE, "open")
    parameters = write_parameters(
        folder,
        {"open": 0.5},
        b_peers=B_PEERS,
        b_public_opinion=B_PUBLIC,
        climb_to_committed=0.5,
        slip_to_undecided=0.12,
    )
    step = B_PEERS / (3 * (PEOPLE - 1))
    support = [-(threshold - 0.5) * step / B_PUBLIC for threshold in thresholds]
    lines = [
        f"nations.{code}.public_support = {value!r}"
        for code, value in zip(codes(PEOPLE), support, strict=True)
    ]
    write_scenario(folder / "people.toml", PEOPLE + 5, "What each public thinks of it", lines)
    return load_case(folder / "people.toml", parameters=parameters)


@pytest.mark.parametrize("engine", ["ensemble", "mesa"])
def test_with_thresholds_0_to_99_everyone_joins_one_a_round(tmp_path: Path, engine: str) -> None:
    case = granovetter(tmp_path, list(range(PEOPLE)))
    assert sizes(case, engine) == [*range(PEOPLE + 1), *[PEOPLE] * 5]


@pytest.mark.parametrize("engine", ["ensemble", "mesa"])
def test_with_2_in_place_of_threshold_1_exactly_one_joins(tmp_path: Path, engine: str) -> None:
    case = granovetter(tmp_path, [0, 2, *range(2, PEOPLE)])
    assert sizes(case, engine) == [0, *[1] * (PEOPLE + 5)]


def threshold_model(thresholds: list[int], rounds: int) -> list[int]:
    """Return how many have joined after each round if all look at the round before."""
    joined, counts = np.zeros(len(thresholds), dtype=bool), [0]
    for _ in range(rounds):
        joined |= np.array(thresholds) <= joined.sum()
        counts.append(int(joined.sum()))
    return counts


@pytest.mark.parametrize("draw", range(5))
def test_any_thresholds_give_the_cascade_of_the_threshold_model(tmp_path: Path, draw: int) -> None:
    # Normal thresholds, mean 25: where the spread is small few join, where it is large nearly all.
    normal = np.random.default_rng(draw).normal(25, [5, 10, 13, 16, 30][draw], PEOPLE)
    thresholds = np.clip(normal.round().astype(int), 0, PEOPLE - 1).tolist()
    case = granovetter(tmp_path, thresholds)
    assert sizes(case, "ensemble") == threshold_model(thresholds, PEOPLE + 5)


# The tipping point of nations all alike.
#
# N nations are undecided (1/3 each), all at the same anchor a, and nothing moves but peers. By an event in
# round 1, m of them commit: 1 each, 2/3 more than in the anchor world. For each of the others that makes
#
#     x = a + b * (2/3) * m / (N - 1)
#
# and they open up, all in the same round, if x > climb_to_open. Then each of them counts 2/3, which makes
#
#     x = a + b * ((2/3) * m + (1/3) * (N - 1 - m)) / (N - 1)
#
# and they commit, all in the same round, if x > climb_to_committed. So all join if b exceeds both of
#
#     b_open   = (climb_to_open - a)      * 3 * (N - 1) / (2 * m)
#     b_commit = (climb_to_committed - a) * 3 * (N - 1) / (N - 1 + m)
#
# and none but the m otherwise. With few to begin with, opening up is the harder step; with many, committing.

NATIONS, ANCHOR = 13, 0.3
CLIMB_TO_OPEN, CLIMB_TO_COMMITTED = 0.33, 0.5
ROUNDS = 8


def logit(probability: float) -> float:
    return math.log(probability / (1 - probability))


def tipping_point(initial: int) -> float:
    opening = (logit(CLIMB_TO_OPEN) - logit(ANCHOR)) * 3 * (NATIONS - 1) / (2 * initial)
    committing = (logit(CLIMB_TO_COMMITTED) - logit(ANCHOR)) * 3 * (NATIONS - 1) / (NATIONS - 1 + initial)
    return max(opening, committing)


class Equals:
    """Nations all alike, some of which commit in round 1."""

    def __init__(self, folder: Path) -> None:
        write_equals(folder, NATIONS, "undecided")
        self.folder = folder
        self.parameters = write_parameters(
            folder,
            {"undecided": ANCHOR, "committed": 0.9},
            climb_to_open=CLIMB_TO_OPEN,
            climb_to_committed=CLIMB_TO_COMMITTED,
        )

    def members(self, b_peers: float, initial: int, engine: str = "ensemble") -> int:
        """Return how many are in after the last round."""
        events = [f'nations.{code}.position = "committed"' for code in codes(initial)]
        write_scenario(self.folder / "equals.toml", ROUNDS, "Some commit", events)
        overrides = [f"parameters.b_peers={b_peers!r}"]
        return sizes(load_case(self.folder / "equals.toml", overrides, self.parameters), engine)[-1]


@pytest.fixture
def equals(tmp_path: Path) -> Equals:
    return Equals(tmp_path)


@pytest.mark.parametrize("initial", [1, 2, 4, 6, 9])
def test_the_tipping_point_found_over_b_peers_is_the_one_computed(equals: Equals, initial: int) -> None:
    low, high = 0.0, 5.0
    assert (equals.members(low, initial), equals.members(high, initial)) == (initial, NATIONS)
    while high - low > 1e-6:
        middle = (low + high) / 2
        members = equals.members(middle, initial)
        assert members in {initial, NATIONS}
        low, high = (middle, high) if members == initial else (low, middle)
    assert high == pytest.approx(tipping_point(initial), abs=2e-6)


SWEEP = """\
title = "Where equals tip"
base = "equals.toml"
design = "grid"
runs = 1
outcomes = ["size"]
[[uncertainties]]
path = "parameters.b_peers"
range = [{low!r}, {high!r}]
steps = 41
"""


@pytest.mark.slow
def test_sweeps_close_in_on_the_tipping_point(equals: Equals) -> None:
    initial, low, high = 4, 1.0, 3.0
    equals.members(low, initial)  # writes the scenario
    for zoom in range(4):
        file = equals.folder / f"zoom-{zoom}.toml"
        file.write_text(SWEEP.format(low=low, high=high))
        swept = sim.sweep(file, parameters=equals.parameters, out=equals.folder / "results").points
        sizes_found = swept.set_index("parameters.b_peers")["estimate"]
        assert sizes_found.is_monotonic_increasing
        assert set(sizes_found) == {initial, NATIONS}
        low = float(sizes_found[sizes_found == initial].index[-1])
        high = float(sizes_found[sizes_found == NATIONS].index[0])
        assert low < tipping_point(initial) <= high
    assert high - low == pytest.approx(2.0 / 40**4)


def test_both_steps_are_the_harder_one_somewhere() -> None:
    opening = [(logit(CLIMB_TO_OPEN) - logit(ANCHOR)) * 36 / (2 * m) for m in (1, 9)]
    assert opening[0] == pytest.approx(tipping_point(1))
    assert opening[1] < tipping_point(9)


@pytest.mark.parametrize("b_peers", [1.3, 1.6, 2.0, 2.4])
def test_the_least_share_of_initial_members_is_the_one_computed(equals: Equals, b_peers: float) -> None:
    found = [initial for initial in range(1, NATIONS) if equals.members(b_peers, initial) == NATIONS]
    computed = [initial for initial in range(1, NATIONS) if b_peers > tipping_point(initial)]
    assert found == computed
    assert 0 < len(found) < NATIONS - 1


@pytest.mark.parametrize("side", [-1e-9, 1e-9])
def test_mesa_tips_at_the_same_point(equals: Equals, side: float) -> None:
    members = equals.members(tipping_point(4) + side, 4, "mesa")
    assert members == (NATIONS if side > 0 else 4)
