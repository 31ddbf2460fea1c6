"""All that a run needs, as arrays: roster, timeline and parameters put side by side."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.declarations.arrays import Floats, Integers
from sim.declarations.kinds import Level
from sim.declarations.levels import CONDITIONS, LEVELS, PERCEIVED
from sim.declarations.parameters import DERIVED, PARAMETERS
from sim.declarations.policies import POLICIES, policies_set_by
from sim.declarations.records import Levels, Policies
from sim.declarations.words import HELD, POSITIONS, PURPOSES, Stance
from sim.evidence.beyond import levels_beyond
from sim.evidence.case_draws import CaseDraws, case_draws
from sim.evidence.learned import learned
from sim.inputs.indicators import on_grid
from sim.inputs.parameters import Parameters
from sim.inputs.roster import Conditions, Roster
from sim.inputs.scenario import Scenario
from sim.inputs.timeline import Timeline
from sim.inputs.trigger import QUANTITIES, Trigger
from sim.model.draws import draw_code, nation_code

START_STANCE = {
    "opposed": Stance.OPPOSED,
    "undecided": Stance.UNDECIDED,
    "open": Stance.OPEN,
    "conditional": Stance.OPEN,
    "committed": Stance.COMMITTED,
}
STANCES_HELD = {
    "free": (Stance.OPPOSED, Stance.COMMITTED),
    "committed": (Stance.COMMITTED, Stance.COMMITTED),
    "out": (Stance.OPPOSED, Stance.OPEN),
}
"""Between which stances a nation may move."""

UNSTATED = -1.0
"""Stands for the rung of a nation with no stated position, which is drawn."""

MONTHS_5 = 22
"""Rounds after which `wander` is how far words have wandered."""


def row_type(fields: list[Any], *, align: bool = False) -> np.dtype[np.void]:
    """Return the type of a row whose fields are attributes, interpreted as in compiled code."""
    return np.dtype((np.record, np.dtype(fields, align=align)))


NATION = row_type(
    [
        ("code", "u8"),
        ("leads", "f8"),  # 1 for a lead nation, else 0
        ("sensitivity", "f8", (len(PERCEIVED),)),
        ("preferred", "f8", (len(PURPOSES),)),
        ("deployable", "f8"),  # soldiers
        ("influence", "f8"),
        ("ratification", "f8"),  # rounds
        ("demands", "?"),  # whether it demands anything
        ("at_least", "f8", (len(CONDITIONS),)),  # -inf where nothing is demanded
        ("at_least_half_widths", "f8", (len(CONDITIONS),)),
    ]
)
"""The traits of a nation: what no round changes."""


class Round(NamedTuple):
    """What the scenario prescribes for a round."""

    levels: Levels
    level_set_in: tuple[int, ...]
    involvement_set: bool
    mandate_set: bool
    policies: Policies
    policies_set: tuple[bool, ...]  # in this round, in the order of `POLICIES`


class Statement(NamedTuple):
    """What a nation states in a round, and where it is held from then on."""

    is_new: bool  # a position is stated in this round
    stance: float  # what it amounts to, or UNSTATED
    is_held_anew: bool  # what follows is set in this round
    least_stance: float  # of a nation held in the coalition
    most_stance: float  # of a nation held out of it
    election: float  # probability that the position is drawn anew in this round


_FORMATS = {
    float: "f8",
    bool: "?",
    Levels: f"{len(LEVELS)}f8",
    tuple[int, ...]: f"{len(LEVELS)}i8",
    Policies: f"{len(POLICIES)}f8",
    tuple[bool, ...]: f"{len(POLICIES)}u1",  # Numba knows no arrays of flags within a row
}
ROUND = row_type([(name, _FORMATS[kind]) for name, kind in Round.__annotations__.items()])
STATEMENT = row_type([(name, _FORMATS[kind]) for name, kind in Statement.__annotations__.items()])

OBSERVED = ("nothing", *QUANTITIES, "stance", "left", "level", "further_level")
"""What the condition of an event looks at; without a condition at nothing, which is 0."""

CONTINGENT = row_type(
    [
        ("draw", "u8"),
        ("low", "f8"),  # it may happen where its draw is at least this
        ("high", "f8"),  # and less than this
        ("earliest", "i8"),  # round
        ("observed", "i8"),  # of OBSERVED
        ("nation", "i8"),  # that is observed
        ("level", "i8"),  # that is observed, of its kind
        ("least", "f8"),  # it happens if what is observed is at least this
        ("most", "f8"),  # and at most this
        ("first_change", "i8"),
        ("end_of_changes", "i8"),
    ]
)
"""An event that happens in some runs."""

CHANGED = ("level", "further_level", "policy", "stated", "held", "election")
"""What an event may change."""

CHANGE = row_type(
    [
        ("changed", "i8"),  # of CHANGED
        ("place", "i8"),  # of a level, of `Policies`, of a nation
        ("value", "f8"),  # of a nation that is held: its least stance
        ("most", "f8"),  # of a nation that is held
    ]
)
"""What such an event sets."""


class Setup(NamedTuple):
    """What the runs of a scenario share, as few arrays.

    Nations stand in the order of their ISO codes; row 0 of the rounds is the anchor world; a column of
    `behaviour` is a run's parameters, run k using column k modulo their number, and likewise a row of
    `disposition` and `slopes`.
    """

    nations: NDArray[np.void]  # (nations,) of NATION
    rounds: NDArray[np.void]  # (rounds + 1,) of ROUND
    statements: NDArray[np.void]  # (rounds + 1, nations) of STATEMENT
    contingents: NDArray[np.void]  # (events,) of CONTINGENT
    changes: NDArray[np.void]  # (changes,) of CHANGE, those of an event one after the other
    leads: Integers  # (leads,) indices of nations
    disposition: Floats  # (draws, nations) log-odds of any military contribution at the start
    slopes: Floats  # (draws, nations, levers) log-odds per unit on the scale of past coalitions; further last
    further_levels: Floats  # (rounds + 1, further levels) as the scenario has them
    further_set_in: Integers  # (rounds + 1, further levels) the round in which each was set
    unstated: Floats  # (3,) cumulative shares of the lower rungs of those that have spoken
    behaviour: Floats  # (parameters and what follows from them, columns)
    force_required: float  # soldiers
    level_half_width: float


def build_setup(scenario: Scenario, roster: Roster, parameters: Parameters, timeline: Timeline) -> Setup:
    """Put the inputs of a scenario side by side; logarithms, powers and roots are taken here, once."""
    conditions = roster.conditions_on(scenario.start)
    levers = levers_of(roster.vocabulary.all_levels)
    disposition, slopes = _shared_arrays(drawn_case(scenario, roster, timeline), tuple(levers.values()))
    statements = _statements(timeline)
    contingents, changes = _contingents(timeline, roster)
    return Setup(
        nations=_nations(roster, conditions),
        rounds=_rounds(timeline),
        statements=statements,
        contingents=contingents,
        changes=changes,
        leads=np.array(roster.leads, dtype=np.int64),
        disposition=disposition,
        slopes=slopes,
        further_levels=np.ascontiguousarray(timeline.levels[:, len(LEVELS) :]),
        further_set_in=np.ascontiguousarray(timeline.level_set_in[:, len(LEVELS) :]),
        unstated=_shares_below(statements["stance"][0]),
        behaviour=behaviour_columns(parameters),
        force_required=float(scenario.force_required),
        level_half_width=float(scenario.level_half_width),
    )


@lru_cache(maxsize=8)
def _shared_arrays(drawn: CaseDraws, past: tuple[str, ...]) -> tuple[Floats, Floats]:
    """Return what all setups of a case share as arrays that can be written: Numba types others apart.

    Levers that correspond to the same level of past coalitions have the same slope.
    """
    places = [[*dict.fromkeys(past)].index(name) for name in past]
    return drawn.disposition.copy(), drawn.slopes.take(places, axis=2)


def drawn_case(scenario: Scenario, roster: Roster, timeline: Timeline) -> CaseDraws:
    """Return what past coalitions say of the nations in the world of a scenario's start."""
    declared = roster.vocabulary.all_levels
    coded = roster.contributes_on(scenario.start)
    command = roster.vocabulary.commands[scenario.mandate.command]
    levers = tuple(dict.fromkeys(levers_of(declared).values()))
    return case_draws(roster, case_levels(timeline, declared), command, coded, levers)


def levers_of(declared: Mapping[str, Level]) -> dict[str, str]:
    """Return what moves willingness when it changes, and what past coalitions call it."""
    cases = {name: level.cases for name, level in declared.items()}
    return {name: each.name for name, each in cases.items() if each and each.lever}


def case_levels(timeline: Timeline, declared: Mapping[str, Level], row: int = 0) -> dict[str, float]:
    """Return the levels of a round as past coalitions name and measure them; of one level there, the sum."""
    levels: dict[str, float] = {}
    for name, level in declared.items():
        if level.cases:
            value = level.cases.on_their_scale(float(timeline.level(name)[row]))
            levels[level.cases.name] = levels.get(level.cases.name, 0.0) + value
    return levels


def extrapolated(scenario: Scenario, roster: Roster, timeline: Timeline) -> list[str]:
    """Return the levels of any round, and the attributes, that lie beyond all past coalitions, in words."""
    beyond = list(drawn_case(scenario, roster, timeline).extrapolated)
    ranges = learned(roster.past, roster.posterior).level_ranges
    for row in np.flatnonzero(np.any(np.diff(timeline.levels, axis=0) != 0.0, axis=1)) + 1:
        levels = case_levels(timeline, roster.vocabulary.all_levels, int(row))
        beyond += levels_beyond({name: ranges[name] for name in levels if name in ranges}, levels)
    for levels in _possible_levels(timeline, roster.vocabulary.all_levels):
        beyond += levels_beyond({name: ranges[name] for name in levels if name in ranges}, levels)
    return list(dict.fromkeys(beyond))


def _possible_levels(timeline: Timeline, declared: Mapping[str, Level]) -> Iterator[dict[str, float]]:
    """Yield the levels of the start with what each event changes that some runs only see."""
    places = {level.key: place for place, level in enumerate(declared.values())}
    for item in timeline.contingents:
        levels = timeline.levels[:1].copy()
        for key in places.keys() & item.changes.keys():
            levels[0, places[key]] = item.changes[key]
        yield case_levels(replace(timeline, levels=levels), declared)


def _shares_below(stances: Floats) -> Floats:
    """Return the cumulative shares of the three lower rungs among nations that have spoken, if any has."""
    spoken = stances[stances != UNSTATED]
    if not spoken.size:
        return np.array([0.25, 0.5, 0.75])
    return np.array([np.count_nonzero(spoken <= rung) / spoken.size for rung in range(3)])


def _nations(roster: Roster, conditions: Conditions) -> NDArray[np.void]:
    rows = np.zeros(len(roster.iso3), NATION)
    rows["code"] = [nation_code(code) for code in roster.iso3]
    rows["leads"][list(roster.leads)] = 1.0
    rows["sensitivity"] = np.column_stack(
        [getattr(roster, f"sensitivity_to_{LEVELS[name].key[0]}") for name in PERCEIVED]
    )
    rows["preferred"] = roster.preferred_mandate
    rows["deployable"] = roster.deployable
    rows["influence"] = np.sqrt(roster.deployable / 1000.0)
    rows["ratification"] = roster.ratification_rounds
    rows["demands"] = np.isfinite(conditions.at_least).any(axis=1)
    rows["at_least"] = conditions.at_least
    rows["at_least_half_widths"] = conditions.half_width
    return rows


def _rounds(timeline: Timeline) -> NDArray[np.void]:
    rows = np.zeros(len(timeline.dates), ROUND)
    rows["levels"] = timeline.levels[:, : len(LEVELS)]
    rows["level_set_in"] = timeline.level_set_in[:, : len(LEVELS)]
    rows["involvement_set"] = timeline.involvement_set
    rows["mandate_set"] = timeline.mandate_set
    of_mandate = dict(zip(PURPOSES, timeline.purpose.T, strict=True))
    for place, name in enumerate(POLICIES):
        rows["policies"][:, place] = of_mandate[name] if name in of_mandate else getattr(timeline, name)
    rows["policies_set"] = timeline.policies_set
    return rows


def _statements(timeline: Timeline) -> NDArray[np.void]:
    stances = np.array([START_STANCE.get(word, UNSTATED) for word in POSITIONS], dtype=np.float64)
    rows = np.zeros(timeline.position.shape, STATEMENT)
    rows["is_new"] = timeline.position >= 0
    rows["stance"] = stances[timeline.position]
    rows["is_held_anew"] = timeline.held_set
    least, most = np.array([STANCES_HELD[word] for word in HELD], dtype=np.float64).T
    rows["least_stance"] = least[timeline.held]
    rows["most_stance"] = most[timeline.held]
    rows["election"] = timeline.election
    return rows


def _contingents(timeline: Timeline, roster: Roster) -> tuple[NDArray[np.void], NDArray[np.void]]:
    """Return the events that happen in some runs, and what they set."""
    events: list[tuple[Any, ...]] = []
    changes: list[tuple[int, int, float, float]] = []
    for item in timeline.contingents:
        first = len(changes)
        for key, value in item.changes.items():
            changes += _changes(key, value, roster)
        of_draw = draw_code(item.draw), item.low, item.high, item.round
        events.append((*of_draw, *_condition(item.event.when, roster), first, len(changes)))
    return np.array(events, CONTINGENT), np.array(changes, CHANGE)


def _condition(when: Trigger | None, roster: Roster) -> tuple[int, int, int, float, float]:
    """Return what a condition observes, of which nation or level, and the bounds between which it holds."""
    if when is None:
        return OBSERVED.index("nothing"), 0, 0, -np.inf, np.inf
    if when.nation:
        observed, least, most = _STATES[when.state]
        return OBSERVED.index(observed), roster.iso3.index(when.nation), 0, least, most
    above, below = np.nextafter(when.value, np.inf), np.nextafter(when.value, -np.inf)
    bounds = {
        ">=": (when.value, np.inf),
        ">": (above, np.inf),
        "<=": (-np.inf, when.value),
        "<": (-np.inf, below),
    }
    kind, level = _level_place(when.level, roster) if when.level else (when.quantity, 0)
    return OBSERVED.index(kind), 0, level, *bounds[when.comparison]


def _level_place(name: str, roster: Roster) -> tuple[str, int]:
    """Return of which kind a level is, and its place among those."""
    place = [*roster.vocabulary.all_levels].index(name)
    return ("level", place) if name in LEVELS else ("further_level", place - len(LEVELS))


_STATES = {
    "committed": ("stance", Stance.COMMITTED, Stance.COMMITTED),
    "not committed": ("stance", Stance.OPPOSED, Stance.OPEN),
    "left": ("left", 1.0, 1.0),
}
"""What the states of `sim.inputs.trigger.STATES` observe, and between which bounds."""


def _changes(key: tuple[str, ...], value: Any, roster: Roster) -> list[tuple[int, int, float, float]]:
    """Return the rows of what an event sets a key to."""
    match key:
        case ("nations", code, "position"):
            nation, stance = roster.iso3.index(code), START_STANCE.get(value, UNSTATED)
            return [(CHANGED.index("stated"), nation, stance, 0.0)]
        case ("nations", code, "held"):
            return [(CHANGED.index("held"), roster.iso3.index(code), *STANCES_HELD[value])]
        case ("nations", code, "election"):
            return [(CHANGED.index("election"), roster.iso3.index(code), value, 0.0)]
    policies = policies_set_by(key, value)
    if policies:
        of_policy = CHANGED.index("policy")
        return [(of_policy, Policies._fields.index(name), number, 0.0) for name, number in policies.items()]
    keys = [level.key for level in roster.vocabulary.all_levels.values()]
    place = keys.index(key)
    if place < len(LEVELS):
        return [(CHANGED.index("level"), place, value, 0.0)]
    return [(CHANGED.index("further_level"), place - len(LEVELS), value, 0.0)]


def behaviour_columns(parameters: Parameters) -> Floats:
    """Return the parameters with a column a run, and below them what follows from them, see `DERIVED`.

    Powers and roots are rounded to multiples of 2^-40, which makes them the same on every machine.
    """
    persistence = on_grid(np.exp2(-1.0 / parameters.column("half_life")))
    kept = persistence * persistence
    after = 1.0 - kept**MONTHS_5
    derived = {
        "persistence": persistence,
        "volatility": on_grid(parameters.column("wander") * np.sqrt((1.0 - kept) / after)),
        "common_weight": np.sqrt(parameters.column("common")),
        "own_weight": np.sqrt(1.0 - parameters.column("common")),
    }
    rows = [parameters.column(name) for name in PARAMETERS]
    return np.ascontiguousarray([*rows, *(derived[name] for name in DERIVED)])
