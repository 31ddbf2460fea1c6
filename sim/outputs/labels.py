"""Labels that keep out of each other's way."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes


def beside(axes: Axes, place: float, text: str, *, points: float = 6, **look: Any) -> None:
    """Write a text right of a plot, at a height in its data and so many points away."""
    axes.annotate(
        text,
        (1.0, place),
        xycoords=("axes fraction", "data"),
        xytext=(points, 0),
        textcoords="offset points",
        va="center",
        annotation_clip=False,
        **look,
    )


def name_ends(axes: Axes, ends: Sequence[tuple[float, str, str]], height: float, **look: Any) -> None:
    """Write what lines end as beside a plot, none over another.

    Parameters
    ----------
    axes
        Where the lines are drawn, with the limits that they keep.
    ends
        Of each line: where it ends, in data, the words, and their colour.
    height
        From a label to the next, as a share of the plot's.
    look
        How texts are written.
    """
    low, high = axes.get_ylim()
    places = apart([place for place, _, _ in ends], height * (high - low), low, high)
    for place, (_, words, colour) in zip(places, ends, strict=True):
        beside(axes, place, words, color=colour, **look)


def apart(places: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return places moved as little as need be so that neighbours are at least a gap apart.

    Their order stays. Where there are too many for the room between the limits, they reach beyond the
    upper one.

    Parameters
    ----------
    places
        Where labels would stand best.
    gap
        Between neighbours, at least.
    low, high
        Between which they stay.
    """
    order = sorted(range(len(places)), key=lambda index: places[index])
    groups: list[tuple[float, int]] = []  # the middle of labels that touch, and how many they are
    for index in order:
        middle, count = min(max(places[index], low), high), 1
        while groups and middle - groups[-1][0] < gap * (count + groups[-1][1]) / 2:
            before, number = groups.pop()
            middle = (middle * count + before * number) / (count + number)
            count += number
            half = gap * (count - 1) / 2
            middle = max(min(middle, high - half), low + half)
        groups.append((middle, count))
    sorted_places = [
        middle + gap * (number - (count - 1) / 2) for middle, count in groups for number in range(count)
    ]
    moved = [0.0] * len(places)
    for index, place in zip(order, sorted_places, strict=True):
        moved[index] = place
    return moved
