"""What is shown of a forecast from past coalitions alone."""

from typing import Any

from sim.experiments.evidence.about import about
from sim.experiments.evidence.forecast import Forecast
from sim.outputs.evidence import words
from sim.results.document import Document, Note, Table, number, word
from sim.system.libraries import pd

MOST_ALIKE = 5
MOST_NATIONS = 20
"""Nations that stand on the first screen."""
LEGEND = (
    "P: probability of taking part with more than words, from past coalitions alone; no government's own "
    "words are used. [ ]: 90 % of what it may be if all were known but the nation's own chance. Rests on: "
    "terms that set it apart from the average candidate; the verdict, on its rank, is the worst of theirs. "
    "How many take part rests mostly on what each coalition has to itself, which no term explains."
)


def forecast_report(forecast: Forecast) -> Document:
    """Return a forecast: how far it is from what was learned first, then who is likely."""
    asked, size, candidates = forecast.asked, forecast.size, len(forecast.nations)
    expected = f"{size.mean:.0f} of {candidates} candidates are expected [{size.low:.0f}-{size.high:.0f}]."
    learned_from = f"Learned from {words.counted(about(asked.past))}."
    return Document(
        f"{asked.title}, from past coalitions alone",
        (learned_from, *_how_far(forecast), expected, nation_table(forecast), Note(LEGEND)),
    )


def _how_far(forecast: Forecast) -> list[str]:
    """Return how far the coalition lies from those that were learned from, the worst first."""
    nearest = forecast.alike.head(MOST_ALIKE)
    away = float(nearest["distance"].iloc[0])
    titles_of = about(forecast.asked.past).titles
    titles = [
        f"{titles_of[name]} ({distance:.2f})"
        for name, distance in zip(nearest["coalition"], nearest["distance"], strict=True)
    ]
    beyond = [f"Extrapolated: {what}." for what in forecast.extrapolated]
    farther = "farther than" if away > forecast.usual else "no farther than"
    missing = forecast.nations[forecast.nations["missing"] != ""]
    gaps = [f"{row.iso3}: {row.missing} missing, counts as the mean." for row in _each(missing)]
    alike = (
        f"Most like it: {', '.join(titles)}. Its nearest is {farther} is usual ({forecast.usual:.2f}); 0 is "
        "the same levels and command, 1 the opposite of all."
    )
    return [*beyond, alike, *gaps]


def nation_table(forecast: Forecast) -> Table:
    """Return a row a nation, the likeliest first."""
    labels = {term.name: term.label for term in forecast.posterior.declaration.terms}
    rows = tuple(
        (
            word(row.iso3),
            number(row.p, f"{row.p:.2f} [{row.low:.2f}-{row.high:.2f}]"),
            word(row.verdict),
            word(", ".join(labels[name] for name in row.rests_on)),
        )
        for row in _each(forecast.nations)
    )
    return Table(("nation", "P", "verdict", "rests on"), rows, most=MOST_NATIONS)


def _each(table: "pd.DataFrame") -> Any:
    return table.itertuples()
