"""The results folder, as its readers find it."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from pandas.testing import assert_frame_equal

import sim
from sim.experiments.comparison.compare import plan_comparison
from sim.experiments.results import TABLES as WRITTEN
from sim.experiments.results import plain_summary
from sim.experiments.resumable import run_parts
from sim.experiments.run import run_id, run_into_folder
from sim.experiments.runs import Runs
from sim.model.ensemble import Keep
from sim.results.identity import case_digests
from sim.system.manifests import FORMAT

BASELINE = "brussels-2025-04"
HINDCAST = "hindcast-2025"
TABLES = ("nations", "rounds", "runs", "moves", "flows", "kinds", "rests_on", "events")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run that wrote all there is to write."""
    case = sim.load_case(HINDCAST, ["washington.involvement=0.2"])
    options = Runs(700, seed=5)
    _, folder = run_into_folder(
        case, options, tmp_path_factory.mktemp("results"), keep=Keep(trajectories=True), csv=True
    )
    return folder


@pytest.fixture(scope="module")
def expected() -> "sim.RunResult":
    return sim.run(HINDCAST, overrides=["washington.involvement=0.2"], runs=700, seed=5, trajectories=True)


def files(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def test_a_folder_holds_what_the_design_says(written: Path) -> None:
    assert written.parent.name == HINDCAST
    assert len(written.name) == 12
    assert files(written) == {
        "digests.sha256",
        "manifest.json",
        "document.json",
        "map.geojson",
        *(f"{table}.{ending}" for table in (*TABLES, "summary") for ending in ("parquet", "csv")),
        *(f"figures/{name}.{ending}" for name in ("coalition-size", "joining") for ending in ("png", "svg")),
        "trajectories/part-000000000.parquet",
        "trajectories/part-000000512.parquet",
    }
    assert [folder.name for folder in written.parent.iterdir()] == [written.name]


@pytest.mark.parametrize("table", TABLES)
def test_tables_come_back_as_they_were(written: Path, expected: "sim.RunResult", table: str) -> None:
    read = pd.read_parquet(written / f"{table}.parquet")
    assert_frame_equal(read, getattr(expected, table), check_exact=True)


def test_the_summary_says_in_words_what_holds_nations_back(written: Path, expected: "sim.RunResult") -> None:
    read = pd.read_parquet(written / "summary.parquet")
    assert_frame_equal(read, plain_summary(expected.summary), check_exact=True)
    assert read.set_index("iso3").loc["ISL", "held_back_by"] == "nothing_to_send 1.0"
    assert set(WRITTEN) | {"runs"} == {*TABLES, "summary"}


@pytest.mark.parametrize("table", TABLES)
def test_csv_says_the_same_as_parquet(written: Path, table: str) -> None:
    parquet = pd.read_parquet(written / f"{table}.parquet")
    csv = pd.read_csv(written / f"{table}.csv", parse_dates=["date"] if "date" in parquet else None)
    parquet = parquet.astype({"first_round_force_met": float} if table == "runs" else {})
    assert_frame_equal(csv, parquet, check_dtype=False, check_exact=False, rtol=1e-12)


def test_trajectories_are_read_as_one_table(written: Path, expected: "sim.RunResult") -> None:
    read = pd.read_parquet(written / "trajectories")
    assert_frame_equal(read, expected.trajectories, check_exact=True, check_categorical=False)


def test_parquet_is_compressed(written: Path) -> None:
    for table in TABLES:
        group = pq.ParquetFile(written / f"{table}.parquet").metadata.row_group(0)
        assert {group.column(index).compression for index in range(group.num_columns)} == {"ZSTD"}


def test_rows_of_many_runs_stand_in_groups_of_65536(world: Callable[..., Path], tmp_path: Path) -> None:
    case = sim.load_case(world())
    _, folder = run_into_folder(case, Runs(70_000), tmp_path)
    file = pq.ParquetFile(folder / "runs.parquet")
    assert [file.metadata.row_group(index).num_rows for index in range(file.num_row_groups)] == [65536, 4464]
    assert_frame_equal(file.read().to_pandas(), sim.run(case, runs=70_000).runs, check_exact=True)


def test_the_manifest_says_how_to_make_the_results_again(written: Path) -> None:
    text = (written / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert manifest["title"] == "Hindcast: April 2025 to January 2026"
    assert (manifest["kind"], manifest["format"]) == ("run", FORMAT)
    assert manifest["nations"]["NLD"] == "Netherlands"
    assert manifest["events"][1]["source"].startswith("https://")
    assert (manifest["seed"], manifest["runs"], manifest["engine"]) == (5, 700, "ensemble")
    scenario = manifest["scenario"]
    assert scenario["name"] == HINDCAST
    assert scenario["rounds"] == 40
    assert scenario["roster"] == "europe-2025"
    assert {"round": 1, "patron": {"involvement": 0.2}} in scenario["events"]
    assert manifest["events"][0]["title"] == "set: washington.involvement = 0.2"
    assert manifest["parameters"] == "a row a run"
    assert manifest["versions"]["coalition-sim"] == sim.__version__
    assert {"python", "mesa", "numba", "numpy"} <= set(manifest["versions"])
    started = dt.datetime.fromisoformat(manifest["started"])
    assert abs(dt.datetime.now(dt.UTC) - started) < dt.timedelta(hours=1)
    assert 0 < manifest["seconds"] < 3600
    assert str(Path.home()) not in text
    assert str(Path(__file__).parents[2]) not in text


@pytest.mark.slow
def test_the_same_inputs_give_the_same_bytes(written: Path, tmp_path: Path) -> None:
    case = sim.load_case(HINDCAST, ["washington.involvement=0.2"])
    options = Runs(700, seed=5, threads=3)
    _, again = run_into_folder(case, options, tmp_path, keep=Keep(trajectories=True), csv=True)
    assert again.name == written.name
    assert files(again) == files(written)
    for file in files(written) - {"manifest.json", "digests.sha256"}:
        assert (again / file).read_bytes() == (written / file).read_bytes(), file
    one, other = (json.loads((folder / "manifest.json").read_text()) for folder in (written, again))
    assert {key for key in one if one[key] != other[key]} <= {"started", "seconds"}


def test_anything_that_changes_the_runs_changes_their_name(tmp_path: Path) -> None:
    def name(*overrides: str, scenario: str = BASELINE, **options: int) -> str:
        return run_id(sim.load_case(scenario, overrides), Runs(**{"number": 100, **options}))

    names = [
        name(),
        name(seed=2),
        name(number=101),
        name("washington.involvement=0.2"),
        name("start.washington.involvement=0.2"),
        name("nations.NLD.position=committed"),
        name("parameters.reach=1.23"),
        name("rounds=51"),
        name("force_required=10000"),
        name("start=2025-04-11"),
        name(scenario="us-backstop"),
    ]
    assert len(set(names)) == len(names)


def test_how_the_runs_are_computed_does_not_change_their_name() -> None:
    case = sim.load_case(BASELINE)
    assert run_id(case, Runs(threads=2)) == run_id(case, Runs())


LATE_EVENT = """
[[events]]
title = "After the last round"
date = 2034-08-19
ceasefire = 0.5
"""


def test_what_changes_no_number_but_is_shown_changes_the_name(world: Callable[..., Path]) -> None:
    file = world()
    plain, late = file.read_text(), file.with_name("late.toml")
    late.write_text(plain + LATE_EVENT)
    said = [(), ("title=Said otherwise",), ("description=Said",), ("nations.AAX.position=committed",)]
    cases = [*(sim.load_case(file, overrides) for overrides in said), sim.load_case(late)]
    digests = [case_digests(case) for case in cases]
    assert len({digest["roster"] for digest in digests}) == 1
    assert len({run_id(case, Runs()) for case in cases}) == len(cases)


def test_an_experiment_goes_on_where_only_prose_was_changed(
    world: Callable[..., Path], tmp_path: Path
) -> None:
    file = world()
    before = plan_comparison([file, file], Runs(5))
    run_parts(before, tmp_path)
    file.write_text(file.read_text().replace("A small world", "Said otherwise"))
    after = plan_comparison([file, file], Runs(5))
    folder = run_parts(after, tmp_path, resume=True)
    assert folder == before.folder(tmp_path)
    told = json.loads((folder / "manifest.json").read_text())
    assert {case["title"] for case in told["cases"]} == {"Said otherwise"}


def test_a_plain_repeat_does_not_replace_a_folder_that_holds_more() -> None:
    case = sim.load_case(BASELINE)
    plain = run_id(case, Runs())
    more = run_id(case, Runs(), keep=Keep(trajectories=True))
    most = run_id(case, Runs(), keep=Keep(trajectories=True, terms=True))
    assert len({plain, more, most, run_id(case, Runs(), csv=True)}) == 4


def test_results_of_the_same_name_are_replaced(world: Callable[..., Path], tmp_path: Path) -> None:
    case, out = sim.load_case(world()), tmp_path / "out"
    _, folder = run_into_folder(case, Runs(5), out)
    (folder / "nations.parquet").write_text("spoilt")
    assert run_into_folder(case, Runs(5), out)[1] == folder
    assert len(pd.read_parquet(folder / "nations.parquet")) == 7 * 5
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_progress_tells_of_every_run(world: Callable[..., Path], tmp_path: Path) -> None:
    done: list[int] = []
    run_into_folder(sim.load_case(world()), Runs(1100), tmp_path / "out", progress=done.append)
    assert sum(done) == 1100
    assert len(done) > 1


@pytest.mark.slow
def test_both_engines_write_the_same_tables(world: Callable[..., Path], tmp_path: Path) -> None:
    case = sim.load_case(world())
    folders = [
        run_into_folder(case, Runs(4, engine=engine), tmp_path / engine)[1] for engine in ("ensemble", "mesa")
    ]
    assert folders[0].name == folders[1].name
    for table in TABLES:
        one, other = (pd.read_parquet(folder / f"{table}.parquet") for folder in folders)
        assert_frame_equal(one, other, check_exact=True)
