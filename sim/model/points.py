"""Points whose runs are simulated together: what differs between them, as arrays."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.declarations.levels import LEVELS
from sim.model.setup import Floats, Setup

PLACES = {name: place for place, name in enumerate(LEVELS)}
"""Where arrays of levels hold each of them."""

MARKS = {"involvement": "involvement_set", "clarity": "mandate_set"}
"""What says of a round that a level is set in it, where that ends what a policy has done."""


class Points(NamedTuple):
    """What may differ between points, a point along the first axis; all else is that of one `Setup`."""

    rounds: NDArray[np.void]  # (points, rounds + 1) of ROUND
    behaviour: Floats  # (points, parameters and what follows from them, columns)
    force_required: Floats  # (points,) soldiers


def single_point(setup: Setup) -> Points:
    """Return a setup as the only point."""
    return Points(setup.rounds[np.newaxis], setup.behaviour[np.newaxis], np.array([setup.force_required]))


def repeated(setup: Setup, number: int, runs: int) -> Points:
    """Return a setup as so many points to be changed, with the parameters of its first runs."""
    return Points(
        rounds=np.repeat(setup.rounds[np.newaxis], number, axis=0),
        behaviour=np.repeat(setup.behaviour[np.newaxis, :, :runs], number, axis=0),
        force_required=np.full(number, setup.force_required),
    )


def set_level(points: Points, level: str, values: Floats) -> None:
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
