"""Verdicts on patterns, then the checks of each."""

from sim.experiments.patterns.verdicts import WORST_FIRST, Finding, PatternResult, PatternsResult, in_words
from sim.outputs.document.markdown import markdown
from sim.outputs.patterns.words import basis, decided, legend, margin, measured, summary, wanted
from sim.results.document import Cell, Details, Document, Note, Section, Table, nothing, number, word

MOST_ROWS = 6
"""Patterns that stand on the first screen."""


def patterns_report(result: PatternsResult) -> Document:
    """Return the verdicts: every pattern with its verdict, the worst first, then every check."""
    kind = "kind"
    rows = tuple(map(_pattern, sorted(result.results, key=_badness)))
    return Document(
        result.patterns.title,
        (
            summary(result),
            Details((" ".join(result.patterns.description.split()),)),
            Table(("number", "pattern", kind, "verdict"), rows, most=MOST_ROWS, aside=(kind,)),
            Details(tuple(map(_checks, result.results))),
            Note(basis(result)),
            Details((Note(legend(result)),)),
        ),
    )


def patterns_markdown(result: PatternsResult) -> str:
    """Return the verdicts as a section in Markdown."""
    return markdown(patterns_report(result), level=2)


def _badness(result: PatternResult) -> int:
    """Return the place of a verdict among all, the worst first."""
    return (*WORST_FIRST, result.verdict).index(result.verdict)


def _pattern(result: PatternResult) -> tuple[Cell, ...]:
    pattern = result.pattern
    return (
        number(pattern.number, f"{pattern.number}"),
        word(pattern.statement),
        word(pattern.kind),
        word(decided(result)),
    )


def _checks(result: PatternResult) -> Section:
    """Return a pattern with its source, a row a check, and what a reader must know."""
    pattern = result.pattern
    headings = ("measured", "where", "model", "asked for", "margin", "observed", "verdict")
    return Section(
        f"{pattern.number}. {pattern.statement}",
        (
            f"Source: {pattern.source}",
            Table(headings, tuple(map(_check, result.findings))),
            *([pattern.note] if pattern.note else []),
        ),
    )


def _check(finding: Finding) -> tuple[Cell, ...]:
    check = finding.check
    less = f", less {'; '.join(map(in_words, check.less))}" if check.less else ""
    return (
        word(check.statement),
        word(f"{'; '.join(map(in_words, check.of))}{less}"),
        number(float(finding.interval.estimate), measured(finding)),
        word(f"{wanted(finding)}{f' ({check.reason})' if check.reason else ''}"),
        number(finding.margin if finding.in_order is None else finding.in_order, margin(finding)),
        word(check.observed) if check.observed else nothing("-"),
        word(finding.verdict),
    )
