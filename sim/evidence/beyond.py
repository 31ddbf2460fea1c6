"""What of a coalition lies beyond all past ones."""

from collections.abc import Mapping

from sim.evidence.rows import level_values
from sim.inputs.coalitions.coalitions import Coalitions
from sim.inputs.coalitions.declaration import Declaration
from sim.system.libraries import pd

Ranges = Mapping[str, tuple[float, float]]
"""The least and the most by name."""


def level_ranges(past: Coalitions) -> dict[str, tuple[float, float]]:
    """Return the ranges of the levels that terms need, over past coalitions."""
    values = [level_values(past.declaration, each) for each in past.coalitions]
    return {
        name: (min(each[name] for each in values), max(each[name] for each in values))
        for name in needed_levels(past.declaration)
    }


def needed_levels(declaration: Declaration) -> tuple[str, ...]:
    """Return the levels that terms need, in the order of the terms."""
    return tuple(dict.fromkeys(term.level for term in declaration.terms if term.level is not None))


def attribute_ranges(past: "pd.DataFrame", declaration: Declaration) -> dict[str, tuple[float, float]]:
    """Return the ranges of attributes, not yet standardised, over a table of past candidates."""
    columns = {name: past[f"attribute {name}"] for name in declaration.attributes}
    return {name: (float(column.min()), float(column.max())) for name, column in columns.items()}


def levels_beyond(ranges: Ranges, levels: Mapping[str, float]) -> list[str]:
    """Return the levels that lie outside the ranges of past coalitions, in words."""
    return [
        f"{name} {levels[name]:g}; past coalitions have {low:g} to {high:g}"
        for name, (low, high) in ranges.items()
        if not low <= levels[name] <= high
    ]


def attributes_beyond(ranges: Ranges, table: "pd.DataFrame") -> list[str]:
    """Return attributes of a table of nations that lie outside the ranges of past candidates, in words."""
    beyond = []
    for name, (low, high) in ranges.items():
        mine = table[f"attribute {name}"].to_numpy()
        outside = (mine < low) | (mine > high)
        if outside.any():
            beyond.append(f"{name} of {', '.join(table['iso3'][outside])}")
    return beyond
