"""Forecasts of a scenario by a day: who declares soldiers on land, who contributes, beside baselines."""

from datetime import date

import numpy as np
import pytest

import sim
from sim.experiments.outlook import (
    BASE_RATE,
    LAST_STATEMENT,
    MODEL,
    NOISE,
    PAST_ALONE,
    WITHOUT_INTERACTION,
    Outlook,
    outlooks,
    recorded_as_committed,
)
from sim.inputs.case import Case, load_case
from sim.inputs.errors import InputError

RUNS = 300
BY = date(2025, 9, 4)


@pytest.fixture(scope="module")
def case() -> Case:
    """April 2025."""
    return load_case("brussels-2025-04")


@pytest.fixture(scope="module")
def told(case: Case) -> tuple[Outlook, Outlook]:
    """What it leads to by September."""
    return outlooks(case, BY, runs=RUNS)


def test_a_record_is_a_rung_off_at_times() -> None:
    """Of the committed 3 % are read as open; of the open 6 % as committed, 6 % as undecided."""
    stances = np.array([[0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0.5, 0.5]])
    assert recorded_as_committed(stances) == pytest.approx([0.97, 0.06, 0.0, 0.515])


def test_each_question_has_its_baselines(told: tuple[Outlook, Outlook]) -> None:
    land, military = told
    assert list(land.forecasts) == [MODEL, WITHOUT_INTERACTION, NOISE, LAST_STATEMENT]
    assert list(military.forecasts) == [MODEL, PAST_ALONE, BASE_RATE]
    assert land.title == "Brussels, 10 April 2025: soldiers on land declared"
    assert military.title == "Brussels, 10 April 2025: any military contribution"


def test_every_nation_has_a_probability(case: Case, told: tuple[Outlook, Outlook]) -> None:
    for outlook in told:
        for name, probabilities in outlook.forecasts.items():
            assert tuple(probabilities) == case.roster.iso3, name
            assert all(0.0 <= value <= 1.0 for value in probabilities.values()), name


def test_the_last_statement_is_what_was_recorded(case: Case, told: tuple[Outlook, Outlook]) -> None:
    """A conditional nation stands at open; who has not spoken stands as those that have."""
    last = told[0].forecasts[LAST_STATEMENT]
    recorded = dict(zip(case.roster.iso3, case.roster.positions_on(case.scenario.start), strict=True))
    expected = {"committed": 0.97, "open": 0.06, "conditional": 0.06, "undecided": 0.0, "opposed": 0.0}
    for code, position in recorded.items():
        if position in expected:
            assert last[code] == pytest.approx(expected[position]), code
    silent = {last[code] for code, position in recorded.items() if position == "unknown"}
    spoken = [expected[position] for position in recorded.values() if position in expected]
    assert list(silent) == pytest.approx([np.mean(spoken)])


def test_the_base_rate_is_the_same_for_all_and_past_coalitions_tell_nations_apart(
    told: tuple[Outlook, Outlook],
) -> None:
    assert len(set(told[1].forecasts[BASE_RATE].values())) == 1
    assert np.std(list(told[1].forecasts[PAST_ALONE].values())) > 0.1


def test_the_model_is_what_the_runs_say(case: Case, told: tuple[Outlook, Outlook]) -> None:
    """21 rounds of a week end on 4 September."""
    result = sim.run(case.with_overrides({"rounds": 21}), runs=RUNS)
    end = result.nations[result.nations["round"] == 21].set_index("iso3")
    stances = end[["p_opposed", "p_undecided", "p_open", "p_committed"]].to_numpy()
    assert list(told[0].forecasts[MODEL].values()) == pytest.approx(recorded_as_committed(stances).tolist())
    assert list(told[1].forecasts[MODEL].values()) == pytest.approx(end["p_contributes"].tolist())


def test_without_interaction_is_another_forecast(told: tuple[Outlook, Outlook]) -> None:
    land = told[0].forecasts
    assert land[MODEL] != land[WITHOUT_INTERACTION]


@pytest.mark.parametrize("by", [date(2025, 4, 10), date(2025, 4, 16), date(2024, 1, 1)])
def test_a_day_that_is_no_round_after_the_start_is_refused(case: Case, by: date) -> None:
    with pytest.raises(InputError, match=f"--by: {by} is not a round after the start of brussels-2025-04"):
        outlooks(case, by, runs=10)
