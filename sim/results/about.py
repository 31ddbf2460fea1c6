"""What a result is of: the manifest of its folder, and all that its figures and words say beside numbers."""

import contextlib
import datetime as dt
import hashlib
import json
import platform
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from pydantic import BaseModel, ConfigDict

from sim.declarations.parameters import PARAMETERS
from sim.inputs.case import Case
from sim.inputs.nations import Nations
from sim.inputs.roster_file import Vocabulary
from sim.inputs.schedule import Contingent
from sim.model.rules import IN_THE_FIELD, MOST_DEPLOYED
from sim.model.setup import drawn_case, extrapolated
from sim.results.identity import case_digest
from sim.system.manifests import FORMAT

PACKAGES = ("coalition-sim", "mesa", "numba", "numpy", "pandas", "pyarrow")


class Frozen(BaseModel):
    """A part of a manifest."""

    model_config = ConfigDict(frozen=True)


class About(Frozen):
    """What a result is of; a kind of results adds its own, and saving adds what `work` returns.

    Attributes
    ----------
    kind
        One of `sim.results.kinds.KINDS`.
    format
        Version of the layout of folders of results.
    options
        What the command changed of the files that it named.
    digests
        What determines the results, in pieces, so that one can say which of them has changed; not of runs.
    """

    kind: str
    format: int = FORMAT
    options: tuple[str, ...] = ()
    digests: dict[str, str] = {}


class DatedEvent(Frozen):
    """An event of a scenario: when it takes effect, its title, and its source if it has one."""

    round: int
    date: dt.date
    title: str
    source: str


class PossibleEvent(Frozen):
    """An event that happens in some runs: the earliest day, its condition in words, and how likely it is.

    Attributes
    ----------
    round, date
        The earliest; None of `date` where it has only a condition.
    when, outcome_of
        Empty if there is none.
    """

    round: int
    date: dt.date | None
    title: str
    source: str
    when: str
    probability: float
    outcome_of: str


class ResolvedScenario(Frozen):
    """A scenario's name, calendar and required force, and all else that `Scenario.resolved` returns."""

    model_config = ConfigDict(extra="allow")

    name: str
    start: dt.date
    rounds: int
    days_per_round: int
    force_required: float


class AboutCase(Frozen):
    """A scenario with its roster and parameters, as it was run.

    Attributes
    ----------
    title, description
        Of the scenario.
    force_required_source
        Where the force required is from; empty if the scenario does not say.
    most_pledged, most_fielded
        The soldiers that all nations together can pledge, and keep in the field, by the largest of what is
        drawn around the data; None in results of before this was kept.
    scenario
        Its name, and all that determines the runs, see `Scenario.resolved`.
    events
        In the order in which they take effect, those after the last round too.
    possible_events
        Those that happen in some runs only.
    set
        What was changed of the scenario's file.
    roster, vocabulary, cautions
        Title of the roster, what it calls the world, what to mind of its data.
    past_coalitions
        What draws of past coalitions are worth, and what lies beyond all of these.
    nations, aliases
        The official name by code, in the order of the roster; other names by code.
    parameters, draws
        The behavioural parameters by name, a text where each run has its own; how many draws of them the runs
        take in turn.
    digest
        Of all numbers that determine the runs but the seed.
    """

    title: str
    description: str
    force_required_source: str = ""
    most_pledged: float | None = None
    most_fielded: float | None = None
    scenario: ResolvedScenario
    events: tuple[DatedEvent, ...]
    possible_events: tuple[PossibleEvent, ...] = ()
    set: tuple[str, ...]
    roster: str
    vocabulary: Vocabulary
    cautions: tuple[str, ...]
    past_coalitions: dict[str, Any]
    nations: dict[str, str]
    aliases: dict[str, tuple[str, ...]]
    parameters: dict[str, float] | str
    draws: int
    digest: str

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.scenario.name

    @property
    def start(self) -> dt.date:
        """The first day."""
        return self.scenario.start

    @property
    def rounds(self) -> int:
        """How many rounds there are."""
        return self.scenario.rounds

    @property
    def days_per_round(self) -> int:
        """How long a round is."""
        return self.scenario.days_per_round

    @property
    def force_required(self) -> float:
        """In soldiers."""
        return self.scenario.force_required

    @property
    def iso3(self) -> tuple[str, ...]:
        """The codes of the nations."""
        return tuple(self.nations)

    @property
    def names(self) -> tuple[str, ...]:
        """The official names of the nations."""
        return tuple(self.nations.values())

    @cached_property
    def known_nations(self) -> Nations:
        """The nations by any name in use."""
        return Nations(self.nations, self.aliases)

    @property
    def past_events(self) -> tuple[DatedEvent, ...]:
        """The events up to the last round."""
        return tuple(event for event in self.events if event.round <= self.rounds)


def about_case(case: Case) -> AboutCase:
    """Return what a case is."""
    rows, most = case.parameters.values, float(case.roster.deployable.sum()) * MOST_DEPLOYED
    return AboutCase(
        title=case.scenario.title,
        description=" ".join(case.scenario.description.split()),
        force_required_source=" ".join(case.scenario.force_required_source.split()),
        most_pledged=most,
        most_fielded=most * IN_THE_FIELD,
        scenario=ResolvedScenario(name=case.scenario.name, **case.scenario.resolved()),
        events=tuple(
            DatedEvent(
                round=item.round, date=item.date, title=item.event.title, source=item.event.source or ""
            )
            for item in case.scenario.schedule()
        ),
        possible_events=tuple(_possible(item) for item in case.timeline.contingents),
        set=tuple(case.scenario.options),
        roster=case.roster.title,
        vocabulary=case.roster.vocabulary,
        cautions=tuple(case.roster.cautions),
        past_coalitions=_drawn(case),
        nations=dict(case.roster.nations.names),
        aliases={code: tuple(names) for code, names in case.roster.nations.aliases.items()},
        parameters=dict(zip(PARAMETERS, rows[0].tolist(), strict=True)) if len(rows) == 1 else "a row a run",
        draws=case.parameters.draws,
        digest=case_digest(case),
    )


def _possible(item: Contingent) -> PossibleEvent:
    event = item.event
    return PossibleEvent(
        round=item.round,
        date=item.date if event.date or event.round else None,
        title=event.title,
        source=event.source or "",
        when=str(event.when or ""),
        probability=item.probability,
        outcome_of=event.outcome_of or "",
    )


def shown_digest(case: Case) -> str:
    """Return a digest of all that results show of a case, the prose too: their folder is named by it."""
    shown = json.dumps(about_case(case).model_dump(mode="json"), sort_keys=True).encode()
    return hashlib.sha256(shown + case.timeline.position.tobytes()).hexdigest()


def _drawn(case: Case) -> dict[str, Any]:
    """Return what draws of past coalitions are worth, and what lies beyond all of these."""
    of_case = case.scenario, case.roster, case.timeline
    return {
        "effective_size": round(drawn_case(*of_case).effective_size),
        "extrapolated": extrapolated(*of_case),
    }


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that results are made with."""
    installed = {"python": platform.python_version()}
    for package in PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            installed[package] = version(package)
    return installed


def work(started: dt.datetime) -> dict[str, Any]:
    """Return with what, where and when something was computed that began at a time, for a manifest."""
    return {
        "versions": versions(),
        "platform": f"{platform.system()} {platform.machine()}",
        "started": started.isoformat(timespec="seconds"),
        # A clock that was set back meanwhile must not make it less than nothing.
        "seconds": max(round((dt.datetime.now(dt.UTC) - started).total_seconds(), 2), 0.0),
    }
