"""How figures look: one style, safe for colour-blind readers (Okabe & Ito 2008)."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
)
INK, MUTED, GRID = "#222222", "#666666", "#DDDDDD"
SHARE_MAP = "Blues"

_SETTINGS: dict[Any, Any] = {
    "axes.edgecolor": MUTED,
    "axes.labelcolor": INK,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlepad": 20,
    "axes.titlesize": 12,
    "axes.titleweight": "bold",
    "figure.facecolor": "white",
    "figure.dpi": 100,
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "savefig.dpi": 150,
    "svg.fonttype": "path",
    # The same figure has the same bytes.
    "svg.hashsalt": "coalition-sim",
    "text.color": INK,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
}


@contextmanager
def figure_style() -> Iterator[None]:
    """Draw figures in the project's style, whatever the user's own settings are."""
    from matplotlib import rc_context, rcParamsDefault

    with rc_context(
        {**{key: rcParamsDefault[key] for key in rcParamsDefault if key != "backend"}, **_SETTINGS}
    ):
        yield
