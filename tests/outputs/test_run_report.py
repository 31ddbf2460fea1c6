"""What the terminal says of the runs of a scenario."""

import re

import pytest
from printing import lost
from rich.console import Console

import sim
from sim.model.tally import HOLDS_BACK
from sim.outputs.tables import run_report
from sim.outputs.words import REASONS, percent, percent_interval


def report(result: "sim.RunResult", width: int = 120) -> str:
    console = Console(width=width, record=True, file=open("/dev/null", "w"))  # noqa: PTH123, SIM115
    console.print(run_report(result))
    console.file.close()
    return console.export_text()


def row(text: str, nation: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(nation))


def test_the_coalition_stands_above_the_nations(baseline: "sim.RunResult") -> None:
    text, end = report(baseline), baseline.rounds.iloc[-1]
    assert text.startswith("Brussels, 10 April 2025\n")
    assert re.search(r"at the end +9 April 2026, after 52 rounds", text)
    assert re.search(rf"size +{end.size_mean:.1f} nations \[{end.size_q05:.0f}-{end.size_q95:.0f}\]", text)
    assert re.search(rf"force +{end.force_mean:,.0f} soldiers \[", text)
    assert re.search(r"P\(force >= 20,000\) +(<1|0) % \[0", text)
    assert "300 runs, seed 1." in text


def test_every_nation_has_a_row_the_surest_first(baseline: "sim.RunResult") -> None:
    lines = report(baseline).splitlines()
    names = baseline.case.roster.names
    places = {name: next(n for n, line in enumerate(lines) if line.startswith(f"{name} ")) for name in names}
    in_order = baseline.summary.set_index("name")["p_committed"].loc[sorted(names, key=places.__getitem__)]
    assert in_order.is_monotonic_decreasing


def test_a_row_says_position_chance_date_troops_and_obstacle(baseline: "sim.RunResult") -> None:
    text = report(baseline)
    assert re.search(r"France +committed +100 % \[99-100\] +at the start +[\d,]+ \[[\d,]+-[\d,]+\]", text)
    canada = baseline.summary.loc["CAN"]
    assert f"{canada.p_committed * 100:.0f} % [" in row(text, "Canada")
    assert f"{canada.joined:%-d %b %Y}" in row(text, "Canada")
    assert re.search(r"Sweden +conditional +0 % \[0-1\] +- +0 +demands a clear mandate", text)
    assert re.search(r"Iceland .* has no troops to send \(100 %\)", text)


def test_a_narrow_terminal_loses_no_name_and_no_number(baseline: "sim.RunResult") -> None:
    assert lost(run_report(baseline)) == []
    text = " ".join(report(baseline, width=80).split())
    assert all(name.split()[0] in text for name in baseline.case.roster.names)


def test_every_reason_has_words() -> None:
    assert set(REASONS) == set(HOLDS_BACK)
    assert len(set(REASONS.values())) == len(REASONS)


@pytest.mark.parametrize(
    ("share", "says"),
    [(0.0, "0 %"), (0.004, "<1 %"), (0.01, "1 %"), (0.5, "50 %"), (0.996, ">99 %"), (1.0, "100 %")],
)
def test_none_and_all_are_told_only_where_they_are_exact(share: float, says: str) -> None:
    assert percent(share) == says


def test_bounds_near_the_ends_have_a_decimal() -> None:
    assert percent_interval(0.0, 0.0038) == "0-0.4"
    assert percent_interval(0.33, 0.385) == "33-38"
    assert percent_interval(0.9962, 1.0) == "99.6-100"
