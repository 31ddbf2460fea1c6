"""The actors, as Mesa agents that read like the description of the model."""

from collections.abc import Sequence
from typing import Protocol

import mesa

from sim.declarations.arithmetic import smaller
from sim.declarations.levels import CONDITIONS, LEVERS, PERCEIVED
from sim.declarations.records import Behaviour, Ladder, Levels, Nation, Policies, Terms, World
from sim.declarations.words import Stance
from sim.inputs.roster import Roster
from sim.model import rules
from sim.model.draws import RunDraws
from sim.model.setup import Round, Setup, Statement


class Environment(Protocol):
    """What the actors see of the model that they are in."""

    setup: Setup
    draws: RunDraws
    run: int
    round: int
    now: Round
    policies: Policies
    statements: Sequence[Statement]
    levels: Levels
    further_changes: dict[str, float]
    ladder: Ladder
    behaviour: Behaviour
    force_pledged: float
    force_ratio: float
    force_ratio_at_start: float
    leads_absent: float
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
    """Whom the coalition looks to for cover, and how far it is involved."""

    iso3 = stance = propensity = contribution = pledge = predisposition = terms = None
    model: Environment

    def __init__(self, model: Environment) -> None:
        super().__init__(model)
        self.involvement = self.granted = model.levels.involvement
        self.took_back = 0.0

    def act(self) -> None:
        """Follow the scenario, or wait for others to show up first; or take back all that it gives."""
        now = self.model.policies
        if self.model.now.involvement_set or not now.burden_sharing:
            self.granted = self.model.levels.involvement
        if now.burden_sharing:
            self.granted = rules.burden_sharing_involvement(
                self.granted, self.model.force_ratio, now.ceiling, now.threshold, now.width, now.speed
            )
        draw = float(self.model.draws.reversals[self.model.round])
        self.took_back = rules.took_back(self.took_back, now.reversal, now.restoration, draw)
        self.involvement = 0.0 if self.took_back > 0.5 else self.granted


class Adversary(mesa.Agent):
    """Who threatens those who join: how hard it presses against the force."""

    iso3 = stance = propensity = contribution = pledge = predisposition = terms = None
    model: Environment

    def __init__(self, model: Environment) -> None:
        super().__init__(model)
        self.pressure: float = model.levels.pressure

    def act(self) -> None:
        """Follow the scenario, or press harder as the force takes shape."""
        now = self.model.policies
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
        A rung of `Stance`: what it has declared of soldiers on land.
    propensity
        Log-odds of willingness to send soldiers on land: predisposition and the terms added up.
    contribution
        Log-odds of any military contribution.
    terms
        The terms of the latest propensity, in log-odds.
    pledge, fielded
        Soldiers declared, and in the field at a time.
    """

    model: Environment

    def __init__(self, model: Environment, index: int) -> None:
        super().__init__(model)
        setup, roster = model.setup, model.roster
        traits, row = setup.nations[index], model.run % len(setup.disposition)
        self.index = index
        self.iso3, self.name = roster.iso3[index], roster.names[index]
        self.leads = index in roster.leads
        self.influence = float(traits["influence"])
        self.ratification_rounds = float(traits["ratification"])
        self.preferred_mandate: rules.Mandate = tuple(traits["preferred"].tolist())
        self.sensitivity: list[float] = traits["sensitivity"].tolist()
        self.disposition = float(setup.disposition[row, index])
        levers = (*LEVERS, *model.further_changes)
        self.slopes = dict(zip(levers, setup.slopes[row, index].tolist(), strict=True))
        self._draw()

        self.has_committed = False
        self.perceived = dict.fromkeys(PERCEIVED, 0.0)
        self.lobbying = self.mood = self.predisposition = 0.0
        self.committed_rounds = self.others_at_start = self.others_growth = 0.0
        self.state_position()
        self.see_demands()
        self.make_pledge()

    def _draw(self) -> None:
        """Draw what is uncertain about the nation, once a run."""
        traits, draws = self.model.setup.nations[self.index], self.model.draws
        self.deployable = rules.drawn_deployable(
            float(traits["deployable"]), float(draws.deployable[self.index])
        )
        self.at_least = {
            name: rules.drawn_threshold(at_least, half_width, draw)
            for name, at_least, half_width, draw in zip(
                CONDITIONS,
                traits["at_least"].tolist(),
                traits["at_least_half_widths"].tolist(),
                draws.conditions[:, self.index].tolist(),
                strict=True,
            )
        }

    # What it states

    @property
    def is_elected(self) -> bool:
        """Whether an election of this round changes its position."""
        vote = float(self.model.draws.elections[self.model.round, self.index])
        return vote < self.model.statements[self.index].election

    def state_position(self) -> None:
        """Read the position stated in this round, or draw one: none is stated, or an election changes it."""
        stated = self.model.statements[self.index].stance
        draw = float(self.model.draws.anchors[self.model.round, self.index])
        drawn = rules.rung_drawn(self.model.setup.unstated.tolist(), draw)
        is_drawn = stated < 0.0 or self.is_elected
        rung = drawn if is_drawn else rules.rung_read(stated, draw)
        self.stated = rules.within_means(rung, self.deployable)
        self.stance = self._held(self.stated)
        self.propensity = rules.anchor(self.stated, self.model.behaviour)
        self.above = self.below = 0.0

    def _held(self, stance: float) -> Stance:
        """Return a stance that it wants, unless it is held in the coalition or out of it."""
        statement = self.model.statements[self.index]
        return Stance(int(rules.held_stance(stance, statement.least_stance, statement.most_stance)))

    def anchor_predisposition(self) -> None:
        """Be as willing as its rung says in this world, moods apart."""
        calm = rules.undisturbed(self._situation())
        anchor = rules.anchor(self.stated, self.model.behaviour)
        self.predisposition = anchor - rules.total(self._terms(calm))

    # A round

    def perceive(self) -> None:
        """Come to see what patron and adversary do, and be in a passing mood."""
        model, behaviour = self.model, self.model.behaviour
        for name, sensitivity in zip(PERCEIVED, self.sensitivity, strict=True):
            actual = getattr(model.world, f"{name}_change")
            self.perceived[name] = rules.perceive(self.perceived[name], actual, sensitivity)
        self.mood = rules.mood(
            self.mood,
            behaviour.persistence,
            behaviour.volatility,
            behaviour.common_weight * float(model.draws.common_moods[model.round]),
            behaviour.own_weight * float(model.draws.moods[model.round, self.index]),
        )

    def see_others(self) -> None:
        """See by how much the others' pledges have grown since the start."""
        model = self.model
        self.others_growth = rules.others_growth(
            model.force_pledged, self.pledge, self.others_at_start, model.setup.force_required
        )

    def weigh(self) -> None:
        """Add up what speaks for and against soldiers on land, and any military contribution."""
        self.see_demands()
        self.see_others()
        self.restates = self.model.round > 0 and (self.model.statements[self.index].is_new or self.is_elected)
        if self.restates:
            self.state_position()
            self.anchor_predisposition()
        situation = self._situation()
        self.terms = self._terms(situation)
        self.propensity = self.predisposition + rules.total(self.terms)
        in_full = rules.in_full(self.model.behaviour)
        of_any = rules.terms(in_full, situation, self.model.world)
        self.contribution = self.disposition + rules.military_total(of_any)

    def decide(self) -> None:
        """Climb a rung, slip one, or stay; a newly stated position is taken at its word."""
        if not self.restates:
            self._move()
        self.make_pledge()

    def _move(self) -> None:
        """Move a rung if it has wanted to for long enough."""
        stance, ladder = self.stance, self.model.ladder
        above = rules.rounds_above(self.above, stance, self.propensity, ladder)
        below = rules.rounds_below(self.below, stance, self.propensity, ladder)
        patience = self.model.behaviour.patience
        self.stance = self._held(rules.next_stance(stance, above, below, patience, self.deployable))
        stays = self.stance == stance
        self.above, self.below = (above, below) if stays else (0.0, 0.0)

    def make_pledge(self) -> None:
        """Pledge troops if committed, and send them once it may."""
        model = self.model
        cut = model.behaviour.cut_committed
        self.has_committed |= self.stance == Stance.COMMITTED
        self.pledge = rules.pledge(self.stance, self.deployable, self.propensity, cut)
        self.committed_rounds = rules.committed_rounds(self.committed_rounds, self.stance)
        is_firm = rules.firm(self.committed_rounds, self.ratification_rounds, self.demands_met)
        self.fielded = rules.fielded(self.pledge, is_firm, model.levels.ceasefire)

    def visit(self, nation: "NationAgent") -> None:
        """Lobby another nation."""
        nation.lobbying += self.model.behaviour.lobby_push

    # What it sees and gives

    @property
    def unmet_demands(self) -> list[str]:
        """What the nation has demanded and is not the case this round."""
        actual = self.model.world
        demanded = self.at_least.items()
        return [name for name, at_least in demanded if not rules.met(getattr(actual, name), at_least)]

    def see_demands(self) -> None:
        """See how far what it has demanded is the case: of several demands the least met counts."""
        actual, least = self.model.world, 1.0
        for name, at_least in self.at_least.items():
            least = smaller(least, rules.met_share(getattr(actual, name), at_least))
        self.unmet = 1.0 - least
        self.demands_met = not self.unmet_demands

    @property
    def further_levels(self) -> float:
        """What changes of the levels that the roster declares are worth, before `reach`; log-odds."""
        worth = 0.0
        for name, change in self.model.further_changes.items():
            worth += self.slopes[name] * change
        return worth

    @property
    def contributes(self) -> bool:
        """Whether it gives any military contribution."""
        is_free_lead = self.leads and not self.is_held_out
        return rules.contributes(self.stance, self.contribution, is_free_lead)

    @property
    def supports(self) -> bool:
        """Whether it gives at least words of support or staff officers."""
        return self.contributes or self.contribution > -self.model.behaviour.support

    @property
    def is_held_out(self) -> bool:
        """Whether it stays out whatever it weighs."""
        return self.model.statements[self.index].most_stance < Stance.COMMITTED

    @property
    def has_left(self) -> bool:
        """Whether it was committed in an earlier round and is not now."""
        return self.has_committed and self.stance < Stance.COMMITTED

    def visit_worth(self) -> float:
        """Return what a visit by a lead nation promises; nothing if this nation could not be won over."""
        if self.leads or self.stance == Stance.COMMITTED or self.is_held_out:
            return 0.0
        cut = self.model.behaviour.cut_committed
        return rules.lobbying_value(self.deployable, self.propensity, cut)

    def _situation(self) -> Nation:
        return Nation(
            **{f"slope_{name}": self.slopes[name] for name in LEVERS},
            **{f"{name}_change": change for name, change in self.perceived.items()},
            further_levels=self.further_levels,
            others_growth=self.others_growth,
            leads=float(self.leads),
            lobbying=self.lobbying,
            mood=self.mood,
            unmet=self.unmet,
        )

    def _terms(self, situation: Nation) -> Terms:
        weighed: Terms = rules.terms(self.model.behaviour, situation, self.model.world)
        return weighed
