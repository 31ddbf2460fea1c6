"""The figures of an explanation."""

from collections.abc import Iterator, Sequence
from functools import partial

from sim.experiments.explain.result import Answers
from sim.outputs.explain.answer_figures import hardened_dots, persuasion, unnamed_members
from sim.outputs.explain.closure_figures import closure_bars
from sim.outputs.explain.course_figure import nation_course
from sim.outputs.explain.influence_figures import influence_network, pivotal_ranking
from sim.outputs.explain.lever_figures import all_levers, frontier_line, nation_levers
from sim.outputs.explain.why_figures import waterfall
from sim.outputs.figure_folder import Draw


def figures_of(result: Answers, _: Sequence[str] = ()) -> dict[str, Draw]:
    """Return what draws each figure that answers have something for, by name."""
    return dict(_figures(result))


def _figures(result: Answers) -> Iterator[tuple[str, Draw]]:
    answered, asked = result.about.runs_of_answers, result.about.asked
    for iso3 in asked:
        yield from _figures_of_nation(result, iso3)
    if "levers" in answered and not asked:
        yield "levers", partial(all_levers, result)
    if "pivotal" in answered:
        yield "pivotal", partial(pivotal_ranking, result)
        yield "influence", partial(influence_network, result)
    if "hardened" in answered:
        yield "hardened", partial(hardened_dots, result)
    if "persuade" in answered:
        yield "persuade", partial(persuasion, result)
    if "observed" in answered and len(result.table("observed-next")):
        yield "observed", partial(unnamed_members, result)


def _figures_of_nation(result: Answers, iso3: str) -> Iterator[tuple[str, Draw]]:
    answered = result.about.runs_of_answers
    if len(result.of("why-course", iso3)):
        yield f"nation-{iso3}", partial(nation_course, result, iso3)
    if "why" in answered:
        yield f"why-{iso3}", partial(waterfall, result, iso3)
    if "closure" in answered and len(result.of("closure", iso3)):
        yield f"closure-{iso3}", partial(closure_bars, result, iso3)
    if "levers" in answered:
        yield f"levers-{iso3}", partial(nation_levers, result, iso3)
    if "frontier" in answered and len(result.of("frontier", iso3)):
        yield f"frontier-{iso3}", partial(frontier_line, result, iso3)
