"""The actors, as Mesa agents that read like the description of the model."""

from collections.abc import Sequence
from typing import Protocol

import mesa

from sim.declarations.levels import CONDITIONS
from sim.declarations.records import Behaviour, Ladder, Levels, Nation, Terms, World
from sim.declarations.words import ATTRIBUTES, PURPOSES, Stance
from sim.inputs.roster import Roster
from sim.model import rules
from sim.model.draws import RunDraws
from sim.model.setup import Round, Setup, Statement


class Environment(Protocol):
    """What the actors see of the model that they are in."""

    setup: Setup
    draws: RunDraws
    round: int
    now: Round
    statements: Sequence[Statement]
    levels: Levels
    ladder: Ladder
    behaviour: Behaviour
    force_ratio: float
    force_ratio_at_start: float
    common_weight: float
    own_weight: float
    patron: "Patron"
    adversary: "Adversary"
    nations: Sequence["NationAgent"]

    @property
    def roster(self) -> Roster:
        """The nations' data."""

    @property
    def world(self) -> World:
        """What all nations see alike."""


class Patron(mesa.Agent):
    """Whom the coalition looks to for cover: how far it is involved, and how far its word is believed."""

    iso3 = stance = propensity = pledge = predisposition = terms = None
    model: Environment

    def __init__(self, model: Environment) -> None:
        super().__init__(model)
        self.involvement: float = model.levels.involvement
        self.credibility: float = 1.0

    @property
    def signal(self) -> float:
        """What nations hear: a promise counts as far as it is believed."""
        return self.credibility * self.involvement

    def act(self) -> None:
        """Follow the scenario, or wait for others to show up first."""
        now, behaviour, before = self.model.now, self.model.behaviour, self.involvement
        if now.involvement_set or not now.burden_sharing:
            self.involvement = self.model.levels.involvement
        if now.burden_sharing:
            self.involvement = rules.burden_sharing_involvement(
                self.involvement, self.model.force_ratio, now.ceiling, now.threshold, now.width, now.speed
            )
        self.credibility = rules.credibility(
            self.credibility,
            behaviour.credibility_recovery,
            behaviour.credibility_loss,
            before,
            self.involvement,
        )


class Adversary(mesa.Agent):
    """Who threatens those who join: how hard it presses against the force."""

    iso3 = stance = propensity = pledge = predisposition = terms = None
    model: Environment

    def __init__(self, model: Environment) -> None:
        super().__init__(model)
        self.pressure: float = model.levels.pressure

    def act(self) -> None:
        """Follow the scenario, or press harder as the force takes shape."""
        now = self.model.now
        self.pressure = self.model.levels.pressure
        if now.reactive:
            growth = rules.force_growth(self.model.force_ratio, self.model.force_ratio_at_start)
            self.pressure = rules.reactive_pressure(
                self.pressure, now.reaction, now.deterred, self.model.patron.involvement, growth
            )


class NationAgent(mesa.Agent):
    """A government: perceives, weighs, decides and pledges; a lead nation also lobbies.

    Parameters
    ----------
    model
        The model it belongs to.
    index
        Its place in the roster, which is sorted by ISO code.

    Attributes
    ----------
    stance
        A rung of `Stance`.
    propensity
        Log-odds of willingness: predisposition and the terms added up.
    terms
        The terms of the latest propensity, in log-odds.
    pledge
        Soldiers.
    """

    model: Environment

    def __init__(self, model: Environment, index: int) -> None:
        super().__init__(model)
        given, roster = model.setup.nations[index], model.roster
        self.index = index
        self.iso3, self.name = roster.iso3[index], roster.names[index]
        self.leads = index in roster.leads
        self.deployable = float(given["deployable"])
        self.influence = float(given["influence"])
        self.ratification_rounds = float(given["ratification"])
        self.preferred_mandate: rules.Mandate = tuple(given["preferred"].tolist())
        self.listens_to: list[float] = model.setup.ties[index].tolist()
        self._draw(index)

        self.involvement_perceived = model.patron.involvement
        self.pressure_perceived = model.adversary.pressure
        self.lobbying = self.shock = 0.0
        self.propensity = self._anchor()
        self.predisposition = 0.0
        self.approved_rounds = rules.approved_rounds(0.0, self.propensity, model.behaviour.climb_to_committed)
        self.stance = self._stated_stance()
        self.make_pledge()

    def _draw(self, index: int) -> None:
        """Draw what is uncertain about the nation, once a run."""
        given, draws = self.model.setup.nations[index], self.model.draws
        self.attributes = {
            name: rules.drawn_attribute(mean, half_width, draw)
            for name, mean, half_width, draw in zip(
                ATTRIBUTES,
                given["attributes"].tolist(),
                given["half_widths"].tolist(),
                draws.attributes[:, index].tolist(),
                strict=True,
            )
        }
        self.at_least = {
            name: rules.drawn_threshold(at_least, half_width, draw)
            for name, at_least, half_width, draw in zip(
                CONDITIONS,
                given["at_least"].tolist(),
                given["at_least_half_widths"].tolist(),
                draws.conditions[:, index].tolist(),
                strict=True,
            )
        }
        self.reliance, self.threat = self.attributes["reliance"], self.attributes["threat"]

    # What it states

    def _anchor(self) -> float:
        """Draw the anchor of the position that the nation states in this round."""
        said = self.model.statements[self.index]
        draw = float(self.model.draws.anchors[self.model.round, self.index])
        return rules.drawn_between(said.anchor_low, said.anchor_high, draw)

    def _stated_stance(self) -> Stance:
        """Return the stance that its stated position amounts to; without one, the rung it has reached."""
        stated = self.model.statements[self.index].stance
        reached = rules.reached_stance(self.propensity, self.model.ladder)
        return self._held(reached if stated < 0.0 else stated)

    def _held(self, stance: float) -> Stance:
        """Return a stance that it wants, unless it is held in the coalition or out of it."""
        said = self.model.statements[self.index]
        return Stance(int(rules.held_stance(stance, said.least_stance, said.most_stance)))

    def anchor_predisposition(self) -> None:
        """Set the predisposition that makes the propensity equal the anchor in this world, moods apart."""
        calm = rules.undisturbed(self._situation())
        self.predisposition = self._anchor() - rules.total(self._terms(calm))

    # A round

    def perceive(self) -> None:
        """Follow what the patron signals and the adversary threatens, and be in a passing mood."""
        model, behaviour = self.model, self.model.behaviour
        self.involvement_perceived = rules.perceive(
            self.involvement_perceived, model.patron.signal, behaviour.attention, self.reliance
        )
        self.pressure_perceived = rules.perceive(
            self.pressure_perceived, model.adversary.pressure, behaviour.attention, self.threat
        )
        self.shock = rules.shock(
            self.shock,
            behaviour.persistence,
            behaviour.volatility,
            model.common_weight * float(model.draws.common_shocks[model.round]),
            model.own_weight * float(model.draws.shocks[model.round, self.index]),
        )

    def weigh(self) -> None:
        """Add up what speaks for and against joining."""
        if self.model.statements[self.index].is_new and self.model.round > 0:
            self.anchor_predisposition()
        self.terms = self._terms(self._situation())
        self.propensity = self.predisposition + rules.total(self.terms)

    def decide(self) -> None:
        """Climb a rung, slip one, or stay; a newly stated position is taken at its word."""
        model = self.model
        self.approved_rounds = rules.approved_rounds(
            self.approved_rounds, self.propensity, model.ladder.climb_to_committed
        )
        if model.statements[self.index].is_new:
            self.stance = self._stated_stance()
        else:
            is_free = rules.may_commit(
                self.deployable, self.conditions_met, self.approved_rounds, self.ratification_rounds
            )
            self.stance = self._held(rules.next_stance(self.stance, self.propensity, model.ladder, is_free))
        self.make_pledge()

    def make_pledge(self) -> None:
        """Pledge troops if committed."""
        self.pledge = rules.pledge(
            self.stance, self.deployable, self.propensity, self.model.ladder.climb_to_committed
        )

    def visit(self, nation: "NationAgent") -> None:
        """Lobby another nation."""
        nation.lobbying += self.model.behaviour.lobby_push

    # What it sees

    @property
    def unmet_conditions(self) -> list[str]:
        """What the nation has demanded and is not the case this round."""
        actual = self.model.world
        demanded = self.at_least.items()
        return [name for name, at_least in demanded if not rules.met(getattr(actual, name), at_least)]

    @property
    def conditions_met(self) -> bool:
        """Whether all that the nation has demanded is the case this round."""
        return not self.unmet_conditions

    @property
    def peers(self) -> float:
        """The stances of those it listens to, weighted by its ties."""
        total = 0.0
        for tie, nation in zip(self.listens_to, self.model.nations, strict=True):
            total += tie * nation.stance
        return total

    @property
    def is_held_out(self) -> bool:
        """Whether it stays out whatever it weighs."""
        return self.model.statements[self.index].most_stance < Stance.COMMITTED

    def visit_worth(self) -> float:
        """Return what a visit by a lead nation promises; nothing if this nation could not be won over."""
        if self.leads or self.stance == Stance.COMMITTED or self.is_held_out or not self.conditions_met:
            return 0.0
        return rules.lobbying_value(self.deployable, self.propensity, self.model.ladder.climb_to_committed)

    def _situation(self) -> Nation:
        preferred = zip(PURPOSES, self.preferred_mandate, strict=True)
        return Nation(
            **self.attributes,
            **{f"prefers_{purpose}": share for purpose, share in preferred},
            involvement_perceived=self.involvement_perceived,
            pressure_perceived=self.pressure_perceived,
            peers=self.peers,
            support_shift=self.model.statements[self.index].support_shift,
            lobbying=self.lobbying,
            shock=self.shock,
        )

    def _terms(self, situation: Nation) -> Terms:
        weighed: Terms = rules.terms(self.model.behaviour, situation, self.model.world)
        return weighed
