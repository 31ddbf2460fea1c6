"""Hindcasts: forecasts of waves, their scores beside those of others, and what they rest on."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sim
from sim.declarations.parameters import INTERACTION, PARAMETERS
from sim.declarations.records import Terms
from sim.declarations.words import Stance
from sim.experiments.hindcast.forecasts import (
    MECHANISMS,
    PositionForecast,
    forecast_wave,
    last_statement_and_noise,
    main_obstacle,
    why,
    without_interaction,
    without_mechanisms,
)
from sim.experiments.hindcast.hindcast import hindcast
from sim.experiments.hindcast.result import BASELINES, MODEL, PRIOR, HindcastResult
from sim.experiments.hindcast.scores import as_read, readings
from sim.experiments.hindcast.skill import bootstrapped_mean
from sim.experiments.hindcast.skill import noise as noise_of
from sim.experiments.rests_on import verdicts
from sim.experiments.runs import Runs
from sim.inputs.case import Case, load_case
from sim.inputs.errors import InputError
from sim.inputs.fit import FITTED_TO, fitted_to
from sim.inputs.parameters import DECLARED
from sim.inputs.prior import load_prior
from sim.model.tally import HOLDS_BACK

TABLES = ("waves", "scores", "differences", "sources", "nations", "terms", "reliability", "rests_on")
FEW = {"runs": 120, "resamples": 200}
World = Callable[..., Path]
AUTUMN, WINTER, YEAR = "2025-04-10 to 2025-09-04", "2025-09-04 to 2026-01-06", "2025-04-10 to 2026-01-06"


@pytest.fixture(scope="module")
def europe() -> HindcastResult:
    return hindcast("europe-2025", **FEW)


@pytest.fixture(scope="module")
def brussels() -> Case:
    return load_case("hindcast-2025", ["rounds=21"], DECLARED)


# Forecasts


def test_a_forecast_is_the_shares_of_the_runs_as_they_are_read(brussels: Case) -> None:
    forecast = forecast_wave(brussels, Runs(90, seed=4))
    tally = sim.run(brussels, runs=90, seed=4).tally
    np.testing.assert_allclose(forecast.probabilities, as_read(tally.stances[-1] / 90), atol=1e-12)


def test_the_distribution_of_the_size_keeps_what_runs_have_in_common(brussels: Case) -> None:
    forecast = forecast_wave(brussels, Runs(90, seed=4))
    assert forecast.runs.shape == (90, len(brussels.roster.iso3), 4)
    everyone = np.ones(len(brussels.roster.iso3), dtype=bool)
    sizes = forecast.sizes(everyone)
    committed = forecast.probabilities[:, Stance.COMMITTED].sum()
    assert (sizes * np.arange(len(sizes))).sum() == pytest.approx(committed)
    assert {tuple(row) for run in forecast.runs for row in run} <= {tuple(row) for row in readings()}


def test_without_interaction_no_nation_moves_another(brussels: Case) -> None:
    reasons = why(without_interaction(brussels), Runs(20))
    terms = ("components", *Terms._fields)
    for name in ("followership", "framework", "lobbying"):
        assert (reasons.after[:, terms.index(name)] == 0).all()
    assert (reasons.after[:, terms.index("involvement")] != 0).any()


def test_without_mechanisms_nothing_but_mood_moves_a_nation(brussels: Case) -> None:
    still = without_mechanisms(brussels)
    values = dict(zip(PARAMETERS, still.parameters.values[0], strict=True))  # noqa: PD011
    assert [values[name] for name in MECHANISMS] == [0.0] * 5
    assert set(INTERACTION) < set(MECHANISMS)
    assert values["wander"] > 0
    reasons = why(still, Runs(20))
    mood = 1 + Terms._fields.index("mood")
    assert (reasons.after[:, mood] != 0).any()
    assert (np.delete(reasons.after, [0, mood], axis=1) == 0).all()
    np.testing.assert_allclose(reasons.after[:, 0], reasons.before[:, 0])


def test_last_statement_and_noise_wanders_by_the_prior_whatever_was_fitted(brussels: Case) -> None:
    fitted = brussels.with_overrides({"parameters.wander": 0.1})
    noise = last_statement_and_noise(fitted, load_prior(), 3)
    wander = noise.parameters.column("wander")
    assert np.median(wander) == pytest.approx(0.95, abs=0.02)
    assert noise.parameters.draws == 1024
    assert all((noise.parameters.column(name) == 0).all() for name in MECHANISMS)


def test_a_position_that_nobody_stated_is_not_a_nations_own(brussels: Case) -> None:
    reasons = why(brussels, Runs(60, seed=2))
    result = sim.run(brussels, runs=60, seed=2)
    nations = {code: brussels.roster.iso3.index(code) for code in ("MNE", "ITA")}
    assert not brussels.timeline.has_statement[nations["MNE"]]
    obstacles = {code: main_obstacle(reasons, nation) for code, nation in nations.items()}
    assert {code: obstacle[0] for code, obstacle in obstacles.items() if obstacle} == {
        "MNE": "no_statement",
        "ITA": "predisposition",
    }
    assert obstacles["MNE"] == result.held_back_by(nations["MNE"])[0]


def test_reasons_are_those_of_the_end(brussels: Case) -> None:
    reasons = why(brussels, Runs(60, seed=2))
    result = sim.run(brussels, overrides=[], runs=60, seed=2, trajectories=True, terms=True)
    trajectories = result.trajectories
    assert trajectories is not None
    rows = trajectories[(trajectories["round"] == 21) & (trajectories["iso3"] == "NLD")]
    nation = brussels.roster.iso3.index("NLD")
    assert reasons.after[nation].sum() == pytest.approx(rows["propensity"].mean())
    assert reasons.after[nation, 1] == pytest.approx(rows["involvement"].mean())
    assert reasons.held_back[nation].sum() >= 1.0  # several demands may be unmet at once
    assert reasons.is_out[nation] == (rows["stance"] < Stance.COMMITTED).mean()


# Intervals


def test_a_mean_and_its_interval() -> None:
    values = np.array([0.0, 0.0, 1.0, 1.0] * 25)
    mean, low, high = bootstrapped_mean(values, 5000, seed=1)
    assert mean == 0.5
    assert [low, high] == pytest.approx([0.4, 0.6], abs=0.02)  # 0.5 -+ 1.96 * 0.5 / sqrt(100)
    assert bootstrapped_mean(np.full(5, 0.3), 100, seed=1) == pytest.approx((0.3, 0.3, 0.3))


# Tables


def test_how_much_was_observed_comes_first(europe: HindcastResult) -> None:
    waves = europe.waves
    assert waves["wave"].tolist() == [AUTUMN, WINTER, YEAR]
    assert waves["nations"].tolist() == [27, 22, 22]
    assert waves["changed"].tolist() == [7, 8, 7]
    assert waves["in_sample"].tolist() == [True, True, False]  # the bundled draws were fitted to two


def test_every_forecast_has_every_score_in_every_variant(europe: HindcastResult) -> None:
    variants = [variant.name for variant in europe.variants]
    assert variants == ["recorded", "without-interaction", "list-of-ten"]
    assert len(europe.scores) == 3 * 3 * 6 * 4
    assert len(europe.differences) == 3 * 3 * 5 * 4
    of_nations = europe.scores[europe.scores["score"] != "crps"]
    assert (of_nations["low"] <= of_nations["value"]).all()
    assert (of_nations["value"] <= of_nations["high"]).all()
    assert europe.scores[europe.scores["score"] == "crps"]["low"].isna().all()


def test_differences_are_those_of_the_scores(europe: HindcastResult) -> None:
    keys = ["wave", "variant", "score"]
    scores = europe.scores.pivot_table(index=keys, columns="forecast", values="value")
    differences = europe.differences.pivot_table(index=keys, columns="baseline", values="difference")
    assert set(differences) == {*BASELINES} - {PRIOR}
    for baseline in differences:
        expected = scores[MODEL] - scores[baseline]
        np.testing.assert_allclose(differences[baseline], expected.loc[differences.index], atol=1e-12)


def test_noise_comes_from_the_runs_alone(europe: HindcastResult) -> None:
    noise = europe.scores.groupby("forecast")["noise"].max()
    assert noise["persistence"] == noise["markov"] == 0.0
    assert noise[MODEL] > 0.0
    rps = europe.scores.set_index(["wave", "variant", "forecast", "score"])["noise"]
    assert rps[AUTUMN, "recorded", MODEL, "rps"] < 0.02


def test_runs_that_repeat_their_draws_leave_as_much_noise(europe: HindcastResult) -> None:
    wave, forecasts = next(europe.recorded.by_wave())
    runs = forecasts[MODEL].runs
    all_count = noise_of(PositionForecast(runs), wave, "rps")
    assert noise_of(PositionForecast(runs, len(runs) // 4), wave, "rps") == pytest.approx(2 * all_count)


def test_a_nation_without_observation_is_left_out(europe: HindcastResult) -> None:
    found = europe.nations.groupby("wave")["iso3"].agg(set)
    assert {"ALB", "CYP", "MNE", "LUX", "ISL"} & found[AUTUMN] == set()
    assert found[WINTER] - found[AUTUMN] == {"BGR", "PRT"}
    assert europe.nations["rps_model"].notna().all()
    means = europe.nations.groupby("wave")["rps_model"].mean()
    scores = europe.scores.set_index(["wave", "variant", "forecast", "score"])["value"]
    assert means[AUTUMN] == pytest.approx(scores[AUTUMN, "recorded", MODEL, "rps"])


def test_a_nation_is_told_with_what_was_expected_recorded_and_why(europe: HindcastResult) -> None:
    row = europe.nations.set_index(["wave", "iso3"]).loc[AUTUMN, "BEL"]
    assert (row["start_low"], row["recorded_low"], row["position"]) == (2, 3, "committed")
    assert row["p_recorded"] == pytest.approx(row["p_committed"])
    assert row["p_recorded_low"] <= row["p_recorded"] <= row["p_recorded_high"]
    assert row[[f"p_{stance.name.lower()}" for stance in Stance]].sum() == pytest.approx(1.0)
    assert row["held_back_by"] in HOLDS_BACK
    terms = europe.terms.set_index(["wave", "iso3", "component"]).sort_index().loc[AUTUMN, "BEL"]
    assert terms["at_wave"].sum() == pytest.approx(row["propensity"])
    assert terms["change"].max() == pytest.approx(row["raised"])
    assert terms["change"].idxmax() == row["raised_by"]


def test_forecasts_say_what_they_rest_on(europe: HindcastResult) -> None:
    """As runs of the wave's own scenario say it."""
    for wave, rows in europe.nations.groupby("wave"):
        told = verdicts(europe.rests_on[europe.rests_on["wave"] == wave])
        assert rows["rests_on"].tolist() == [told[code] for code in rows["iso3"]]


def test_leaving_out_a_source_leaves_out_its_nations(europe: HindcastResult) -> None:
    rows = europe.sources[(europe.sources["wave"] == AUTUMN) & (europe.sources["baseline"] == MODEL)]
    assert rows.empty
    rows = europe.sources[europe.sources["baseline"] == "persistence"].set_index(["wave", "source"])
    row = rows.loc[AUTUMN, "newsukraine.rbc.ua"]
    assert row["nations"] == 27 - len(row["left_out"].split(", "))
    each = europe.nations[europe.nations["wave"] == AUTUMN].set_index("iso3")
    left = each.drop(index=row["left_out"].split(", "))
    assert row["difference"] == pytest.approx((left["rps_model"] - left["rps_persistence"]).mean())
    assert len(rows.loc[AUTUMN]) == europe.waves["sources"].iloc[0]


def test_reliability_counts_every_nation_and_rung_once(europe: HindcastResult) -> None:
    events = europe.reliability.groupby("wave")["events"].sum()
    assert events.to_dict() == {AUTUMN: 3 * 27, WINTER: 3 * 22, YEAR: 3 * 22}
    rows = europe.reliability
    assert (rows["forecast_from"] <= rows["forecast"]).all()
    assert (rows["forecast"] <= rows["forecast_to"]).all()
    assert ((rows["low"] <= rows["observed"]) & (rows["observed"] <= rows["high"])).all()


@pytest.mark.slow
def test_the_same_seed_gives_the_same_tables_however_many_threads(europe: HindcastResult) -> None:
    again = sim.hindcast("europe-2025", threads=1, **FEW)
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(again, name), getattr(europe, name), check_exact=True)
    other = hindcast("europe-2025", seed=2, **FEW)
    assert not other.scores["value"].equals(europe.scores["value"])


# What parameters were fitted to


def posterior(file: Path, *, metadata: dict[bytes, bytes] | None = None) -> Path:
    table = pa.table({"reach": [0.0, 0.5], "wander": [1.0, 0.8]})
    pq.write_table(table.replace_schema_metadata(metadata), file)
    return file


def test_hand_set_parameters_are_fitted_to_nothing() -> None:
    assert fitted_to(DECLARED) == ()


def test_the_bundled_draws_say_what_they_were_fitted_to() -> None:
    assert fitted_to(None) == (f"europe-2025 {AUTUMN}", f"europe-2025 {WINTER}")


def test_a_posterior_says_what_it_was_fitted_to(tmp_path: Path) -> None:
    waves = [f"europe-2025 {AUTUMN}"]
    file = posterior(tmp_path / "fitted.parquet", metadata={FITTED_TO: json.dumps(waves).encode()})
    assert fitted_to(file) == tuple(waves)
    result = hindcast("europe-2025", parameters=file, runs=20, resamples=10)
    assert result.waves["in_sample"].tolist() == [True, False, False]


def test_a_posterior_that_does_not_say_is_taken_for_fitted(tmp_path: Path) -> None:
    file = posterior(tmp_path / "silent.parquet")
    assert fitted_to(file) is None
    result = hindcast("europe-2025", parameters=file, runs=20, resamples=10)
    assert result.waves["in_sample"].all()


@pytest.mark.parametrize("said", [b"europe", b'{"a": 1}', b"[1]"])
def test_metadata_that_say_it_otherwise_are_refused(tmp_path: Path, said: bytes) -> None:
    file = posterior(tmp_path / "odd.parquet", metadata={FITTED_TO: said})
    with pytest.raises(InputError, match=r"odd\.parquet: fitted_to: must be a JSON list of texts"):
        fitted_to(file)


# Another coalition, by files alone


@pytest.fixture
def joined(world: World) -> Path:
    folder = world(rounds=8).parent
    (folder / "joiners.csv").write_text("iso3,date\nAAX,2025-04-10\nABX,2025-05-09\nACX,\n")
    file = folder / "elsewhere.toml"
    file.write_text(
        'title = "Elsewhere"\nscenario = "world.toml"\njoiners = "joiners.csv"\n'
        "waves = [{ date = 2025-05-15 }]\n"
    )
    return file


def test_who_joined_is_enough_for_a_hindcast(joined: Path) -> None:
    result = hindcast(joined, **FEW)
    assert result.waves[["nations", "changed", "committed"]].iloc[0].tolist() == [4, 1, 2]
    assert [variant.name for variant in result.variants] == ["recorded", "without-interaction"]
    assert set(result.scores["forecast"]) == {
        MODEL, "mechanism-free", "statement-and-noise", "persistence", "climatology"
    }  # fmt: skip
    rows = result.nations.set_index("iso3")
    assert rows["position"].to_dict() == {
        "AAX": "committed", "ABX": "committed", "ADX": "not committed", "AEX": "not committed"
    }  # fmt: skip
    out = rows.loc["ADX"]
    assert out["p_recorded"] == pytest.approx(1.0 - out["p_committed"])
    assert out["rps_model"] == pytest.approx(out["p_committed"] ** 2)
    assert rows.loc["AAX", "rps_persistence"] == pytest.approx(0.03**2)


# Options


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"runs": 0}, "runs: must be a whole number from 1 on, not 0"),
        ({"seed": -1}, "seed: must be a whole number from 0 on, not -1"),
        ({"resamples": 1.5}, "resamples: must be a whole number from 1 on, not 1.5"),
    ],
)
def test_options_are_checked(given: dict[str, int], says: str) -> None:
    with pytest.raises(InputError) as mistake:
        hindcast("europe-2025", **given)
    assert says in str(mistake.value)
