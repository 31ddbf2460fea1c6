"""Reports: one HTML file of a results folder, to be read, printed and handed on."""

from pathlib import Path

from sim.outputs.report.page import Page, render
from sim.outputs.report.run import run_page
from sim.outputs.report.stored import stored_page
from sim.results.reading import Manifest, damage_named, manifest_of
from sim.results.result import load_result
from sim.system.folders import adding_to, check, stream

REPORT = "report.html"
RUN = "run"


def write_report(folder: Path) -> Path:
    """Write the report of a results folder into it, whole or not at all, and return the file.

    Raises
    ------
    InputError, Failure
        If the folder holds no results, they are damaged, or it cannot be written to.
    """
    manifest = manifest_of(folder)
    check(folder)
    with adding_to(folder), stream(folder / REPORT) as opened:  # to find out now whether it can be written
        opened.write(_page(folder, manifest).encode())
    return folder / REPORT


def _page(folder: Path, manifest: Manifest) -> str:
    with damage_named(folder):
        page = _run_page(folder, manifest) if manifest.get("kind") == RUN else stored_page(folder, manifest)
        return render(page)


def _run_page(folder: Path, manifest: Manifest) -> Page:
    return run_page(load_result(folder), manifest)
