"""Reports: one file that says what was found, in words, figures and tables, and how to find it again."""

import json
import re
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import html5lib
import pytest

from sim.experiments.rests_on import verdicts
from sim.experiments.results import LoadedRun
from sim.experiments.run import run_into_folder
from sim.experiments.runs import Runs
from sim.inputs.case import load_case
from sim.inputs.errors import InputError
from sim.outputs.document.html import page
from sim.outputs.headline import headline, together
from sim.outputs.report import write_report
from sim.outputs.report.scenario import address, data_section, scenario_section
from sim.outputs.tables import nations_table, run_report
from sim.results.document import Document
from sim.results.kept import write_document
from sim.results.reading import manifest_of
from sim.system.folders import adding_to

COMMAND = "coalition run us-backstop --set 'mandate.clarity=0.4'"
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
    result, folder = run_into_folder(case, Runs(120), tmp_path_factory.mktemp("report"))
    with adding_to(folder):
        write_document(run_report(result), folder, COMMAND)
    return folder


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
def test_it_says_what_was_supposed_and_how_to_do_it_again(text: str, folder: Path) -> None:
    assert "The scenario: A US backstop" in text
    assert "followership = 1.2" in text
    assert str(manifest_of(folder)["digest"]) in text
    assert escape(COMMAND).replace("&#x27;", "&#39;") in text
    for caution in load_case("us-backstop").roster.cautions:
        assert caution.split("'")[0] in text


@pytest.mark.slow
def test_the_same_folder_gives_the_same_bytes(folder: Path, text: str) -> None:
    assert write_report(folder).read_text("utf-8") == text


def test_the_headline_says_the_numbers_of_the_tables(stored: LoadedRun) -> None:
    sentences, end = list(headline(stored)), stored.rounds.iloc[-1]
    told = verdicts(stored.rests_on)
    assert f"{end.contributors_mean:.1f} nations contribute any military means on average" in sentences[0]
    assert f"{end.contributors_q05:.0f} to {end.contributors_q95:.0f} in 90 % of 120 runs" in sentences[0]
    assert f"({told['contributors']})" in sentences[0]
    assert f"{end.size_mean:.1f} declare soldiers on land" in sentences[0]
    assert f"({told['size']})." in sentences[0]
    assert sentences[1].startswith(f"They pledge {end.force_mean:,.0f} soldiers, ")
    assert sentences[1].endswith("of the runs (assumed).")
    likely = stored.summary[stored.summary["p_committed"] >= 0.5]["name"]
    assert sum(name in sentences[-2] for name in likely) + int("more are" in sentences[-2]) >= min(
        len(likely), 8
    )


def test_every_nation_has_a_row_with_its_interval(stored: LoadedRun) -> None:
    table = nations_table(stored)
    assert len(table.rows) == len(stored.summary)
    shares = [row[2] for row in table.rows]
    assert [cell.value for cell in shares] == sorted((cell.value for cell in shares), reverse=True)
    assert all(re.search(r"% \[[\d.]+-[\d.]+\]$", cell.text) for cell in shares)


def test_markup_in_titles_events_and_cautions_is_shown_as_text(folder: Path) -> None:
    manifest: Any = json.loads(json.dumps(manifest_of(folder)))
    manifest["title"] = manifest["description"] = manifest["events"][0]["title"] = MARKUP
    manifest["cautions"] = [MARKUP]
    text = page(Document(MARKUP, (scenario_section(manifest), data_section(manifest))))
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
