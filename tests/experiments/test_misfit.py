"""Scores of many sets of parameters at once: the same as of each alone, and not flattered by few runs."""

from dataclasses import replace

import numpy as np
import pytest
from signal_world import NATIONS, observed_in, rows_with, world_of
from sim.experiments.calibration.misfit import Effort, Target, count_stances, misfit

from sim.declarations.words import Stance
from sim.experiments.hindcast.forecasts import MECHANISMS
from sim.experiments.hindcast.scores import Observed, as_coded, ranked_probability_score
from sim.experiments.run import RunOptions, simulate_case
from sim.inputs.case import load_case
from sim.inputs.parameters import Parameters

WEAK, STRONG = rows_with(b_involvement=0.2), rows_with(b_involvement=3.0)
BOTH = np.concatenate([WEAK, STRONG])


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Target:
    return world_of(tmp_path_factory.mktemp("signal") / "world")[0]


def test_run_k_is_one_of_set_k_modulo_their_number(target: Target) -> None:
    counts = count_stances(target, BOTH, 7, Effort(runs=5))
    assert counts.shape == (2, 2, NATIONS, len(Stance))
    wanted = np.zeros_like(counts)
    case = replace(target.case, parameters=Parameters(BOTH, target.case.parameters.bands))

    def add(first: int, records: object) -> None:
        for run, stance in enumerate(records.stance, start=first):  # type: ignore[attr-defined]
            for place, round_ in enumerate(target.rounds):
                wanted[run % 2, place, np.arange(NATIONS), stance[round_]] += 1

    simulate_case(case, RunOptions(runs=10, seed=7, trajectories=True), add)
    assert (counts == wanted).all()


def test_threads_change_nothing(target: Target) -> None:
    one, two = (misfit([target], BOTH, 3, Effort(700, threads)) for threads in (1, 2))
    assert one.tobytes() == two.tobytes()


def test_a_world_without_doubt_scores_how_many_rungs_it_is_off(target: Target) -> None:
    """Nothing moves anybody: everybody is observed where the model has it, then a rung above."""
    still = rows_with(**dict.fromkeys((*MECHANISMS, "volatility"), 0.0))
    hindcast = target.hindcast.model_copy(update={"coding_error": 0.0})
    sure = replace(target, hindcast=hindcast)
    # Undecided nations stay undecided, open ones open; those were recorded as they were.
    assert misfit([sure], still, 1, Effort(3)) == pytest.approx([0.0])
    off = tuple(
        replace(wave, observed=Observed(wave.observed.least + np.int8(1), wave.observed.most + np.int8(1)))
        for wave in sure.waves
    )
    assert misfit([replace(sure, waves=off)], still, 1, Effort(3)) == pytest.approx([1.0])
    # Each observation counts once, whichever hindcast it is of.
    first_wave_off = replace(sure, waves=(off[0],))
    assert misfit([sure, first_wave_off], still, 1, Effort(3)) == pytest.approx([1 / 3])


@pytest.mark.slow
def test_few_runs_do_not_make_scores_worse_on_average(target: Target) -> None:
    seen = observed_in(target, WEAK, 5)
    many = misfit([seen], STRONG, 1, Effort(20_000))
    few = np.mean([misfit([seen], STRONG, seed, Effort(2)) for seed in range(1, 400)])
    assert few == pytest.approx(many[0], abs=0.006)
    # As they are, the shares of two runs score worse.
    plain = []
    for seed in range(1, 200):
        shares = count_stances(seen, STRONG, seed, Effort(2))[0] / 2
        error = seen.hindcast.coding_error
        scores = [
            ranked_probability_score(as_coded(each, error), wave.observed)
            for each, wave in zip(shares, seen.waves, strict=True)
        ]
        plain.append(np.mean(scores))
    assert np.mean(plain) > many[0] + 0.02


def test_a_single_run_is_scored_as_it_is(target: Target) -> None:
    assert misfit([target], BOTH, 1, Effort(1)).shape == (2,)


def test_parameters_that_made_the_data_come_closer(target: Target) -> None:
    seen = observed_in(target, STRONG, 5)
    weak, strong = misfit([seen], BOTH, 1, Effort(200))
    assert strong < weak - 0.1


def test_nations_left_out_do_not_count(target: Target) -> None:
    left_out = np.arange(NATIONS) < 10
    rest = target.without_nations(left_out)
    assert rest.observations == 2 * (NATIONS - 10)
    first, others = (
        misfit([target.without_nations(flags)], WEAK, 1, Effort(50)) for flags in (~left_out, left_out)
    )
    assert (10 * first + 6 * others) / NATIONS == pytest.approx(misfit([target], WEAK, 1, Effort(50)))
    assert first != pytest.approx(others)


def test_what_a_scenario_says_of_parameters_goes_before(target: Target) -> None:
    folder = target.case.scenario.roster_folder.parent
    file = folder / "own.toml"
    file.write_text((folder / "signal.toml").read_text() + "\n[parameters]\nb_involvement = 3.0\n")
    own = replace(target, case=load_case(file))
    assert misfit([own], WEAK, 1, Effort(20)) == misfit([target], STRONG, 1, Effort(20))
