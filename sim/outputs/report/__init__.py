"""Reports: one HTML file of a results folder, to be read, printed and handed on."""

from collections.abc import Iterator
from pathlib import Path

from sim.outputs.document.blocks import Document, Section
from sim.outputs.document.html import page
from sim.outputs.document.kept import Kept, read_document
from sim.outputs.report.pictures import pictures_of
from sim.outputs.report.scenario import Manifest, data_section, reproduce_section, scenario_section
from sim.outputs.results_folder import damaged_tables_told, read_manifest
from sim.system.folders import adding_to, check, stream

REPORT = "report.html"


def write_report(folder: Path) -> Path:
    """Write the report of a results folder into it, whole or not at all, and return the file.

    Raises
    ------
    InputError, Failure
        If the folder holds no results, they are damaged, or it cannot be written to.
    """
    manifest = read_manifest(folder)
    check(folder)
    with adding_to(folder), stream(folder / REPORT) as opened:  # to find out now whether it can be written
        with damaged_tables_told(folder):
            text = page(_report(folder, manifest, read_document(folder)))
        opened.write(text.encode())
    return folder / REPORT


def _report(folder: Path, manifest: Manifest, kept: Kept) -> Document:
    """Return what an answer says, with its figures, and with what was given."""
    document, pictures = kept.document, tuple(pictures_of(folder, manifest))
    return Document(
        document.title,
        (
            *document.headline,
            *([Section("In pictures", pictures)] if pictures else []),
            Section("In numbers", document.body),
            *_situation(manifest),
            reproduce_section(manifest, kept.command),
        ),
    )


def _situation(manifest: Manifest) -> Iterator[Section]:
    """Yield the scenarios of which a manifest says all that a reader must know, and their data."""
    cases = [case for case in manifest.get("cases", [manifest]) if "events" in case and "cautions" in case]
    yield from map(scenario_section, cases)
    yield from map(data_section, cases[:1])
