"""Reports: one file that says what was found, in words, figures and tables, and how to find it again."""

import json
import re
import shlex
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import html5lib
import pytest
from rich.console import Group
from rich.padding import Padding
from rich.table import Table as TerminalTable
from rich.text import Text
from signing import sign

from sim.experiments.rests_on import verdicts
from sim.experiments.results import LoadedRun
from sim.experiments.run import RunOptions, run_into_folder
from sim.inputs.case import load_case
from sim.inputs.errors import InputError
from sim.outputs.report import write_report
from sim.outputs.report.page import Cell, Column, Link, Page, Section, Table, render
from sim.outputs.report.parts import address, data_section, run_command, scenario_section, together
from sim.outputs.report.printed import keep_printed, read_printed
from sim.outputs.report.run import headline, nations_table
from sim.outputs.report.terminal import section_of
from sim.results.reading import manifest_of
from sim.system.folders import Damaged, begin

MARKUP = '<script>alert("x")</script> & <b>bold</b>'


class Seen(HTMLParser):
    """Collects the elements of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A results folder of a real run with a change made on the command line."""
    case = load_case("us-backstop", ["mandate.clarity=0.4", "parameters.followership=1.2", "rounds=20"])
    return run_into_folder(case, RunOptions(runs=120), tmp_path_factory.mktemp("report"))[1]


@pytest.fixture(scope="module")
def stored(folder: Path) -> LoadedRun:
    return LoadedRun.load(folder, manifest_of(folder))


@pytest.fixture(scope="module")
def text(folder: Path) -> str:
    return write_report(folder).read_text("utf-8")


@pytest.mark.slow
def test_it_is_valid_html(text: str) -> None:
    html5lib.HTMLParser(strict=True).parse(text)


@pytest.mark.slow
def test_nothing_is_fetched_from_elsewhere(text: str) -> None:
    seen = Seen(text)
    assert not [item for tag in ("link", "iframe", "object") for item in seen.all(tag)]
    assert all((image["src"] or "").startswith("data:image/png;base64,") for image in seen.all("img"))
    assert not any("src" in script for script in seen.all("script"))
    assert "@import" not in text
    assert "url(" not in text


@pytest.mark.slow
def test_every_figure_is_there_and_said_in_words(text: str) -> None:
    images = Seen(text).all("img")
    assert len(images) >= 8
    for image in images:
        assert "A US backstop" in (image["alt"] or "")
        assert "120 runs" in (image["alt"] or "")
        assert int(image["width"] or 0) > 500


@pytest.mark.slow
def test_it_says_what_was_supposed_and_how_to_do_it_again(text: str, stored: LoadedRun) -> None:
    assert "The scenario: A US backstop" in text
    assert "followership = 1.2" in text
    assert str(stored.manifest["digest"]) in text
    for caution in load_case("us-backstop").roster.cautions:
        assert caution.split("'")[0] in text


@pytest.mark.slow
def test_the_same_folder_gives_the_same_bytes(folder: Path, text: str) -> None:
    assert write_report(folder).read_text("utf-8") == text


def test_the_headline_says_the_numbers_of_the_tables(stored: LoadedRun) -> None:
    sentences, end = list(headline(stored)), stored.rounds.iloc[-1]
    told = verdicts(stored.rests_on)
    assert f"{end.contributors_mean:.1f} nations contribute military means on average" in sentences[0]
    assert f"{end.contributors_q05:.0f} to {end.contributors_q95:.0f} in 90 % of 120 runs" in sentences[0]
    assert f"({told['contributors']})" in sentences[0]
    assert f"{end.size_mean:.1f} declare soldiers on land" in sentences[0]
    assert f"({told['size']})." in sentences[0]
    training = stored.kinds.query("kind == 'training'")
    assert f"training {training['p'].sum():.0f} [" in sentences[1]
    assert sentences[1].endswith("nations (assumed).")
    assert sentences[2].startswith(f"They pledge {end.force_mean:,.0f} soldiers")
    assert sentences[2].endswith("in the field at a time (assumed).")
    assert sentences[3].endswith("of the runs (assumed).")
    likely = stored.summary[stored.summary["p_committed"] >= 0.5]["name"]
    assert sum(name in sentences[-2] for name in likely) + int("more are" in sentences[-2]) >= min(
        len(likely), 8
    )


def test_every_nation_has_a_row_with_its_interval(stored: LoadedRun) -> None:
    table = nations_table(stored)
    assert len(table.rows) == len(stored.summary)
    shares = [row[2] for row in table.rows]
    assert [cell.order for cell in shares] == sorted((cell.order for cell in shares), reverse=True)
    assert all(re.search(r"% \[[\d.]+-[\d.]+\]$", cell.text) for cell in shares)


def test_the_command_makes_the_same_runs_again(stored: LoadedRun) -> None:
    words = shlex.split(run_command(stored.manifest))
    assert words[:7] == ["coalition", "run", "us-backstop", "--runs", "120", "--seed", "1"]
    again = load_case(words[2], [words[at + 1] for at, word in enumerate(words) if word == "--set"])
    assert (
        again.scenario.resolved()
        == load_case(
            "us-backstop", ["mandate.clarity=0.4", "parameters.followership=1.2", "rounds=20"]
        ).scenario.resolved()
    )


def test_what_was_set_from_python_is_set_on_the_command_line_alike() -> None:
    manifest = {"scenario": {"name": "mine"}, "runs": 10, "seed": 2, "set": ["washington__involvement=0.5"]}
    assert (
        run_command(manifest) == "coalition run mine.toml --runs 10 --seed 2 --set washington.involvement=0.5"
    )


def test_markup_is_shown_as_text() -> None:
    table = Table(MARKUP, [Column(MARKUP)], [[Cell(MARKUP, MARKUP)]])
    section = Section(MARKUP, [MARKUP], [(MARKUP, MARKUP)], [Link(MARKUP, '"><b>')], [], [table], MARKUP)
    text = render(Page(MARKUP, [MARKUP], [section]))
    html5lib.HTMLParser(strict=True).parse(text)
    assert len(Seen(text).all("script")) == 1  # the one that sorts
    assert not Seen(text).all("b")


def test_markup_in_titles_events_and_cautions_is_shown_as_text(stored: LoadedRun) -> None:
    manifest: Any = json.loads(json.dumps(stored.manifest))
    manifest["title"] = manifest["description"] = manifest["events"][0]["title"] = MARKUP
    manifest["cautions"] = [MARKUP]
    text = render(Page(MARKUP, [], [scenario_section(manifest), data_section(manifest)]))
    assert text.count("&lt;script&gt;") >= 5
    assert len(Seen(text).all("script")) == 1


def test_only_web_addresses_become_links() -> None:
    assert address("see https://a.example/b ; https://c.example") == "https://a.example/b"
    assert address("javascript:alert(1)") == address("The Times, 10 April 2025") == ""


@pytest.mark.parametrize(
    ("names", "said"), [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")]
)
def test_names_are_listed_as_in_a_sentence(names: list[str], said: str) -> None:
    assert together(names) == said


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no results"):
        write_report(tmp_path)


# What other commands print


def printed() -> Group:
    table = TerminalTable()
    table.add_column("nation")
    table.add_column("gain", justify="right")
    table.add_row(Text("[bold]Ayland"), "+1,200 [900 to 1,500]")
    table.add_row("Beeland", "-")
    facts = TerminalTable.grid()
    facts.add_row("size", "6.1 nations")
    sentence, note = Text("Ayland gains most."), Text("[ ] is the 95 % interval.", style="dim")
    return Group(sentence, facts, Text("Gains", style="bold"), Padding(table, 1), note)


def test_what_a_command_prints_is_said_on_the_page_in_the_same_words() -> None:
    section = section_of("What was found", printed())
    assert section.paragraphs == ["Ayland gains most.", "size: 6.1 nations"]
    (table,) = section.tables
    assert table.caption == "Gains"
    assert table.notes == ["[ ] is the 95 % interval."]
    assert [column.numbers for column in table.columns] == [False, True]
    assert table.rows[0] == [Cell("[bold]Ayland", "[bold]Ayland"), Cell("+1,200 [900 to 1,500]", 1200.0)]


def test_cells_without_a_number_are_sorted_behind_all_numbers() -> None:
    (table,) = section_of("What was found", printed()).tables
    assert float(table.rows[1][1].order) < -1e9


def test_what_was_printed_is_kept_with_the_results(tmp_path: Path) -> None:
    begin(tmp_path)
    keep_printed(printed(), tmp_path, "coalition explain NLD")
    section, command = read_printed(tmp_path)
    assert section == section_of("What was found", printed())
    assert command == "coalition explain NLD"


@pytest.mark.parametrize("content", ["", "{}", '{"command": 1, "tables": [{}]}'])
def test_a_damaged_record_of_what_was_printed_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "printed.json").write_text(content, "utf-8")
    with pytest.raises(Damaged, match=r"printed.json: .*; run the command"):
        read_printed(sign(tmp_path))


@pytest.mark.slow
def test_an_explanation_has_a_report(tmp_path: Path, coalition: Any) -> None:
    found = coalition("explain", "brussels-2025-04", "SWE", "--runs", "60", "--out", str(tmp_path))
    folder = Path(found.out.splitlines()[-1].removeprefix("results: "))
    text = write_report(folder).read_text("utf-8")
    html5lib.HTMLParser(strict=True).parse(text)
    seen = Seen(text)
    assert all(re.search(r"[36]0 runs", image["alt"] or "") for image in seen.all("img"))
    assert "Sweden: committed on" in text
    assert "its own position" in text
