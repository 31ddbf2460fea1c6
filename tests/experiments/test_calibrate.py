"""Calibrations recover what made the data, say nothing of what they cannot know, and can be stopped."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest
from signal_world import PRIOR, observed_in, rows_with, small_plan, world_of

import sim
from sim.declarations.parameters import PARAMETERS
from sim.experiments.calibration.calibrate import (
    Calibration,
    calibrate,
    calibration_folder,
    plan_calibration,
    run_calibration,
)
from sim.experiments.calibration.likelihood import Target
from sim.inputs.errors import InputError
from sim.inputs.fit import fitted_to
from sim.inputs.parameters import load_parameters
from sim.inputs.prior import JointPrior
from sim.results.parts import PartsFolder
from sim.results.result import load_result
from sim.system.locks import LockHeld

EARLY, LATE = "2025-04-10 to 2025-05-22", "2025-04-10 to 2025-07-10"


class World(NamedTuple):
    target: Target
    prior: JointPrior
    hindcast: Path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("signal") / "world"
    target, prior = world_of(folder)
    return World(target, prior, folder / "after.toml")


@pytest.fixture(scope="module")
def fitted(world: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[Calibration, Path]:
    """A calibration to a run of the model in which Washington's signal counts for much."""
    seen = observed_in(world.target, rows_with(reach=1.8, wander=0.3), 5)
    plan, out = small_plan(seen, world.prior), tmp_path_factory.mktemp("out")
    return run_calibration(plan, out), calibration_folder(plan, out)


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*.parquet")}


# What is learned


def test_what_made_the_data_is_found_and_the_rest_left_alone(fitted: tuple[Calibration, Path]) -> None:
    table = fitted[0].summary.set_index("parameter")
    assert table["learned"].to_dict() == {"reach": True, "wander": True, "support": False}
    assert table.loc["reach", "posterior_low"] < 1.8 < table.loc["reach", "posterior_high"]
    assert table.loc["wander", "posterior_low"] < 0.3 < table.loc["wander", "posterior_high"]
    assert 5 < fitted[0].effective_size < 512


@pytest.mark.slow
def test_parameters_are_recovered_and_their_intervals_hold_them(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Simulation-based calibration: truths are drawn from the prior, data from the model."""
    chance, trials = np.random.default_rng(5), 20
    truth, mean, held = np.empty((3, trials, 3))
    for trial in range(trials):
        truth[trial] = world.prior.at_normal(chance.standard_normal((1, 3)))[0]
        row = rows_with(**dict(zip(world.prior.names, truth[trial], strict=True)))
        seen = observed_in(world.target, row, 100 + trial)
        seen = replace(seen, waves=(seen.waves[0], replace(seen.waves[1], fitted=False)))
        result = run_calibration(small_plan(seen, world.prior), tmp_path / str(trial))
        low, high = result.summary["posterior_low"], result.summary["posterior_high"]
        mean[trial] = result.summary["posterior_mean"]
        held[trial] = (low <= truth[trial]) & (truth[trial] <= high)
    coverage = held.mean(axis=0)
    with capsys.disabled():
        report = dict(zip(world.prior.names, coverage.round(2).tolist(), strict=True))
        sys.stdout.write(f"\n90 % intervals hold the truth in these shares of {trials} trials: {report}\n")
    # Of 20 trials of 90 %, less than 14 happen once in 400 times.
    assert (coverage >= 0.7).all()
    for learned in (world.prior.names.index(name) for name in ("reach", "wander")):
        assert np.corrcoef(truth[:, learned], mean[:, learned])[0, 1] > 0.5


def test_a_wave_that_is_held_out_weighs_nothing(fitted: tuple[Calibration, Path]) -> None:
    result, _ = fitted
    early, none = result.fitted_to([EARLY]), result.fitted_to([])
    assert early.about.fitted_to == (f"after {EARLY}",)
    relative = np.log(early.weights) - result.log_likelihoods[:, 0]
    assert np.ptp(relative) == pytest.approx(0.0, abs=1e-9)
    assert none.effective_size == pytest.approx(len(result.coordinates))
    assert none.about.fitted_to == ()


def test_waves_can_be_held_out(world: World) -> None:
    plan = plan_calibration(world.hindcast, hold_out=["2025-05-22"])
    assert plan.about.fitted_to == (f"after {LATE}",)
    with pytest.raises(InputError, match=rf"--hold-out 2025-07-11: no such wave; the waves are {EARLY}, "):
        plan_calibration(world.hindcast, hold_out=["2025-07-11"])
    with pytest.raises(InputError, match="no wave is left to be fitted"):
        plan_calibration(world.hindcast, hold_out=["2025-07-10", EARLY])


# The posterior as a file


def test_the_posterior_is_what_runs_take(fitted: tuple[Calibration, Path], world: World) -> None:
    result, folder = fitted
    taken = load_parameters(folder / "posterior.parquet")
    assert taken.draws == 200
    rows = taken.values  # noqa: PD011 - not a DataFrame
    assert dict(zip(PARAMETERS, rows.T.tolist(), strict=True)) == result.posterior.to_dict("list")
    fixed = set(PARAMETERS) - set(world.prior.names)
    usual = dict(zip(PARAMETERS, rows_with()[0], strict=True))
    assert all((result.posterior[name] == usual[name]).all() for name in fixed)
    drawn = {tuple(row) for row in world.prior.rows(result.coordinates).tolist()}
    assert {tuple(row) for row in rows.tolist()} <= drawn
    run = sim.run(world.hindcast.with_name("signal.toml"), parameters=folder / "posterior.parquet", runs=120)
    assert run.runs is not None


def test_the_posterior_says_what_it_was_fitted_to(fitted: tuple[Calibration, Path]) -> None:
    assert fitted_to(fitted[1] / "posterior.parquet") == (f"after {EARLY}", f"after {LATE}")


def test_tables_and_manifest_stand_in_the_folder(fitted: tuple[Calibration, Path]) -> None:
    result, folder = fitted
    pd.testing.assert_frame_equal(pd.read_parquet(folder / "summary.parquet"), result.summary)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert {wave["name"]: wave["number"] for wave in manifest["waves"]} == {EARLY: 16, LATE: 16}
    assert set(manifest["prior"]["parameters"]) == {"reach", "wander", "support"}
    assert {"scenario", "roster", "observations", "prior", "sampling", "model"} <= set(manifest["digests"])
    assert str(folder.parent) not in json.dumps(manifest)


def test_a_calibration_is_read_back_from_its_folder(fitted: tuple[Calibration, Path]) -> None:
    result, folder = fitted
    again = load_result(folder)
    assert again.about == result.about
    pd.testing.assert_frame_equal(again.posterior, result.posterior)
    pd.testing.assert_frame_equal(again.summary, result.summary)


# The same again


def test_threads_change_nothing(world: World, tmp_path: Path) -> None:
    plan = small_plan(world.target, world.prior)
    one, two = (run_calibration(plan, tmp_path / str(threads), threads=threads) for threads in (1, 2))
    assert one.rows.tobytes() == two.rows.tobytes()
    assert files(tmp_path / "1") == files(tmp_path / "2")


def test_stopped_after_any_block_it_goes_on_to_the_same_bytes(world: World, tmp_path: Path) -> None:
    plan = small_plan(world.target, world.prior)
    run_calibration(plan, tmp_path / "whole")
    done = 0

    def stopping(runs: int) -> None:
        nonlocal done
        done += runs
        if done > plan.total_runs * 0.6:
            raise KeyboardInterrupt

    out, told = tmp_path / "stopped", []
    with pytest.raises(KeyboardInterrupt):
        run_calibration(plan, out, progress=stopping)
    assert len(files(out)) == 1
    run_calibration(plan, out, progress=told.append)
    assert sum(told) == plan.total_runs
    assert told[0] == plan.total_runs // 2  # the block that was there
    assert files(out) == files(tmp_path / "whole")


@pytest.fixture
def with_prior(world: World, tmp_path: Path) -> Callable[[str], Calibration]:
    """Calibrate from a file of priors, of the same name whatever is in it."""

    def fit(text: str) -> Calibration:
        prior = tmp_path / "prior.toml"
        prior.write_text(text)
        return calibrate(world.hindcast, prior=prior, out=tmp_path, draws=20, runs=1)

    return fit


@pytest.mark.parametrize(
    ("change", "into"),
    [
        ("high = 3.0", "high = 2.5"),
        ("[support]", "[demand]"),
        ('"uniform"\nlow = 0.0\nhigh', '"normal"\nmean = 1.0\ndeviation'),
    ],
    ids=["shape", "name", "distribution"],
)
def test_what_was_made_of_another_prior_is_not_mixed(
    with_prior: Callable[[str], Calibration], change: str, into: str
) -> None:
    with_prior(PRIOR)
    with pytest.raises(InputError, match=r"this calibration made before a change of: prior; .* remove the"):
        with_prior(PRIOR.replace(change, into))


def test_a_prior_is_another_one_within_another_range(world: World) -> None:
    plan = small_plan(world.target, world.prior)
    wider = tuple(replace(each, high=2.0 * each.high) for each in world.prior.parameters)
    other = small_plan(world.target, replace(world.prior, parameters=wider))
    assert other.digests["prior"] != plan.digests["prior"]


def test_a_reason_in_other_words_leaves_what_was_made_of_the_prior(
    with_prior: Callable[[str], Calibration],
) -> None:
    first = with_prior(PRIOR)
    again = with_prior(PRIOR.replace("as little is known as possible", "next to nothing is known"))
    assert again.rows.tobytes() == first.rows.tobytes()


def test_two_at_once_do_not_write_to_the_same_folder(world: World, tmp_path: Path) -> None:
    plan = small_plan(world.target, world.prior)
    with (
        PartsFolder(calibration_folder(plan, tmp_path), "calibration", plan.manifest),
        pytest.raises(LockHeld, match="another calibration is writing here"),
    ):
        run_calibration(plan, tmp_path)


def test_damaged_draws_are_named_and_weighed_again(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    plan = small_plan(world.target, world.prior)
    run_calibration(plan, tmp_path)
    part = calibration_folder(plan, tmp_path) / "draws.parquet"
    whole = part.read_bytes()
    part.write_bytes(whole[:100])
    run_calibration(plan, tmp_path)
    assert [record.getMessage() for record in caplog.records] == [
        f"{part}: is damaged: not what was written; computed again"
    ]
    assert part.read_bytes() == whole


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"draws": 5}, "draws: must be a whole number from 10 on"),
        ({"draws": 2**70}, "draws: must be at most "),
        ({"runs": 0}, "runs: must be a whole number from 1 on"),
        ({"runs": 1.5}, "runs: must be a whole number from 1 on, not 1.5"),
        ({"kept": 0}, "kept: must be"),
    ],
)
def test_what_cannot_be_calibrated_is_refused(world: World, given: dict[str, int], says: str) -> None:
    with pytest.raises(InputError, match=says):
        plan_calibration(world.hindcast, **given)  # type: ignore[arg-type]
