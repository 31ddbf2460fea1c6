"""Points whose runs are simulated together: what differs between them, as arrays."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.declarations.arrays import Floats
from sim.declarations.levels import LEVELS
from sim.inputs.case import Case
from sim.model.setup import STANCES_HELD, Setup

PLACES = {name: place for place, name in enumerate(LEVELS)}
"""Where arrays of levels hold each of them."""

MARKS = {"involvement": "involvement_set", "clarity": "mandate_set"}
"""What says of a round that a level is set in it, where that ends what a policy has done."""


class DesignPoints(NamedTuple):
    """What may differ between points, a point along the first axis; all else is that of one `Setup`."""

    rounds: NDArray[np.void]  # (points, rounds + 1) of ROUND
    behaviour: Floats  # (points, parameters and what follows from them, columns)
    force_required: Floats  # (points,) soldiers


def single_point(setup: Setup) -> DesignPoints:
    """Return a setup as the only point."""
    return DesignPoints(
        setup.rounds[np.newaxis], setup.behaviour[np.newaxis], np.array([setup.force_required])
    )


def repeated(setup: Setup, number: int, runs: int) -> DesignPoints:
    """Return a setup as so many points to be changed, with the parameters of its first runs."""
    return DesignPoints(
        rounds=np.repeat(setup.rounds[np.newaxis], number, axis=0),
        behaviour=np.repeat(setup.behaviour[np.newaxis, :, :runs], number, axis=0),
        force_required=np.full(number, setup.force_required),
    )


def set_level(points: DesignPoints, level: str, values: Floats) -> None:
    """Set a level in round 1 of each point, until an event sets it again.

    Parameters
    ----------
    points
        Changed in place.
    level
        One of `LEVELS`.
    values
        In [0, 1], shape (points,).
    """
    rounds, place = points.rounds, PLACES[level]
    set_again = np.flatnonzero(rounds["level_set_in"][0, :, place] > 1)
    end = set_again[0] if set_again.size else rounds.shape[1]
    rounds["levels"][:, 1:end, place] = values[:, np.newaxis]
    rounds["level_set_in"][:, 1:end, place] = 1
    if level in MARKS:
        rounds[MARKS[level]][:, 1] = True


def with_held(setup: Setup, case: Case, held: Mapping[str, str]) -> Setup:
    """Return the setup of a case with nations held from round 1 on, until an event holds them otherwise.

    Parameters
    ----------
    setup, case
        Without.
    held
        Words of `HELD` by the code of the nation.
    """
    statements, schedule = setup.statements.copy(), case.scenario.schedule()
    for code, word in held.items():
        key, nation = ("nations", code, "held"), case.roster.iso3.index(code)
        later = (item.round for item in schedule if item.round > 1 and key in item.changes)
        rows = statements[1 : min(later, default=len(statements)), nation]
        rows["least_stance"], rows["most_stance"] = STANCES_HELD[word]
        statements["is_held_anew"][1, nation] = True
    return setup._replace(statements=statements)
