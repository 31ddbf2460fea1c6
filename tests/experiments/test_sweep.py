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
from sim.experiments.runs import Runs
from sim.experiments.sweep.evaluate import PointModelInputs, check_points, compute_points
from sim.experiments.sweep.point_model import PointModel
from sim.experiments.sweep.sweep import plan_sweep, run_sweep
from sim.inputs.case import load_case
from sim.inputs.errors import InputError
from sim.inputs.parameters import DECLARED
from sim.inputs.sweep_file import OUTCOMES
from sim.system import calls
from sim.system.folders import DIGESTS, Findings, verify, write
from sim.system.locks import LockHeld
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
        assert here.loc[("contributors", ""), "estimate"] == last.contributors_mean
        assert here.loc[("contributors", ""), "high"] == last.contributors_mean_high
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
    assert len(result.points) == 75 * 4
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

    def noted(model: PointModelInputs, points: pd.DataFrame) -> pa.Table:
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
        with pytest.raises(LockHeld, match="another sweep is writing here"):
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
        ("parameters.demand\n0.1\nmuch\n", 'points.csv:3: parameters.demand: must be a number, not "much"'),
        ("parameters.demand\n0.1\n-1\n", "points.csv:3: parameters.demand: -1 is out of range"),
    ],
)
def test_the_values_of_a_list_are_tried_before_anything_is_run(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "sweep.toml"
    file.write_text(f'title = "A list"\nbase = "{BASELINE}"\ndesign = "list"\nlist = "points.csv"\n')
    (tmp_path / "points.csv").write_text(text)
    with pytest.raises(InputError) as mistake:
        plan_sweep(file)
    assert str(mistake.value).startswith(f"{tmp_path}/{says}")


MIXED = """\
title = "Names and numbers"
base = "{base}"
design = "{design}"
runs = 4
{points}[[levers]]
path = "washington.involvement"
values = ["backstop", 0.3, "none"]
[[levers]]
path = "mandate.purpose"
values = ["deterrence", "reassurance"]
[[uncertainties]]
path = "parameters.reach"
range = [0.5, 1.5]
steps = 2
"""


@pytest.mark.parametrize(
    ("design", "points"),
    [("grid", ""), ("lhs", "points = 12\n"), ("sobol", "points = 8\n"), ("morris", "points = 12\n")],
)
def test_names_and_numbers_of_a_level_are_one_column_of_numbers_with_the_names_beside(
    world: Callable[..., Path], tmp_path: Path, design: str, points: str
) -> None:
    file = tmp_path / "mixed.toml"
    file.write_text(MIXED.format(base=world().as_posix(), design=design, points=points))
    plan = plan_sweep(file)
    schema = {name: str(column.type) for name, column in plan.columns.items()}
    assert schema == {
        "washington.involvement": "double",
        "washington.involvement.name": "string",
        "mandate.purpose": "string",
        "parameters.reach": "double",
    }
    result = run_sweep(plan, tmp_path)
    for table in (result.points, result.nations):
        named = table[["washington.involvement", "washington.involvement.name"]].drop_duplicates()
        levels = dict(named.itertuples(index=False, name=None))
        assert levels == {0.75: "backstop", 0.3: "", 0.0: "none"}


def test_a_level_means_the_same_by_name_and_by_number(world: Callable[..., Path], tmp_path: Path) -> None:
    base = world().as_posix()

    def estimates(values: str) -> list[float]:
        file = tmp_path / "named.toml"
        file.write_text(
            f'title = "Named"\nbase = "{base}"\nruns = 20\n'
            f'[[levers]]\npath = "washington.involvement"\nvalues = {values}\n'
        )
        return run_sweep(plan_sweep(file), tmp_path).points["estimate"].tolist()

    assert estimates('["none", 0.3, "backstop"]') == estimates("[0.0, 0.3, 0.75]")


@pytest.mark.parametrize(
    ("path", "values", "held"),
    [
        ("start", '["2025-04-10", "2025-05-01"]', ["2025-04-10", "2025-05-01"]),
        ("start", "[2025-04-10, 2025-05-01T00:00:00]", ["2025-04-10", "2025-05-01"]),
        ("days_per_round", "[7, 14]", [7.0, 14.0]),
        ("nations.AAX.position", '["committed", "open"]', ["committed", "open"]),
    ],
)
def test_whatever_a_factor_takes_is_one_type_to_the_end(
    world: Callable[..., Path], tmp_path: Path, path: str, values: str, held: list[object]
) -> None:
    file = tmp_path / "any.toml"
    file.write_text(
        f'title = "Any"\nbase = "{world().as_posix()}"\nruns = 2\n'
        f'[[levers]]\npath = "{path}"\nvalues = {values}\n'
    )
    result = run_sweep(plan_sweep(file), tmp_path)
    assert result.points[path].unique().tolist() == held
    assert {mark.point[path] for mark in result.landmarks} <= set(held)


def test_one_number_under_two_names_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "twice.toml"
    file.write_text(
        f'title = "Twice"\nbase = "{BASELINE}"\n'
        '[[levers]]\npath = "washington.involvement"\nvalues = ["backstop", 0.75]\n'
    )
    with pytest.raises(InputError) as mistake:
        plan_sweep(file)
    assert str(mistake.value) == (
        f"{file}:5: levers[0].values: backstop, 0.75: a value stands there twice, under two names"
    )


def test_a_list_may_name_levels_and_number_them(world: Callable[..., Path], tmp_path: Path) -> None:
    file = tmp_path / "list.toml"
    file.write_text(
        f'title = "A list"\nbase = "{world().as_posix()}"\ndesign = "list"\nlist = "points.csv"\nruns = 4\n'
    )
    (tmp_path / "points.csv").write_text(
        "washington__involvement,mandate.purpose\nbackstop,deterrence\n0.3,reassurance\n0.75,deterrence\n"
    )
    result = run_sweep(plan_sweep(file), tmp_path)
    size = result.points[result.points["outcome"] == "size"]
    assert size["washington.involvement"].tolist() == [0.75, 0.3, 0.75]
    assert size["washington.involvement.name"].tolist() == ["backstop", "", "backstop"]
    assert size["mandate.purpose"].tolist() == ["deterrence", "reassurance", "deterrence"]
    assert size["estimate"].iloc[0] == size["estimate"].iloc[2]


@pytest.mark.parametrize("column", ["parameters.followership", "parameters__followership"])
def test_a_column_of_a_list_counts_in_either_spelling(
    world: Callable[..., Path], tmp_path: Path, column: str
) -> None:
    file = tmp_path / "list.toml"
    file.write_text(
        f'title = "g"\nbase = "{world().as_posix()}"\ndesign = "list"\nlist = "g.csv"\nruns = 60\n'
    )
    (tmp_path / "g.csv").write_text(f"{column}\n-1\n2\n")
    points = run_sweep(plan_sweep(file), tmp_path).points
    force = points[points["outcome"] == "force"].set_index("parameters.followership")["estimate"]
    direct = [
        sim.run(tmp_path / "world" / "world.toml", overrides={"parameters.followership": value}, runs=60)
        for value in (-1.0, 2.0)
    ]
    assert force.tolist() == pytest.approx([each.rounds["force_mean"].iloc[-1] for each in direct])
    assert force.loc[-1.0] != force.loc[2.0]


def test_a_list_may_have_more_points_than_a_factor_has_values(tmp_path: Path) -> None:
    file = tmp_path / "list.toml"
    file.write_text(
        f'title = "A list"\nbase = "{BASELINE}"\ndesign = "list"\nlist = "points.csv"\nruns = 1\n'
    )
    levels = [number / 2000 for number in range(2000)]
    (tmp_path / "points.csv").write_text("\n".join(["ceasefire", *map(str, levels)]))
    plan = plan_sweep(file)
    assert plan.points["ceasefire"].tolist() == levels
    assert plan.factors[0].range == (0.0, 0.9995)


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
