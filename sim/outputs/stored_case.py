"""What figures need of a case, as a manifest tells it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sim.inputs.case import Case
from sim.inputs.nations import Nations
from sim.inputs.roster_file import Vocabulary


@dataclass(frozen=True)
class StoredScenario:
    """A scenario's name, title, calendar and the soldiers that it requires."""

    name: str
    title: str
    start: dt.date
    rounds: int
    days_per_round: int
    force_required: float


@dataclass(frozen=True)
class StoredRoster:
    """A roster's title, what the great powers are called, its nations in their order, and all their names."""

    title: str
    vocabulary: Vocabulary
    iso3: tuple[str, ...]
    names: tuple[str, ...]
    nations: Nations


@dataclass(frozen=True)
class StoredCase:
    """What figures need of a `Case` of which the runs are done."""

    scenario: StoredScenario
    roster: StoredRoster


ShownCase = Case | StoredCase
"""What figures take: a case that was just run, or one as its folder tells it."""


def stored_case(told: Mapping[str, Any]) -> StoredCase:
    """Return the case that `sim.experiments.description.describe_case` has told.

    Raises
    ------
    KeyError, TypeError
        If something is missing.
    """
    scenario, nations = told["scenario"], Nations(dict(told["nations"]), told.get("aliases", {}))
    vocabulary = Vocabulary.model_validate(told.get("vocabulary", {}))  # sweeps do not speak of them
    return StoredCase(
        StoredScenario(
            name=scenario["name"],
            title=told["title"],
            start=dt.date.fromisoformat(scenario["start"]),
            rounds=scenario["rounds"],
            days_per_round=scenario["days_per_round"],
            force_required=scenario["force_required"],
        ),
        StoredRoster(
            told["roster"], vocabulary, tuple(nations.names), tuple(nations.names.values()), nations
        ),
    )
