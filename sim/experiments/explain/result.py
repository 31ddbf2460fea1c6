"""What an explanation answers, computed or read back."""

import datetime as dt
from functools import cached_property
from typing import Any

from sim.inputs.schedule import Calendar
from sim.inputs.situation import ObservedCoalition
from sim.results.about import About, AboutCase
from sim.results.result import Loaded, Result
from sim.system.libraries import pd


class AboutExplanation(About, AboutCase):
    """What was asked of a scenario.

    Attributes
    ----------
    asked
        Codes of the nations asked about; none if all were.
    sections, questions
        The questions answered; the levers and worlds that they are about.
    date
        The day at which `why` looks.
    runs, seed
        Which runs.
    runs_of_answers, points
        How many runs each answer rests on, and how many points its search took, by section.
    rows_of_parameters
        1 where the parameters are a point.
    observed
        What was reported of the coalition, if the scenario says.
    """

    kind: str = "explanation"
    asked: tuple[str, ...]
    sections: tuple[str, ...]
    date: dt.date | None
    runs: int
    seed: int
    runs_of_answers: dict[str, int]
    points: dict[str, int]
    rows_of_parameters: int
    questions: dict[str, Any]
    observed: dict[str, Any] | None

    @property
    def nations_asked(self) -> tuple[str, ...]:
        """Codes of the nations that answers are about."""
        return self.asked or self.iso3

    @cached_property
    def report(self) -> ObservedCoalition:
        """What was reported of the coalition."""
        report = self.observed or {}
        return ObservedCoalition.model_validate({**report, "date": dt.date.fromisoformat(report["date"])})

    @property
    def round_of_report(self) -> int:
        """The last round not after the day of the report."""
        return Calendar(self.start, self.days_per_round).last_round_by(self.report.date)


class Answers(Result):
    """The answers to questions about a scenario, as tables."""

    kind = "explanation"

    @property
    def about(self) -> AboutExplanation:
        """What was asked."""
        raise NotImplementedError

    def table(self, name: str) -> "pd.DataFrame":
        """Return a table; one without rows has no file, and no columns."""
        return self.tables[name] if name in self.tables else pd.DataFrame()

    def of(self, name: str, iso3: str) -> "pd.DataFrame":
        """Return the rows of a table that are about a nation."""
        table = self.table(name)
        return table[table["iso3"] == iso3] if len(table) else table


class LoadedExplanation(Loaded, Answers):
    """An explanation as its folder holds it."""

    kind, manifest_model = "explanation", AboutExplanation
