"""Cross-validation: what is scored out of sample has not been seen, and everything is scored once."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from signal_world import NATIONS, observed_in, rows_with, small_plan, world_of
from sim.experiments.calibration.splits import HINDCAST, IN_SAMPLE, WAVE, Split, splits
from sim.experiments.calibration.splits import NATIONS as HELD_OUT_NATIONS

from sim.experiments.calibration.calibrate import CalibrationPlan
from sim.experiments.calibration.held_out import FORECASTS, CrossValidation, cross_validate
from sim.experiments.hindcast.result import HindcastOptions
from sim.inputs.errors import InputError

OPTIONS = HindcastOptions(runs=150, resamples=200)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> CalibrationPlan:
    target, prior = world_of(tmp_path_factory.mktemp("signal") / "world")
    seen = observed_in(target, rows_with(b_involvement=3.0, b_home_defence=0.3), 5)
    return small_plan(seen, prior, particles=50, generations=3)


@pytest.fixture(scope="module")
def result(plan: CalibrationPlan, tmp_path_factory: pytest.TempPathFactory) -> CrossValidation:
    return cross_validate(plan, OPTIONS, tmp_path_factory.mktemp("out"), folds=2, beyond=1)


def of_kind(divided: list[Split], kind: str) -> list[Split]:
    return [split for split in divided if split.kind == kind]


# What is left out


def test_first_everything_is_fitted_and_scored(plan: CalibrationPlan) -> None:
    first = splits(plan, 4)[0]
    assert (first.kind, first.plan) == (IN_SAMPLE, plan)
    assert [test.nations.sum() for test in first.tests] == [NATIONS, NATIONS]


def test_each_wave_is_left_out_once(plan: CalibrationPlan) -> None:
    found = of_kind(splits(plan, 4), WAVE)
    assert [split.plan.about.fitted_to for split in found] == [("after 2025-07-10",), ("after 2025-05-22",)]
    assert [split.name for split in found] == ["after 2025-05-22", "after 2025-07-10"]
    assert [[test.wave for test in split.tests] for split in found] == [[0], [1]]


def test_each_nation_is_left_out_once_and_only_there_scored(plan: CalibrationPlan) -> None:
    found = of_kind(splits(plan, 5), HELD_OUT_NATIONS)
    assert len(found) == 5
    left_out = np.array([split.tests[0].nations for split in found])
    assert (left_out.sum(axis=0) == 1).all()
    assert set(left_out.sum(axis=1)) == {3, 4}
    for split, nations in zip(found, left_out, strict=True):
        codes = plan.targets[0].case.roster.iso3
        assert split.name.split() == [code for code, is_out in zip(codes, nations, strict=True) if is_out]
        for test, wave in zip(split.tests, split.plan.targets[0].waves, strict=True):
            assert (test.nations == nations).all()
            assert (wave.is_scored == ~nations).all()


def test_nations_never_observed_are_in_no_part(plan: CalibrationPlan) -> None:
    target = plan.targets[0].without_nations(np.arange(NATIONS) < 6)
    found = of_kind(splits(replace(plan, targets=(target,)), 5), HELD_OUT_NATIONS)
    together = np.sum([split.tests[0].nations for split in found], axis=0)
    assert together.tolist() == [0] * 6 + [1] * 10


def test_of_several_hindcasts_each_is_left_out_once(plan: CalibrationPlan) -> None:
    target = plan.targets[0]
    other = replace(target, hindcast=target.hindcast.model_copy(update={"title": "Elsewhere"}))
    found = of_kind(splits(replace(plan, targets=(target, other)), 4), HINDCAST)
    assert [split.plan.targets for split in found] == [(other,), (target,)]
    assert [{test.target for test in split.tests} for split in found] == [{0}, {1}]


def test_a_single_wave_is_not_left_out(plan: CalibrationPlan) -> None:
    single = replace(plan, targets=(plan.targets[0].with_waves(lambda wave: wave.round == 6),))
    assert {split.kind for split in splits(single, 4)} == {IN_SAMPLE, HELD_OUT_NATIONS}


def test_each_fit_has_a_folder_of_its_own(plan: CalibrationPlan) -> None:
    names = [split.plan.id for split in splits(plan, 4)]
    assert len(set(names)) == len(names)


# Scores


def test_every_wave_is_scored_by_fits_of_every_kind(result: CrossValidation) -> None:
    kinds = {(each.kind, each.wave.number) for each in result.scored}
    assert kinds == {(IN_SAMPLE, NATIONS), (WAVE, NATIONS), (HELD_OUT_NATIONS, NATIONS)}
    counted = result.scores.groupby(["kind", "wave", "forecast", "score"]).size()
    assert (counted == 1).all()
    assert len(counted) == 3 * 2 * len(FORECASTS) * 3


def test_what_fits_have_learned_helps_where_they_have_not_looked(result: CrossValidation) -> None:
    scores = result.scores.query("score == 'rps'").groupby(["kind", "forecast"])["value"].mean()
    for kind in (IN_SAMPLE, WAVE, HELD_OUT_NATIONS):
        assert scores[kind, "model"] < scores[kind, "prior"]
        assert scores[kind, "model"] < scores[kind, "mechanism-free"]
        assert scores[kind, "model"] < scores[kind, "persistence"]


def test_differences_are_those_of_the_scores(result: CrossValidation) -> None:
    keys = ["kind", "variant", "hindcast", "wave", "score"]
    scores = result.scores.set_index([*keys, "forecast"])["value"]
    for row in result.differences.itertuples():
        place = tuple(getattr(row, key) for key in keys)
        assert row.difference == pytest.approx(scores[(*place, "model")] - scores[(*place, row.baseline)])
        assert row.low <= row.difference <= row.high


def test_forecasts_that_know_nothing_are_the_same_in_and_out_of_sample(result: CrossValidation) -> None:
    known = result.scores[result.scores["forecast"].isin(["hand-set", "persistence", "climatology"])]
    spread = known.groupby(["wave", "forecast", "score"])["value"].agg(
        lambda values: values.max() - values.min()
    )
    assert spread.max() == pytest.approx(0.0, abs=1e-12)


@pytest.mark.slow
def test_each_generation_is_scored_and_that_where_fits_stop_is_the_calibrated_model(
    result: CrossValidation,
) -> None:
    table = result.generations.set_index(["kind", "wave", "generation"])
    assert set(table.index.get_level_values("generation")) == {0, 1, 2, 3}
    scores = result.scores.query("variant == 'recorded' and score == 'rps'")
    scores = scores.set_index(["kind", "wave", "forecast"])["value"]
    for kind, wave in {place[:2] for place in table.index}:
        assert table.loc[(kind, wave, 2), "value"] == pytest.approx(scores[kind, wave, "model"])
        assert table.loc[(kind, wave, 0), "value"] == pytest.approx(scores[kind, wave, "prior"])
        first, last = (table.loc[(kind, wave, number)] for number in (0, 3))
        assert tuple(first[["difference", "low", "high"]]) == (0.0, 0.0, 0.0)
        assert last["difference"] == pytest.approx(last["value"] - first["value"])
    assert len(result.calibration.generations) == 3


@pytest.mark.slow
def test_fits_are_kept_and_the_tables_the_same_again(plan: CalibrationPlan, tmp_path: Path) -> None:
    first = cross_validate(plan, OPTIONS, tmp_path, folds=2, beyond=0)
    files = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("generations/*.parquet")}
    again = cross_validate(plan, OPTIONS, tmp_path, folds=2, beyond=0)
    assert files == {file: file.stat().st_mtime_ns for file in tmp_path.rglob("generations/*.parquet")}
    assert first.scores.equals(again.scores)
    assert first.differences.equals(again.differences)


@pytest.mark.parametrize("folds", [1, 2.5, 17])
def test_there_are_no_more_parts_than_nations(plan: CalibrationPlan, tmp_path: Path, folds: float) -> None:
    with pytest.raises(InputError, match="folds: must be a whole number from 2 to 16"):
        cross_validate(plan, OPTIONS, tmp_path, folds=folds)
    assert not list(tmp_path.iterdir())
