"""Reports: one HTML file of a results folder, to be read, printed and handed on."""

from pathlib import Path

from sim.inputs.errors import InputError
from sim.outputs.drafts import whole_file
from sim.outputs.kinds import kind_of
from sim.outputs.report.page import Page, render
from sim.outputs.report.run import run_page
from sim.outputs.report.stored import stored_page
from sim.outputs.results_folder import Manifest, damaged_tables_told, read_manifest

REPORT = "report.html"
RUN = "run"


def write_report(folder: Path) -> Path:
    """Write the report of a results folder into it, whole or not at all, and return the file.

    Raises
    ------
    InputError
        If the folder holds no results, they are damaged, or it cannot be written to.
    """
    manifest = read_manifest(folder)
    try:
        with whole_file(folder / REPORT) as draft:
            draft.touch()  # to find out now whether it can be written
            draft.write_text(_page(folder, manifest), "utf-8")
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror or error}", file=folder / REPORT) from None
    return folder / REPORT


def _page(folder: Path, manifest: Manifest) -> str:
    with damaged_tables_told(folder):
        page = _run_page(folder, manifest) if manifest.get("kind") == RUN else stored_page(folder, manifest)
        return render(page)


def _run_page(folder: Path, manifest: Manifest) -> Page:
    return run_page(kind_of(folder, manifest).load(folder, manifest), manifest)
