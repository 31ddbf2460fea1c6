"""An answer is shown while its figures are drawn, and kept whether or not anybody could read it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from sim.experiments.run import run_into_folder
from sim.experiments.runs import Runs
from sim.inputs.case import Case, load_case
from sim.results import saving
from sim.results.contents import Contents
from sim.results.kept import read_document
from sim.results.saving import Reply

FEW = Runs(20, 1, 1)


@pytest.fixture(scope="module")
def case() -> Case:
    return load_case("paris-2026-01", ["rounds=8"])


def test_it_is_shown_before_the_figures_are_waited_for(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened, begin = [], saving.begin_figures

    def begin_figures(result: Contents, folder: Path) -> Callable[[], list[Path]]:
        wait = begin(result, folder)
        happened.append("begun")
        return lambda: [happened.append("waited for"), *wait()][1:]  # type: ignore[list-item]

    monkeypatch.setattr(saving, "begin_figures", begin_figures)
    run_into_folder(case, FEW, tmp_path, reply=Reply(lambda _: happened.append("shown")))
    assert happened == ["begun", "shown", "waited for"]


def test_it_is_kept_with_its_command_though_nobody_reads_it(case: Case, tmp_path: Path) -> None:
    def show(_: object) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        run_into_folder(case, FEW, tmp_path, reply=Reply(show, "coalition run paris-2026-01"))
    (folder,) = (tmp_path / "paris-2026-01").iterdir()
    assert read_document(folder).command == "coalition run paris-2026-01"
    assert (folder / "figures" / "coalition-size.png").exists()


def test_nothing_is_kept_where_the_figures_cannot_be_written(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begin_figures(result: Contents, folder: Path) -> Callable[[], list[Path]]:
        def fail() -> list[Path]:
            raise OSError("the disk is full")

        return fail

    monkeypatch.setattr(saving, "begin_figures", begin_figures)
    shown: list[Contents] = []
    with pytest.raises(OSError, match="the disk is full"):
        run_into_folder(case, FEW, tmp_path, reply=Reply(shown.append))
    assert len(shown) == 1
    assert not [*tmp_path.glob("paris-2026-01/*")]
