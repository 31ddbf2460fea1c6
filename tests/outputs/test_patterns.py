"""What readers see of patterns: the table, the section of the documentation, the results folder."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from printing import lost

from sim.experiments.patterns.verdicts import PatternsResult, check_patterns
from sim.inputs.parameters import DECLARED
from sim.outputs.patterns.tables import patterns_markdown, patterns_report
from sim.outputs.patterns.words import basis, measured, number, summary

FACTS = """\
title = "Facts of a small world"
description = "Two of them."
[changes]
"full | involvement" = { "washington.involvement" = 1.0 }
[[patterns]]
number = 1
statement = "Involvement brings members in"
source = "reason"
kind = "evidence"
[[patterns.checks]]
statement = "members"
measure = "members"
of = [{ scenario = "world.toml", with = ["full | involvement"] }]
more_than = 0.5
observed = "a few"
[[patterns.checks]]
statement = "members"
measure = "members"
of = [{ scenario = "world.toml", on = 2025-04-24 }]
less = [{ scenario = "world.toml" }]
less_than = -100
reason = "unheard of"
[[patterns]]
number = 7
statement = "Soldiers are sent"
source = "reason"
kind = "consistency check"
note = "Somebody is committed from the start."
[[patterns.checks]]
statement = "soldiers"
measure = "soldiers"
of = [{ scenario = "world.toml" }]
more_than = 100
less_than = 5000
"""


@pytest.fixture
def facts(world: Callable[..., Path]) -> Path:
    """A file of patterns beside a small world."""
    file = world(rounds=30).parent / "facts.toml"
    file.write_text(FACTS, encoding="utf-8")
    return file


@pytest.fixture
def result(facts: Path) -> PatternsResult:
    """What is found in 100 runs."""
    return check_patterns(facts, runs=100)


def test_tables_have_a_row_a_pattern_and_a_row_a_check(result: PatternsResult) -> None:
    assert result.table["number"].tolist() == [1, 7]
    assert result.table["verdict"].tolist() == ["not reproduced", "reproduced"]
    assert result.table[["checks", "reproduced"]].to_numpy().tolist() == [[2, 1], [1, 1]]
    assert result.checks["number"].tolist() == [1, 1, 7]
    assert result.checks["of"].tolist() == ["world with full | involvement", "world on 2025-04-24", "world"]
    assert (result.checks["low"] <= result.checks["estimate"]).all()
    assert (result.checks["estimate"] <= result.checks["high"]).all()
    assert (result.checks["runs"] == 100).all()


def test_evidence_is_counted_apart_from_consistency_checks(result: PatternsResult) -> None:
    expected = "Patterns reproduced: 0 of 1 that are evidence, 1 of 1 that check consistency."
    assert summary(result) == expected


def test_it_is_said_that_a_point_hides_how_little_is_known_of_parameters(
    result: PatternsResult, facts: Path
) -> None:
    assert "100 runs of each world" in basis(result)
    point = check_patterns(facts, runs=10, parameters=DECLARED)
    assert "nothing shown includes how little is known of them" in basis(point)


def test_it_is_said_that_a_mean_over_draws_hides_how_they_differ(facts: Path, tmp_path: Path) -> None:
    posterior = tmp_path / "posterior.parquet"
    pd.DataFrame({"reach": [0.0, 0.25, 0.5]}).to_parquet(posterior)
    text = basis(check_patterns(facts, runs=30, parameters=posterior))
    assert "a draw of the parameters, of 3" in text.replace("its own draw", "a draw")
    assert "does not say how far it differs from draw to draw" in text
    assert "do not say what they were fitted to" in text


def test_the_report_loses_nothing_at_80_columns(result: PatternsResult) -> None:
    assert lost(patterns_report(result)) == []


def test_every_number_has_its_interval(result: PatternsResult) -> None:
    text = patterns_markdown(result)
    for found in result.results:
        for finding in found.findings:
            assert measured(finding) in text
            assert f"[{number(float(finding.interval.low))} to " in measured(finding)


def test_the_section_says_what_where_and_how_far(result: PatternsResult) -> None:
    text = patterns_markdown(result)
    assert text.startswith("## Facts of a small world\n")
    assert "| 7 | Soldiers are sent | consistency check | reproduced |" in text
    assert "### 7. Soldiers are sent\n\nSource: reason\n" in text
    assert "not reproduced (1 of 2)" in text
    assert "world on 2025-04-24, less world" in text
    assert "< -100 (unheard of)" in text
    assert "100 to 5000" in text
    assert "Somebody is committed from the start." in text


def test_no_cell_breaks_its_table(result: PatternsResult) -> None:
    lines = patterns_markdown(result).splitlines()
    rows = [line.replace("\\|", "") for line in lines if line.startswith("|")]
    assert {row.count("|") for row in rows} == {5, 8}
    assert any("full \\| involvement" in line for line in lines)


def test_the_command_prints_the_table_and_keeps_it(coalition: Callable[..., Any], facts: Path) -> None:
    ended = coalition("patterns", facts, "--runs", 60, "--csv")
    assert ended.code == 0
    assert "Involvement brings members in" in ended.out
    assert "not reproduced (1 of 2)" in ended.out
    folder = Path(ended.out.splitlines()[-1].removeprefix("results: "))
    assert folder.parent == Path("results/patterns/facts")
    checks = pd.read_parquet(folder / "checks.parquet")
    assert checks.equals(check_patterns(facts, runs=60).checks)
    assert len(pd.read_csv(folder / "patterns.csv")) == 2
    assert (folder / "patterns.md").read_text(encoding="utf-8").startswith("## Facts")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["runs"] == 60
    assert set(manifest["digests"]) == {"world", "world on 2025-04-24", "world with full | involvement"}
    assert manifest["patterns"]["patterns"][0]["checks"][0]["of"][0]["with"] == ["full | involvement"]
    assert str(facts.parent) not in json.dumps(manifest)


def test_the_same_question_goes_to_the_same_folder(coalition: Callable[..., Any], facts: Path) -> None:
    def folder(*options: object) -> str:
        return str(coalition("patterns", facts, "--quiet", "--runs", 20, *options).out)

    first = folder()
    assert folder() == first
    assert folder("--seed", 2) != first
    facts.write_text(FACTS.replace("more_than = 0.5", "more_than = 0.6"), encoding="utf-8")
    assert folder() != first


def test_mistakes_end_with_code_2_and_leave_nothing(coalition: Callable[..., Any], facts: Path) -> None:
    facts.write_text(FACTS.replace('"members"', '"membres"'), encoding="utf-8")
    ended = coalition("patterns", facts)
    assert ended.code == 2
    assert "Traceback" not in ended.err
    assert not Path("results").exists()
