"""The table of patterns, for the terminal and for the documentation."""

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from sim.experiments.patterns.verdicts import PatternResult, PatternsResult, in_words
from sim.outputs.patterns.words import basis, decided, legend, margin, measured, summary, wanted
from sim.outputs.whole_table import WholeTable


def patterns_report(result: PatternsResult) -> RenderableType:
    """Return what was found: a line a pattern, and below it one for each of its checks."""
    table = WholeTable()
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("pattern")
    for column in ("measured", "asked for", "margin"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("verdict")
    for found in result.results:
        pattern = found.pattern
        kind = "" if pattern.kind == "evidence" else f" ({pattern.kind})"
        statement = Text(f"{pattern.statement}{kind}", style="bold")
        table.add_row(str(pattern.number), statement, "", "", "", Text(decided(found), style="bold"))
        for finding in found.findings:
            shown = measured(finding), wanted(finding), margin(finding)
            table.add_row("", Text(finding.check.statement), *shown, finding.verdict)
    return Group(
        Text(result.patterns.title, style="bold"),
        Text(f"{summary(result)}\n"),
        table,
        Text(f"\n{basis(result)} {legend(result)}", style="dim"),
    )


def patterns_markdown(result: PatternsResult) -> str:
    """Return what was found as a section in Markdown: every pattern with its source, then every check."""
    return "\n".join(_sections(result))


def _sections(result: PatternsResult) -> Iterator[str]:
    description = " ".join(result.patterns.description.split())
    yield from (f"## {result.patterns.title}", "", description, "", summary(result), "")
    yield from _table(("", "pattern", "source", "kind", "verdict"), map(_pattern, result.results))
    for found in result.results:
        yield from ("", f"### {found.pattern.number}. {found.pattern.statement}", "")
        yield from _checks(found)
        if found.pattern.note:
            yield from ("", _cell(found.pattern.note))
    yield from ("", f"{basis(result)} {legend(result)}", "")


def _pattern(found: PatternResult) -> tuple[str, ...]:
    pattern = found.pattern
    return str(pattern.number), pattern.statement, pattern.source, pattern.kind, decided(found)


def _checks(found: PatternResult) -> Iterator[str]:
    """Yield the lines of a table with a row a check."""
    rows = []
    for finding in found.findings:
        check = finding.check
        where = "; ".join(map(in_words, check.of))
        less = f", less {'; '.join(map(in_words, check.less))}" if check.less else ""
        bound = f"{wanted(finding)}{f' ({check.reason})' if check.reason else ''}"
        shown = measured(finding), bound, margin(finding), check.observed or "-", finding.verdict
        rows.append((check.statement, f"{where}{less}", *shown))
    return _table(
        ("measured", "where", "model", "asked for", "margin", "observed", "verdict"),
        rows,
    )


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    columns = list(columns)
    yield _line(columns)
    yield _line("---" for _ in columns)
    yield from map(_line, rows)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    """Return a text on one line that does not end its cell."""
    return " ".join(text.split()).replace("|", "\\|")
