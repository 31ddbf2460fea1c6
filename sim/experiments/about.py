"""What the runs of a scenario are told by: what was run, and the tables, wherever they come from."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sim.inputs.case import Case
from sim.inputs.map_file import Map
from sim.inputs.roster_file import Vocabulary

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class PastEvent:
    """An event that took effect: its round, date, title, and source if one was given."""

    round: int
    date: dt.date
    title: str
    source: str


@dataclass(frozen=True)
class About:
    """What was run, as titles, captions and notes say it.

    Attributes
    ----------
    scenario, title, description
        Name, title and description of the scenario.
    roster, actors
        Title of the roster; what it calls patron and adversary.
    start, rounds, days_per_round
        The calendar.
    force_required
        In soldiers.
    events
        Those up to the last round, in the order in which they took effect.
    seed, runs
        Which runs, and how many.
    """

    scenario: str
    title: str
    description: str
    roster: str
    vocabulary: Vocabulary
    start: dt.date
    rounds: int
    days_per_round: int
    force_required: float
    events: tuple[PastEvent, ...]
    seed: int
    runs: int


class RunTables(Protocol):
    """What figures and reports are made of: a `RunResult`, or what is read of a results folder.

    The tables are those of `RunResult`; `map` is None where the roster has no map.
    """

    @property
    def about(self) -> About: ...  # noqa: D102

    @property
    def nations(self) -> "pd.DataFrame": ...  # noqa: D102

    @property
    def rounds(self) -> "pd.DataFrame": ...  # noqa: D102

    @property
    def summary(self) -> "pd.DataFrame": ...  # noqa: D102

    @property
    def moves(self) -> "pd.DataFrame": ...  # noqa: D102

    @property
    def flows(self) -> "pd.DataFrame": ...  # noqa: D102

    @property
    def rests_on(self) -> "pd.DataFrame": ...  # noqa: D102

    @property
    def map(self) -> Map | None: ...  # noqa: D102


def past_events(case: Case) -> tuple[PastEvent, ...]:
    """Return the events of a case up to its last round, in the order in which they take effect."""
    return tuple(
        PastEvent(item.round, item.date, item.event.title, item.event.source or "")
        for item in case.scenario.schedule()
        if item.round <= case.scenario.rounds
    )
