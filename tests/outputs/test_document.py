"""A document is written once; the terminal, pages, Markdown and its file say all of it."""

import io
import json
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import html5lib
import pytest
from documents import DOCUMENTS, tables
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from rich.console import Console
from signing import sign

from sim.outputs.document.html import fragment, page
from sim.outputs.document.markdown import markdown
from sim.outputs.document.terminal import rendered
from sim.results.document import (
    Block,
    Details,
    Document,
    Fact,
    Facts,
    Note,
    Points,
    Section,
    Table,
    first_screen,
    nothing,
    number,
    points,
    whole,
    word,
)
from sim.results.kept import FILE, Kept, read_document, write_document
from sim.system import manifests
from sim.system.folders import Damaged, adding_to, begin

GAINS = Table(
    ("nation", "gain"),
    (
        (word("Ayland"), number(0.004, "<1 %")),
        (word("Beeland"), number(0.01, "1 %")),
        (word("Ceeland"), nothing("-")),
    ),
)
ANSWER = Document(
    "Gains",
    (
        "Beeland gains most.",
        "Nobody loses.",
        Facts((Fact("size", "6.1 nations", "(learned)"),)),
        GAINS,
        Note("[ ] is the 95 % interval."),
        Section("Why", ("It is so.", points(["a reason"]))),
    ),
)


# What it is made of


def test_its_first_sentences_are_the_headline() -> None:
    assert ANSWER.headline == ("Beeland gains most.", "Nobody loses.")
    assert ANSWER.headline + ANSWER.body == ANSWER.blocks
    assert Document("Nothing", ()).headline == ()


def test_a_column_holds_numbers_if_all_of_its_values_are() -> None:
    assert GAINS.numbers == (False, True)
    mixed = (number(1, "1"),), (word("none"),)
    assert Table(("a",), mixed).numbers == (False,)
    assert Table(("a",), ()).numbers == Table(("a",), ((nothing("-"),),)).numbers == (False,)


def test_a_number_that_is_not_known_has_no_value() -> None:
    assert number(math.nan, "?") == nothing("?")


# Its first screen


def test_details_and_what_a_table_keeps_aside_are_not_on_the_first_screen() -> None:
    long = Table(
        ("nation", "gain", "why"),
        tuple((word(name), number(place, f"{place} %"), word("so")) for place, name in enumerate("ABCD")),
        most=3,
        aside=("why",),
    )
    answer = Document(
        "Gains",
        (
            "A gains most.",
            long,
            Note("[ ] is the 95 % interval."),
            Details(("Log-odds.", Section("Terms", (GAINS,)))),
            Section("Only details", (Details((Note("A key."),)),)),
            Section("Why", ("It is so.", Details((points(["a reason"]),)))),
        ),
    )
    assert first_screen(answer) == Document(
        "Gains",
        (
            "A gains most.",
            Table(
                ("nation", "gain"),
                tuple((word(name), number(place, f"{place} %")) for place, name in enumerate("ABC")),
            ),
            Note("... and 1 more"),
            Note("[ ] is the 95 % interval."),
            Section("Why", ("It is so.",)),
        ),
    )


def test_a_document_without_details_is_its_own_first_screen() -> None:
    assert first_screen(ANSWER) == ANSWER


@given(DOCUMENTS)
def test_a_first_screen_says_nothing_that_the_document_does_not(document: Document) -> None:
    screen = first_screen(document)
    assert first_screen(screen) == screen
    kept = Counter(text for text in texts_of(screen.blocks) if not text.startswith("... and "))
    assert kept <= Counter(texts_of(document.blocks))


# Its file


def kept_again(document: Document, folder: Path) -> Kept:
    begin(folder)
    with adding_to(folder):
        write_document(document, folder, "coalition explain NLD")
    return read_document(folder)


@given(DOCUMENTS)
def test_a_document_is_read_as_it_was_written(document: Document) -> None:
    written = manifests.written(asdict(document))
    assert TypeAdapter(Document).validate_python(json.loads(written)) == document


def test_it_is_kept_with_the_command_that_gave_it(tmp_path: Path) -> None:
    assert kept_again(ANSWER, tmp_path) == Kept("coalition explain NLD", ANSWER)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"command": "x", "document": {"title": "t", "blocks": [{"headings": ["a"]}]}}',
        '{"command": "x", "document": {"title": "t", "blocks": [{"omen": "a"}]}}',
        '{"command": 1, "document": {"title": "t", "blocks": []}}',
    ],
)
def test_a_damaged_document_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content, "utf-8")
    with pytest.raises(Damaged, match=r"document.json: .*; run the command"):
        read_document(sign(tmp_path))


# In the terminal


def texts_of(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Yield all that a terminal has to show, in the order in which it stands."""
    for block in whole(blocks):
        match block:
            case str():
                yield block
            case Note():
                yield block.note
            case Facts():
                yield from (part for fact in block.facts for part in (fact.name, fact.value, fact.mark))
            case Points():
                yield from (point.text for point in block.points)
            case Table():
                yield from (block.caption, *block.headings)
                yield from (cell.text for row in block.rows for cell in row)
            case Section():
                yield block.heading
                yield from texts_of(block.blocks)


def shown(document: Document, width: int) -> str:
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(rendered(document))
    return console.export_text()


def letters(text: str) -> Counter[str]:
    return Counter("".join(text.split()))


PLAIN = st.text(st.sampled_from("abc xyz 0123456789 [].,%-<>ä"), max_size=30)


@given(tables(PLAIN.map(word) | PLAIN.map(nothing)), st.integers(20, 130))
def test_a_terminal_of_any_width_shows_all_of_it(table: Table, width: int) -> None:
    plain = Table(tuple("ab cd" for _ in table.headings), table.rows)
    document = Document("Title", ("A sentence.", plain, Note("A note."), Section("More", (plain,))))
    text = shown(document, width)
    assert max(map(len, text.splitlines())) <= width
    assert letters(text) == letters("".join(("Title", *texts_of(document.blocks))))


def test_markup_and_emoji_are_shown_as_they_are() -> None:
    text = "[bold]Atlantis[/bold] :flag:"
    document = Document(text, (text, Note(text), points([text]), Table((text,), ((word(text),),), text)))
    assert shown(document, 60).count(text) == 7


def test_blank_lines_stand_around_tables_and_facts_and_above_sections() -> None:
    assert [line.rstrip() for line in shown(ANSWER, 60).splitlines()] == [
        "Gains",
        "Beeland gains most.",
        "Nobody loses.",
        "",
        "size  6.1 nations  (learned)",
        "",
        "nation   gain",
        "Ayland   <1 %",
        "Beeland   1 %",
        "Ceeland     -",
        "[ ] is the 95 % interval.",
        "",
        "Why",
        "It is so.",
        "  a reason",
    ]


# In HTML


def elements(text: str) -> list[Any]:
    """Return the elements of a page, or of a fragment of one; it must be as HTML asks."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    tree = parser.parse(text) if text.startswith("<!DOCTYPE") else parser.parseFragment(text)
    return [element for element in tree.iter() if isinstance(element.tag, str)]


def read(text: str) -> str:
    """Return what is read in a page."""
    return "".join(f"{element.text or ''}{element.tail or ''}" for element in elements(text))


@given(DOCUMENTS)
def test_whatever_stands_in_it_is_text_on_a_page(document: Document) -> None:
    text = page(document)
    tags = Counter(element.tag for element in elements(text))
    assert tags["script"] == 1  # the one that sorts
    assert not {"b", "bold"} & set(tags)
    assert letters("".join(texts_of(document.blocks))) <= letters(read(text))


@given(DOCUMENTS)
def test_whatever_stands_in_it_is_text_in_a_notebook(document: Document) -> None:
    text = fragment(document)
    assert not {"b", "bold", "script"} & {element.tag for element in elements(text)}
    assert letters("".join(texts_of(document.blocks))) <= letters(read(text))


def test_cells_are_sorted_by_value_not_by_what_is_read() -> None:
    text = page(ANSWER)
    assert 'data-value="0.004" class="number short">&lt;1 %<' in text
    assert 'data-value="0.01" class="number short">1 %<' in text
    assert 'data-value="" class="number short">-<' in text
    assert 'data-value="Infinity"' in page(Document("", (Table(("a",), ((number(math.inf, "inf"),),)),)))


# In Markdown


def test_a_table_in_markdown() -> None:
    rows = (word("a|b"), number(1, "1"), word("x")), (word("  indented"), number(2, "2"), nothing())
    lines = markdown(Document("Title", (Table(("name", "value", ""), rows),))).splitlines()
    assert lines == [
        "# Title",
        "",
        "| name | value |  |",
        "| :--- | ---: | :--- |",
        "| a\\|b | 1 | x |",
        "| &nbsp;&nbsp;indented | 2 |  |",
    ]


def test_sections_are_headed_by_their_depth_and_notes_are_read_as_sentences() -> None:
    inner = Section("Inner", (points(["one", "two"]), Note("A note on <b>them</b>, <1 %.")))
    text = markdown(
        Document("Top", (Facts((Fact("size", "6", "(learned)"),)), Section("Outer", (inner,)))), 2
    )
    assert text.splitlines() == [
        "## Top",
        "",
        "- size: 6 (learned)",
        "",
        "### Outer",
        "",
        "#### Inner",
        "",
        "- one",
        "- two",
        "",
        "A note on \\<b>them\\</b>, <1 %.",
    ]
