"""Results folders read back: the same tables, the same pictures; what is told of folders that are none."""

import json
import shutil
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal
from signing import sign

import sim
from sim.experiments.results import TABLES, LoadedRun
from sim.experiments.run import run_into_folder
from sim.experiments.runs import Runs
from sim.inputs.errors import InputError
from sim.outputs import style
from sim.outputs.figures import FIGURES
from sim.results.kinds import KINDS
from sim.results.reading import manifest_of
from sim.system.folders import Damaged, Missing
from sim.system.manifests import MANIFEST


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple["sim.RunResult", Path]:
    case = sim.load_case("hindcast-2025", ["rounds=30", 'title=O\'Brien & <b>"Söhne"</b> $x$'])
    return run_into_folder(case, Runs(40, seed=7), tmp_path_factory.mktemp("results"))


NOT_UTF8 = '{"format": 6, "title": "\\ud800"}'
"""Half of a character: JSON may say it, no file and no terminal can."""


def read(folder: Path) -> LoadedRun:
    return LoadedRun.load(folder, manifest_of(folder))


@pytest.fixture
def copy(written: tuple["sim.RunResult", Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(written[1], tmp_path / "copy"))


@pytest.mark.parametrize("table", TABLES)
def test_tables_are_read_as_they_were(written: tuple["sim.RunResult", Path], table: str) -> None:
    result, folder = written
    assert_frame_equal(getattr(read(folder), table), getattr(result, table), check_exact=True)


def test_what_was_run_is_read_as_it_was(written: tuple["sim.RunResult", Path]) -> None:
    result, folder = written
    assert read(folder).about == result.about
    assert result.about.title == 'O\'Brien & <b>"Söhne"</b> $x$'
    assert len(result.about.past_events) < len(result.case.scenario.schedule())


def test_the_map_comes_with_the_results(written: tuple["sim.RunResult", Path]) -> None:
    result, folder = written
    found = read(folder).map
    assert found is not None and result.map is not None
    assert found.source == result.map.source
    assert list(found.outlines) == list(result.map.outlines)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in KINDS["run"].usual else pytest.mark.slow) for name in FIGURES],
)
def test_a_figure_drawn_again_has_the_same_bytes(
    written: tuple["sim.RunResult", Path], tmp_path: Path, name: str
) -> None:
    result, folder = written
    pictures = []
    for number, source in enumerate((result, read(folder))):
        (tmp_path / str(number)).mkdir()
        (file,) = style.save(FIGURES[name](source), tmp_path / str(number), name, ["svg"])
        pictures.append(file.read_bytes())
    assert pictures[0] == pictures[1]
    for file in folder.glob(f"figures/{name}.svg"):
        assert file.read_bytes() == pictures[1]


def test_a_folder_without_results_is_told_with_those_below_it(copy: Path) -> None:
    with pytest.raises(InputError, match=f"{copy.parent}: holds no results .*did you mean {copy}"):
        manifest_of(copy.parent)


def test_a_file_and_a_folder_that_is_not_there_are_told(copy: Path) -> None:
    with pytest.raises(InputError, match="is a file; give the folder that it is in"):
        manifest_of(copy / MANIFEST)
    with pytest.raises(InputError, match="nowhere: no such folder"):
        manifest_of(copy / "nowhere")


@pytest.mark.parametrize("text", ["", "{", "[1]", "null", '{"kind": ', "[" * 100_000, NOT_UTF8])
def test_a_manifest_that_is_none_is_told(copy: Path, text: str) -> None:
    (copy / MANIFEST).write_text(text, encoding="utf-8")
    with pytest.raises(Damaged, match=r"manifest\.json: is damaged: not what was written; run the command"):
        manifest_of(copy)
    with pytest.raises(Damaged, match=r"manifest\.json: is no (table|JSON that can be read)"):
        manifest_of(sign(copy))


def test_a_manifest_that_lacks_something_is_told(copy: Path) -> None:
    manifest = json.loads((copy / MANIFEST).read_text("utf-8"))
    del manifest["scenario"]["rounds"]
    (copy / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(Damaged, match=r"manifest\.json: cannot be read \(scenario\.rounds: Field required\)"):
        _ = read(sign(copy)).about


def test_a_table_that_is_damaged_or_gone_is_told(copy: Path) -> None:
    (copy / "rounds.parquet").write_bytes(b"PAR1 no longer")
    with pytest.raises(Damaged, match=r"rounds\.parquet: is damaged: not what was written"):
        _ = read(copy).rounds
    with pytest.raises(Damaged, match=r"rounds\.parquet: is no table that can be read"):
        _ = read(sign(copy)).rounds
    (copy / "flows.parquet").unlink()
    with pytest.raises(Missing, match=r"flows\.parquet: is missing"):
        _ = read(copy).flows
