"""Explanations as sentences, tables, figures and a results folder: what is found, readable and honest."""

import json
import re
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from printing import lost
from printing import printed as shown
from rich.console import Console

import sim
from sim.declarations.words import VERDICTS, worst
from sim.experiments.explain.answers import (
    SECTIONS,
    ExplainOptions,
    explain_case,
    explanation_folder,
    find_nations,
)
from sim.experiments.rests_on import numbers_of, verdicts
from sim.inputs.case import load_case
from sim.inputs.errors import InputError
from sim.inputs.parameters import DECLARED
from sim.inputs.questions import load_questions
from sim.outputs.document.terminal import rendered
from sim.outputs.explain.figures import figures_of
from sim.outputs.explain.tables import explain_report
from sim.outputs.explain.words import level_interval, next_sentences, observed_sentences
from sim.results.document import Document, Section, Table, first_screen
from sim.results.drawing import save_figures
from sim.results.saving import into_folder

SHORT = ["rounds=12", "force_required=12000"]
RUNS = 40
OF_ALL = ("levers", "pairs", "pivotal", "hardened", "persuade", "observed")


@pytest.fixture(scope="module")
def some() -> sim.Explanation:
    """What is usually asked about named nations."""
    return sim.explain(load_case("brussels-2025-04", SHORT, DECLARED), ["Canada", "nld", "GBR"], runs=RUNS)


@pytest.fixture(scope="module")
def everybody() -> sim.Explanation:
    """What is usually asked where none is named."""
    return sim.explain(load_case("brussels-2025-04", SHORT, DECLARED), runs=RUNS)


def printed(answer: sim.Explanation, width: int = 120) -> str:
    console = Console(width=width)
    with console.capture() as capture:
        console.print(rendered(explain_report(answer)))
    return capture.get()


def on_one_line(text: str) -> str:
    return " ".join(text.split())


# What is asked


@pytest.mark.slow
def test_named_nations_are_asked_other_questions_than_all(
    some: sim.Explanation, everybody: sim.Explanation
) -> None:
    answered = [
        [section for section in SECTIONS if getattr(answer, section) is not None]
        for answer in (some, everybody)
    ]
    assert answered == [["why", "closure", "levers", "pairs", "frontier", "hardened"], list(OF_ALL)]
    assert some.asked == find_nations(some.case, ["CAN", "NLD", "GBR", "Canada"])


@pytest.mark.slow
def test_every_table_has_its_runs(some: sim.Explanation, everybody: sim.Explanation) -> None:
    for answer in (some, everybody):
        for name, table in answer.tables.items():
            assert (table["runs"] > 0).all(), name
            estimates = [column for column in table.select_dtypes("number") if f"{column}_low" in table]
            for column in estimates:
                known = table.dropna(subset=[column, f"{column}_low", f"{column}_high"])
                assert (known[f"{column}_low"] <= known[column] + 1e-12).all(), (name, column)
                assert (known[column] <= known[f"{column}_high"] + 1e-12).all(), (name, column)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"only": ("wy",)}, 'only: must be one of why, closure, .*, not "wy"; did you mean "why"'),
        ({"number": 0}, "runs: must be a whole number from 1 on, not 0"),
    ],
)
def test_what_cannot_be_asked_is_refused(options: dict, says: str) -> None:
    with pytest.raises(InputError, match=says):
        ExplainOptions(**options)


# Sentences and tables


def test_the_report_loses_nothing_at_80_columns(some: sim.Explanation) -> None:
    assert lost(explain_report(some)) == []


@pytest.mark.slow
def test_the_report_on_all_nations_loses_nothing_at_80_columns(everybody: sim.Explanation) -> None:
    assert lost(explain_report(everybody)) == []


def test_sentences_say_what_holds_a_nation_back_and_what_would_bring_it_in(some: sim.Explanation) -> None:
    text = on_one_line(printed(some))
    share = r"\d+ % \[\d+-\d+\]"
    marked = rf"{share} \((?:{'|'.join(VERDICTS)})\)"
    often = rf"committed on 3 Jul 2025 in {marked} of {RUNS} runs"
    assert re.search(rf"Netherlands: {often}; held back by: [\w ]+ \({share}\)", text)
    assert re.search(
        rf"What keeps it below most often is unmet demands: without, it is above in {share}", text
    )
    out = rf"Of the \d+ of {RUNS} runs in which Netherlands is out at the end, in {marked} no lever or pair"
    assert re.search(
        rf"{out} of levers brings it in. In {marked} what holds it back is its own position", text
    )
    alone = "No lever alone brings it in in half of the runs."
    assert f"{alone} With two levers it would join with US involvement 0." in text
    assert "It is committed at the end as things are" in text  # the United Kingdom
    assert re.search(
        rf"Pressure [\w ]+ \(as it is: cowed in {marked}; its willingness to send soldiers", text
    )


def test_probabilities_come_first_and_log_odds_are_details(some: sim.Explanation) -> None:
    document = explain_report(some)
    of_one = document.headline
    assert of_one[0].startswith("Canada: committed on")
    assert of_one[1].startswith("Of the ")
    assert "og-odds" in shown(document, 120)
    assert "og-odds" not in shown(first_screen(document), 120)


def words_of(screen: Document) -> int:
    return len(shown(screen, 80).split())


def test_first_screens_are_short_and_say_what_numbers_rest_on(
    some: sim.Explanation, everybody: sim.Explanation
) -> None:
    of_some, of_all = first_screen(explain_report(some)), first_screen(explain_report(everybody))
    assert words_of(of_some) <= 400 * len(some.asked)
    assert words_of(of_all) <= 430
    for screen in (of_some, of_all):
        text = shown(screen, 120)
        assert "(assumed)" in text
        assert "In brackets, what a number rests on, the worst of what decides it" in text
    text = " ".join(shown(of_all, 120).split())
    assert "pairs of nations, taken together (Bonferroni)" in text
    assert "not proven to be the cheapest" in text


def test_nations_that_are_brought_in_stand_first_and_all_are_counted(everybody: sim.Explanation) -> None:
    section = next(
        block
        for block in explain_report(everybody).blocks
        if isinstance(block, Section) and block.heading == "What would it take"
    )
    counts, table = section.blocks[0], section.blocks[1]
    assert isinstance(counts, str)
    assert isinstance(table, Table)
    assert sum(map(int, re.findall(r"(\d+) (?:perhaps )?(?:in|out) ", counts))) == len(table.rows)
    alone = [row[1].text for row in table.rows]
    is_brought_in = [not text.startswith(("not by one", "committed already")) for text in alone]
    assert is_brought_in == sorted(is_brought_in, reverse=True)
    assert [text.startswith("committed already") for text in alone] == sorted(
        text.startswith("committed already") for text in alone
    )


def test_answers_say_what_they_rest_on(some: sim.Explanation) -> None:
    """As a comparison of the scenario with the lever set says it of the nation."""
    levers, case = some.levers.table, some.case
    told = verdicts(numbers_of(case, 1, RUNS).table())
    for _, row in levers[levers["status"] == "committed already"].iterrows():
        assert row["rests_on"] == told[row["iso3"]]
    row = levers[levers["lever"] == "mandate.clarity"].query("status != 'committed already'").iloc[0]
    there = numbers_of(case.with_overrides({"mandate.clarity": float(row["setting"])}), 1, RUNS)
    change = there.less(numbers_of(case, 1, RUNS))
    both = [verdicts(numbers.table())[row["iso3"]] for numbers in (there, change)]
    assert row["rests_on"] == worst(both)
    assert some.why.summary["rests_on"].isin(VERDICTS).all()


def test_the_report_says_whether_it_is_the_near_that_harden(some: sim.Explanation) -> None:
    text = on_one_line(printed(some))
    assert re.search(r"The nearer to Moscow, the more pressure hardens: in \d+ % \[\d+-\d+\]", text)


@pytest.mark.slow
def test_every_probability_that_is_printed_has_an_interval(
    some: sim.Explanation, everybody: sim.Explanation
) -> None:
    for answer in (some, everybody):
        for line in printed(answer, 1000).splitlines():  # no sentence is broken between share and interval
            shares = re.sub(r"\(\d+ %\)|>?<?\d+ % (interval|of the runs|\[)", "", line)
            if "held back" not in line and "conditions" not in line and "[" in line and "%" in shares:
                # Ranges and levels of confidence are no estimates; conditions not met are 0 or 100 % here.
                assert re.search(r"9[05] %|at most 5 %|%  ", line), line


@pytest.mark.slow
def test_all_nations_have_a_row(everybody: sim.Explanation) -> None:
    text = printed(everybody)
    for name in everybody.case.roster.names:
        assert re.search(rf"^{re.escape(name)} ", text, re.MULTILINE), name
    assert all(len(line) <= 120 for line in text.splitlines())
    assert "…" not in text


@pytest.mark.slow
def test_the_report_of_april_2025_is_told_honestly(everybody: sim.Explanation) -> None:
    assert everybody.observed is not None
    sentences = " ".join((*observed_sentences(everybody), *next_sentences(everybody)))
    matched = everybody.observed.totals.set_index("total")["matched"]
    assert f"{matched.sum()} of {RUNS} runs fit on that day: {matched[5]} with 5 members" in sentences
    assert 0 < matched.sum() < RUNS  # words are read a rung off now and then
    assert re.search(r"Who was not named, in these: \w+ \d+ % \[", sentences)
    assert re.search(rf"in \d+ of {RUNS} runs, within the total reported\), it is \w+ \d+ % \[", sentences)


def test_intervals_of_levels_that_reach_beyond_the_range() -> None:
    nan = float("nan")
    assert [level_interval(*bounds) for bounds in ((0.4, 0.5), (0.4, nan), (nan, 0.5))] == [
        "[0.40-0.50]",
        "[from 0.40]",
        "[to 0.50]",
    ]


# Figures


def drawn(answer: sim.Explanation) -> dict[str, Figure]:
    return {name: draw() for name, draw in figures_of(answer).items()}


@pytest.fixture(scope="module")
def pictures(some: sim.Explanation, everybody: sim.Explanation) -> dict[str, Figure]:
    return {**drawn(some), **drawn(everybody)}


@pytest.mark.slow
def test_each_question_has_its_figures(pictures: dict[str, Figure]) -> None:
    of_nations = {
        f"{kind}-{iso3}" for kind in ("nation", "why", "closure", "levers") for iso3 in ("CAN", "NLD", "GBR")
    }
    frontiers = {name for name in pictures if name.startswith("frontier-")}
    assert frontiers >= {"frontier-NLD"}
    assert set(pictures) - frontiers == {
        *of_nations,
        *("levers", "pivotal", "influence", "hardened", "persuade", "observed"),
    }


def seen(figure: Figure) -> list[Text]:
    """Return every text that is seen: ticks beyond their axis are not."""
    figure.draw_without_rendering()
    hidden: set[object] = set()
    for axes in figure.findobj(Axes):
        assert isinstance(axes, Axes)
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.get_major_ticks():
                hidden.add(tick.label2)
                if not (axes.axison and low <= tick.get_loc() <= high):
                    hidden.add(tick.label1)
    texts = [item for item in figure.findobj(Text) if isinstance(item, Text) and item not in hidden]
    return [text for text in texts if text.get_text().strip()]


@pytest.mark.slow
def test_nothing_is_clipped_and_no_text_stands_on_another(pictures: dict[str, Figure]) -> None:
    for name, figure in pictures.items():
        page = figure.bbox
        boxes = {text: Text.get_window_extent(text) for text in seen(figure)}
        for text, box in boxes.items():
            inside = page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1
            assert inside, (name, text.get_text())
        for (one, its), (other, box) in combinations(boxes.items(), 2):
            wide = min(its.x1, box.x1) - max(its.x0, box.x0)
            high = min(its.y1, box.y1) - max(its.y0, box.y0)
            assert wide <= 1 or high <= 1, (name, one.get_text(), other.get_text())


@pytest.mark.slow
def test_figures_say_how_many_runs_of_what(pictures: dict[str, Figure]) -> None:
    for name, figure in pictures.items():
        notes = on_one_line(" ".join(text.get_text() for text in figure.texts))
        runs = RUNS // 2 if name.startswith("frontier") else RUNS
        assert f"{runs} runs, seed 1, scenario brussels-2025-04, 12 rounds. Data: 38 nations" in notes, name


# The results folder


def test_the_folder_holds_tables_figures_and_what_was_asked(tmp_path: Path) -> None:
    case = load_case("brussels-2025-04", ["rounds=6"])
    options = ExplainOptions(20, only=("why", "hardened"))
    question = (case, find_nations(case, ["SWE"]), load_questions(), options)
    there = tmp_path / explanation_folder(*question, csv=True)
    answer, folder = into_folder(there, partial(explain_case, *question), csv=True)
    assert re.fullmatch(r"explain/brussels-2025-04/SWE-[0-9a-f]{12}", "/".join(folder.parts[-3:]))
    tables = {"why", "why-terms", "why-conditions", "why-reasons", "why-course", "hardened"}
    names = {f"{name}.{ending}" for name in tables for ending in ("parquet", "csv")}
    assert {item.name for item in folder.iterdir()} == {
        *names,
        *("digests.sha256", "document.json", "manifest.json", "figures"),
    }
    assert {item.name for item in (folder / "figures").iterdir()} == {
        f"{name}.{ending}" for name in ("nation-SWE", "why-SWE", "hardened") for ending in ("png", "svg")
    }
    for name in tables:
        pd.testing.assert_frame_equal(pd.read_parquet(folder / f"{name}.parquet"), answer.tables[name])
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["asked"], manifest["sections"]) == (["SWE"], ["why", "hardened"])
    assert (manifest["runs"], manifest["seed"], manifest["date"]) == (20, 1, "2025-05-22")
    assert manifest["observed"]["total"] == [5, 7]
    assert manifest["questions"]["leading"] == 3


def test_the_same_question_has_the_same_name_another_one_another() -> None:
    case, questions = load_case("brussels-2025-04"), load_questions()

    def name(*, asked: tuple[int, ...] = (1,), csv: bool = False, **options: Any) -> Path:
        return explanation_folder(case, asked, questions, ExplainOptions(**options), csv=csv)

    assert name() == name(threads=1) == name(only=("why", "closure", "levers", "frontier", "hardened"))
    others = [{"seed": 2}, {"number": 999}, {"only": ("why",)}, {"csv": True}, {"asked": (2,)}, {"asked": ()}]
    names = [name(), *(name(**other) for other in others)]
    assert len(set(names)) == len(names)


def test_the_same_answer_gives_the_same_bytes(some: sim.Explanation, tmp_path: Path) -> None:
    from dataclasses import replace

    part = replace(some, asked=some.asked[:1], why=None, closure=None, frontier=None, hardened=None)
    written = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        written.append([file.read_bytes() for file in save_figures(part, tmp_path / name)])
    assert written[0] == written[1]
    assert len(written[0]) == 2
