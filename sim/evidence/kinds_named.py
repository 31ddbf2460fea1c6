"""Which kinds of contribution nations give, as far as governments have named them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sim.declarations.words import KNOWN, LAND
from sim.inputs.indicators import FloatArray
from sim.inputs.roster import Roster
from sim.inputs.statements import StatedPosition
from sim.system.libraries import special

BESIDE_LAND, INSTEAD_OF_LAND = 10.0, 0.1
"""How many own statements weigh as much as what all nations named, with soldiers on land and without.

The most likely values of a beta-binomial of the statements on Europe in 2025 are above 20 and 0.1: what goes
with soldiers on land hardly differs between nations, and who gives something else keeps to it.
"""

RANGE = (0.05, 0.95)


@dataclass(frozen=True, eq=False)
class KindShares:
    """How probable it is that a nation that contributes gives something of each group of kinds.

    Attributes
    ----------
    groups
        Of kinds, that of soldiers on land first, then in the order of the roster.
    beside_land, instead_of_land
        Of the groups but the first, where it also sends soldiers on land and where it does not: mean and
        90 % interval of the share, shape (3, nations, groups - 1). Nations give several kinds at once: a
        nation's shares do not add up to 1.
    named
        Whether a nation named something of the group itself, shape (nations, groups).
    """

    groups: tuple[str, ...]
    beside_land: FloatArray
    instead_of_land: FloatArray
    named: NDArray[np.bool_]


def kind_shares(roster: Roster, day: date) -> KindShares:
    """Return what statements with a source, not after a day, tell of the kinds that each nation gives.

    A share is beta distributed round that of all statements, and moves with the nation's own: who has named
    training is likely to give it, who has named nothing gives what others do. What is closed to a nation has
    the share 0.

    Parameters
    ----------
    roster
        With its statements.
    day
        The start of a scenario.
    """
    named = [
        statement
        for statement in roster.positions
        if statement.kinds and statement.wave <= day and statement.row.text("status") != KNOWN
    ]
    beside = [statement for statement in named if LAND in statement.kinds]
    instead = [statement for statement in named if LAND not in statement.kinds]
    land = roster.kinds[LAND].group
    others = tuple(dict.fromkeys(kind.group for kind in roster.kinds.values() if kind.group != land))
    return KindShares(
        groups=(land, *others),
        beside_land=_shares(roster, beside, others, BESIDE_LAND),
        instead_of_land=_shares(roster, instead, others, INSTEAD_OF_LAND),
        named=_counts(roster, named, (land, *others)) > 0,
    )


def _shares(
    roster: Roster, named: Sequence[StatedPosition], groups: Sequence[str], strength: float
) -> FloatArray:
    """Return mean, 5 % and 95 % quantile of each share, shape (3, nations, groups)."""
    counts = _counts(roster, named, groups)
    statements = np.array([[sum(statement.iso3 == code for statement in named)] for code in roster.iso3])
    pooled = (counts.sum(axis=0) + 0.5) / (statements.sum() + 1.0)
    alpha = strength * pooled + counts
    beta = strength * (1.0 - pooled) + statements - counts
    mean = alpha / (alpha + beta)
    low, high = (special.betaincinv(alpha, beta, at) for at in RANGE)
    # Where nearly all is at 0 and a little at 1, the mean lies beyond 95 % of it.
    shares = np.stack([mean, np.minimum(low, mean), np.maximum(high, mean)])
    shares[:, _closed(roster, groups)] = 0.0
    return shares


def _counts(roster: Roster, named: Sequence[StatedPosition], groups: Sequence[str]) -> NDArray[np.int64]:
    """Return how many statements of each nation name something of each group, shape (nations, groups)."""
    counts = np.zeros((len(roster.iso3), len(groups)), dtype=np.int64)
    for statement in named:
        in_it = {roster.kinds[kind].group for kind in statement.kinds}
        counts[roster.iso3.index(statement.iso3)] += [group in in_it for group in groups]
    return counts


def _closed(roster: Roster, groups: Sequence[str]) -> NDArray[np.bool_]:
    """Return whether every kind of a group is closed to a nation, shape (nations, groups)."""
    kinds = {group: {name for name, kind in roster.kinds.items() if kind.group == group} for group in groups}
    closed = [[kinds[group] <= {*shut} for group in groups] for shut in roster.closed_kinds]
    return np.array(closed, dtype=bool).reshape(len(roster.iso3), len(groups))
