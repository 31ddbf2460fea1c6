"""Figures of a run: functions of its tables that return a matplotlib Figure."""

from collections.abc import Callable, Sequence
from functools import partial

from matplotlib.figure import Figure

from sim.experiments.results import RunTables
from sim.outputs.figures.contributions import contributions
from sim.outputs.figures.flows import stance_flows
from sim.outputs.figures.force import force_by_nation
from sim.outputs.figures.joining import joining_strip
from sim.outputs.figures.map import committed_map, committed_maps
from sim.outputs.figures.nation import nation_over_time
from sim.outputs.figures.size import coalition_size
from sim.outputs.figures.willingness import willingness_paths
from sim.outputs.figures.world import great_powers, mandate
from sim.outputs.levels_over_time import flat_figures

FIGURES: dict[str, Callable[[RunTables], Figure]] = {
    "coalition-size": coalition_size,
    "contributions": contributions,
    "joining": joining_strip,
    "map": committed_map,
    "map-over-time": committed_maps,
    "willingness": willingness_paths,
    "force": force_by_nation,
    "flows": stance_flows,
    "mandate": mandate,
    "great-powers": great_powers,
}

OF_NATIONS = {"nation": nation_over_time, "joining": joining_strip, "willingness": willingness_paths}
"""Those that can show chosen nations; the first shows nothing else."""

ON_MAPS = ("map", "map-over-time")
"""Those that need a map of the roster's nations."""


def figures_of(result: RunTables, nations: Sequence[str] = ()) -> dict[str, Callable[[], Figure]]:
    """Return what draws each figure of a run, by name: none of flat lines; without a map none on maps.

    Parameters
    ----------
    result
        What is drawn.
    nations
        ISO codes of those that figures of chosen nations show; what these show by themselves if none.
    """
    of_nations = {
        name: partial(draw, result, nations=nations) for name, draw in OF_NATIONS.items() if nations
    }
    not_drawn = left_out(result)
    return {
        **{name: partial(draw, result) for name, draw in FIGURES.items() if name not in not_drawn},
        **of_nations,
    }


def left_out(result: RunTables) -> dict[str, str]:
    """Return why figures of a run are not drawn, by name."""
    flat = {name: f"nothing in it moves ({levels})" for name, levels in flat_figures(result).items()}
    return {**flat, **({} if result.map is not None else dict.fromkeys(ON_MAPS, "the roster has no map"))}
