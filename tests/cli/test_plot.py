"""`coalition plot`, as its users type it."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

import sim
from sim.experiments.run import run_into_folder
from sim.experiments.runs import Runs
from sim.outputs.figures import FIGURES, animation

Command = Callable[..., Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The results of a few weeks of Europe."""
    case = sim.load_case("us-backstop", ["rounds=4"])
    return run_into_folder(case, Runs(10), tmp_path_factory.mktemp("results"))[1]


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "made"))


@pytest.fixture
def mapless(world: Command, coalition: Command) -> Path:
    """The results of a small world whose roster has no map."""
    return Path(coalition("run", world(), "--runs", 5, "-q").out.splitlines()[-1].removeprefix("results: "))


@pytest.mark.slow
def test_every_figure_is_drawn_unless_some_are_named(folder: Path, coalition: Command) -> None:
    ended = coalition("plot", folder, "--format", "svg")
    assert ended.code == 0
    files = [Path(line.removeprefix("figure: ")) for line in ended.out.splitlines()]
    moving = [name for name in FIGURES if name != "mandate"]  # nothing changes it
    assert files == [folder / "figures" / f"{name}.svg" for name in moving]
    assert all(file.read_bytes().startswith(b"<?xml") for file in files)


def test_what_a_run_has_drawn_is_drawn_again_to_the_byte(folder: Path, coalition: Command) -> None:
    files = {file: file.read_bytes() for file in (folder / "figures").iterdir()}
    assert len(files) == 4
    shutil.rmtree(folder / "figures")
    assert coalition("plot", folder, "--figure", "joining", "--figure", "coalition-size").code == 0
    assert {file: file.read_bytes() for file in (folder / "figures").iterdir()} == files


def test_chosen_nations_are_shown_in_the_order_given(folder: Path, coalition: Command) -> None:
    wanted = ("--nations", "swe, Netherlands,POL,NLD", "--format", "pdf")
    ended = coalition("plot", folder, *wanted)
    drawn = [Path(line).stem for line in ended.out.splitlines()]
    assert drawn == [f"{name}-SWE-NLD-POL" for name in ("nation", "joining", "willingness")]
    assert (folder / "figures" / "willingness-SWE-NLD-POL.pdf").read_bytes().startswith(b"%PDF")


def test_nations_are_chosen_by_any_name(folder: Path, coalition: Command) -> None:
    ended = coalition("plot", folder, "--nations", "UK, Holland, Türkiye", "--figure", "willingness")
    assert (ended.code, ended.err) == (0, "")


def test_several_results_are_drawn_at_once(folder: Path, tmp_path: Path, coalition: Command) -> None:
    other = Path(shutil.copytree(folder, tmp_path / "other"))
    ended = coalition("plot", folder, other, "--figure", "flows", "--format", "svg")
    assert [Path(line.removeprefix("figure: ")).parents[1] for line in ended.out.splitlines()] == [
        folder,
        other,
    ]


@pytest.mark.slow
def test_the_map_is_animated_a_frame_a_round(
    folder: Path, coalition: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(animation, "LAST_FRAMES", 2)
    ended = coalition("plot", folder, "--animate")
    assert "map-animation.gif" in ended.out
    assert "joining" not in ended.out
    with Image.open(folder / "figures" / "map-animation.gif") as film:
        assert film.n_frames == 5  # the start and four rounds; that the last one stays is no frame
        assert film.size[0] == 640


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--figure", "mpa"], '--figure mpa: no such figure here; .*willingness.*did you mean "map"'),
        (
            ["--figure", "mandate"],
            r"--figure mandate: left out: nothing in it moves \(.*clarity 0.*\); there are",
        ),
        (["--nations", "NLD,Swedn"], 'unknown nation "Swedn"; did you mean "Sweden"'),
        (
            ["--nations", "NLD", "--figure", "map"],
            "--nations: no figure that is named shows chosen .*willingness",
        ),
        (["--format", "jpg"], "--format: 'jpg' is not one of 'png', 'svg', 'pdf'"),
    ],
)
def test_what_cannot_be_drawn_is_told(
    folder: Path, coalition: Command, options: list[str], told: str
) -> None:
    before = {file: file.stat().st_mtime_ns for file in folder.rglob("*")}
    ended = coalition("plot", folder, *options)
    assert ended.code == 2
    assert_told(ended, told)
    assert {file: file.stat().st_mtime_ns for file in folder.rglob("*")} == before


def assert_told(ended: Any, told: str) -> None:
    assert re.search(told, ended.err), ended.err
    assert ended.err.count("\n") == 1
    assert "Traceback" not in ended.err


def test_nothing_is_drawn_where_one_of_several_folders_is_wrong(
    folder: Path, tmp_path: Path, coalition: Command
) -> None:
    shutil.rmtree(folder / "figures")
    ended = coalition("plot", folder, tmp_path / "nowhere", "--figure", "flows")
    assert ended.code == 2
    assert_told(ended, "nowhere: no such folder")
    assert not (folder / "figures").exists()


@pytest.mark.slow
def test_a_roster_without_a_map_has_the_other_figures(mapless: Path, coalition: Command) -> None:
    ended = coalition("plot", mapless, "--format", "svg")
    assert {Path(line).stem for line in ended.out.splitlines()} == set(FIGURES) - {
        *("map", "map-over-time"),
        *("great-powers", "mandate"),  # nothing changes them
    }
    for options in (["--figure", "map"], ["--animate"]):
        ended = coalition("plot", mapless, *options)
        assert ended.code == 2
        assert_told(ended, "map")


@pytest.mark.slow
def test_comparisons_show_chosen_nations_and_are_not_animated(
    world: Command, coalition: Command, tmp_path: Path
) -> None:
    file = world()
    other = file.with_name("other.toml")
    other.write_text(file.read_text("utf-8").replace("0.6", "0.1", 1), encoding="utf-8")
    folder = Path(coalition("compare", file, other, "--runs", 5, "-q").out.split("results: ")[-1].strip())
    assert coalition("plot", folder, "--nations", "AAX", "--format", "svg").code == 0
    assert (Path(folder) / "figures" / "nations-over-time-AAX.svg").exists()
    ended = coalition("plot", folder, "--animate")
    assert ended.code == 2
    assert_told(ended, "--animate: is not for results of kind comparison")
    assert coalition("plot", folder, "--figure", "coalition-differences", "--format", "svg").code == 0


@pytest.mark.slow
def test_markup_and_odd_characters_are_shown_as_text(
    write_world: Command, coalition: Command, tmp_path: Path
) -> None:
    file = write_world(tmp_path / "odd", 3, title="<b>A & B</b> $x^2$ ]]> \\\\alpha")
    nations = file.parent / "roster" / "nations.csv"
    nations.write_text(
        nations.read_text("utf-8")
        .replace("Land ABX", "$\\alpha_1$ & <script>")
        .replace("Land ACX", "Ö'Land_{}"),
        encoding="utf-8",
    )
    folder = Path(coalition("run", file, "--runs", 5, "-q").out.splitlines()[-1].removeprefix("results: "))
    assert coalition("plot", folder, "--nations", "AAX,ABX,ACX", "--format", "svg").code == 0
    for name in ("nation", "joining", "willingness"):
        root = ET.parse(folder / "figures" / f"{name}-AAX-ABX-ACX.svg").getroot()  # noqa: S314 - our own
        words = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
        assert any("<b>A & B</b> $x^2$ ]]> \\alpha" in (word or "") for word in words), words
        for nation in ("$\\alpha_1$ & <script>", "Ö'Land_{}"):
            assert any((word or "").startswith(nation) for word in words)
