"""The report of anything but a run: what its command printed, its figures, what was supposed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

from sim.outputs.report.page import Page, Picture, Section
from sim.outputs.report.parts import Manifest, data_section, reproduce_section, scenario_section
from sim.outputs.report.printed import read_printed
from sim.results.kinds import KINDS
from sim.system.folders import AGAIN, Damaged, read

FIRST = 6
"""Sentences that stand as the headline."""


def stored_page(folder: Path, manifest: Manifest) -> Page:
    """Return the report of a results folder from what it holds."""
    found, command = read_printed(folder)
    cases = _cases(manifest)
    return Page(
        title=_title(manifest, cases),
        headline=found.paragraphs[:FIRST],
        sections=[
            Section("In pictures", pictures=list(stored_pictures(folder))),
            replace(found, paragraphs=found.paragraphs[FIRST:]),
            *(scenario_section(case) for case in cases),
            *(data_section(case) for case in cases[:1]),
            reproduce_section(manifest, command),
        ],
    )


def stored_pictures(folder: Path) -> Iterator[Picture]:
    """Yield the figures of a results folder; their files say what they show."""
    for file in sorted((folder / "figures").glob("*.png")):
        yield _picture(file, read(file))


def _picture(file: Path, content: bytes) -> Picture:
    from PIL import Image

    try:
        with Image.open(BytesIO(content), formats=["PNG"]) as image:
            words, (width, height) = getattr(image, "text", {}), image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Damaged(file, f"is no picture that can be read ({error})", AGAIN) from None
    alt = ". ".join(words[key].rstrip(".") for key in ("Title", "Description") if words.get(key))
    return Picture(content, alt or file.stem.replace("-", " "), width, height)


def _cases(manifest: Manifest) -> Sequence[Manifest]:
    """Return the scenarios of which a manifest tells all that a reader must know."""
    cases = manifest.get("cases", [manifest])
    return [case for case in cases if "events" in case and "cautions" in case]


def _title(manifest: Manifest, cases: Sequence[Manifest]) -> str:
    told = [case["title"] for case in cases] or [manifest.get("title", "")]
    kind = KINDS.get(str(manifest.get("kind")))
    what = kind.title if kind else "Results"
    return ": ".join([what, *filter(None, ["; ".join(filter(None, told))])])
