"""Reports in a real browser, opened from disk: one of each kind, with markup in all that people name."""

import contextlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from browsing import PHONE
from small_worlds import SCENARIO, codes, write_roster

from sim.cli import main
from sim.outputs.report import write_report

pytestmark = pytest.mark.slow

TITLE = "<b>Bold</b> & <script>alert(1)</script>"
EVENT = """
[[events]]
round = 2
title = '<img src="http://192.0.2.1/x.png">'
source = "javascript:alert(1)"
ceasefire = 0.5
"""
REACH = "[parameters]\nreach = 2\n"
MORE = '[[events]]\nround = 1\ntitle = "more"\nwashington.involvement = 1\n'
LEVER = '[[levers]]\npath = "{0}"\nlabel = "<i>{0}</i>"\nrange = [0, 1]\nsteps = 3\n'
NATION = "<u>Land</u> & ABX"
PAPER = {"width": 720, "height": 1000}
"""A4 between its margins, in CSS pixels."""

COMMANDS = {
    "run": ("run", "europe.toml", "--runs", 60),
    "comparison": ("compare", "bold.toml", "calm.toml", "--runs", 60),
    "sweep": ("sweep", "sweep.toml"),
    "explanation": ("explain", "bold.toml", "ABX", "--runs", 30),
}
"""What makes a report of each kind."""

each_kind = pytest.mark.parametrize("kind", COMMANDS)


def write_worlds(folder: Path) -> None:
    """Write scenarios with markup in titles, events and names of nations: of a small world, and of Europe."""
    rows = [f"{code},<u>Land</u> & {code},{500 + 10 * n}," for n, code in enumerate(codes(6))]
    positions = {code: "committed" if code == "AAX" else "open" for code in codes(6)}
    write_roster(folder / "roster", rows, positions, leads=["AAX"])
    bold = SCENARIO.format(title=TITLE, rounds=26) + REACH + EVENT
    calm = bold + MORE
    europe = f'title = "{TITLE}"\nextends = "us-backstop"\nrounds = 12\n{EVENT}'
    sweep = f'title = "{TITLE}"\nbase = "bold.toml"\nruns = 20\n'
    levers = "".join(map(LEVER.format, ("washington.involvement", "mandate.clarity")))
    texts = {"bold": bold, "calm": calm, "europe": europe, "sweep": sweep + levers}
    for name, text in texts.items():
        (folder / f"{name}.toml").write_text(text, "utf-8")


def results_of(*words: object, out: Path) -> Path:
    """Run the command in this process and return its results folder."""
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as ended:
        patch.setattr(sys, "argv", ["coalition", *map(str, words), "--quiet", "--out", str(out)])
        main()
    assert not ended.value.code
    (manifest,) = out.rglob("manifest.json")
    return manifest.parent


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The report of a real result of each kind."""
    folder = tmp_path_factory.mktemp("reports")
    write_worlds(folder)
    with contextlib.chdir(folder):
        return {kind: write_report(results_of(*words, out=folder / kind)) for kind, words in COMMANDS.items()}


@each_kind
def test_it_is_accessible_on_a_screen_and_keeps_within_a_phone(
    read: Callable[..., Any], reports: Mapping[str, Path], kind: str
) -> None:
    here = read(reports[kind])
    assert here.barriers() == []
    here.keep(f"report-{kind}")
    here.page.set_viewport_size(PHONE)
    assert here.barriers() == []
    assert here.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    here.keep(f"report-{kind}-phone")


@each_kind
def test_markup_is_read_as_text_and_figures_are_seen(
    read: Callable[..., Any], reports: Mapping[str, Path], kind: str
) -> None:
    page = read(reports[kind]).page
    assert TITLE in page.get_by_role("heading", level=1).inner_text()
    assert TITLE in page.title()
    assert page.locator("main").locator("b, i, u, script").count() == 0
    assert page.locator("a[href^=javascript]").count() == 0
    if kind != "sweep":
        assert '<img src="http://192.0.2.1/x.png">' in page.locator("main").inner_text()
    widths = page.locator("img").evaluate_all("images => images.map((image) => image.naturalWidth)")
    assert len(widths) >= 1
    assert min(widths) > 500


@pytest.mark.parametrize("kind", ["comparison", "explanation"])
def test_names_of_nations_are_read_as_text(
    read: Callable[..., Any], reports: Mapping[str, Path], kind: str
) -> None:
    assert NATION in read(reports[kind]).page.locator("main").inner_text()


@each_kind
def test_tables_are_sorted_by_their_headings(
    read: Callable[..., Any], reports: Mapping[str, Path], kind: str
) -> None:
    page = read(reports[kind]).page
    table = page.locator("table", has=page.locator("th.number button")).first
    first, last = table.locator("thead th:not(.number)").first, table.locator("thead th.number").last
    for heading, ways in ((first, ("ascending", "descending")), (last, ("descending", "ascending"))):
        shown = []
        for way in ways:
            heading.get_by_role("button").focus()
            page.keyboard.press("Enter")
            assert heading.get_attribute("aria-sort") == way
            shown.append(column(table, heading))
        up, down = shown if ways[0] == "ascending" else reversed(shown)
        assert up == sorted(up)
        assert down == sorted(down, reverse=True)
    assert table.locator("th[aria-sort]").count() == 1


def column(table: Any, heading: Any) -> list[Any]:
    """Return by what the rows are sorted, below a heading, from the top; those without a value are last."""
    index = heading.evaluate("heading => heading.cellIndex")
    found = table.evaluate(
        "(table, index) => [...table.tBodies[0].rows].map((row) => row.cells[index].dataset.value)", index
    )
    is_number = "number" in str(heading.get_attribute("class"))
    values = [value for value in found if value]
    assert not any(found[len(values) :])
    return [float(value) for value in values] if is_number else [value.casefold() for value in values]


@each_kind
def test_nothing_is_cut_off_on_paper(
    read: Callable[..., Any], reports: Mapping[str, Path], kind: str
) -> None:
    here = read(reports[kind], PAPER)
    page = here.page
    page.emulate_media(media="print")
    outside = page.evaluate(
        """width => [...document.querySelectorAll("main *")]
            .filter((element) => element.getBoundingClientRect().right > width + 1)
            .map((element) => element.outerHTML.slice(0, 80))""",
        PAPER["width"],
    )
    assert outside == []
    assert here.barriers() == []
    assert page.pdf(format="A4").startswith(b"%PDF")
    here.keep(f"report-{kind}-paper")
