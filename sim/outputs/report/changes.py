"""What changes in a scenario, event by event: each key, what it was and what it becomes."""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from sim.inputs.roster_file import Vocabulary
from sim.inputs.situation import leaves, situation, written
from sim.outputs.words import date_words
from sim.results.document import Cell, Table, word

AS_STATED = "as stated"
"""What a nation says, and does, before a scenario says anything of it."""


def changes_table(manifest: Mapping[str, Any]) -> Table:
    """Return a row a key that an event sets, in the order in which events take effect.

    Parameters
    ----------
    manifest
        Of the runs of a scenario: holds the resolved scenario, and the titles and sources of its events.
    """
    caption = "Every change of the scenario. What the scenario says itself; policies may move levels further."
    return Table(("date", "event", "key", "before", "after", "source"), tuple(_rows(manifest)), caption)


def _rows(manifest: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    scenario, vocabulary = manifest["scenario"], Vocabulary.model_validate(manifest["vocabulary"])
    keys = situation(vocabulary)
    now = leaves({key: scenario[key] for key in keys if key in scenario})
    titled = [event for event in manifest["events"] if event["round"] <= scenario["rounds"]]
    for event, about in zip(scenario["events"], titled, strict=True):
        for path, value in leaves({key: event[key] for key in keys if key in event}).items():
            key = ".".join(written(path, vocabulary))
            change = key, _shown(now.get(path)), _shown(value)
            day = Cell(date_words(dt.date.fromisoformat(about["date"])), about["date"])
            yield (day, *map(word, (about["title"], *change, about["source"])))
            now[path] = value


def _shown(value: object) -> str:
    return AS_STATED if value is None else f"{value:g}" if isinstance(value, float) else str(value)
