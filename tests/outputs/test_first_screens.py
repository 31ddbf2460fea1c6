"""What each command prints first answers on one screen: 50 lines of 80 characters."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from printing import printed

import sim
from sim.experiments.evidence.forecast import forecast
from sim.experiments.evidence.left_out import EVIDENCE, forecast_family
from sim.experiments.evidence.results import leave_out, teach
from sim.experiments.outlook import outlooks
from sim.experiments.patterns.verdicts import check_patterns
from sim.inputs.bundled import find_roster
from sim.inputs.case import load_case
from sim.inputs.coalitions.asked_file import load_asked
from sim.inputs.coalitions.reading import load_coalitions
from sim.inputs.evidence import evidence
from sim.inputs.patterns_file import load_patterns
from sim.outputs.evidence.case import case_report
from sim.outputs.evidence.ledger import outlook_report
from sim.outputs.evidence.nation import evidence_report
from sim.results.document import Document, first_screen

LINES, COLUMNS = 50, 80
BELOW = 2
"""Lines that commands print below: how to have more, and the folder."""
WHAT = "In brackets, what a number rests on, the worst of what decides it"
SCENARIOS = ["paris-ceasefire", "paris-us-backstop", "paris-un-mandate"]


def past_case() -> Document:
    past = load_coalitions()
    alike = past.forces()
    (coalition,) = (each for each in alike.coalitions if each.name == "kfor1999/force")
    predictions = forecast_family(alike, coalition.family)
    mine = predictions[predictions["coalition"] == coalition.name]
    assert EVIDENCE in mine
    return case_report(coalition, alike, mine)


def both_outlooks() -> Document:
    """Return both questions of a scenario, as they stand below each other, each with a line on more."""
    day = date(2027, 1, 1)
    both = [first_screen(outlook_report(each, day)) for each in outlooks(load_case(SCENARIOS[0]), day, 1)]
    return Document(both[0].title, tuple(block for each in both for block in (each.title, *each.blocks, "")))


SCREENS: dict[str, Callable[[Path], Document]] = {
    "run": lambda _: sim.run(SCENARIOS[0], runs=20).document,
    "compare two": lambda _: sim.compare(SCENARIOS[:2], runs=20).document,
    "compare three": lambda _: sim.compare(SCENARIOS, runs=20).document,
    "compare five": lambda _: sim.compare([*SCENARIOS, "paris-all", "paris-without-leads"], runs=20).document,
    "explain a nation": lambda _: sim.explain(SCENARIOS[0], ["NLD"], runs=20).document,
    "sensitivity": lambda out: sim.sensitivity(SCENARIOS[0], samples=16, runs=1, out=out).document,
    "sweep": lambda out: sim.sweep("force-required", runs=2, out=out).document,
    "evidence of a nation": lambda _: evidence_report(evidence(find_roster("europe-2025"), "NLD")),
    "evidence of a coalition": lambda _: past_case(),
    "forecast of a scenario": lambda _: both_outlooks(),
    "forecast of a coalition": lambda _: forecast(load_asked("unifil2006"), 1).document,
    "calibrate": lambda out: sim.calibrate(draws=20, runs=4, kept=10, out=out).document,
    "calibrate coalitions": lambda _: teach(load_coalitions().forces()).document,
}
SLOW: dict[str, Callable[[Path], Document]] = {
    "explain": lambda _: sim.explain(SCENARIOS[0], runs=20).document,
    "hindcast": lambda _: sim.hindcast(runs=20).document,
    "sweep of three": lambda out: sim.sweep("us-by-clarity-by-pressure", runs=2, out=out).document,
    "explain what was reported": lambda _: sim.explain("brussels-2025-04", runs=300).document,
    "patterns": lambda _: check_patterns(load_patterns("europe-2025"), runs=20).document,
    "cross-validate coalitions": lambda _: leave_out(load_coalitions(), 1).document,
}


@pytest.mark.parametrize(
    "document",
    [
        *(pytest.param(make, id=name) for name, make in SCREENS.items()),
        *(pytest.param(make, id=name, marks=pytest.mark.slow) for name, make in SLOW.items()),
    ],
)
def test_a_first_screen_is_one_screen(document: Callable[[Path], Document], tmp_path: Path) -> None:
    screen = printed(first_screen(document(tmp_path)), COLUMNS)
    assert len(screen.splitlines()) + BELOW <= LINES
    text = " ".join(screen.split())
    assert ("(assumed)" in text) == (WHAT in text), "what marks mean stands where marks are"
