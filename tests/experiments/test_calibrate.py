"""Calibrations recover what made the data, say nothing of what they cannot know, and can be stopped."""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from signal_world import PRIOR, observed_in, rows_with, small_plan, world_of, write_signal_world
from sim.experiments.calibration.misfit import Target

import sim
from sim.declarations.parameters import PARAMETERS
from sim.experiments.calibration.calibrate import (
    Calibration,
    calibrate,
    calibration_folder,
    plan_calibration,
    run_calibration,
)
from sim.experiments.parts import PartsFolder
from sim.inputs.errors import InputError
from sim.inputs.fit import fitted_to
from sim.inputs.parameters import load_parameters
from sim.inputs.prior import Prior
from sim.outputs.kinds import load_result


class World(NamedTuple):
    target: Target
    prior: Prior
    hindcast: Path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    folder = tmp_path_factory.mktemp("signal") / "world"
    target, prior = world_of(folder)
    return World(target, prior, folder / "after.toml")


@pytest.fixture(scope="module")
def fitted(world: World, tmp_path_factory: pytest.TempPathFactory) -> tuple[Calibration, Path]:
    """A calibration to a run of the model in which Washington's signal counts for much."""
    seen = observed_in(world.target, rows_with(b_involvement=3.0, b_home_defence=0.3), 5)
    plan, out = small_plan(seen, world.prior), tmp_path_factory.mktemp("out")
    return run_calibration(plan, out), calibration_folder(plan, out)


def files(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*.parquet")}


# What is learned


def test_what_made_the_data_is_found_and_the_rest_left_alone(fitted: tuple[Calibration, Path]) -> None:
    table = fitted[0].summary.set_index("parameter")
    assert table["learned"].to_dict() == {
        "b_involvement": True,
        "b_home_defence": True,
        "b_free_riding": False,
    }
    assert table.loc["b_involvement", "posterior_low"] < 3.0 < table.loc["b_involvement", "posterior_high"]
    assert table.loc["b_home_defence", "posterior_low"] < 0.3 < table.loc["b_home_defence", "posterior_high"]


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
        result = run_calibration(small_plan(seen, world.prior, particles=100), tmp_path / str(trial))
        low, high = result.summary["posterior_low"], result.summary["posterior_high"]
        mean[trial] = result.summary["posterior_mean"]
        held[trial] = (low <= truth[trial]) & (truth[trial] <= high)
    error, before = (np.sqrt(((each - truth) ** 2).mean(axis=0)) for each in (mean, np.full(3, 2.0)))
    coverage = held.mean(axis=0)
    with capsys.disabled():
        report = dict(zip(world.prior.names, coverage.round(2).tolist(), strict=True))
        sys.stdout.write(f"\n90 % intervals hold the truth in these shares of {trials} trials: {report}\n")
    # Of 20 trials of 90 %, less than 14 happen once in 400 times.
    assert (coverage >= 0.7).all()
    for learned in (0, 1):
        assert np.corrcoef(truth[:, learned], mean[:, learned])[0, 1] > 0.8
        assert error[learned] < 0.75 * before[learned]
    assert error[2] > 0.85 * before[2]


def test_scores_come_closer_to_the_data(fitted: tuple[Calibration, Path]) -> None:
    steps = fitted[0].steps
    assert steps["mean_score"].is_monotonic_decreasing
    assert (steps["runs"] == 8 * steps["simulated"]).all()


def test_several_hindcasts_are_fitted_together(world: World, tmp_path: Path) -> None:
    """Another coalition is a file more."""
    elsewhere = write_signal_world(tmp_path / "elsewhere").rename(tmp_path / "elsewhere" / "other.toml")
    sources = [str(world.hindcast), str(elsewhere)]
    prior = world.hindcast.with_name("prior.toml")
    plan = plan_calibration(sources, prior=prior, particles=50, generations=2, runs=4)
    assert plan.name == "after-other"
    result = run_calibration(plan, tmp_path / "out")
    assert plan.about.fitted_to == (
        "after 2025-05-22", "after 2025-07-10", "other 2025-05-22", "other 2025-07-10",
    )  # fmt: skip
    single = replace(plan, targets=plan.targets[:1])
    # The same observations twice give the same scores as once.
    again = run_calibration(single, tmp_path / "out")
    assert result.generations[0].distances == pytest.approx(again.generations[0].distances)


def test_the_waves_to_fit_can_be_chosen(world: World) -> None:
    plan = plan_calibration([str(world.hindcast)], waves=["2025-07-10"])
    assert plan.about.fitted_to == ("after 2025-07-10",)
    with pytest.raises(
        InputError, match=r"--wave 2025-07-11: no such wave; the waves are 2025-05-22, 2025-07"
    ):
        plan_calibration([str(world.hindcast)], waves=["2025-07-11"])


# The posterior as a file


def test_the_posterior_is_what_runs_take(fitted: tuple[Calibration, Path], world: World) -> None:
    result, folder = fitted
    taken = load_parameters(folder / "posterior.parquet")
    assert taken.draws == 60
    rows = taken.values  # noqa: PD011 - not a DataFrame
    assert dict(zip(PARAMETERS, rows.T.tolist(), strict=True)) == result.posterior.to_dict("list")
    fixed = set(PARAMETERS) - set(world.prior.names)
    usual = dict(zip(PARAMETERS, rows_with()[0], strict=True))
    assert all((result.posterior[name] == usual[name]).all() for name in fixed)
    # Each run takes its own particle, and runs differ by that more than those of the particle in the middle.
    run = sim.run(world.hindcast.with_name("signal.toml"), parameters=folder / "posterior.parquet", runs=120)
    middle = folder / "middle.toml"
    means = result.posterior[list(world.prior.names)].mean()
    middle.write_text("".join(f"[{name}]\nvalue = {value}\n" for name, value in means.items()))
    point = sim.run(world.hindcast.with_name("signal.toml"), parameters=middle, runs=120)
    assert run.runs is not None and point.runs is not None
    assert run.runs["size"].std() > point.runs["size"].std()


def test_the_posterior_says_what_it_was_fitted_to(fitted: tuple[Calibration, Path]) -> None:
    assert fitted_to(fitted[1] / "posterior.parquet") == ("after 2025-05-22", "after 2025-07-10")


def test_tables_and_manifest_stand_in_the_folder(fitted: tuple[Calibration, Path]) -> None:
    result, folder = fitted
    for name in ("summary", "pairs", "steps"):
        pd.testing.assert_frame_equal(pd.read_parquet(folder / f"{name}.parquet"), getattr(result, name))
    manifest = json.loads((folder / "manifest.json").read_text())
    waves = manifest["hindcasts"][0]["waves"]
    assert {date: counts["number"] for date, counts in waves.items()} == {"2025-05-22": 16, "2025-07-10": 16}
    assert set(manifest["prior"]) == {"b_involvement", "b_home_defence", "b_free_riding"}
    assert {"scenario", "roster", "observations", "prior", "sampling", "model"} <= set(manifest["digests"])
    assert str(folder.parent) not in json.dumps(manifest)


def test_a_calibration_is_read_back_from_its_folder(fitted: tuple[Calibration, Path]) -> None:
    result, folder = fitted
    again = load_result(folder)
    assert again.about == result.about
    pd.testing.assert_frame_equal(again.posterior, result.posterior)


# The same again


def test_threads_change_nothing(world: World, tmp_path: Path) -> None:
    plan = small_plan(world.target, world.prior)
    one, two = (run_calibration(plan, tmp_path / str(threads), threads=threads) for threads in (1, 2))
    assert one.rows.tobytes() == two.rows.tobytes()
    assert files(tmp_path / "1") == files(tmp_path / "2")


def test_stopped_after_any_generation_it_goes_on_to_the_same_bytes(world: World, tmp_path: Path) -> None:
    plan = small_plan(world.target, world.prior)
    run_calibration(plan, tmp_path / "whole")
    for stop in (1, 2):

        def stopping(done: int, runs: int, stop: int = stop) -> None:
            if done == stop and runs:
                raise KeyboardInterrupt

        out, told = tmp_path / str(stop), []
        with pytest.raises(KeyboardInterrupt):
            run_calibration(plan, out, progress=stopping)
        assert len(files(out)) == stop
        run_calibration(plan, out, progress=lambda *progress: told.append(progress))  # noqa: B023
        assert {done for done, runs in told if runs} == set(range(stop, 3))
        assert files(out) == files(tmp_path / "whole")


@pytest.fixture
def with_prior(world: World, tmp_path: Path) -> Callable[[str], Calibration]:
    """Calibrate from a file of priors, of the same name whatever is in it."""

    def fit(text: str) -> Calibration:
        prior = tmp_path / "prior.toml"
        prior.write_text(text)
        return calibrate(world.hindcast, prior=prior, out=tmp_path, particles=50, generations=1, runs=1)

    return fit


@pytest.mark.parametrize(
    ("change", "into"),
    [
        ("high = 4.0", "high = 3.0"),
        ("[b_free_riding]", "[b_peers]"),
        ('"uniform"\nlow = 0.0\nhigh', '"lognormal"\nmedian = 1.0\ndeviation'),
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
    wider = tuple(replace(each, high=2.0 * each.high) for each in plan.prior.parameters)
    other = replace(plan, prior=replace(plan.prior, parameters=wider))
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
        PartsFolder(calibration_folder(plan, tmp_path), "calibration", plan.manifest()),
        pytest.raises(InputError, match="another calibration is writing here"),
    ):
        run_calibration(plan, tmp_path)


def test_a_damaged_generation_is_named(world: World, tmp_path: Path) -> None:
    plan = small_plan(world.target, world.prior)
    run_calibration(plan, tmp_path)
    part = calibration_folder(plan, tmp_path) / "generations" / "001.parquet"
    part.write_bytes(part.read_bytes()[:100])
    with pytest.raises(InputError, match=r"001.parquet: this part is damaged .*; remove it and repeat"):
        run_calibration(plan, tmp_path)
    part.unlink()
    run_calibration(plan, tmp_path)
    assert pq.read_table(part).num_rows == plan.sampling.particles


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"particles": 20}, "particles: must be a whole number from 50 on"),
        ({"particles": 5}, "particles: must be a whole number from 50 on"),
        ({"particles": 2**70}, "particles: must be at most "),
        ({"particels": 100}, 'particels: no such option; did you mean "particles"'),
        ({"runs": 0}, "runs: must be a whole number from 1 on"),
        ({"runs": 1.5}, "runs: must be a whole number from 1 on, not 1.5"),
        ({"generations": 0}, "generations: must be"),
    ],
)
def test_what_cannot_be_calibrated_is_refused(world: World, given: dict[str, int], says: str) -> None:
    with pytest.raises(InputError, match=says):
        plan_calibration([str(world.hindcast)], **given)  # type: ignore[arg-type]


def test_a_hindcast_is_not_fitted_twice(world: World) -> None:
    with pytest.raises(InputError, match="two hindcasts have the same name"):
        plan_calibration([str(world.hindcast)] * 2)
