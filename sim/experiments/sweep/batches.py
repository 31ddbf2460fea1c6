"""Points that are simulated together: those that differ in nothing but numbers set in arrays."""

import math
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import groupby, islice
from typing import NamedTuple

import numpy as np

from sim.declarations.arrays import Floats
from sim.declarations.levels import LEVELS
from sim.inputs.keys import Key
from sim.inputs.overrides import overridden
from sim.inputs.roster_file import Vocabulary
from sim.inputs.situation import written

FORCE_REQUIRED = Key("force_required")


class Batch(NamedTuple):
    """Points whose runs share a world.

    Attributes
    ----------
    levers
        What is set besides, at all of them: it takes a world of its own.
    numbers
        What is set at each point, by key, shape (points,).
    size
        How many points.
    """

    levers: Mapping[Key, object]
    numbers: Mapping[Key, Floats]
    size: int


def batches(points: Iterable[Mapping[str, object]], vocabulary: Vocabulary, most: int) -> Iterator[Batch]:
    """Yield points in their order, at most so many at a time.

    Parameters
    ----------
    points
        What is set, by key.
    vocabulary
        What their scenarios call the world.
    most
        How many.

    Raises
    ------
    InputError
        If a point sets a key twice, in two spellings.
    """
    levels = level_keys(vocabulary)
    divided = (_divided(point, levels) for point in points)
    for (levers, keys), alike in groupby(divided, key=lambda each: each[:2]):
        rows = (numbers for _, _, numbers in alike)
        while some := list(islice(rows, most)):
            columns = np.array(some, dtype=np.float64).reshape(len(some), -1).T
            yield Batch(dict(levers), dict(zip(keys, columns, strict=True)), len(some))


@lru_cache(maxsize=8)
def level_keys(vocabulary: Vocabulary) -> Mapping[str, str]:
    """Return the levels by the keys that set them in round 1."""
    return {".".join(written(level.key, vocabulary)): name for name, level in LEVELS.items()}


Divided = tuple[tuple[tuple[Key, object], ...], tuple[Key, ...], tuple[object, ...]]


def _divided(point: Mapping[str, object], levels: Mapping[str, str]) -> Divided:
    """Return the levers of a point that take a world of its own, and the keys and numbers of all else."""
    values = dict(zip(_keys(tuple(point)), point.values(), strict=True))
    numbers = {key: value for key, value in values.items() if _is_number_of(key, value, levels)}
    levers = tuple(item for item in values.items() if item[0] not in numbers)
    return levers, tuple(numbers), tuple(numbers.values())


def _is_number_of(key: Key, value: object, levels: Mapping[str, str]) -> bool:
    """Return whether a value is a number that a key may take; words and mistakes are for the scenario."""
    if isinstance(value, bool) or not isinstance(value, int | float | np.number):
        return False
    if key == FORCE_REQUIRED:
        return bool(0.0 < value < math.inf)
    return bool(key.parameter) or (key in levels and bool(0.0 <= value <= 1.0))


@lru_cache(maxsize=64)
def _keys(paths: tuple[str, ...]) -> tuple[Key, ...]:
    """Return keys in their one spelling; points of a design have the same ones."""
    return tuple(overridden(dict.fromkeys(paths)))
