"""Figures drawn again from results folders."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from sim.experiments.results import RunTables
from sim.inputs.errors import InputError
from sim.outputs import style
from sim.outputs.figure_folder import Draw
from sim.outputs.figures.animation import save_animation
from sim.outputs.figures.map import check_map
from sim.results.kinds import KINDS, ResultKind
from sim.results.parts import refuse_link
from sim.results.reading import damage_named
from sim.results.result import Result, load_result
from sim.system.folders import adding_to

RUN = "run"

MOST_IN_NAME = 4
"""Nations that the name of a file holds."""
FOLDER = "figures"


@dataclass(frozen=True)
class Wanted:
    """Which figures are drawn, and how.

    Attributes
    ----------
    figures
        By name; none: all of them, or all that show chosen nations if any are chosen.
    nations
        ISO codes or names of those that figures of chosen nations show; none: what these choose. Other
        figures are what they are.
    formats
        Some of `style.FORMATS`.
    animate
        Whether to animate the map of a run; then no other figures are drawn unless some are named.
    """

    figures: Sequence[str] = ()
    nations: Sequence[str] = ()
    formats: Sequence[str] = ("png", "svg")
    animate: bool = False


def redraw(folders: Sequence[Path], wanted: Wanted) -> Iterator[Path]:
    """Draw figures of results folders into their folders of figures; nothing is run.

    Whatever can be wrong with what is wanted is checked before anything is drawn.

    Yields
    ------
    Path
        Each file, when it is written.

    Raises
    ------
    InputError, Failure
        If a folder holds no results, they are damaged, or a figure or a nation is not there.
    """
    plans = [(folder, *_plan(folder, wanted)) for folder in folders]
    for folder, result, drawn in plans:
        target = folder / FOLDER
        refuse_link(target)
        with adding_to(folder):
            for name, draw in drawn.items():
                with damage_named(folder):
                    figure = draw()
                yield from style.save(figure, target, name, wanted.formats)
            if wanted.animate:
                yield from save_animation(result, target)


def _plan(folder: Path, wanted: Wanted) -> tuple[Any, dict[str, Draw]]:
    """Return the results of a folder, and what draws each figure that is wanted of them."""
    result: Result = load_result(folder)
    kind = KINDS[result.kind]
    for option, value, serves in (
        ("--nations", wanted.nations, kind.of_nations),
        ("--animate", wanted.animate, kind.name == RUN),
    ):
        if value and not serves:
            raise InputError(f"is not for results of kind {kind.name}", file=option)
    nations = result.nations_named(wanted.nations)
    if wanted.animate:
        check_map(cast("RunTables", result))
    with damage_named(folder):
        drawn = dict(kind.figures_of(result, nations))
    if not drawn:
        problem = f"results of kind {kind.name} have no figures; coalition report shows their tables"
        raise InputError(problem, file=folder)
    names = _names(drawn, kind, wanted)
    return result, {file_name(name, kind.of_nations, nations): _known(name, drawn, result) for name in names}


def _names(drawn: dict[str, Draw], kind: ResultKind, wanted: Wanted) -> list[str]:
    """Return the figures that are wanted, checking that they suit the other options."""
    if wanted.nations and wanted.figures and not set(wanted.figures) & {*kind.of_nations}:
        showing = ", ".join(kind.of_nations)
        problem = f"no figure that is named shows chosen nations; those that do: {showing}"
        raise InputError(problem, file="--nations")
    every = [] if wanted.animate else list(kind.of_nations if wanted.nations else drawn)
    return list(dict.fromkeys(wanted.figures)) or every


def file_name(name: str, of_nations: Sequence[str], nations: Sequence[str]) -> str:
    """Return what the file of a figure is called: one of chosen nations does not replace that of all."""
    if name not in of_nations or not nations:
        return name
    more = f"-and-{len(nations) - MOST_IN_NAME}" if len(nations) > MOST_IN_NAME else ""
    return f"{name}-{'-'.join(nations[:MOST_IN_NAME])}{more}"


def _known(name: str, drawn: dict[str, Draw], result: Result) -> Draw:
    if name not in drawn:
        problem = KINDS[result.kind].why_no_figure(result, name, list(drawn))
        raise InputError(problem, file=f"--figure {name}")
    return drawn[name]
