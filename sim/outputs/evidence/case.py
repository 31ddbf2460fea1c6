"""What a past coalition rests on."""

from typing import Any

from sim.experiments.evidence.left_out import EVIDENCE
from sim.inputs.coalitions.coalitions import CONSENSUS, FIRST, SECOND, Coalition, Coalitions
from sim.outputs.evidence import words
from sim.results.document import Details, Document, Note, Section, Table, number, points, word
from sim.system.libraries import pd

MOST_ROWS = 15
"""Candidates that stand on the first screen."""


def case_report(coalition: Coalition, coalitions: Coalitions, predictions: "pd.DataFrame") -> Document:
    """Return what a coalition rests on.

    Parameters
    ----------
    coalition, coalitions
        Which one, and all.
    predictions
        Of its candidates, forecast from the other families: `iso3` and `evidence layer`.
    """
    sources = _sources(coalition, coalitions)
    codings = [name for name in (FIRST, SECOND, CONSENSUS) if name in coalition.codings]
    levels = _levels(coalition, coalitions, codings), Details((points(_reasons(coalition, codings)),))
    notes = (
        Note(f"P: forecast from the other families of coalitions alone. Rung: {words.rungs()}."),
        Details((Note("Source: number in the list below."),)),
    )
    candidates = _candidates(coalition, coalitions, predictions, sources), *notes
    numbered = [f"{place}. {source}" for source, place in sources.items()]
    return Document(
        f"{coalition.title} ({coalition.name})",
        (
            points(_about(coalition)),
            Section("Levels, set by coders who knew the outcome", levels),
            Section("Who could have taken part, likeliest first", candidates),
            Section("Covariates missing", (points([*words.missing(coalitions, coalition)] or ["none"]),)),
            Details((Section("Sources", (points(numbered),)),)),
        ),
    )


def _about(coalition: Coalition) -> list[str]:
    lines = [
        f"{coalition.date}, {coalition.theatre}; led by {coalition.lead}, commanded by {coalition.command}",
        f"family {coalition.family}, {coalition.pool} pool; asked for: {coalition.contribution}",
        f"candidates: {coalition.candidates}",
    ]
    return [*lines, *([f"note: {coalition.note}"] if coalition.note else [])]


def _levels(coalition: Coalition, coalitions: Coalitions, codings: list[str]) -> Table:
    """Return a row a level, a column a coding."""
    rows = []
    for name, level in coalitions.declaration.levels.items():
        if level.column is not None:
            coded = [coalition.codings[coding].levels[level.column] for coding in codings]
            rows.append((word(name), *(number(each, f"{each:g}") for each in coded), word(level.meaning)))
    meaning = "meaning"
    return Table(("level", *codings, meaning), tuple(rows), aside=(meaning,))


def _reasons(coalition: Coalition, codings: list[str]) -> list[str]:
    lines = []
    for name in codings:
        coding = coalition.codings[name]
        reason = f"{coding.reason}; " if coding.reason else ""
        lines.append(f"{name}: {reason}from {coding.source}")
    return lines


def _candidates(
    coalition: Coalition, coalitions: Coalitions, predictions: "pd.DataFrame", sources: dict[str, int]
) -> Table:
    """Return a row a candidate."""
    likely: Any = dict(zip(predictions["iso3"], predictions[EVIDENCE], strict=True))
    ordered = sorted(coalitions.candidates_of(coalition), key=lambda each: -likely[each.iso3])
    rows = tuple(
        (
            word(each.iso3),
            number(likely[each.iso3], f"{likely[each.iso3]:.2f}"),
            number(each.rung, f"{each.rung}"),
            word(each.status),
            number(sources[each.source], f"{sources[each.source]}"),
            word("; ".join(filter(None, (each.kind, each.size, each.note)))),
        )
        for each in ordered
    )
    source = "source"
    headings = ("nation", "P", "rung", "status", source, "what")
    return Table(headings, rows, most=MOST_ROWS, aside=(source,))


def _sources(coalition: Coalition, coalitions: Coalitions) -> dict[str, int]:
    """Return the sources of the candidates with a number each, in the order of the file."""
    named = dict.fromkeys(each.source for each in coalitions.candidates_of(coalition))
    return {source: place for place, source in enumerate(named, 1)}
