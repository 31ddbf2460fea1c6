"""All that a run needs, as arrays: roster, timeline and parameters put side by side."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.declarations.levels import CONDITIONS, LEVELS
from sim.declarations.parameters import LADDER, PARAMETERS
from sim.declarations.records import Levels
from sim.declarations.words import ATTRIBUTES, HELD, POSITIONS, PURPOSES, Stance
from sim.inputs.parameters import Parameters, log_odds
from sim.inputs.roster import Conditions, Roster
from sim.inputs.scenario import Scenario
from sim.inputs.timeline import Timeline
from sim.model.draws import nation_code
from sim.model.rules import Mandate

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

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

REACHED = -1.0
"""Start stance of a nation with no stated position: the rung that its anchor reaches."""


def row_type(fields: list[Any], *, align: bool = False) -> np.dtype[np.void]:
    """Return the type of a row whose fields are attributes, interpreted as in compiled code."""
    return np.dtype((np.record, np.dtype(fields, align=align)))


NATION = row_type(
    [
        ("code", "u8"),
        ("attributes", "f8", (len(ATTRIBUTES),)),
        ("half_widths", "f8", (len(ATTRIBUTES),)),
        ("preferred", "f8", (len(PURPOSES),)),
        ("deployable", "f8"),  # soldiers
        ("influence", "f8"),
        ("ratification", "f8"),  # rounds
        ("at_least", "f8", (len(CONDITIONS),)),  # -inf where nothing is demanded
        ("at_least_half_widths", "f8", (len(CONDITIONS),)),
    ]
)
"""What is given of a nation."""


class Round(NamedTuple):
    """What the scenario prescribes for a round; the fields are those of `Timeline`."""

    levels: Levels
    level_set_in: tuple[int, ...]
    involvement_set: bool
    burden_sharing: bool
    ceiling: float
    threshold: float
    width: float
    speed: float
    reactive: bool
    reaction: float
    deterred: float
    purpose: Mandate
    mandate_set: bool
    negotiated: bool


class Statement(NamedTuple):
    """What a nation states in a round, and how its public has shifted."""

    support_shift: float
    is_new: bool  # a position is stated in this round
    stance: float  # what it amounts to, or REACHED
    anchor_low: float  # log-odds
    anchor_high: float  # log-odds
    least_stance: float  # of a nation held in the coalition
    most_stance: float  # of a nation held out of it


_FORMATS = {
    float: "f8",
    bool: "?",
    Mandate: f"{len(PURPOSES)}f8",
    Levels: f"{len(LEVELS)}f8",
    tuple[int, ...]: f"{len(LEVELS)}i8",
}
ROUND = row_type([(name, _FORMATS[kind]) for name, kind in Round.__annotations__.items()])
STATEMENT = row_type([(name, _FORMATS[kind]) for name, kind in Statement.__annotations__.items()])


class Setup(NamedTuple):
    """What the runs of a scenario share, as few arrays.

    Nations stand in the order of their ISO codes; row 0 of the rounds is the anchor world; a column of
    `behaviour` is a run's parameters, run k using column k modulo their number.
    """

    nations: NDArray[np.void]  # (nations,) of NATION
    rounds: NDArray[np.void]  # (rounds + 1,) of ROUND
    statements: NDArray[np.void]  # (rounds + 1, nations) of STATEMENT
    leads: Integers  # (leads,) indices of nations
    ties: Floats  # (nations, nations) row i: whom i listens to
    behaviour: Floats  # (parameters, columns), thresholds as log-odds
    force_required: float  # soldiers
    level_half_width: float


def build_setup(scenario: Scenario, roster: Roster, parameters: Parameters, timeline: Timeline) -> Setup:
    """Put the inputs of a scenario side by side; logarithms and roots are taken here, once."""
    conditions = roster.conditions_on(scenario.start)
    return Setup(
        nations=_nations(roster, conditions),
        rounds=_rounds(timeline),
        statements=_statements(timeline, conditions, log_odds(parameters.bands)),
        leads=np.array(roster.leads, dtype=np.int64),
        ties=roster.ties.copy(),  # Numba types read-only arrays apart
        behaviour=behaviour_columns(parameters),
        force_required=float(scenario.force_required),
        level_half_width=float(scenario.level_half_width),
    )


def _nations(roster: Roster, conditions: Conditions) -> NDArray[np.void]:
    rows = np.zeros(len(roster.iso3), NATION)
    rows["code"] = [nation_code(code) for code in roster.iso3]
    rows["attributes"] = np.column_stack([roster.attributes[name] for name in ATTRIBUTES])
    rows["half_widths"] = np.column_stack([roster.half_widths[name] for name in ATTRIBUTES])
    rows["preferred"] = roster.preferred_mandate
    rows["deployable"] = roster.deployable
    rows["influence"] = np.sqrt(roster.deployable / 1000.0)
    rows["ratification"] = roster.ratification_rounds
    rows["at_least"] = conditions.at_least
    rows["at_least_half_widths"] = conditions.half_width
    return rows


def _rounds(timeline: Timeline) -> NDArray[np.void]:
    rows = np.zeros(len(timeline.dates), ROUND)
    for name in Round._fields:
        rows[name] = getattr(timeline, name)
    return rows


def _statements(timeline: Timeline, conditions: Conditions, bands: Floats) -> NDArray[np.void]:
    has_condition = np.asarray(np.isfinite(conditions.at_least).any(axis=1))
    position = _read_by_conditions(timeline.position, has_condition)
    stances = np.array([START_STANCE.get(word, REACHED) for word in POSITIONS], dtype=np.float64)
    rows = np.zeros(position.shape, STATEMENT)
    rows["support_shift"] = timeline.support_shift
    rows["is_new"] = position >= 0
    rows["stance"] = stances[position]
    rows["anchor_low"] = bands[position, 0]
    rows["anchor_high"] = bands[position, 1]
    least, most = np.array([STANCES_HELD[word] for word in HELD], dtype=np.float64).T
    rows["least_stance"] = least[timeline.held]
    rows["most_stance"] = most[timeline.held]
    return rows


def _read_by_conditions(position: NDArray[np.int8], has_condition: Flags) -> NDArray[np.int8]:
    """Read "open" and "conditional" alike: what counts is whether the nation has stated a condition."""
    is_open = (position == POSITIONS.index("open")) | (position == POSITIONS.index("conditional"))
    read = np.where(has_condition, POSITIONS.index("conditional"), POSITIONS.index("open"))
    return np.where(is_open, read, position).astype(np.int8)


def behaviour_columns(parameters: Parameters) -> Floats:
    """Return the parameters with a column a run, the ladder's probabilities turned into log-odds."""
    columns = parameters.values.T.copy()
    for row, name in enumerate(PARAMETERS):
        if name in LADDER:
            columns[row] = log_odds(columns[row])
    return np.ascontiguousarray(columns)
