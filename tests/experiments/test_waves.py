"""What was observed as arrays, and forecasts that know nothing of the model."""

import datetime as dt

import numpy as np
import pytest

from sim.declarations.words import Stance
from sim.experiments.hindcast.baselines import climatology, markov_chain, persistence, transitions
from sim.experiments.hindcast.scores import ObservedStances, as_read, ranked_probability_score
from sim.experiments.hindcast.waves import Wave, observe, stances_at_start
from sim.inputs.case import Case
from sim.inputs.hindcast_file import Hindcast, load_hindcast_cases

OPPOSED, UNDECIDED, OPEN, COMMITTED = Stance


@pytest.fixture(scope="module")
def europe() -> tuple[Hindcast, tuple[Case, ...]]:
    return load_hindcast_cases("europe-2025")


@pytest.fixture(scope="module")
def waves(europe: tuple[Hindcast, tuple[Case, ...]]) -> tuple[Wave, ...]:
    return observe(*europe)


def stances(*rungs: int) -> ObservedStances:
    return ObservedStances(np.array(rungs, dtype=np.int8), np.array(rungs, dtype=np.int8))


def wave_of(start: ObservedStances, observed: ObservedStances) -> Wave:
    nobody = tuple([""] * len(start.least))
    days = dt.date(2025, 4, 10), dt.date(2025, 9, 4)
    return Wave(*days, "", True, 21, observed, start, nobody, nobody, nobody)


def mean_score(forecast: np.ndarray, wave: Wave) -> float:
    return float(np.nanmean(ranked_probability_score(forecast, wave.observed)))


# Waves


def test_the_waves_of_2025(waves: tuple[Wave, ...]) -> None:
    names = ["2025-04-10 to 2025-09-04", "2025-09-04 to 2026-01-06", "2025-04-10 to 2026-01-06"]
    assert [wave.name for wave in waves] == names
    assert [wave.round for wave in waves] == [21, 17, 38]
    assert [wave.number for wave in waves] == [27, 22, 22]
    assert [int(wave.has_changed.sum()) for wave in waves] == [7, 8, 7]
    assert [wave.fitted for wave in waves] == [True, True, False]


def test_stances_of_nations_stand_in_the_order_of_the_roster(
    europe: tuple[Hindcast, tuple[Case, ...]], waves: tuple[Wave, ...]
) -> None:
    iso3 = europe[1][0].roster.iso3
    september, january, _ = waves
    belgium, albania = iso3.index("BEL"), iso3.index("ALB")
    assert (september.start.least[belgium], september.start.most[belgium]) == (OPEN, OPEN)
    assert (september.observed.least[belgium], january.observed.least[belgium]) == (COMMITTED, OPEN)
    assert january.start.least[belgium] == COMMITTED  # it is predicted from September
    assert september.positions[belgium] == "committed"
    assert not september.is_scored[albania]
    assert (september.observed.least[albania], september.observed.most[albania]) == (OPPOSED, COMMITTED)
    assert (september.positions[albania], september.sources[albania]) == ("", "")


def test_a_nation_without_a_position_has_not_joined_at_the_start(
    europe: tuple[Hindcast, tuple[Case, ...]],
) -> None:
    _, (case, *_) = europe
    start, albania = stances_at_start(case), case.roster.iso3.index("ALB")
    assert (start.least[albania], start.most[albania]) == (OPPOSED, OPEN)


def test_what_a_scenario_says_of_a_nation_is_where_it_starts() -> None:
    _, (case, *_) = load_hindcast_cases("europe-2025", ["nations.POL.position=open"])
    assert stances_at_start(case).least[case.roster.iso3.index("POL")] == OPEN


def test_nations_that_are_left_out_have_no_scores(waves: tuple[Wave, ...]) -> None:
    january = waves[1]
    source = january.rests_on(january.sources[int(np.flatnonzero(january.is_scored)[0])])
    fresh = january.without(source)
    assert fresh.number == january.number - source.sum() > 0
    assert not (fresh.is_scored & source).any()
    assert (fresh.observed.least[fresh.is_scored] == january.observed.least[fresh.is_scored]).all()


def test_a_source_is_what_several_records_may_rest_on(
    europe: tuple[Hindcast, tuple[Case, ...]], waves: tuple[Wave, ...]
) -> None:
    rests = waves[0].rests_on("newsukraine.rbc.ua")
    codes = [code for code, is_in in zip(europe[1][0].roster.iso3, rests, strict=True) if is_in]
    assert codes == ["AUS", "AUT", "DNK", "EST", "FRA", "GBR", "LTU", "LVA", "NOR"]
    assert not waves[0].rests_on("").any()


def test_another_rung_is_a_change_a_rung_among_several_is_none() -> None:
    start = ObservedStances(np.array([0, 0, 2], np.int8), np.array([2, 2, 2], np.int8))
    now = ObservedStances(np.array([1, 3, 0], np.int8), np.array([1, 3, 3], np.int8))
    assert wave_of(start, now).has_changed.tolist() == [False, True, False]


# Baselines


def test_persistence_scores_what_the_specification_says(waves: tuple[Wave, ...]) -> None:
    """Known before: .283, .428 and .347 with an error of readings; somewhat more or less without it."""
    found = [mean_score(persistence(wave.start), wave) for wave in waves]
    assert found == pytest.approx([8 / 27, 10 / 22, 8 / 22])
    read = [mean_score(as_read(persistence(wave.start)), wave) for wave in waves]
    assert read == pytest.approx([0.283, 0.428, 0.347], abs=0.02)


def test_persistence_stays_where_it_was() -> None:
    assert persistence(stances(OPEN, COMMITTED)).tolist() == [[0, 0, 1, 0], [0, 0, 0, 1]]


def test_climatology_is_the_same_for_all(waves: tuple[Wave, ...]) -> None:
    forecast = climatology(stances(OPPOSED, OPPOSED, OPEN, COMMITTED))
    assert forecast.tolist() == [[0.5, 0, 0.25, 0.25]] * 4


def test_nations_of_which_nothing_is_known_count_for_no_climate() -> None:
    start = ObservedStances(np.array([0, 3, 0], np.int8), np.array([0, 3, 3], np.int8))
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
    now = ObservedStances(np.array([3, 0], np.int8), np.array([3, 3], np.int8))
    assert transitions([wave_of(start, now)])[OPEN] == pytest.approx(
        transitions([wave_of(stances(OPEN), stances(COMMITTED))])[OPEN]
    )
