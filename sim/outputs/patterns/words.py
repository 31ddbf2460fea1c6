"""Verdicts on patterns, in words."""

from collections import Counter

from sim.experiments.patterns.verdicts import FAILS, HOLDS, Finding, PatternResult, PatternsResult
from sim.inputs.patterns_file import FACE_VALIDITY
from sim.outputs.words import counted, parameter_note, percent, thousands

LEGEND = (
    "[ ] is the 95 % interval of what is measured, over the runs; one of no width says that all runs agree. "
    "Margin: how far the estimate lies within what the pattern asks for, negative outside. Reproduced: the "
    "whole interval lies there; not reproduced: none of it; not identified: the interval covers the bound, "
    "and these runs do not tell. A pattern is reproduced if all its checks are; its weakest check decides."
)

FACE_VALIDITY_LEGEND = (
    "In order: the share of the draws of all that is unknown in which the mean over a draw's runs lies where "
    f"experts expect it. It holds from {HOLDS * 100:.0f} % on, fails up to {FAILS * 100:.0f} %, and is "
    "undecided between; few runs a draw bring the share nearer to a half."
)


def legend(result: PatternsResult) -> str:
    """Return what the columns and the verdicts mean."""
    expected = any(each.pattern.kind == FACE_VALIDITY for each in result.results)
    return f"{LEGEND} {FACE_VALIDITY_LEGEND}" if expected else LEGEND


def summary(result: PatternsResult) -> str:
    """Return how many patterns are reproduced, evidence apart from consistency checks, and how many hold."""
    parts = []
    for kind, several in (("evidence", "that are evidence"), ("consistency check", "that check consistency")):
        verdicts = _verdicts(result, kind)
        if verdicts:
            parts.append(f"{verdicts['reproduced']} of {verdicts.total()} {several}")
    sentences = [f"Patterns reproduced: {', '.join(parts)}."] if parts else []
    if expected := _verdicts(result, FACE_VALIDITY):
        sentences.append(
            f"Of {expected.total()} expectations {expected['fails']} fail, {expected['undecided']} are "
            f"undecided, {expected['holds']} hold."
        )
    return " ".join(sentences)


def _verdicts(result: PatternsResult, kind: str) -> Counter[str]:
    return Counter(each.verdict for each in result.results if each.pattern.kind == kind)


def basis(result: PatternsResult) -> str:
    """Return what the findings rest on: runs and parameters."""
    runs = f"{counted(result.runs, 'run')} of each world, the same draws in all, seed {result.seed}."
    return f"{runs} {draws_line(result)} {fit_line(result)}".strip()


def draws_line(result: PatternsResult) -> str:
    """Return what the findings say about parameters that are not known."""
    if result.draws == 1:
        return parameter_note(result.draws)
    return (
        f"Each run has its own draw of the parameters, of {result.draws:,}: what is measured is a mean over "
        "them, and its interval does not say how far it differs from draw to draw."
    )


def fit_line(result: PatternsResult) -> str:
    """Return what the parameters have seen of the time that the patterns are about."""
    if result.about.fitted_to is None:
        return "The parameters do not say what they were fitted to; patterns of it would be in-sample."
    if result.about.fitted_to:
        return f"Fitted to {', '.join(result.about.fitted_to)}: patterns of the same positions are in-sample."
    return ""


def measured(finding: Finding) -> str:
    """Return an estimate with its interval."""
    estimate, low, high = (number(float(part)) for part in finding.interval)
    return f"{estimate} [{low} to {high}]"


def wanted(finding: Finding) -> str:
    """Return the values that a pattern asks for."""
    more_than, less_than = finding.check.more_than, finding.check.less_than
    if more_than is None or less_than is None:
        return f"> {more_than:g}" if more_than is not None else f"< {less_than:g}"
    return f"{more_than:g} to {less_than:g}"


def number(value: float) -> str:
    """Return a number with two decimals, or with none where it is large."""
    return thousands(value) if abs(value) >= 100 else f"{round(value, 2) + 0.0:.2f}"


def margin(finding: Finding) -> str:
    """Return how far an estimate lies within what is asked for, or in which share of draws it does."""
    return number(finding.margin) if finding.in_order is None else f"in order {percent(finding.in_order)}"


def decided(result: PatternResult) -> str:
    """Return the verdict on a pattern, with the number of checks reproduced where they differ."""
    checks = len(result.findings)
    return (
        result.verdict
        if result.reproduced in {0, checks}
        else f"{result.verdict} ({result.reproduced} of {checks})"
    )
