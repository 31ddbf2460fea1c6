"""Designs put points where their definitions say, the same ones for a seed."""

from pathlib import Path

import numpy as np
import pytest

from sim.inputs.bundled import find_roster
from sim.inputs.designs import (
    DESIGNS,
    Design,
    DesignInputs,
    Grid,
    LatinHypercube,
    Morris,
    PointList,
    Saltelli,
    SobolSequence,
)
from sim.inputs.errors import InputError
from sim.inputs.factors import Factor
from sim.inputs.roster import load_roster

ROSTER = load_roster(find_roster("europe-2025"))


def factor(path: str, **given: object) -> Factor:
    return Factor.model_validate({"path": path, **given})


SHARE = factor("ceasefire", range=[0.0, 1.0], steps=3)
LOG = factor("force_required", range=[1000.0, 100_000.0], scale="log", steps=3)
WORDS = factor("moscow.pressure", values=["calm", "threats"])
NAMED = factor("moscow.pressure", values=["threats", 0.3, "calm"]).of_roster(ROSTER)
FACTORS = (SHARE, LOG, WORDS)
RANDOM = [LatinHypercube(16), SobolSequence(16), Saltelli(8), Saltelli(8, second_order=True), Morris(5)]
ASKED = DesignInputs(points=16, factors=len(FACTORS))
OF_SWEEPS = [design.asked_for(ASKED) for name, design in DESIGNS.items() if name != "list"]


@pytest.mark.parametrize("design", [*OF_SWEEPS, *RANDOM], ids=repr)
def test_a_seed_always_gives_the_same_points_within_the_factors_ranges(design: Design) -> None:
    points = design.points(FACTORS, seed=7)
    assert points.equals(design.points(FACTORS, seed=7))
    assert list(points.columns) == ["ceasefire", "force_required", "moscow.pressure"]
    assert points["ceasefire"].between(0, 1).all()
    assert points["force_required"].between(1000, 100_000).all()
    assert set(points["moscow.pressure"]) == {"calm", "threats"}


@pytest.mark.parametrize("design", [*OF_SWEEPS, *RANDOM], ids=repr)
def test_names_and_numbers_of_one_level_are_numbers_in_any_design(design: Design) -> None:
    points = design.points((SHARE, NAMED), seed=7)["moscow.pressure"]
    assert points.dtype == np.float64
    assert set(points) == {0.7, 0.3, 0.2}


def test_numbers_rise_with_a_share_of_the_way_in_whatever_order_they_are_listed() -> None:
    assert NAMED.at(np.array([0.0, 0.5, 1.0])).tolist() == [0.2, 0.3, 0.7]
    assert NAMED.extremes == (0.2, 0.3, 0.7)
    assert NAMED.levels == (0.7, 0.3, 0.2)
    assert [NAMED.shown(level) for level in NAMED.levels] == ["threats", "0.3", "calm"]
    assert WORDS.at(np.array([0.0, 1.0])).tolist() == ["calm", "threats"]


@pytest.mark.parametrize("design", RANDOM, ids=repr)
def test_another_seed_gives_other_points(design: Design) -> None:
    assert not design.points(FACTORS, seed=7).equals(design.points(FACTORS, seed=8))


def test_a_grid_holds_every_combination_the_last_factor_varying_fastest() -> None:
    points = Grid().points((SHARE, WORDS), seed=1)
    assert points.to_numpy().tolist() == [
        [0.0, "calm"],
        [0.0, "threats"],
        [0.5, "calm"],
        [0.5, "threats"],
        [1.0, "calm"],
        [1.0, "threats"],
    ]


def test_a_grid_has_round_numbers_and_equal_ratios_on_a_log_scale() -> None:
    assert factor("ceasefire", range=[0.0, 1.0], steps=21).levels[3] == 0.15
    assert LOG.levels == (1000.0, 10_000.0, 100_000.0)


def test_a_grid_beyond_all_bounds_is_refused() -> None:
    large = [factor(f"parameters.{name}", range=[0, 0.5], steps=1001) for name in ("reach", "wander")]
    with pytest.raises(InputError, match="a grid of 1,002,001 points"):
        Grid().points(large, seed=1)


def test_a_latin_hypercube_has_one_point_in_each_layer() -> None:
    points = LatinHypercube(10).points((SHARE, LOG), seed=1)
    assert sorted((points["ceasefire"] * 10).astype(int)) == list(range(10))
    assert sorted((np.log10(points["force_required"] / 1000) * 5).astype(int)) == list(range(10))


def test_a_sobol_sequence_is_balanced_in_every_quarter() -> None:
    points = SobolSequence(64).points((SHARE, factor("mandate.clarity", range=[0, 1])), seed=1)
    counts, _, _ = np.histogram2d(points["ceasefire"], points["mandate.clarity"], bins=4, range=[[0, 1]] * 2)
    assert (counts == 4).all()


def test_saltelli_takes_factors_and_two_times_the_base() -> None:
    assert len(Saltelli(8).points(FACTORS, seed=1)) == 8 * (3 + 2)
    assert len(Saltelli(8, second_order=True).points(FACTORS, seed=1)) == 8 * (2 * 3 + 2)


def test_a_morris_trajectory_changes_one_factor_at_a_time() -> None:
    points = Morris(5).points((SHARE, LOG), seed=1).to_numpy(dtype=float)
    assert len(points) == 5 * 3
    for trajectory in points.reshape(5, 3, 2):
        assert (np.diff(trajectory, axis=0) != 0).sum() == 2


def test_a_list_holds_the_points_of_its_file(tmp_path: Path) -> None:
    file = tmp_path / "points.csv"
    file.write_text("ceasefire,moscow.pressure\n0,calm\n0.5,threats\n")
    points = PointList(file, ROSTER).points((), seed=1)
    assert points.to_dict("list") == {"ceasefire": [0.0, 0.5], "moscow.pressure": [0.2, 0.7]}


def test_names_in_a_list_are_kept_beside_the_numbers_that_they_stand_for(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text(
        "washington__involvement,mandate.purpose\nbackstop,deterrence\n0.3,reassurance\n"
    )
    listed = PointList(tmp_path / "points.csv", ROSTER)
    points = listed.points((), seed=1)
    assert points.to_dict("list") == {
        "washington.involvement": [0.75, 0.3],
        "mandate.purpose": ["deterrence", "reassurance"],
    }
    assert points.dtypes.map(lambda kind: kind.kind).tolist() == ["f", "O"]
    involvement, purpose = listed.factors(())
    assert [involvement.shown(level) for level in (0.75, 0.3)] == ["backstop", "0.3"]
    assert purpose.names == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ceasefire,moscow.pressure\n0,\n", "points.csv:2: moscow.pressure: is empty"),
        ("ceasfire\n0\n", 'points.csv:1: ceasfire: unknown key "ceasfire"'),
        ("roster\na\n", "points.csv:1: roster: roster cannot vary"),
        ("ceasefire\n", "points.csv:1: holds no points"),
        ("", "points.csv: the file is empty"),
        (
            "# mine\n\nceasefire,mandate.clarity\n0,1\n\n# more\n1,\n",
            "points.csv:7: mandate.clarity: is empty",
        ),
        ("ceasefire,mandate.clarity\na,0,1\n", "points.csv:2: the line has 3 cells, the header has 2; "),
        ("ceasefire,mandate.clarity\na,0,1\n", "row names need a name in the header too"),
        ("ceasefire,ceasefire\n0,1\n", "points.csv:1: ceasefire: the column stands there twice"),
        (
            "mandate.clarity,mandate__clarity\n0,1\n",
            "points.csv:1: mandate__clarity: mandate.clarity stands there already, as mandate.clarity",
        ),
        (
            "nations.UK.position,nations.GBR.position\nopen,open\n",
            "points.csv:1: nations.GBR.position: nations.GBR.position stands there already, as nations.UK",
        ),
        (",ceasefire\n1,0\n", "points.csv:1: column 1: has no name; name it, or leave out row names"),
        (
            "ceasefire;mandate.clarity\n0,5;1\n",
            "points.csv:1: cells are separated by semicolons; write commas",
        ),
        ('ceasefire\n"0,5"\n', 'points.csv:2: ceasefire: "0,5" is not a number; decimals have a point: 0.5'),
        ("ceasefire,mandate.clarity\n0,5,1,0\n", "header has 2; quote cells that hold commas; decimals have"),
        ("ceasefire\nnan\n", 'points.csv:2: ceasefire: "nan" is not allowed'),
    ],
)
def test_mistakes_in_a_list_are_named_with_their_place(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "points.csv").write_text(text)
    with pytest.raises(InputError) as mistake:
        PointList(tmp_path / "points.csv", ROSTER).points((), seed=1)
    assert says in str(mistake.value)


def test_a_list_needs_the_columns_that_are_declared_and_a_file(tmp_path: Path) -> None:
    (tmp_path / "points.csv").write_text("ceasefire\n0\n")
    with pytest.raises(InputError, match="has no column force_required"):
        PointList(tmp_path / "points.csv", ROSTER).points((LOG,), seed=1)
    with pytest.raises(InputError, match="no such file"):
        PointList(tmp_path / "none.csv", ROSTER).points((), seed=1)
