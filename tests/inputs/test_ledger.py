"""The ledger of sealed forecasts: what was changed is told, what came is scored, what is void is counted."""

import json
import math
import multiprocessing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.experiments.evidence.sealed import score_sealed
from sim.inputs.errors import InputError
from sim.inputs.ledger import BEGINNING, digest_of_line, parse_ledger, read_ledger, read_outcomes
from sim.outputs.evidence.ledger import _append

HEADER = "forecast,iso3,took_part,source\n"
CAME = HEADER + "1,AAA,1,The Times\n1,BBB,0,The Times\n"


def entry(**given: Any) -> dict[str, Any]:
    usual = {
        "sealed": "2026-11-29",
        "name": "strait",
        "title": "The strait",
        "by": "2027-03-01",
        "condition": "",
        "version": "0.1.0",
        "question": "0123456789abcdef",
        "forecasts": {"evidence layer": {"AAA": 0.8, "BBB": 0.4}, "base rate": {"AAA": 0.5, "BBB": 0.5}},
    }
    return {**usual, **given}


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Three forecasts; the second has a condition."""
    file = tmp_path / "forecasts" / "ledger.jsonl"
    for given in ({}, {"condition": "a ceasefire holds"}, {"by": "2027-12-01"}):
        _append(entry(**given), file)
    return file


def test_each_line_holds_the_digest_of_the_one_before(ledger: Path) -> None:
    entries = read_ledger(ledger)
    assert [each.number for each in entries] == [1, 2, 3]
    assert [each.previous for each in entries] == [BEGINNING, entries[0].digest, entries[1].digest]
    assert entries[0].nations == ("AAA", "BBB")


def test_a_ledger_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert read_ledger(tmp_path / "none.jsonl") == ()


def with_other_digest(line: str) -> str:
    changed = json.loads(line.replace("0.8", "0.9"))
    return json.dumps({**changed, "digest": digest_of_line(changed)})


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda lines: [lines[0].replace("0.8", "0.9"), *lines[1:]], ":1: was changed after it was sealed"),
        (lambda lines: [with_other_digest(lines[0]), *lines[1:]], ":2: does not follow the line before"),
        (lambda lines: [lines[0], lines[2]], ":2: does not follow the line before"),
        (lambda lines: lines[1:], ":1: does not follow the line before"),
        (lambda lines: [lines[1], lines[0], lines[2]], ":1: does not follow the line before"),
        (lambda lines: [*lines, "{"], ":4: is no JSON"),
        (lambda lines: [*lines, "[]"], ":4: must be a table"),
        (lambda lines: [*lines, "{}"], ":4: number: is missing"),
    ],
)
def test_what_was_changed_is_told(ledger: Path, damage: Callable[[list[str]], list[str]], says: str) -> None:
    text = "\n".join(damage(ledger.read_text("utf-8").splitlines())) + "\n"
    with pytest.raises(InputError, match=f"ledger.jsonl{says}"):
        parse_ledger(text, ledger)


def test_a_line_that_was_not_written_whole_is_told_and_nothing_is_added_to_it(ledger: Path) -> None:
    torn = ledger.read_bytes()[:-9]
    ledger.write_bytes(torn)
    with pytest.raises(InputError, match=":3: is not complete: writing it was stopped"):
        _append(entry(), ledger)
    assert ledger.read_bytes() == torn


def _append_often(file: Path) -> None:
    for _ in range(20):
        _append(entry(), file)


@pytest.mark.slow
def test_two_processes_lose_nothing_of_each_other(tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_append_often, args=(file,)) for _ in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    assert len(read_ledger(file)) == 40


def outcomes(folder: Path, text: str) -> Path:
    file = folder / "came.csv"
    file.write_text(text, encoding="utf-8")
    return file


def test_scores_are_those_worked_out_by_hand(ledger: Path, tmp_path: Path) -> None:
    entries = read_ledger(ledger)
    came = read_outcomes(outcomes(tmp_path, CAME + "2,,void,The Times\n"), entries)
    found = score_sealed(entries, came)
    scores = found.table.set_index("forecast")
    assert scores.index.tolist() == ["evidence layer", "base rate"]
    assert scores.loc["evidence layer", "brier"] == pytest.approx((0.2**2 + 0.4**2) / 2)
    assert scores.loc["evidence layer", "log_score"] == pytest.approx(-(math.log(0.8) + math.log(0.6)) / 2)
    assert scores["auc"].tolist() == [1.0, 0.5]
    assert scores.loc["base rate", "brier"] == 0.25
    assert (found.void, found.waiting) == ((2,), (3,))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (HEADER + "1,AAA,1,The Times\n", "forecast 1 has no outcome of BBB; give all or none"),
        (CAME + "1,AAA,1,The Times\n", ':4: iso3: "AAA" stands there twice; forecast 1 is about AAA, BBB'),
        (CAME + "1,CCC,1,The Times\n", ':4: iso3: "CCC" is no nation of it; forecast 1 is about AAA, BBB'),
        (CAME + "4,AAA,1,The Times\n", ':4: forecast: "4" is no forecast of the ledger; allowed are 1 to 3'),
        (CAME + "3,AAA,2,The Times\n", ':4: took_part: "2" is not allowed; 0, 1 or void'),
        (CAME + "3,AAA,1,\n", ":4: source: is empty; say where the outcome is reported"),
        (CAME + "3,,void,The Times\n", ":4: took_part: forecast 3 has no condition, so it cannot be void"),
        (
            CAME + "2,AAA,void,The Times\n",
            ":4: iso3: a forecast is void as a whole: one row, without a nation",
        ),
        (CAME + "2,,void,T\n2,AAA,1,T\n", ":5: forecast: forecast 2 is void by an earlier row"),
        ("forecast,iso3,took_part\n", ":1: source: the column is missing"),
    ],
)
def test_mistakes_in_outcomes_are_named(ledger: Path, tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputError) as error:
        read_outcomes(outcomes(tmp_path, text), read_ledger(ledger))
    assert says in str(error.value)
