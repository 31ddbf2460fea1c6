"""The model to be read, stepped through and extended: a Mesa model of one run."""

import math
from pathlib import Path
from typing import Any

import mesa
import numpy as np

from sim.declarations.levels import LEVERS, MOVED
from sim.declarations.records import Behaviour, Levels, Policies, World
from sim.declarations.words import PURPOSES, Stance
from sim.inputs.case import Case, load_case
from sim.inputs.errors import InputError
from sim.inputs.options import check_whole_number
from sim.inputs.roster import Roster
from sim.model import rules
from sim.model.agents import Adversary, NationAgent, Patron
from sim.model.draws import RunDraws
from sim.model.replicates import check_replicates
from sim.model.setup import CHANGED, OBSERVED, Round, Statement, build_setup

MODEL_REPORTERS = (
    *("seed", "round", "size", "contributors", "force", "fielded"),
    *("involvement", "pressure", "clarity"),
)
AGENT_REPORTERS = ("iso3", "stance", "propensity", "contribution", "pledge")

UNREAD_ROWS = int(tuple(map(int, mesa.__version__.split(".")[:2])) < (3, 5))
"""Rows at the end that `mesa.batch_run` misses: before Mesa 3.5 it counts steps, and round 0 is a row too."""


class CoalitionModel(mesa.Model):
    """One run of a scenario.

    Parameters
    ----------
    scenario
        A scenario file, the name of a bundled scenario, or a `Case` that has been read.
    run
        Which run of the seed: run k here is run k of the ensemble, bit for bit.
    seed
        Not negative. None takes a fresh one from the operating system, so that each iteration of
        `mesa.batch_run` is another replicate; it is kept in `seed`.
    record_terms
        Whether the data collector keeps every term of every nation's propensity.
    rng
        The seed, as Mesa calls it since 3.4.
    **kwargs
        Levers: changes to the scenario, as in ``coalition run --set``: ``washington__involvement=0.75``, or
        ``**{"washington.involvement": 0.75}``; actors as the roster's scenario files call them. Mesa's pages
        know no other name for arguments that have none.

    Raises
    ------
    InputError
        If the scenario or a lever is wrong, or `mesa.batch_run` would make the same run several times.

    Examples
    --------
    >>> model = CoalitionModel("brussels-2025-04", seed=1)
    >>> model.run_model()
    >>> model.size >= 4
    True
    """

    mandate: rules.Mandate

    def __init__(
        self,
        scenario: Case | Path | str = "brussels-2025-04",
        run: int = 0,
        seed: int | None = None,
        *,
        record_terms: bool = False,
        rng: int | None = None,
        **kwargs: Any,
    ) -> None:
        seed = _the_one(seed, rng)
        check_replicates(seed)
        self.run, self.seed = _checked_number("run", run), _seed(seed)
        super().__init__(rng=self.seed)
        self._scenario = None  # Mesa 3.5 puts one of its own kind there, and on its pages in place of ours
        self.case = _case(scenario, kwargs)
        self.setup = build_setup(
            self.case.scenario, self.case.roster, self.case.parameters, self.case.timeline
        )
        rounds = self.setup.rounds.size - 1
        self.draws = RunDraws(self.seed, self.run, self.setup.nations["code"], rounds)
        column = self.run % self.setup.behaviour.shape[1]
        self.behaviour = Behaviour(*self.setup.behaviour[:, column].tolist())
        self.ladder = rules.ladder(self.behaviour)
        self.running: bool = True
        self._schedule = [_round(row) for row in self.setup.rounds]
        self.levels, self.policies = self._schedule[0].levels, self._schedule[0].policies
        self.further_levels, self.further_at_start = (
            [0.0] * self.setup.further_levels.shape[1] for _ in range(2)
        )
        self.statements: list[Statement] = []
        self.happened = [math.inf] * len(self.setup.contingents)
        self._begin(0)
        self._meet()
        self._anchor()
        reporters = (*AGENT_REPORTERS, "predisposition", "terms") if record_terms else AGENT_REPORTERS
        self.datacollector = mesa.DataCollector(
            model_reporters={name: name for name in MODEL_REPORTERS},
            agent_reporters={name: name for name in reporters},
        )
        self.datacollector.collect(self)

    # Round 0

    def _meet(self) -> None:
        """Bring the actors together, who then know the world as it is at the start."""
        self._script_mandate()
        self.patron, self.adversary = Patron(self), Adversary(self)
        self.levels_at_start = self._levels_now()
        self.nations = []
        self.force_ratio = self.leads_absent = 0.0
        self._see_world()
        self.nations = [NationAgent(self, index) for index in range(len(self.case.roster.iso3))]

    def _anchor(self) -> None:
        """Make every nation's willingness agree with its stated position in the world of the start."""
        self.force_pledged = self.force
        self.force_ratio = self.force_ratio_at_start = self.force_pledged / self.setup.force_required
        for nation in self.nations:
            nation.others_at_start = (self.force_pledged - nation.pledge) / self.setup.force_required
        leads = self.case.roster.leads
        spoken = [self.statements[index].stance > Stance.OPEN for index in leads]
        self.leads_absent = float(bool(leads) and not any(spoken))
        self._see_world()
        for nation in self.nations:
            nation.anchor_predisposition()
        self._see_leads()
        self._see_world()
        for nation in self.nations:
            nation.weigh()

    def _begin(self, number: int) -> None:
        """Turn to a round: what the scenario sets in it, what nations state, and what happens in this run."""
        due = [
            index for index, event in enumerate(self.setup.contingents) if self._is_due(event, number, index)
        ]
        self.round = number
        self.now = self._schedule[number]
        self._prescribe()
        for index in due:
            event = self.setup.contingents[index]
            self.happened[index] = float(number)
            for change in self.setup.changes[event.first_change : event.end_of_changes]:
                self._change(change)
        self.further_changes = {
            name: level - at_start
            for name, level, at_start in zip(
                self.roster.vocabulary.further_levels, self.further_levels, self.further_at_start, strict=True
            )
        }

    def _prescribe(self) -> None:
        """Set what the scenario sets in this round; all else stays as it was last set in this run."""
        now, number = self.now, self.round
        for place, (level, set_in) in enumerate(zip(now.levels, now.level_set_in, strict=True)):
            if set_in == number:
                self._set_level(place, level)
        changed = zip(now.policies._asdict().items(), now.policies_set, strict=True)
        self.policies = self.policies._replace(**{name: value for (name, value), is_set in changed if is_set})
        for place in np.flatnonzero(self.setup.further_set_in[number] == number).tolist():
            self._set_further_level(place, float(self.setup.further_levels[number, place]))
        stated = [Statement(*row) for row in self.setup.statements[number].tolist()]
        before = self.statements or stated
        self.statements = [
            new
            if new.is_held_anew
            else new._replace(least_stance=old.least_stance, most_stance=old.most_stance)
            for new, old in zip(stated, before, strict=True)
        ]

    def _set_level(self, place: int, level: float) -> None:
        """Set a level; an uncertain one is drawn for the round that sets it."""
        draw = float(self.draws.levels[self.round, place])
        drawn = rules.drawn_level(level, self.setup.level_half_width, draw)
        self.levels = self.levels._replace(**{Levels._fields[place]: drawn})

    def _set_further_level(self, place: int, level: float) -> None:
        """Set a level that the roster declares, drawn likewise."""
        draw = float(self.draws.further_levels[self.round, place])
        self.further_levels[place] = rules.drawn_level(level, self.setup.level_half_width, draw)
        if self.round == 0:
            self.further_at_start[place] = self.further_levels[place]

    # Events that happen in some runs

    def _is_due(self, event: np.record, number: int, index: int) -> bool:
        """Return whether an event happens in a round: its time and draw let it, and its condition holds."""
        if number < max(event.earliest, 1) or self.happened[index] < math.inf:
            return False
        may_happen = event.low <= self.draws.event(int(event.draw)) < event.high
        return bool(may_happen and event.least <= self._observed(event) <= event.most)

    def _observed(self, event: np.record) -> float:
        """Return what the condition of an event looks at, after the last round."""
        match OBSERVED[event.observed]:
            case "nothing":
                seen = 0.0
            case "stance":
                seen = self.nations[event.nation].stance
            case "left":
                seen = self.nations[event.nation].has_left
            case "committed":
                seen = self.size
            case "level":
                seen = self._levels_now()[event.level]
            case "further_level":
                seen = self.further_levels[event.level]
            case quantity:
                seen = getattr(self, quantity)
        return float(seen)

    def _change(self, change: np.record) -> None:
        """Set what an event sets."""
        match CHANGED[change.changed]:
            case "level":
                self._set_level(change.place, float(change.value))
                self._mark(Levels._fields[change.place])
            case "further_level":
                self._set_further_level(change.place, float(change.value))
            case "policy":
                name = Policies._fields[change.place]
                self.policies = self.policies._replace(**{name: float(change.value)})
                self._mark(name)
            case changed:
                statement = self.statements[change.place]
                self.statements[change.place] = _restated(statement, changed, change)

    def _mark(self, name: str) -> None:
        """Note that what a policy has moved is set anew."""
        if name == "involvement":
            self.now = self.now._replace(involvement_set=True)
        if name in {"clarity", *PURPOSES}:
            self.now = self.now._replace(mandate_set=True)

    # A round

    def run_model(self) -> None:
        """Simulate all rounds that are left."""
        super().run_model()
        self.steps = self.round

    def step(self) -> None:
        """Simulate a round: the great powers move, nations perceive, weigh, decide, and leads lobby."""
        if not self.running:
            self.steps = self.round
            return
        self._begin(self.round + 1)
        self.force_pledged = self.force
        self.force_ratio = self.force_pledged / self.setup.force_required
        self._see_leads()
        self.patron.act()
        self.adversary.act()
        self._move_mandate()
        self._see_world()
        nations = self.agents_by_type[NationAgent]
        nations.do("perceive")
        nations.do("weigh")
        nations.do("decide")
        self._lobby()
        self.datacollector.collect(self)
        if self.round == len(self._schedule) - 1:
            self.running = False
            self.steps += UNREAD_ROWS

    def _see_leads(self) -> None:
        """See whether any lead nation is committed; where there are no lead nations, none is missed."""
        leads = [self.nations[index] for index in self.case.roster.leads]
        self.leads_absent = float(bool(leads) and all(lead.stance < Stance.COMMITTED for lead in leads))

    def _see_world(self) -> None:
        """Note what all nations see alike."""
        now = self._levels_now()
        changes = zip(LEVERS, rules.changes(now, self.levels_at_start), strict=True)
        self.world = World(
            **now._asdict(),
            **{f"{name}_change": change for name, change in changes},
            **dict(zip(PURPOSES, self.mandate, strict=True)),
            force_ratio=self.force_ratio,
            leads_absent=self.leads_absent,
        )

    def _levels_now(self) -> Levels:
        moved = {name: getattr(self, name) for name in MOVED}
        return self.levels._replace(**moved)

    def _move_mandate(self) -> None:
        """Take the mandate from the scenario, or negotiate it from where it stands."""
        if self.now.mandate_set or not self.policies.negotiated:
            self._script_mandate()
        if self.policies.negotiated:
            self.mandate = rules.negotiated_mandate(self.mandate, self._pull(), self.behaviour.bargaining)
            self.clarity = rules.clarity(rules.concentration(self.mandate))

    def _script_mandate(self) -> None:
        """Take the mandate from the scenario."""
        self.clarity = self.levels.clarity
        now = self.policies
        purpose = now.peacekeeping, now.deterrence, now.reassurance
        self.mandate = rules.scripted_mandate(purpose, self.clarity)

    def _pull(self) -> rules.Mandate:
        """Return the mandate that the influential and engaged prefer on average."""
        weight, first, second, third = 0.0, 0.0, 0.0, 0.0
        for nation in self.nations:
            voice = nation.influence * rules.engagement(nation.stance)
            weight += voice
            first += voice * nation.preferred_mandate[0]
            second += voice * nation.preferred_mandate[1]
            third += voice * nation.preferred_mandate[2]
        return rules.mean_pull(first, second, third, weight)

    def _lobby(self) -> None:
        """Let earlier visits fade; each committed lead nation visits the nation most worth it."""
        for nation in self.nations:
            nation.lobbying *= rules.LOBBY_DECAY
        worth = {nation: nation.visit_worth() for nation in self.nations}
        for index in self.case.roster.leads:
            lead = self.nations[index]
            chosen = max(self.nations, key=worth.__getitem__)
            if lead.stance == Stance.COMMITTED and worth[chosen] > 0.0:
                lead.visit(chosen)
                worth[chosen] = 0.0

    # What can be seen

    @property
    def roster(self) -> Roster:
        """The nations' data."""
        return self.case.roster

    @property
    def coalition(self) -> list[NationAgent]:
        """The committed nations."""
        return [nation for nation in self.nations if nation.stance == Stance.COMMITTED]

    @property
    def size(self) -> int:
        """How many nations are committed."""
        return len(self.coalition)

    @property
    def contributors(self) -> int:
        """How many nations give any military contribution."""
        return sum(nation.contributes for nation in self.nations)

    @property
    def fielded(self) -> float:
        """The soldiers in the field, added up in the order of ISO codes."""
        total = 0.0
        for nation in self.nations:
            total += nation.fielded
        return total

    @property
    def force(self) -> float:
        """The soldiers pledged, added up in the order of ISO codes."""
        total = 0.0
        for nation in self.nations:
            total += nation.pledge
        return total

    @property
    def involvement(self) -> float:
        """Involvement of the patron, in [0, 1]."""
        return self.patron.involvement

    @property
    def pressure(self) -> float:
        """Pressure of the adversary, in [0, 1]."""
        return self.adversary.pressure


def _round(row: np.void) -> Round:
    """Return a row of the schedule as plain numbers."""
    plain = Round(*row.tolist())
    return plain._replace(
        levels=Levels(*row["levels"].tolist()),
        level_set_in=tuple(row["level_set_in"].tolist()),
        policies=Policies(*row["policies"].tolist()),
        policies_set=tuple(row["policies_set"].tolist()),
    )


def _restated(statement: Statement, changed: str, change: np.record) -> Statement:
    """Return what a nation states in a round, and where it is held, as an event changes it."""
    value = float(change.value)
    match changed:
        case "stated":
            return statement._replace(is_new=True, stance=value)
        case "held":
            return statement._replace(least_stance=value, most_stance=float(change.most))
    return statement._replace(election=value)


def _case(scenario: Case | Path | str, levers: dict[str, Any]) -> Case:
    return scenario.with_overrides(levers) if isinstance(scenario, Case) else load_case(scenario, levers)


def _the_one(seed: int | None, rng: int | None) -> int | None:
    if seed is not None and rng is not None:
        raise InputError("give seed or rng, which mean the same, not both", key="rng")
    return seed if rng is None else rng


def _seed(seed: int | None) -> int:
    if seed is None:
        return int(np.random.SeedSequence().generate_state(1, np.uint64)[0] >> np.uint64(1))
    return _checked_number("seed", seed)


def _checked_number(name: str, number: int) -> int:
    check_whole_number(name, number, 0)
    return int(number)
