"""Coalitions left out by family: the figures that must be reproduced, and what makes them honest."""

from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from small_coalitions import write_coalitions

from sim.evidence.rows import candidate_table
from sim.experiments.evidence.left_out import EVIDENCE, LeftOut, leave_families_out
from sim.experiments.evidence.posterior import fit
from sim.inputs.coalitions.reading import load_coalitions
from sim.inputs.errors import InputError

EXPECTED = Path(__file__).parent / "evidence_expected" / "left_out.csv"
FIGURES = {"first": (0.8068, 0.1721, 0.5199), "all": (0.8258, 0.1735, 0.5199)}


@cache
def left_out(pool: str) -> LeftOut:
    forces = load_coalitions().forces()
    return leave_families_out(forces.first_pool() if pool == "first" else forces)


@pytest.mark.slow
@pytest.mark.parametrize("pool", FIGURES)
def test_scores_are_those_of_the_reference(pool: str) -> None:
    summary = left_out(pool).summary.query("forecast == @EVIDENCE").set_index("score")
    for score, expected in zip(("auc", "brier", "log"), FIGURES[pool], strict=True):
        assert summary.loc[score, "value"] == pytest.approx(expected, abs=0.002)
        assert summary.loc[score, "low"] < expected < summary.loc[score, "high"]


@pytest.mark.slow
@pytest.mark.parametrize("pool", FIGURES)
def test_every_coalition_has_the_scores_of_the_reference(pool: str) -> None:
    expected = pd.read_csv(EXPECTED).query("pool == @pool")
    found = left_out(pool).coalitions.query("forecast == @EVIDENCE").set_index("coalition")
    found = found.loc[expected["case"] + "/" + expected["wave"]]
    assert found["candidates"].tolist() == expected["candidates"].tolist()
    assert found["took_part"].to_numpy() == pytest.approx(expected["took_part"].to_numpy(), abs=5e-5)
    for column, tolerance in (("expected", 0.001), ("auc", 0.02), ("brier", 0.001), ("log", 0.002)):
        assert found[column].to_numpy() == pytest.approx(expected[column].to_numpy(), abs=tolerance)


@pytest.mark.slow
def test_sizes_of_coalitions_left_out_lie_within_their_intervals_as_often_as_they_should() -> None:
    sizes = left_out("all").sizes
    holds = (sizes["low"] <= sizes["took_part"]) & (sizes["took_part"] <= sizes["high"])
    assert 35 <= holds.sum() <= 40
    assert ((sizes["high"] - sizes["low"]) / sizes["candidates"]).mean() <= 0.62
    # If nations had nothing in common, half of the coalitions would lie outside.
    apart = (sizes["low_independent"] <= sizes["took_part"]) & (
        sizes["took_part"] <= sizes["high_independent"]
    )
    assert apart.sum() < 25


@pytest.mark.slow
def test_what_fails_is_known() -> None:
    worst = left_out("all").coalitions.query("forecast == @EVIDENCE").nsmallest(3, "auc")
    assert set(worst["coalition"]) == {"fp2022/force", "iraq2003/force", "eufor_chad2008/force"}


def test_a_family_is_forecast_by_the_others_alone(tmp_path: Path) -> None:
    small = load_coalitions(write_coalitions(tmp_path / "small"))
    result = leave_families_out(small)
    table = candidate_table(small)
    others = fit(table[table["family"] != "east"], small.declaration)
    left = table[table["family"] == "east"]
    mine = result.predictions.query("family == 'east'")
    assert mine[EVIDENCE].to_numpy() == pytest.approx(others.probabilities(left))
    assert len(left) == 8  # both waves of alpha were left out together


def test_what_a_family_did_does_not_change_its_own_forecast(tmp_path: Path) -> None:
    small = load_coalitions(write_coalitions(tmp_path / "small"))
    folder = write_coalitions(tmp_path / "other")
    file = folder / "participation.csv"
    file.write_text(file.read_text().replace("gamma,force,AAA,0", "gamma,force,AAA,3"))
    one, other = leave_families_out(small), leave_families_out(load_coalitions(folder))
    west = "family == 'west'"
    assert one.predictions.query(west)[EVIDENCE].tolist() == other.predictions.query(west)[EVIDENCE].tolist()
    assert one.predictions[EVIDENCE].tolist() != other.predictions[EVIDENCE].tolist()


def test_the_same_seed_gives_the_same_tables(tmp_path: Path) -> None:
    small = load_coalitions(write_coalitions(tmp_path / "small"))
    one, again, other = (leave_families_out(small, seed) for seed in (1, 1, 2))
    for name in ("predictions", "coalitions", "sizes", "summary", "calibration"):
        assert getattr(one, name).equals(getattr(again, name))
    assert not one.sizes.equals(other.sizes)


def test_one_family_cannot_be_left_out(tmp_path: Path) -> None:
    small = load_coalitions(write_coalitions(tmp_path / "small"))
    with pytest.raises(InputError, match="at least two families"):
        leave_families_out(small.where(lambda each: each.family == "east"))
