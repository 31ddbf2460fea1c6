"""The files of the usual figures of a result."""

from collections.abc import Callable, Iterable

from matplotlib.figure import Figure

from sim.outputs import style

Draw = Callable[[], "Figure"]
FORMATS = ("png", "svg")


def rendered_figures(figures: Iterable[tuple[str, Draw]]) -> dict[str, bytes]:
    """Draw figures, each with its name, and return their files by name."""
    drawn = ((name, draw()) for name, draw in figures)
    return {
        f"{name}.{ending}": style.rendered(figure, ending) for name, figure in drawn for ending in FORMATS
    }
