"""A sweep estimates at its points what runs there would, and is the same however it was computed."""

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

import sim
from sim.experiments.executors import Threads
from sim.experiments.sweep.evaluate import Model, check_points, compute_points
from sim.experiments.sweep.point_model import PointModel, Runs
from sim.experiments.sweep.sweep import plan_sweep, run_sweep
from sim.inputs.case import load_case
from sim.inputs.errors import InputError
from sim.inputs.parameters import DECLARED
from sim.inputs.sweep_file import OUTCOMES
from sim.system import calls
from sim.system.folders import DIGESTS, Findings, verify, write
from sim.system.locks import Held
from sim.system.manifests import OtherVersion

BASELINE = "brussels-2025-04"
FACTORS = """\
[[levers]]
path = "washington.involvement"
values = [0.2, 0.6, 0.9]
[[uncertainties]]
path = "parameters.followership"
range = [-1.0, 2.0]
steps = 25
"""


@pytest.fixture
def file(world: Callable[..., Path], tmp_path: Path) -> Path:
    """A sweep of 75 points over a small world."""
    world()
    written = tmp_path / "sweep.toml"
    written.write_text(f'title = "A sweep"\nbase = "world/world.toml"\nruns = 40\n{FACTORS}')
    return written


def tables(folder: Path) -> dict[str, bytes]:
    return {name: (folder / f"{name}.parquet").read_bytes() for name in ("points", "nations")}


def test_an_estimate_is_what_runs_with_the_same_overrides_give() -> None:
    points = pd.DataFrame({"washington.involvement": [0.1, 0.75], "parameters.reach": [0.5, 1.0]})
    found = compute_points((load_case(BASELINE), Runs(150, 4), OUTCOMES), points).to_pandas()
    for number, point in enumerate(points.to_dict("records")):
        result = sim.run(BASELINE, overrides=point, runs=150, seed=4)
        last, here = result.rounds.iloc[-1], found[found["point"] == number].set_index(["outcome", "iso3"])
        assert here.loc[("size", ""), "estimate"] == last.size_mean
        assert here.loc[("size", ""), "low"] == last.size_mean_low
        assert here.loc[("force", ""), "estimate"] == pytest.approx(last.force_mean, rel=1e-6)
        assert here.loc[("p_force_met", ""), "high"] == last.p_force_met_high
        assert here.loc[("p_committed", "NLD"), "estimate"] == result.summary.loc["NLD", "p_committed"]
        assert (here["runs"] == 150).all()


def test_the_interval_of_the_force_is_that_of_the_runs() -> None:
    found = PointModel(load_case(BASELINE), Runs(200, 1), ("force",)).at({"ceasefire": 0.0})
    force = sim.run(BASELINE, runs=200).runs["force"]
    margin = 1.959963984540054 * force.std() / 200**0.5
    assert found.high[0] - found.estimate[0] == pytest.approx(margin, rel=1e-9)


def test_where_only_parameters_vary_the_world_is_built_once() -> None:
    model = PointModel(load_case(BASELINE, parameters=DECLARED), Runs(1, 1), ("size",))
    one, other = model.setup({"parameters.reach": 1.0}), model.setup({"parameters.reach": 2.0})
    assert one.rounds is other.rounds
    assert (one.behaviour != other.behaviour).sum() == 1


def test_parameters_out_of_range_are_refused_before_anything_runs() -> None:
    points = pd.DataFrame({"parameters.cut_open": [-0.7, 0.5]})
    with pytest.raises(InputError, match=r"cut_open: 0.5 is out of range; allowed is -1.25 to -0.2"):
        check_points(load_case(BASELINE), points)


def test_every_point_is_in_one_part(file: Path) -> None:
    plan = plan_sweep(file)
    assert [point for index in range(plan.parts) for point in plan.part(index)] == list(range(75))


def test_a_part_is_a_pure_function(file: Path) -> None:
    one, other = plan_sweep(file), plan_sweep(file)
    assert one.compute(one.shared, one.task(3)).equals(other.compute(other.shared, other.task(3)))


def test_tables_are_tidy(file: Path, tmp_path: Path) -> None:
    result = run_sweep(plan_sweep(file), tmp_path)
    assert list(result.points.columns) == [
        *("point", "washington.involvement", "parameters.followership"),
        *("outcome", "estimate", "low", "high", "runs"),
    ]
    assert len(result.points) == 75 * 3
    assert len(result.nations) == 75 * 5
    assert result.nations["estimate"].between(0, 1).all()
    assert (result.points["low"] <= result.points["estimate"]).all()
    assert not (result.folder / "parts").exists()


@pytest.mark.slow
def test_any_number_of_threads_gives_the_same_bytes(file: Path, tmp_path: Path) -> None:
    plan = plan_sweep(file)
    one = run_sweep(plan, tmp_path / "one", executor=Threads(1))
    other = run_sweep(plan, tmp_path / "other", executor=Threads(3))
    assert tables(one.folder) == tables(other.folder)


def interrupt(after: int) -> Callable[[int, int], None]:
    calls: list[int] = []

    def progress(done: int, total: int) -> None:
        calls.append(done)
        if len(calls) > after:
            raise KeyboardInterrupt

    return progress


def test_a_sweep_goes_on_where_it_was_stopped(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_sweep(file)
    whole = run_sweep(plan, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        run_sweep(plan, tmp_path / "stopped", progress=interrupt(10))
    folder = plan.folder(tmp_path / "stopped")
    there = {int(part.stem) for part in (folder / "parts").glob("*.parquet")}
    assert len(there) == 10
    computed: list[int] = []

    def noted(model: Model, points: pd.DataFrame) -> pa.Table:
        computed.extend(points.index)
        return compute_points(model, points)

    monkeypatch.setattr("sim.experiments.sweep.evaluate.compute_points", noted)
    seen: list[tuple[int, int]] = []
    run_sweep(plan, tmp_path / "stopped", resume=True, progress=lambda *told: seen.append(told))
    missing = set(range(plan.parts)) - there
    assert sorted(computed) == [point for index in sorted(missing) for point in plan.part(index)]
    assert seen[0][0] == sum(len(plan.part(index)) for index in there) * 40
    assert seen[-1] == (plan.total_runs, plan.total_runs)
    assert tables(folder) == tables(whole.folder)


def test_a_repeat_of_a_complete_sweep_computes_nothing(file: Path, tmp_path: Path) -> None:
    plan = plan_sweep(file)
    first = run_sweep(plan, tmp_path)
    before = {part: part.stat().st_mtime_ns for part in first.folder.glob("*.parquet")}
    again = run_sweep(plan, tmp_path)
    assert {part: part.stat().st_mtime_ns for part in again.folder.glob("*.parquet")} == before


def test_resume_without_anything_to_resume_is_refused(file: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--resume: there is nothing to resume"):
        run_sweep(plan_sweep(file), tmp_path / "out", resume=True)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("name", "right", "wrong", "changed"),
    [
        ("world.toml", "rounds = 6", "rounds = 7", "scenario"),
        # What past coalitions say of a roster's nations depends on the levels at the start.
        ("world.toml", 'pressure = "warnings"', 'pressure = "threats"', "scenario"),
        ("roster/nations.csv", "Land ABX,510", "Land ABX,900", "roster"),
        ("world.toml", 'title = "A', 'parameters.demand = 1.2\ntitle = "A', "scenario, parameters"),
    ],
)
def test_what_has_changed_is_refused_not_mixed(
    file: Path, tmp_path: Path, name: str, right: str, wrong: str, changed: str
) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_sweep(plan_sweep(file), tmp_path, progress=interrupt(5))
    source = file.parent / "world" / name
    source.write_text(source.read_text().replace(right, wrong))
    with pytest.raises(InputError, match=f"before a change of: {changed};"):
        run_sweep(plan_sweep(file), tmp_path)


def test_another_version_is_refused(file: Path, tmp_path: Path) -> None:
    plan = plan_sweep(file)
    result = run_sweep(plan, tmp_path)
    manifest = result.folder / "manifest.json"
    found = json.loads(manifest.read_text())
    found["digests"]["version of numpy"] = "1.0"
    write(manifest, json.dumps(found).encode())
    with pytest.raises(InputError, match="before a change of: version of numpy;"):
        run_sweep(plan, tmp_path)
    write(manifest, json.dumps({**found, "format": 4}).encode())
    with pytest.raises(
        OtherVersion, match=r"made by another version of the program \(.*\); remove the folder"
    ):
        run_sweep(plan, tmp_path)


@pytest.mark.parametrize("damage", ["parts/*.parquet", "points.parquet", "manifest.json", DIGESTS])
def test_what_is_damaged_is_computed_again_and_named(
    file: Path, tmp_path: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    plan = plan_sweep(file)
    whole = contents(run_sweep(plan, tmp_path / "whole").folder)
    out = tmp_path / "rotten"
    if damage.startswith("parts/"):
        with pytest.raises(KeyboardInterrupt):
            run_sweep(plan, out, progress=stop_after_a_part)
    else:
        run_sweep(plan, out)
    rotten = next(plan.folder(out).glob(damage))
    rotten.write_bytes(rotten.read_bytes()[:-1] + b"?")
    assert contents(run_sweep(plan, out).folder) == whole
    told = [record.getMessage() for record in caplog.records]
    if damage != DIGESTS:
        (line,) = told
        assert line.startswith(f"{rotten}: is damaged: not what was written; ")
    assert all(line.endswith(" again") for line in told)


def stop_after_a_part(done: int, _total: int) -> None:
    if done:
        raise KeyboardInterrupt


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_where_the_file_system_has_no_locks_a_sweep_is_written_all_the_same(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str) -> None:
        if name == "flock":
            raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(calls, "before", refuse)
    folder = run_sweep(plan_sweep(file), tmp_path).folder
    assert not list(tmp_path.rglob(".*"))
    assert verify(folder) == Findings((), (), ())


def test_other_options_have_a_folder_of_their_own_and_prose_has_not(file: Path) -> None:
    first = plan_sweep(file).id
    assert plan_sweep(file, runs=41).id != first
    assert plan_sweep(file, ["ceasefire=0.2"]).id != first
    file.write_text(file.read_text().replace("A sweep", "Another title"))
    assert plan_sweep(file).id == first


def test_only_the_outcomes_wanted_are_there(file: Path, tmp_path: Path) -> None:
    file.write_text('outcomes = ["size"]\n' + file.read_text())
    result = run_sweep(plan_sweep(file), tmp_path)
    assert set(result.points["outcome"]) == {"size"}
    assert not (result.folder / "nations.parquet").exists()


def test_two_sweeps_do_not_write_into_the_same_folder(file: Path, tmp_path: Path) -> None:
    plan = plan_sweep(file)

    def again(_done: int, _total: int) -> None:
        with pytest.raises(Held, match="another sweep is writing here"):
            run_sweep(plan, tmp_path)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_sweep(plan, tmp_path, progress=again)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "washington.involvement\n0.1\n1.5\n",
            "points.csv:3: washington.involvement: must be a number from 0 to 1",
        ),
        (
            "washington.involvement\n0.1\nlots\n",
            "points.csv:3: washington.involvement: must be a number from 0 to 1",
        ),
        ("washington.involvment\n0.1\n", 'points.csv:1: washington.involvment: unknown key "involvment"'),
        ("parameters.demand\n0.1\nmuch\n", "sweep.toml:4: list: must be numbers, at a point of the design"),
        ("parameters.demand\n0.1\n-1\n", "sweep.toml:4: list: -1 is out of range"),
    ],
)
def test_the_values_of_a_list_are_tried_before_anything_is_run(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "sweep.toml"
    file.write_text(f'title = "A list"\nbase = "{BASELINE}"\ndesign = "list"\nlist = "points.csv"\n')
    (tmp_path / "points.csv").write_text(text)
    with pytest.raises(InputError) as mistake:
        plan_sweep(file)
    assert str(mistake.value).startswith(f"{tmp_path}/{says}")


def test_points_that_cannot_be_are_told_by_the_key_that_asks_for_them(tmp_path: Path) -> None:
    def told(*paths: str) -> str:
        factors = "".join(f'[[levers]]\npath = "{path}"\nrange = [0.0, 1.0]\nsteps = 200\n' for path in paths)
        file = tmp_path / "sweep.toml"
        file.write_text(f'title = "A grid"\nbase = "{BASELINE}"\ndesign = "grid"\n{factors}')
        with pytest.raises(InputError) as mistake:
            plan_sweep(file)
        return str(mistake.value).removeprefix(f"{tmp_path}/")

    assert told("ceasefire", "mandate.clarity", "washington.involvement").startswith(
        "sweep.toml:3: design: a grid of 8,000,000 points; at most 1,000,000 are allowed"
    )
