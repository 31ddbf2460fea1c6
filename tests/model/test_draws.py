"""Random draws: a known generator, uniform, independent, and the same wherever they are made."""

import shutil
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numba import njit
from numpy.testing import assert_array_equal
from numpy.typing import NDArray
from worlds import ensemble, setup_of, small_case, write_roster

from sim.inputs.case import load_case
from sim.model import draws
from sim.model.draws import RunDraws, element, nation_code, purpose_key, standardised, uniform
from sim.model.lanes import compilable  # noqa: F401 - importing it lets compiled code call the draws

EUROPE = load_case("brussels-2025-04").roster.iso3
CODES = np.array([nation_code(iso3) for iso3 in EUROPE], dtype=np.uint64)


def words(*numbers: int) -> NDArray[np.uint64]:
    return np.array(numbers, dtype=np.uint64)


# A known generator


@pytest.mark.parametrize(
    ("seed", "outputs"),
    [
        # Sebastiano Vigna's splitmix64.c, as listed on Rosetta Code.
        (
            1234567,
            (
                6457827717110365317,
                3203168211198807973,
                9817491932198370423,
                4593380528125082431,
                16408922859458223821,
            ),
        ),
        (
            0,
            (
                0xE220A8397B1DCDAF,
                0x6E789E6AA1B965F4,
                0x06C45D188009454F,
                0xF88BB8A8724C81EC,
                0x1B39896A51A8749B,
            ),
        ),
    ],
)
def test_a_stream_is_splitmix64(seed: int, outputs: tuple[int, ...]) -> None:
    assert element(words(seed), np.arange(5, dtype=np.uint64)).tolist() == list(outputs)


def test_a_uniform_draw_is_the_upper_53_bits() -> None:
    # 6457827717110365317 >> 11 = 3153236189995295
    assert uniform(words(1234567), words(0))[0] == 3153236189995295 / 2**53


def test_a_standardised_draw_is_the_uniform_one_stretched_to_variance_one() -> None:
    assert standardised(words(1234567), words(0))[0] == (2 * (3153236189995295 / 2**53) - 1) * 3**0.5


@pytest.mark.parametrize(
    ("iso3", "number"), [("AAA", 0), ("AAB", 1), ("ABA", 26), ("BAA", 676), ("ZZZ", 17575)]
)
def test_nation_codes_count_the_alphabet(iso3: str, number: int) -> None:
    assert nation_code(iso3) == number


def test_no_nation_has_the_code_of_all_nations() -> None:
    assert nation_code("ZZZ") < int(draws.ALL_NATIONS)


def test_every_purpose_has_a_number_of_its_own() -> None:
    assert draws.CONDITION_PURPOSES.tolist() == [3, 4, 5, 6]
    assert draws.LEVEL_PURPOSES.tolist() == list(range(13, 18))
    once_or_a_round = (draws.ANCHOR, draws.MOOD, draws.COMMON_MOOD)
    later = (draws.DEPLOYABLE, draws.REVERSAL, draws.ELECTION)
    assert [int(each) for each in (*once_or_a_round, *later)] == [0, 1, 2, 7, 8, 9]


def test_a_further_condition_moves_no_other_draw() -> None:
    assert draws._purposes(3, 4, 6).tolist() == [3, 4, 5, 6, 3004, 3005]


# The same bits, compiled and in NumPy


@njit
def compiled_draws(keys, indices):  # type: ignore[no-untyped-def]
    bits = np.empty(keys.size, np.uint64)
    shares = np.empty((2, keys.size))
    for n in range(keys.size):
        bits[n] = draws.purpose_key(keys[n], indices[n], draws.ALL_NATIONS)
        shares[0, n] = draws.uniform(bits[n], indices[n])
        shares[1, n] = draws.standardised(bits[n], indices[n])
    return bits, shares


def test_compiled_draws_have_the_same_bits() -> None:
    extremes = words(0, 1, 2**31, 2**32 - 1, 2**53, 2**63 - 1, 2**63, 2**64 - 1)
    others = element(words(7), np.arange(2000, dtype=np.uint64))
    keys = np.concatenate([extremes, others])
    indices = np.concatenate([extremes[::-1], others[::-1]])
    bits = purpose_key(keys, indices, words(int(draws.ALL_NATIONS)))
    got_bits, got_shares = compiled_draws(keys, indices)
    assert_array_equal(got_bits, bits)
    assert_array_equal(got_shares, [uniform(bits, indices), standardised(bits, indices)])


# Uniform. Seeds are fixed, so a test that passes goes on passing; its bound says how rarely draws that are
# uniform would miss it.


@cache
def grid(runs: int = 40, rounds: int = 52, seed: int = 1) -> NDArray[np.float64]:
    """Return the moods' uniform draws, shape (runs, rounds, nations)."""
    every = [RunDraws(seed, run, CODES, rounds).moods[1:] for run in range(runs)]
    return np.array(every) / 3**0.5 / 2 + 0.5


def kolmogorov(sample: NDArray[np.float64]) -> float:
    """Return sqrt(n) * D against the uniform distribution; above 2.5 once in 130,000 samples."""
    ordered = np.sort(sample.ravel())
    n = ordered.size
    steps = np.arange(n)
    return float(n**0.5 * max((ordered - steps / n).max(), ((steps + 1) / n - ordered).max()))


def test_the_test_of_uniformity_sees_what_is_not_uniform() -> None:
    assert kolmogorov(grid() ** 1.02) > 2.5


def test_draws_are_uniform_over_all_runs_nations_and_rounds() -> None:
    assert kolmogorov(grid()) < 2.5


@pytest.mark.parametrize("seed", [0, 1, 2, 2**32, 2**63 - 1])
@pytest.mark.parametrize("purpose", range(13))
def test_first_draws_are_uniform_over_runs_for_every_purpose_and_seed(seed: int, purpose: int) -> None:
    runs = np.arange(20_000, dtype=np.uint64)
    key = purpose_key(element(words(seed), runs), words(purpose), words(nation_code("NLD")))
    assert kolmogorov(uniform(key, words(0))) < 2.5


def test_draws_fill_256_bins_evenly() -> None:
    counts = np.bincount((grid() * 256).astype(int).ravel(), minlength=256)
    expected = counts.sum() / 256
    chi_square = ((counts - expected) ** 2 / expected).sum()
    # 255 degrees of freedom: mean 255, standard deviation 22.6; beyond 4.5 of them less than once in 10,000.
    assert 255 - 4.5 * 22.6 < chi_square < 255 + 4.5 * 22.6


def test_moods_have_mean_zero_and_variance_one() -> None:
    moods = (2 * grid() - 1) * 3**0.5
    n = moods.size
    assert abs(moods.mean()) < 4.5 / n**0.5
    assert abs(moods.var() - 1) < 4.5 * (0.8 / n) ** 0.5  # a uniform's kurtosis is 1.8


# Independent: correlations of n pairs have standard deviation 1/sqrt(n); 4.5 of them is once in 150,000.


def correlation(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return the correlation as a multiple of its standard deviation under independence."""
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1] * a.size**0.5)


@pytest.mark.parametrize(("axis", "of"), [(0, "runs"), (1, "rounds"), (2, "nations")])
@pytest.mark.parametrize("lag", [1, 2, 3, 7])
def test_neighbours_are_not_correlated(axis: int, of: str, lag: int) -> None:
    moved = np.moveaxis(grid(), axis, 0)
    assert abs(correlation(moved[:-lag], moved[lag:])) < 4.5, of


def test_neighbouring_seeds_are_not_correlated() -> None:
    assert abs(correlation(grid(seed=1), grid(seed=2))) < 4.5


def first_draws(purpose: int) -> NDArray[np.float64]:
    runs = element(words(1), np.arange(5000, dtype=np.uint64))
    return np.asarray(uniform(purpose_key(runs, words(purpose), words(nation_code("SWE"))), words(0)))


def test_a_draw_is_correlated_with_itself() -> None:
    assert correlation(first_draws(4), first_draws(4)) > 70  # sqrt(5000)


@pytest.mark.parametrize(("first", "second"), [*combinations(range(13), 2)])
def test_purposes_are_not_correlated(first: int, second: int) -> None:
    assert abs(correlation(first_draws(first), first_draws(second))) < 4.5


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_runs_up_and_down_are_as_long_as_chance_makes_them(axis: int) -> None:
    series = np.moveaxis(grid(), axis, -1).reshape(-1)
    above = series > 0.5
    turns = np.count_nonzero(above[1:] != above[:-1])
    n = above.size - 1
    assert abs(turns - n / 2) < 4.5 * n**0.5 / 2


def test_no_two_draws_are_the_same() -> None:
    every = grid()
    assert np.unique(every).size == every.size


# A pure function of seed, run, purpose, nation and round


def test_adding_a_nation_changes_no_other_nations_draws() -> None:
    without, with_ = RunDraws(1, 3, CODES, 5), RunDraws(1, 3, np.append(words(5), CODES), 5)
    for name in ("conditions", "anchors", "moods", "elections"):
        assert_array_equal(getattr(with_, name)[:, 1:], getattr(without, name))
    assert_array_equal(with_.deployable[1:], without.deployable)
    assert_array_equal(with_.common_moods, without.common_moods)
    assert_array_equal(with_.levels, without.levels)
    assert_array_equal(with_.reversals, without.reversals)


def test_more_rounds_leave_the_earlier_ones_as_they_were() -> None:
    short, long = RunDraws(1, 3, CODES, 5), RunDraws(1, 3, CODES, 52)
    assert_array_equal(long.moods[:6], short.moods)
    assert_array_equal(long.anchors[:6], short.anchors)
    assert_array_equal(long.conditions, short.conditions)
    assert_array_equal(long.deployable, short.deployable)


def test_a_run_does_not_depend_on_how_many_there_are_nor_where_they_begin() -> None:
    case = load_case("brussels-2025-04", {"rounds": 6})
    whole = ensemble(case, 1, range(20))[1]
    alone = ensemble(case, 1, range(13, 14))[1]
    assert_array_equal(alone.propensity[0], whole.propensity[13])
    assert not np.array_equal(whole.propensity[12], whole.propensity[13])


@pytest.mark.parametrize(("seed", "run"), [(1, 2), (2, 1)])
def test_another_seed_or_run_gives_other_draws(seed: int, run: int) -> None:
    assert not np.intersect1d(RunDraws(1, 1, CODES, 9).moods, RunDraws(seed, run, CODES, 9).moods).size


def test_a_nation_that_sends_nobody_changes_no_others_run(tmp_path: Path) -> None:
    # Nobody follows it; its distances do not stretch those of the others.
    few = {
        "AAA": {"distance_to_us": 1, "distance_to_adversary": 100, "position": "open"},
        "CCC": {"distance_to_us": 3, "distance_to_adversary": 900, "position": "undecided"},
    }
    more = {**few, "BBB": {"troops": 0, "position": "opposed", "distance_to_adversary": 500}}
    events = [{"round": 1, "title": "x", "washington": {"involvement": 1.0}, "moscow": {"pressure": 1.0}}]
    cases = [
        small_case(write_roster(tmp_path / name, nations), events=events, parameters={"reach": 1.0})
        for name, nations in (("few", few), ("more", more))
    ]
    small, large = (ensemble(case, 1, range(50), terms=True)[1] for case in cases)
    assert_array_equal(large.propensity[:, :, [0, 2]], small.propensity)
    assert_array_equal(large.terms[:, :, [0, 2]], small.terms)
    few_setup, more_setup = map(setup_of, cases)
    assert_array_equal(more_setup.disposition[:, [0, 2]], few_setup.disposition)
    assert_array_equal(more_setup.slopes[:, [0, 2]], few_setup.slopes)


def test_a_nation_that_has_said_nothing_changes_nothing_of_what_past_coalitions_say_of_others(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "europe"
    shutil.copytree(load_case("brussels-2025-04").roster.folder, folder)
    for name in ("nations", "candidates", "positions", "wave_2026"):
        file = folder / f"{name}.csv"
        rows = file.read_text(encoding="utf-8").splitlines()
        file.write_text("\n".join(row for row in rows if not row.startswith("ALB,")) + "\n", encoding="utf-8")
    without = setup_of(load_case("brussels-2025-04", {"roster": str(folder)}))
    with_ = setup_of(load_case("brussels-2025-04"))
    assert EUROPE[0] == "ALB"
    assert_array_equal(with_.disposition[:, 1:], without.disposition)
    assert_array_equal(with_.slopes[:, 1:], without.slopes)
    assert_array_equal(with_.unstated, without.unstated)


def test_codes_of_the_setup_are_those_of_the_draws() -> None:
    assert_array_equal(setup_of(load_case("brussels-2025-04")).nations["code"], CODES)
