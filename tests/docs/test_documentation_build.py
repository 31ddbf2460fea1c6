"""The documentation builds offline without a warning, and asks nothing of the network when it is read."""

import os
import re
import subprocess
import sys
from itertools import chain
from pathlib import Path

import jupytext
import pytest
from pages import ROOT

from sim.cli.commands import GROUPS
from sim.declarations.parameters import PARAMETERS

NOWHERE = "http://127.0.0.1:9"
NOTEBOOKS = sorted(path for path in ROOT.glob("docs/notebooks/*.md") if path.stem != "index")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the pages, notebooks run, in a process that finds no network."""
    folder = tmp_path_factory.mktemp("docs")
    offline = {"http_proxy": NOWHERE, "https_proxy": NOWHERE, "HTTP_PROXY": NOWHERE, "HTTPS_PROXY": NOWHERE}
    build = [sys.executable, "-m", "sphinx", "-W", "-n", "-q", "-j", "2", "-d", folder / "doctrees"]
    done = subprocess.run(  # noqa: S603
        [*build, ROOT / "docs", folder / "html"],
        env={**os.environ, **offline},
        capture_output=True,
        encoding="utf-8",
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder / "html"


def page(built: Path, name: str) -> str:
    return (built / f"{name}.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_pages_build_without_a_warning(built: Path) -> None:
    expected = {path.relative_to(ROOT / "docs").with_suffix("") for path in ROOT.glob("docs/**/*.md")}
    pages = {path.relative_to(built).with_suffix("") for path in built.rglob("*.html")}
    assert {path for path in expected if path.name != "README"} <= pages


@pytest.mark.slow
def test_pages_ask_nothing_of_the_network(built: Path) -> None:
    for path in built.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.findall(r'<(?:script|img|iframe|source)[^>]* src="(?:https?:)?//[^"]*"', text), path
        assert not re.findall(
            r'<link[^>]* rel="(?:stylesheet|preload|icon)"[^>]* href="(?:https?:)?//', text
        ), path
    for path in built.rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*['\"]?(https?:)?//", path.read_text(encoding="utf-8")), path


@pytest.mark.slow
def test_nothing_is_left_to_fill_in(built: Path) -> None:
    for path in built.rglob("*.html"):
        assert not re.search(r"% (generated|output):", path.read_text(encoding="utf-8")), path


@pytest.mark.slow
def test_reference_holds_every_command_and_parameter(built: Path) -> None:
    commands, parameters = page(built, "reference/command-line"), page(built, "model/parameters")
    for name in chain.from_iterable(GROUPS.values()):
        assert f'id="coalition-{name}"' in commands
    for parameter in PARAMETERS:
        assert f">{parameter}</span>" in parameters


@pytest.mark.slow
def test_equations_are_mathml(built: Path) -> None:
    equations = page(built, "model/submodels")
    assert equations.count("<math ") > 80
    assert not re.search(r"\\(frac|sum|sqrt|text)\b", equations)


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebooks_were_run(built: Path, notebook: Path) -> None:
    cells = [cell for cell in jupytext.read(notebook).cells if cell.cell_type == "code"]
    html = page(built, f"notebooks/{notebook.stem}")
    assert len(cells) >= 5
    assert html.count('class="cell_output') >= len(cells) - 1
    assert "Traceback" not in html


@pytest.mark.slow
def test_notebooks_show_pictures(built: Path) -> None:
    for notebook in NOTEBOOKS:
        assert re.search(
            r'<img [^>]*src="\.\./_images/[^"]+\.png"', page(built, f"notebooks/{notebook.stem}")
        )
