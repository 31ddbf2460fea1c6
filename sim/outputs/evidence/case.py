"""What a past coalition rests on, for the terminal."""

from typing import TYPE_CHECKING, Any

from rich.console import Group, RenderableType
from rich.text import Text

from sim.experiments.evidence.left_out import EVIDENCE
from sim.inputs.coalitions.coalitions import CONSENSUS, FIRST, SECOND, Coalition, Coalitions
from sim.outputs.evidence import words
from sim.outputs.grids import Grid, as_table

if TYPE_CHECKING:
    import pandas as pd


def case_report(coalition: Coalition, coalitions: Coalitions, predictions: "pd.DataFrame") -> RenderableType:
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
    return Group(
        Text(f"{coalition.title} ({coalition.name})", style="bold"),
        *(Text(f"  {line}") for line in _about(coalition)),
        _heading("Levels, set by coders who knew the outcome"),
        as_table(_levels(coalition, coalitions, codings)),
        *(Text(f"  {line}") for line in _reasons(coalition, codings)),
        _heading("Who could have taken part, likeliest first"),
        as_table(_candidates(coalition, coalitions, predictions, sources)),
        Text(
            f"P: forecast from the other families of coalitions alone. Rung: {words.rungs()}. Source: number "
            "in the list below.",
            style="dim",
        ),
        _heading("Covariates missing"),
        *([Text(f"  {line}") for line in words.missing(coalitions, coalition)] or [Text("  none")]),
        _heading("Sources"),
        *(Text(f"  {number}. {source}") for source, number in sources.items()),
    )


def _about(coalition: Coalition) -> list[str]:
    told = [
        f"{coalition.date}, {coalition.theatre}; led by {coalition.lead}, commanded by {coalition.command}",
        f"family {coalition.family}, {coalition.pool} pool; asked for: {coalition.contribution}",
        f"candidates: {coalition.candidates}",
    ]
    return [*told, *([f"note: {coalition.note}"] if coalition.note else [])]


def _levels(coalition: Coalition, coalitions: Coalitions, codings: list[str]) -> Grid:
    """Return a row a level, a column a coding."""
    rows = tuple(
        (name, *(f"{coalition.codings[coding].levels[level.column]:g}" for coding in codings), level.meaning)
        for name, level in coalitions.declaration.levels.items()
        if level.column is not None
    )
    return Grid(("level", *codings, "meaning"), rows, len(codings))


def _reasons(coalition: Coalition, codings: list[str]) -> list[str]:
    told = []
    for coding in codings:
        found = coalition.codings[coding]
        reason = f"{found.reason}; " if found.reason else ""
        told.append(f"{coding}: {reason}from {found.source}")
    return told


def _candidates(
    coalition: Coalition, coalitions: Coalitions, predictions: "pd.DataFrame", sources: dict[str, int]
) -> Grid:
    """Return a row a candidate."""
    likely: Any = dict(zip(predictions["iso3"], predictions[EVIDENCE], strict=True))
    ordered = sorted(coalitions.candidates_of(coalition), key=lambda each: -likely[each.iso3])
    rows = tuple(
        (
            each.iso3,
            f"{likely[each.iso3]:.2f}",
            f"{each.rung}",
            each.status,
            str(sources[each.source]),
            "; ".join(filter(None, (each.kind, each.size, each.note))),
        )
        for each in ordered
    )
    return Grid(("nation", "P", "rung", "status", "source", "what"), rows, 2)


def _sources(coalition: Coalition, coalitions: Coalitions) -> dict[str, int]:
    """Return the sources of the candidates with a number each, in the order of the file."""
    named = dict.fromkeys(each.source for each in coalitions.candidates_of(coalition))
    return {source: number for number, source in enumerate(named, 1)}


def _heading(text: str) -> Text:
    return Text(f"\n{text}", style="bold")
