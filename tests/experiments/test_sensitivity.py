"""Sensitivity analysis: known functions through the whole path, and the model itself."""

import json

import numpy as np
import pandas as pd
import pytest
from SALib.test_functions import Ishigami, Sobol_G

import sim
from sim.experiments.executors import Threads
from sim.experiments.resumable import run_parts
from sim.experiments.sensitivity.design import design_sensitivity
from sim.experiments.sensitivity.plan import Factors, SensitivityOptions, factors_of, find_outcome
from sim.experiments.sensitivity.result import LEADING
from sim.experiments.sensitivity.sensitivity import analyse, plan_sensitivity, sensitivity
from sim.experiments.sweep.point_model import PointEstimates, PointModel, columns_of
from sim.inputs.case import load_case
from sim.inputs.errors import InputError
from sim.inputs.factors import Factor
from sim.inputs.sweep_file import load_sweep

pytestmark = pytest.mark.slow

BASELINE = "brussels-2025-04"
SIZE = ("size", "")

FACTORS = """\
title = "A few factors"
base = "brussels-2025-04"
design = "lhs"
points = 10

[[levers]]
path = "washington.involvement"
label = "US involvement"
range = [0, 1]

[[levers]]
path = "mandate.clarity"
range = [0, 1]

[[uncertainties]]
path = "parameters.reach"
range = [0.5, 1.5]
"""


@pytest.fixture(scope="module")
def case():
    return load_case(BASELINE)


@pytest.fixture
def factors_file(tmp_path):
    file = tmp_path / "few.toml"
    file.write_text(FACTORS, encoding="utf-8")
    return file


def factors(number, low=0.0, high=1.0):
    found = tuple(Factor(path=f"x{index}", range=(low, high)) for index in range(1, number + 1))
    return Factors(found[:1], found[1:])


@pytest.fixture
def analysed(case, monkeypatch, tmp_path):
    """Put a function of the points in the place of the model, and analyse it."""

    def run(function, varied, **options):
        def estimates(self, points):
            values = np.array([list(point.values()) for point in points])
            found = np.asarray(function(values), dtype=float)[:, np.newaxis]
            columns = columns_of(("size", "p_force_met"), ())
            return PointEstimates(columns, *[np.hstack([found, found > 0])] * 3, runs=1)

        monkeypatch.setattr(PointModel, "estimates", estimates)
        monkeypatch.setattr("sim.experiments.sensitivity.design.OUTCOMES", ("size", "p_force_met"))
        plan = design_sensitivity(case, varied, SensitivityOptions(**options))
        return analyse(plan, run_parts(plan, tmp_path / str(options)))

    return run


def totals(result, outcome=SIZE):
    return result.of(result.indices, outcome).query("index == 'total'").set_index("factor")


def test_ishigami_function_on_its_own_range(analysed):
    result = analysed(Ishigami.evaluate, factors(3, -np.pi, np.pi), samples=2048, second_order=True)
    found = result.of(result.indices, SIZE)
    known = {"first": [0.3139, 0.4424, 0.0], "total": [0.5576, 0.4424, 0.2437], "second": [0.0, 0.2437, 0.0]}
    for index, expected in known.items():
        part = found[found["index"] == index]
        assert ((part["low"] <= expected) & (part["high"] >= expected)).all(), part
    assert result.points == {"morris": 256 * 4, "sobol": 2048 * 8}


def test_sobol_g_function(analysed):
    result = analysed(Sobol_G.evaluate, factors(8), samples=1024, method="sobol")
    expected = Sobol_G.total_sensitivity_index(np.array([0, 1, 4.5, 9, 99, 99, 99, 99]))
    found = totals(result)
    assert ((found["low"] - 1e-3 <= expected) & (found["high"] + 1e-3 >= expected)).all()
    assert result.morris.empty


def test_morris_and_sobol_rank_a_known_function_alike(analysed):
    result = analysed(lambda x: x @ [4.0, 3.0, 2.0, 1.0], factors(4), samples=128)
    effects = result.of(result.morris, SIZE).set_index("factor")
    assert effects["mu_star"].to_numpy() == pytest.approx([4.0, 3.0, 2.0, 1.0])
    assert list(effects["mu_star"].nlargest(4).index) == list(totals(result)["estimate"].nlargest(4).index)


def test_factors_on_a_log_scale_are_spread_evenly_in_their_logarithm(analysed):
    varied = Factors(
        (Factor(path="x1", range=(1.0, 100.0), scale="log"),), (Factor(path="x2", range=(0.0, 1.0)),)
    )
    result = analysed(lambda x: np.log10(x[:, 0]) / 2 + x[:, 1], varied, samples=1024)
    assert totals(result)["estimate"].to_numpy() == pytest.approx([0.5, 0.5], abs=0.03)
    assert result.of(result.morris, SIZE)["mu"].to_numpy() == pytest.approx([1.0, 1.0])


def test_says_how_far_indices_have_settled(analysed):
    few, many = (
        analysed(Ishigami.evaluate, factors(3, -np.pi, np.pi), samples=samples) for samples in (32, 1024)
    )
    assert many.settled(SIZE).widest < few.settled(SIZE).widest
    assert many.settled(SIZE).same_factors_lead
    assert set(many.settled(SIZE).leading) == {"x1", "x2", "x3"}


def test_an_outcome_that_never_varies_is_told_as_such(analysed):
    result = analysed(lambda x: np.ones(len(x)), factors(3), samples=16)
    assert result.of(result.spread, SIZE)["deviation"].item() == 0.0
    assert totals(result)["estimate"].isna().all()
    assert result.settled(SIZE) is None
    assert result.of(result.morris, SIZE)["mu_star"].tolist() == [0.0, 0.0, 0.0]


def test_noise_is_the_variance_that_runs_could_account_for(case, factors_file, tmp_path):
    varied = factors_of(load_sweep(factors_file))
    found = [
        sensitivity(case, factors=varied, out=tmp_path, method="morris", samples=16, runs=runs)
        .spread.query("outcome == 'size'")
        .iloc[0]
        for runs in (125, 1000)
    ]
    # Nations move together, so a run's size is far from binomial, and all points have the same draws: a
    # variance found in 125 runs is right to within an eighth, the square root of 2 / 124.
    few, many = (row["noise"] * row["deviation"] ** 2 for row in found)
    assert few / many == pytest.approx(8, rel=0.25)
    assert 0 < found[-1]["noise"] < 0.004


def test_conditions_are_found(analysed):
    pytest.importorskip("ema_workbench", reason="extra: discovery")
    result = analysed(
        lambda x: np.minimum(x[:, 0] - 0.6, 0.5 - x[:, 1]), factors(4), samples=256, discover=True
    )
    (found,) = result.discoveries
    assert found.outcome == ("p_force_met", "")
    assert found.points == result.points["discovery"] == 1024
    limits = {limit.factor: limit for limit in found.boxes[0].limits}
    assert limits["x1"].low == pytest.approx(0.6, abs=0.05)
    assert limits["x2"].high == pytest.approx(0.5, abs=0.05)
    table = found.table()
    assert (table["judged_density_low"] <= table["judged_density"]).all()
    assert set(table["factor"]) >= {"x1", "x2"}


@pytest.fixture
def small(factors_file):
    """An analysis of 16 + 80 points."""
    return plan_sensitivity(BASELINE, factors_file, SensitivityOptions(**ASKED))


def test_the_seed_settles_everything_whatever_the_threads(small, tmp_path):
    one, two = (analyse(small, run_parts(small, tmp_path / str(n), executor=Threads(n))) for n in (1, 2))
    for table in ("indices", "convergence", "morris", "spread"):
        pd.testing.assert_frame_equal(getattr(one, table), getattr(two, table))
    samples = [(tmp_path / str(n)).rglob("samples.parquet") for n in (1, 2)]
    first, second = (next(found).read_bytes() for found in samples)
    assert first == second


def test_every_nation_has_indices(small, case, tmp_path):
    result = analyse(small, run_parts(small, tmp_path))
    found = result.indices.query("outcome == 'p_committed' and index == 'total'")
    assert tuple(found["iso3"].unique()) == case.roster.iso3
    assert len(found) == 3 * len(case.roster.iso3)


def test_samples_are_what_runs_at_the_points_give(small, tmp_path):
    run_parts(small, tmp_path)
    samples = pd.read_parquet(small.folder(tmp_path) / "samples.parquet")
    assert samples["design"].value_counts().to_dict() == {"sobol": 80, "morris": 16}
    for number in (3, 40):
        point = samples.iloc[number]
        overrides = {path: point[path] for path in small.factors.paths}
        ends = sim.run(BASELINE, overrides=overrides, runs=16)
        assert point["size"] == ends.rounds["size_mean"].iloc[-1]
        assert point["p_committed.NLD"] == ends.summary.loc["NLD", "p_committed"]
        assert point["p_committed.NLD_high"] == ends.summary.loc["NLD", "p_committed_high"]


def test_progress_is_told_to_the_last_run(small, tmp_path):
    told = []
    run_parts(small, tmp_path, progress=lambda *runs: told.append(runs))
    assert told[0] == (0, 96 * 16)
    assert told[-1] == (96 * 16, 96 * 16)


def test_in_python_one_call_does_it_all(factors_file, tmp_path):
    result = sim.sensitivity(
        BASELINE, factors=factors_file, out=tmp_path, outcomes=("NLD",), samples=16, runs=8
    )
    assert result.folder.parent == tmp_path / "sensitivity" / BASELINE
    assert set(result.convergence["iso3"]) == {"NLD"}


def stopped(_done, _total):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("right", "wrong", "changed"),
    [
        ("rounds = 6", "rounds = 7", "scenario"),
        ("involvement = 0.6", "involvement = 0.7", "scenario"),
        ('title = "A', 'parameters.wander = 0.05\ntitle = "A', "scenario, parameters"),
    ],
)
def test_what_has_changed_is_refused_not_mixed(world, factors_file, tmp_path, right, wrong, changed):
    file = world()
    options = SensitivityOptions(samples=16, number=8)
    with pytest.raises(KeyboardInterrupt):
        run_parts(plan_sensitivity(file, factors_file, options), tmp_path, progress=stopped)
    file.write_text(file.read_text().replace(right, wrong))
    message = f"results of this sensitivity analysis made before a change of: {changed};"
    with pytest.raises(InputError, match=message):
        run_parts(plan_sensitivity(file, factors_file, options), tmp_path)


def test_a_repeat_computes_nothing_and_says_the_same(small, tmp_path, monkeypatch):
    first = analyse(small, run_parts(small, tmp_path))
    monkeypatch.setattr(PointModel, "estimates", None)
    again = analyse(small, run_parts(small, tmp_path, resume=True))
    pd.testing.assert_frame_equal(again.indices, first.indices)


NAMED = FACTORS.replace("range = [0, 1]", 'values = ["backstop", 0.3, "none"]', 1)


def test_names_and_numbers_of_a_level_are_numbers_that_rise(factors_file, tmp_path):
    factors_file.write_text(NAMED, encoding="utf-8")
    options = SensitivityOptions(method="morris", samples=16, number=2, discover=True)
    plan = plan_sensitivity(BASELINE, factors_file, options, overrides=["rounds=4"])
    result = analyse(plan, run_parts(plan, tmp_path))
    samples = pd.read_parquet(result.folder / "samples.parquet")
    assert set(samples["washington.involvement"]) == {0.0, 0.3, 0.75}
    assert result.tables["factors"].loc[0, ["lowest", "highest"]].tolist() == ["none", "backstop"]
    effect = result.of(result.morris, SIZE).set_index("factor").loc["washington.involvement"]
    assert effect["mu"] >= 0
    told = json.loads(plan.about.model_dump_json())["levers"][0]
    assert Factor.model_validate(told).extremes == (0.0, 0.3, 0.75)


def test_a_factor_that_is_set_is_held_in_whatever_spelling(factors_file):
    factors_file.write_text(FACTORS.replace("washington.involvement", "washington__involvement"), "utf-8")
    options = SensitivityOptions(samples=16, number=8)
    for given in ("washington.involvement=0.3", "washington__involvement=0.3"):
        plan = plan_sensitivity(BASELINE, factors_file, options, overrides=[given])
        assert plan.factors.paths == ("mandate.clarity", "parameters.reach")
        assert plan.base.timeline.level("involvement")[1] == 0.3


ASKED = {"outcomes": ("size", "NLD"), "samples": 16, "number": 16}


def test_the_same_question_has_the_same_folder_whatever_factors_are_called(small, factors_file):
    factors_file.write_text(FACTORS.replace("US involvement", "what Washington gives"), encoding="utf-8")
    assert plan_sensitivity(BASELINE, factors_file, SensitivityOptions(**ASKED)).id == small.id


@pytest.mark.parametrize(
    ("changes", "overrides"),
    [({"samples": 32}, ()), ({"outcomes": ("NLD",)}, ()), ({"seed": 2}, ()), ({}, ["ceasefire=0.2"])],
)
def test_other_questions_have_folders_of_their_own(small, factors_file, changes, overrides):
    options = SensitivityOptions(**{**ASKED, **changes})
    assert plan_sensitivity(BASELINE, factors_file, options, overrides=overrides).id != small.id


def test_a_lever_out_of_range_is_refused_before_anything_runs(factors_file):
    factors_file.write_text(FACTORS.replace("[0, 1]", "[0, 1.5]"), encoding="utf-8")
    with pytest.raises(
        InputError, match=r"--factors: washington\.involvement: .*must be a number from 0 to 1"
    ):
        plan_sensitivity(BASELINE, factors_file, SensitivityOptions(samples=16))


@pytest.mark.parametrize(
    "overrides",
    [
        ["parameters.reach=2"],
        ["parameters={reach=2}"],
        "parameters.reach=2",
        {"parameters__reach": 2},
        {"parameters": {"reach": 2}},
    ],
)
def test_a_factor_that_is_set_is_held(factors_file, overrides):
    held = factors_of(load_sweep(factors_file), overrides)
    assert held.paths == ("washington.involvement", "mandate.clarity")


def test_a_single_factor_that_is_left_is_no_analysis(factors_file):
    sweep = load_sweep(factors_file)
    with pytest.raises(InputError, match="two factors or more"):
        factors_of(sweep, ["parameters.reach=2", "mandate.clarity=0.5"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"samples": 100}, "samples: must be a power of 2 from 16 on, not 100"),
        ({"samples": 8}, "samples: must be a power of 2"),
        ({"samples": 64.5}, "samples: must be a power of 2 from 16 on, not 64.5"),
        ({"number": 0}, "runs: must be a whole number from 1 on, not 0"),
        ({"number": 1.5}, "runs: must be a whole number from 1 on, not 1.5"),
        ({"seed": 2**32}, "seed: must be at most 4294967295, not 4294967296"),
        ({"seed": -1}, "seed: must be a whole number from 0 on"),
        ({"method": "fast"}, "method: must be one of sobol, morris, both, not fast"),
        ({"method": "morris", "second_order": True}, "second_order: needs the method sobol or both"),
    ],
)
def test_refuses_what_cannot_be_estimated(options, message):
    with pytest.raises(InputError, match=message):
        SensitivityOptions(**options)


def test_finds_outcomes_by_name(case):
    assert find_outcome("force", case.roster.nations) == ("force", "")
    assert find_outcome("nld", case.roster.nations) == ("p_committed", "NLD")
    assert find_outcome("Holland", case.roster.nations) == ("p_committed", "NLD")
    with pytest.raises(InputError, match=r'no such outcome.* did you mean "size"'):
        find_outcome("sise", case.roster.nations)


def test_an_outcome_named_twice_is_asked_about_once(case, factors_file):
    varied = factors_of(load_sweep(factors_file))
    plan = design_sensitivity(case, varied, SensitivityOptions(outcomes=("size", "NLD", "size", "nld")))
    assert plan.asked == (SIZE, ("p_committed", "NLD"))


def test_the_command_writes_what_it_prints(coalition, factors_file, tmp_path):
    out = tmp_path / "out"
    arguments = (
        "sensitivity", BASELINE, "--factors", factors_file, "--samples", 32, "--runs", 8, "--out", out,
        "--outcome", "size", "--outcome", "NLD", "--second-order",
    )  # fmt: skip
    ended = coalition(*arguments)
    assert ended.code == 0, ended.err
    folder = next(out.glob("sensitivity/brussels-2025-04/*"))
    assert f"results: {folder}" in ended.out.replace("\n", "")
    assert "What matters for the size of the coalition" in ended.out
    assert "256 points, 8 runs at each" in ended.out
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["points"] == {"morris": 16, "sobol": 256}
    assert (manifest["runs"], manifest["seed"], manifest["samples"]) == (8, 1, 32)
    assert [lever["path"] for lever in manifest["levers"]] == ["washington.involvement", "mandate.clarity"]
    indices = pd.read_parquet(folder / "indices.parquet")
    assert set(indices["index"]) == {"first", "total", "second"}
    assert {"estimate", "low", "high"} <= set(indices.columns)
    for name in ("convergence", "morris", "spread", "factors"):
        assert not pd.read_parquet(folder / f"{name}.parquet").empty
    assert (folder / "figures" / "total-effects-size.png").stat().st_size > 10_000


def test_the_same_command_writes_the_same_tables(coalition, factors_file, tmp_path):
    for out in ("one", "two"):
        ended = coalition(
            "sensitivity", BASELINE, "--factors", factors_file, "--samples", 16, "--runs", 4, "--quiet",
            "--out", tmp_path / out,
        )  # fmt: skip
        assert ended.code == 0, ended.err
    first, second = (sorted((tmp_path / out).rglob("*.parquet")) for out in ("one", "two"))
    assert [file.read_bytes() for file in first] == [file.read_bytes() for file in second]
    assert [file.relative_to(tmp_path / "one") for file in first] == [
        file.relative_to(tmp_path / "two") for file in second
    ]


def test_the_command_finds_conditions(coalition, factors_file, tmp_path):
    pytest.importorskip("ema_workbench", reason="extra: discovery")
    ended = coalition(
        "sensitivity", BASELINE, "--factors", factors_file, "--method", "morris", "--samples", 64,
        "--runs", 8, "--discover", "--outcome", "NLD", "--out", tmp_path,
    )  # fmt: skip
    assert ended.code == 0, ended.err
    assert "Where P(committed), Netherlands is 0.5 or more" in ended.out
    assert "coverage" in ended.out
    boxes = pd.read_parquet(next(tmp_path.rglob("boxes-NLD.parquet")))
    assert "washington.involvement" in set(boxes["factor"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--outcome", "NDL"], "--outcome NDL: no such outcome"),
        (["--samples", 100], "samples: must be a power of 2"),
        (["--factors", "nowhere"], "nowhere: no such file, and no bundled sweep of this name"),
        (["--set", "washington.involvment=1"], "did you mean"),
    ],
)
def test_mistakes_are_told_in_one_line(coalition, arguments, message):
    ended = coalition("sensitivity", BASELINE, *arguments)
    assert ended.code == 2
    assert message in ended.err
    assert ended.err.count("\n") == 1


def test_morris_and_sobol_agree_on_what_matters_most_in_april_2025(tmp_path):
    result = sensitivity(BASELINE, out=tmp_path, samples=256, runs=16)
    total = totals(result)["estimate"]
    effects = result.of(result.morris, SIZE).set_index("factor")["mu_star"]
    leading = list(total[total >= 2 * LEADING].sort_values(ascending=False).index)
    assert len(leading) >= 3
    # Followership and US involvement stand next to each other in both: followership interacts, and leads by
    # its share of the variance, involvement by its mean effect.
    assert list(effects.nlargest(2).index) == leading[:2]
    assert set(leading) <= set(effects.nlargest(len(leading) + 2).index)
    assert total.rank().corr(effects.rank()) > 0.9
