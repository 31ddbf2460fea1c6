"""What is shown of a forecast from past coalitions alone."""

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiments.evidence.about import about
from sim.experiments.evidence.forecast import Forecast, forecast
from sim.experiments.identity import digest_of
from sim.inputs.coalitions.asked_file import Asked
from sim.inputs.coalitions.draws_file import file_digests
from sim.outputs.document.blocks import Document, Note, Table, number, word
from sim.outputs.evidence import words
from sim.outputs.store import describe_work, write_manifest, write_table
from sim.system.drafts import whole_folder
from sim.system.manifests import FORMAT
from sim.version import __version__

if TYPE_CHECKING:
    import pandas as pd

MOST_ALIKE = 5
LEGEND = (
    "P: probability of taking part with more than words, from past coalitions alone; no government's own "
    "words are used. [ ]: 90 % of what it may be if all were known but the nation's own chance. Rests on: "
    "terms that set it apart from the average candidate; the verdict, on its rank, is the worst of theirs. "
    "How many take part rests mostly on what each coalition has to itself, which no term explains."
)


def forecast_report(found: Forecast) -> Document:
    """Return a forecast: how far it is from what was learned first, then who is likely."""
    asked, size = found.asked, found.size
    expected = (
        f"{size.mean:.0f} of {len(found.nations)} candidates are expected [{size.low:.0f}-{size.high:.0f}]."
    )
    learned_from = f"Learned from {words.counted(about(asked.past))}."
    return Document(
        f"{asked.title}, from past coalitions alone",
        (learned_from, *_how_far(found), expected, nation_table(found), Note(LEGEND)),
    )


def _how_far(found: Forecast) -> list[str]:
    """Return how far the coalition lies from those that were learned from, the worst first."""
    nearest = found.alike.head(MOST_ALIKE)
    away = float(nearest["distance"].iloc[0])
    titles_of = about(found.asked.past).titles
    titles = [
        f"{titles_of[name]} ({distance:.2f})"
        for name, distance in zip(nearest["coalition"], nearest["distance"], strict=True)
    ]
    beyond = [f"Extrapolated: {what}." for what in found.extrapolated]
    farther = "farther than" if away > found.usual else "no farther than"
    missing = found.nations[found.nations["missing"] != ""]
    gaps = [f"{row.iso3}: {row.missing} missing, counts as the mean." for row in _each(missing)]
    alike = (
        f"Most like it: {', '.join(titles)}. Its nearest is {farther} is usual ({found.usual:.2f}); 0 is the "
        "same levels and command, 1 the opposite of all."
    )
    return [*beyond, alike, *gaps]


def nation_table(found: Forecast) -> Table:
    """Return a row a nation, the likeliest first."""
    labels = {term.name: term.label for term in found.posterior.declaration.terms}
    rows = tuple(
        (
            word(row.iso3),
            number(row.p, f"{row.p:.2f} [{row.low:.2f}-{row.high:.2f}]"),
            word(row.verdict),
            word(", ".join(labels[name] for name in row.rests_on)),
        )
        for row in _each(found.nations)
    )
    return Table(("nation", "P", "verdict", "rests on"), rows)


def forecast_into_folder(asked: Asked, seed: int, out: Path) -> tuple[Forecast, Path]:
    """Forecast and write a results folder, ``OUT/forecast/NAME/ID``.

    Raises
    ------
    InputError
        If the folder cannot be written to.
    """
    started = dt.datetime.now(dt.UTC)
    digests = file_digests(asked.past.folder)
    told = json.dumps([digests, repr(asked.coalition), seed, FORMAT, __version__])
    folder = out / "forecast" / asked.name / digest_of(told)[:12]
    with whole_folder(folder) as draft:
        found = forecast(asked, seed)
        rests_on = [", ".join(names) for names in found.nations["rests_on"]]
        write_table(found.nations.assign(rests_on=rests_on), draft, "nations")
        write_table(found.alike, draft, "alike")
        size = {"mean": found.size.mean, "low": found.size.low, "high": found.size.high}
        manifest = {"kind": "forecast", "format": FORMAT, "title": asked.title, "seed": seed, "size": size}
        families = sorted({each.family for each in asked.past.coalitions})
        learned = {"families": families, "files": digests}
        write_manifest({**manifest, "learned_from": learned, **describe_work(started)}, draft)
    return found, folder


def _each(table: "pd.DataFrame") -> Any:
    return table.itertuples()
