"""Reports: one HTML file of a results folder, to be read, printed and handed on."""

from pathlib import Path

from sim.outputs.drafts import whole_file
from sim.outputs.report.page import render
from sim.outputs.report.run import run_page
from sim.outputs.results_folder import StoredRun, read_manifest

REPORT = "report.html"


def write_report(folder: Path) -> Path:
    """Write the report of a results folder into it, whole or not at all, and return the file.

    Raises
    ------
    InputError
        If the folder holds no results, or they are damaged.
    """
    manifest = read_manifest(folder)
    text = render(run_page(StoredRun(folder, manifest), manifest))
    with whole_file(folder / REPORT) as draft:
        draft.write_text(text, "utf-8")
    return folder / REPORT
