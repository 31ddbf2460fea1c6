"""Cross-validation: each wave is forecast by the fit to the others, and scored."""

from pathlib import Path

import pytest
from signal_world import NATIONS, observed_in, rows_with, small_plan, world_of

from sim.experiments.calibration.calibrate import CalibrationPlan
from sim.experiments.cross_validation import (
    CrossValidation,
    cross_validate,
    fitted_on,
    simulated_runs,
)
from sim.experiments.hindcast.options import HindcastOptions
from sim.experiments.hindcast.result import BASELINES

OPTIONS = HindcastOptions(number=150, resamples=200)
EARLY, LATE = "2025-04-10 to 2025-05-22", "2025-04-10 to 2025-07-10"


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> CalibrationPlan:
    """Fits to a run in which Washington's signal counts for much; it is recorded as it happened."""
    target, prior = world_of(tmp_path_factory.mktemp("signal") / "world")
    seen = observed_in(target, rows_with(reach=1.8, wander=0.3), 5)
    return small_plan(seen, prior)


@pytest.fixture(scope="module")
def result(plan: CalibrationPlan, tmp_path_factory: pytest.TempPathFactory) -> CrossValidation:
    with pytest.MonkeyPatch.context() as patch:
        # The records are those of a run, which no file holds.
        patch.setattr("sim.experiments.hindcast.hindcast.observe", lambda *_: plan.target.waves)
        return cross_validate(plan, OPTIONS, tmp_path_factory.mktemp("out"))


def test_each_wave_is_forecast_by_the_fit_to_the_others(plan: CalibrationPlan) -> None:
    assert fitted_on(plan.about, EARLY) == (LATE,)
    assert fitted_on(plan.about, LATE) == (EARLY,)
    early, late = plan.about.waves
    covered = plan.about.model_copy(update={"waves": (early, late.model_copy(update={"fitted": False}))})
    assert fitted_on(covered, LATE) == ()  # the prior alone
    assert fitted_on(covered, EARLY) == ()


def test_every_wave_has_every_score_once(result: CrossValidation) -> None:
    assert {wave.number for wave in result.variants[0].waves} == {NATIONS}
    counted = result.scores.groupby(["wave", "variant", "forecast", "score"]).size()
    assert (counted == 1).all()
    assert len(counted) == 2 * 2 * (1 + len(BASELINES)) * 4


def test_what_fits_have_learned_helps_where_they_have_not_looked(result: CrossValidation) -> None:
    rows = result.scores.query("score == 'rps' and variant == 'recorded'")
    scores = rows.groupby("forecast")["value"].mean()
    assert scores["model"] < scores["prior"]
    assert scores["model"] < scores["mechanism-free"]
    assert scores["model"] < scores["persistence"]


def test_differences_are_those_of_the_scores(result: CrossValidation) -> None:
    keys = ["wave", "variant", "score"]
    scores = result.scores.set_index([*keys, "forecast"])["value"]
    for row in result.differences.dropna().itertuples():
        place = tuple(getattr(row, key) for key in keys)
        assert row.difference == pytest.approx(scores[(*place, "model")] - scores[(*place, row.baseline)])
        assert row.low <= row.difference <= row.high


@pytest.mark.slow
def test_the_fit_is_kept_and_the_tables_the_same_again(plan: CalibrationPlan, tmp_path: Path) -> None:
    told: list[int] = []
    first = cross_validate(plan, OPTIONS, tmp_path, progress=told.append)
    assert sum(told) == simulated_runs(plan, OPTIONS)
    files = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("draws.parquet")}
    again = cross_validate(plan, OPTIONS, tmp_path)
    assert files == {file: file.stat().st_mtime_ns for file in tmp_path.rglob("draws.parquet")}
    assert first.scores.equals(again.scores)
    assert first.differences.equals(again.differences)
