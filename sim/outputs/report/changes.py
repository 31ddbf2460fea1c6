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


AS_IT_IS = "as it is then"
"""What a key is before an event that happens in some runs only."""


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
    for event, about in zip(
        scenario.get("possible_events", []), manifest.get("possible_events", []), strict=True
    ):
        for path, value in leaves({key: event[key] for key in keys if key in event}).items():
            change = ".".join(written(path, vocabulary)), AS_IT_IS, _shown(value)
            yield tuple(map(word, (when_in_words(about), about["title"], *change, about["source"])))


def when_in_words(event: Mapping[str, Any]) -> str:
    """Return when an event happens that some runs only see, and how likely it is."""
    likely = f"with probability {event['probability']:g}" if event["probability"] < 1.0 else ""
    condition = f"when {event['when']}" if event["when"] else ""
    earliest = f"{event['date']}" if event["date"] else ""
    day = f"from {earliest} on" if condition and earliest else earliest
    one_of = f"an outcome of {event['outcome_of']}" if event["outcome_of"] else ""
    return ", ".join(part for part in (day, condition, likely, one_of) if part)


def _shown(value: object) -> str:
    return AS_STATED if value is None else f"{value:g}" if isinstance(value, float) else str(value)
