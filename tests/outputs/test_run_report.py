"""What the terminal says of the runs of a scenario."""

import re

import pytest
from printing import lost, printed
from rich.console import Console

import sim
from sim.experiments.rests_on import verdicts
from sim.model.tally import HOLDS_BACK
from sim.outputs.document.terminal import rendered
from sim.outputs.tables import run_report
from sim.outputs.words import REASONS, counted, percent, percent_interval
from sim.results.document import Facts, Table, first_screen


def report(result: "sim.RunResult", width: int = 120) -> str:
    console = Console(width=width, record=True, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115
    console.print(rendered(run_report(result)))
    console.file.close()
    return console.export_text()


def row(text: str, nation: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(nation))


def test_the_coalition_stands_above_the_nations(baseline: "sim.RunResult") -> None:
    text, end = report(baseline), baseline.rounds.iloc[-1]
    assert text.startswith("Brussels, 10 April 2025\n")
    assert re.search(r"at the end +9 Apr 2026, after 52 rounds", text)
    told = verdicts(baseline.rests_on)
    for label, number in {
        "declare soldiers on land": "size",
        "contribute any military means": "contributors",
    }.items():
        mean, low, high = (end[f"{number}_{column}"] for column in ("mean", "q05", "q95"))
        assert re.search(rf"{label} +{mean:.1f} \[{low:.0f}-{high:.0f}\] nations +\({told[number]}\)", text)
    assert re.search(rf"soldiers pledged on land +{end.force_mean:,.0f} \[.*\] +\(assumed\)", text)
    assert re.search(r"of them in the field at a time +0 \[0-0\] +\(assumed\)", text)
    assert re.search(r"P\(pledged >= 20,000\) +.* % \[.*\] +\(assumed\)", text)
    assert "300 runs, seed 1." in text


def test_every_nation_has_a_row_the_surest_first(baseline: "sim.RunResult") -> None:
    lines = report(baseline, width=160).splitlines()
    names = baseline.case.roster.names
    places = {name: next(n for n, line in enumerate(lines) if line.startswith(f"{name} ")) for name in names}
    in_order = baseline.summary.set_index("name")["p_committed"].loc[sorted(names, key=places.__getitem__)]
    assert in_order.is_monotonic_decreasing


def test_a_row_says_position_chance_date_troops_and_obstacle(baseline: "sim.RunResult") -> None:
    text = report(baseline, width=160)
    told = verdicts(baseline.rests_on)
    assert re.search(
        r"France +committed +\d+ % \[\d+-\d+\] +100 % \[99-100\] +at the start +[\d,]+ \[[\d,]+-[\d,]+\] +",
        text,
    )
    for name, code in (("Canada", "CAN"), ("Sweden", "SWE")):
        nation, line = baseline.summary.loc[code], row(text, name)
        for share in ("p_committed", "p_contributes"):
            assert f" {nation[share] * 100:.0f} % [" in line
        assert told[code].split()[0] in line
    assert re.search(r"Iceland .* has no known soldiers to send \(100 %\)", text)


def test_a_narrow_terminal_loses_no_name_and_no_number(baseline: "sim.RunResult") -> None:
    assert lost(run_report(baseline)) == []
    text = " ".join(report(baseline, width=80).split())
    assert all(name.split()[0] in text for name in baseline.case.roster.names)


def test_the_first_screen_answers_in_45_lines_and_loses_no_mark(baseline: "sim.RunResult") -> None:
    document = run_report(baseline)
    screen = first_screen(document)
    assert len(printed(screen, 80).splitlines()) <= 43  # two further lines: how to have more, and the folder
    assert screen.headline == document.headline
    facts, rows = (
        next(block for block in screen.blocks if isinstance(block, kind)) for kind in (Facts, Table)
    )
    assert facts in document.blocks
    unmarked = {fact.name for fact in facts.facts if not fact.mark}
    assert unmarked == {"at the end", "why 20,000"}
    assert "P(land) rests on" in rows.headings
    assert "assumed." in printed(screen, 80)


def value_of(result: "sim.RunResult", name: str) -> str:
    facts = next(block for block in run_report(result).blocks if isinstance(block, Facts))
    return next(fact.value for fact in facts.facts if fact.name == name)


def test_why_so_many_soldiers_are_required_stands_beside_the_number(baseline: "sim.RunResult") -> None:
    told = value_of(baseline, "why 20,000")
    assert told == "a choice within the reported 10,000 to 30,000 (9 April 2025)"
    other = sim.run(baseline.case.scenario.name, overrides=["force_required=15000"], runs=20)
    assert value_of(other, "why 15,000") == "no source is named"


def test_what_no_data_allow_is_not_called_0_percent(baseline: "sim.RunResult") -> None:
    """All can send 1.3 times what is coded at most, and keep a third of it in the field."""
    most = baseline.case.roster.deployable.sum() * 1.3
    assert most / 3 < 20_000 < most
    in_field = f"outside the coded data: all nations together keep {most / 3:,.0f} there at most"
    assert value_of(baseline, "20,000 in the field") == in_field
    name = baseline.case.scenario.name
    within, beyond = (
        sim.run(name, overrides=[f"force_required={most + more:.0f}"], runs=20) for more in (-1000, 1000)
    )
    assert value_of(within, f"P(pledged >= {most - 1000:,.0f})").startswith("0 % [0-")
    outside = f"outside the coded data: all nations together pledge {most:,.0f} at most"
    assert value_of(beyond, f"P(pledged >= {most + 1000:,.0f})") == outside
    assert value_of(beyond, "... at any time") == outside
    assert any(f"required are {outside}" in sentence for sentence in run_report(beyond).headline)
    small = sim.run(name, overrides=["force_required=5000"], runs=20)
    facts = next(block for block in run_report(small).blocks if isinstance(block, Facts))
    assert not any(fact.name.endswith("in the field") for fact in facts.facts)


def test_that_parameters_are_a_point_stands_on_the_first_screen(baseline: "sim.RunResult") -> None:
    point = sim.run(baseline.case.scenario.name, runs=20, parameters="default")
    text = printed(first_screen(run_report(point)), 200)
    assert "Parameters are a point: nothing shown includes how little is known of them." in text


def test_every_reason_has_words() -> None:
    assert set(REASONS) == {*HOLDS_BACK, "no_statement"}
    assert len(set(REASONS.values())) == len(REASONS)


@pytest.mark.parametrize(
    ("share", "says"),
    [(0.0, "0 %"), (0.004, "<1 %"), (0.01, "1 %"), (0.5, "50 %"), (0.996, ">99 %"), (1.0, "100 %")],
)
def test_none_and_all_are_told_only_where_they_are_exact(share: float, says: str) -> None:
    assert percent(share) == says


@pytest.mark.parametrize(
    ("number", "words"), [(0, "0 rounds"), (1, "1 round"), (2, "2 rounds"), (4000, "4,000 rounds")]
)
def test_one_of_a_thing_is_not_many(number: int, words: str) -> None:
    assert counted(number, "round") == words


def test_bounds_near_the_ends_have_a_decimal() -> None:
    assert percent_interval(0.0, 0.0038) == "0-0.4"
    assert percent_interval(0.33, 0.385) == "33-38"
    assert percent_interval(0.9962, 1.0) == "99.6-100"
