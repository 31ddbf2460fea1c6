"""What was observed as arrays, and forecasts that know nothing of the model."""

import datetime as dt

import numpy as np
import pytest

from sim.declarations.words import Stance
from sim.experiments.hindcast.baselines import climatology, markov_chain, persistence, transitions
from sim.experiments.hindcast.scores import Observed, as_coded, ranked_probability_score
from sim.experiments.hindcast.waves import Wave, observe, stances_at_start
from sim.inputs.case import Case
from sim.inputs.hindcast_file import Hindcast, load_hindcast_case

OPPOSED, UNDECIDED, OPEN, COMMITTED = Stance


@pytest.fixture(scope="module")
def europe() -> tuple[Hindcast, Case]:
    return load_hindcast_case("europe-2025")


@pytest.fixture(scope="module")
def waves(europe: tuple[Hindcast, Case]) -> tuple[Wave, ...]:
    return observe(*europe)


def stances(*rungs: int) -> Observed:
    return Observed(np.array(rungs, dtype=np.int8), np.array(rungs, dtype=np.int8))


def wave_of(start: Observed, observed: Observed) -> Wave:
    nobody = tuple([""] * len(start.least))
    none = np.zeros(len(start.least), dtype=bool)
    return Wave(dt.date(2025, 9, 4), "", 21, observed, start, nobody, nobody, nobody, none)


def mean_score(forecast: np.ndarray, wave: Wave) -> float:
    return float(np.nanmean(ranked_probability_score(forecast, wave.observed)))


# Waves


def test_the_waves_of_2025(waves: tuple[Wave, ...]) -> None:
    assert [wave.round for wave in waves] == [21, 38]
    assert [wave.number for wave in waves] == [33, 32]
    assert [int(wave.has_changed.sum()) for wave in waves] == [8, 8]
    assert [wave.size for wave in waves] == [9, 5]
    assert [int(wave.carried_forward.sum()) for wave in waves] == [0, 12]


def test_stances_of_nations_stand_in_the_order_of_the_roster(
    europe: tuple[Hindcast, Case], waves: tuple[Wave, ...]
) -> None:
    iso3 = europe[1].roster.iso3
    september, january = waves
    belgium, albania = iso3.index("BEL"), iso3.index("ALB")
    assert (september.start.least[belgium], september.start.most[belgium]) == (OPEN, OPEN)
    assert (september.observed.least[belgium], january.observed.least[belgium]) == (COMMITTED, OPEN)
    assert september.positions[belgium] == "committed"
    assert not september.is_scored[albania]
    assert (september.observed.least[albania], september.observed.most[albania]) == (OPPOSED, COMMITTED)
    assert (september.positions[albania], september.sources[albania]) == ("", "")


def test_a_nation_without_a_position_has_not_joined_at_the_start(europe: tuple[Hindcast, Case]) -> None:
    _, case = europe
    start, albania = stances_at_start(case), case.roster.iso3.index("ALB")
    assert (start.least[albania], start.most[albania]) == (OPPOSED, OPEN)


def test_what_a_scenario_says_of_a_nation_is_where_it_starts() -> None:
    _, case = load_hindcast_case("europe-2025", ["nations.POL.position=open"])
    assert stances_at_start(case).least[case.roster.iso3.index("POL")] == OPEN


def test_nations_that_are_left_out_have_no_scores(waves: tuple[Wave, ...]) -> None:
    january = waves[1]
    fresh = january.without(january.carried_forward)
    assert fresh.number == 20
    assert not (fresh.is_scored & january.carried_forward).any()
    assert (fresh.observed.least[fresh.is_scored] == january.observed.least[fresh.is_scored]).all()


def test_a_source_is_what_several_records_may_rest_on(
    europe: tuple[Hindcast, Case], waves: tuple[Wave, ...]
) -> None:
    rests = waves[0].rests_on("newsukraine.rbc.ua")
    codes = [code for code, is_in in zip(europe[1].roster.iso3, rests, strict=True) if is_in]
    assert codes == ["AUS", "AUT", "DNK", "EST", "FRA", "GBR", "LTU", "LVA", "NOR"]
    assert not waves[0].rests_on("").any()


def test_another_rung_is_a_change_a_rung_among_several_is_none() -> None:
    start = Observed(np.array([0, 0, 2], np.int8), np.array([2, 2, 2], np.int8))
    now = Observed(np.array([1, 3, 0], np.int8), np.array([1, 3, 3], np.int8))
    assert wave_of(start, now).has_changed.tolist() == [False, True, False]


# Baselines


def test_the_baselines_of_the_model_page(waves: tuple[Wave, ...]) -> None:
    """Without coding error, as MODEL.md gives them."""
    september, january = waves
    start = september.start
    assert mean_score(persistence(start), september) == pytest.approx(9 / 33)
    assert mean_score(persistence(start), january) == pytest.approx(8 / 32)
    assert mean_score(markov_chain(start, [january]), september) == pytest.approx(0.234, abs=0.0005)
    assert mean_score(markov_chain(start, [september]), january) == pytest.approx(0.194, abs=0.0005)


def test_persistence_stays_where_it_was(waves: tuple[Wave, ...]) -> None:
    forecast = persistence(stances(OPEN, COMMITTED))
    assert forecast.tolist() == [[0, 0, 1, 0], [0, 0, 0, 1]]
    coded = mean_score(as_coded(persistence(waves[0].start), 0.05), waves[0])
    assert coded == pytest.approx(0.2609, abs=0.0001)


def test_climatology_is_the_same_for_all(waves: tuple[Wave, ...]) -> None:
    forecast = climatology(stances(OPPOSED, OPPOSED, OPEN, COMMITTED))
    assert forecast.tolist() == [[0.5, 0, 0.25, 0.25]] * 4


def test_nations_of_which_nothing_is_known_count_for_no_climate() -> None:
    start = Observed(np.array([0, 3, 0], np.int8), np.array([0, 3, 3], np.int8))
    assert climatology(start)[0].tolist() == [0.5, 0, 0, 0.5]


def test_a_chain_counts_changes_and_one_nation_more_on_each_rung() -> None:
    start = stances(*[OPEN] * 9, OPPOSED)
    now = stances(*[OPEN] * 6, *[COMMITTED] * 3, OPPOSED)
    chain = transitions([wave_of(start, now)])
    spread = np.array([1 / 16, 1 / 4, 1, 1 / 4])
    assert chain[OPEN] == pytest.approx((np.array([0, 0, 6, 3]) + spread / spread.sum()) / 10)
    assert chain.sum(axis=1) == pytest.approx(np.ones(4))
    assert (chain > 0).all()
    assert chain[UNDECIDED].argmax() == UNDECIDED  # nobody was seen there: it stays what was thought before
    assert markov_chain(start, [wave_of(start, now)])[0] == pytest.approx(chain[OPEN])


def test_nations_not_observed_teach_a_chain_nothing() -> None:
    start = stances(OPEN, OPEN)
    now = Observed(np.array([3, 0], np.int8), np.array([3, 3], np.int8))
    assert transitions([wave_of(start, now)])[OPEN] == pytest.approx(
        transitions([wave_of(stances(OPEN), stances(COMMITTED))])[OPEN]
    )
