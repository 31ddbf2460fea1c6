"""Reports: one HTML file of a result, to be read, printed and handed on."""

from collections.abc import Iterator
from pathlib import Path

from sim.outputs.document.html import page
from sim.outputs.report.pictures import pictures_of
from sim.outputs.report.scenario import data_section, reproduce_section, scenario_section
from sim.results.document import Document, Section
from sim.results.kept import read_document
from sim.results.reading import Manifest, damage_named, manifest_of
from sim.results.result import Result, load_result
from sim.system.folders import adding_to, check, stream

REPORT = "report.html"


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
        with damage_named(folder):
            kept = read_document(folder)
            text = page(_report(load_result(folder), kept.document, manifest, kept.command))
        opened.write(text.encode())
    return folder / REPORT


def report_page(result: Result) -> str:
    """Return the report of a result as HTML; where and when it was made is not known."""
    return page(_report(result, result.document, result.about.model_dump(mode="json")))


def _report(result: Result, document: Document, manifest: Manifest, command: str = "") -> Document:
    """Return what an answer says, with its figures, and with its inputs."""
    pictures = tuple(pictures_of(result))
    return Document(
        document.title,
        (
            *document.headline,
            *([Section("In pictures", pictures)] if pictures else []),
            Section("In numbers", document.body),
            *_situation(manifest),
            reproduce_section(manifest, command),
        ),
    )


def _situation(manifest: Manifest) -> Iterator[Section]:
    """Yield the scenarios of which a manifest says all that a reader must know, and their data."""
    cases = [case for case in manifest.get("cases", [manifest]) if "events" in case and "cautions" in case]
    yield from map(scenario_section, cases)
    yield from map(data_section, cases[:1])
