"""The figures of an explanation."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiments.explain.answers import Explanation
from sim.outputs import style
from sim.outputs.explanation.answer_figures import hardened_dots, persuasion, unnamed_members
from sim.outputs.explanation.influence_figures import influence_network, pivotal_ranking
from sim.outputs.explanation.lever_figures import all_levers, frontier_line, nation_levers
from sim.outputs.explanation.stored import StoredExplanation
from sim.outputs.explanation.why_figures import waterfall

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def save_figures(answer: Explanation, folder: Path) -> list[Path]:
    """Draw all figures of an explanation into a folder, as PNG and SVG; the same one gives the same bytes."""
    return [file for name, draw in figures(answer) for file in style.save(draw(), folder, name)]


def figures(answer: Explanation | StoredExplanation) -> Iterator[tuple[str, Callable[[], "Figure"]]]:
    """Yield what draws each figure, with the name of its file."""
    iso3 = answer.case.roster.iso3
    for nation in answer.asked:
        if answer.why is not None:
            yield f"why-{iso3[nation]}", partial(waterfall, answer.why, nation)
        if answer.levers is not None:
            yield f"levers-{iso3[nation]}", partial(nation_levers, answer.levers, nation)
        if answer.frontier is not None and iso3[nation] in set(answer.frontier.table.get("iso3", ())):
            yield f"frontier-{iso3[nation]}", partial(frontier_line, answer.frontier, iso3[nation])
    if answer.levers is not None and not answer.asked:
        yield "levers", partial(all_levers, answer.levers)
    if answer.pivotal is not None:
        yield "pivotal", partial(pivotal_ranking, answer.pivotal)
        yield "influence", partial(influence_network, answer.pivotal)
    if answer.hardened is not None:
        yield "hardened", partial(hardened_dots, answer.hardened)
    if answer.persuade is not None:
        yield "persuade", partial(persuasion, answer.persuade)
    if answer.observed is not None and not answer.observed.next.empty:
        yield "observed", partial(unnamed_members, answer.observed)
