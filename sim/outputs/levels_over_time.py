"""Which levels of the world move in the runs of a scenario: flat lines are said in words, not drawn."""

from collections.abc import Sequence

import numpy as np

from sim.declarations.words import PURPOSES
from sim.experiments.results import RunTables

SAME = 0.005
"""Levels that differ by less look alike."""

DRAWN = {"mandate": (*PURPOSES, "clarity"), "great-powers": ("involvement", "pressure")}
"""The figures of levels, each with what it shows."""


def moves(result: RunTables, levels: Sequence[str]) -> bool:
    """Return whether one of some levels changes over time, or differs between runs."""
    of_levels = ([f"{level}_{name}" for name in ("q05", "mean", "q95")] for level in levels)
    return any(np.ptp(result.rounds[columns].to_numpy()) > SAME for columns in of_levels)


def in_words(result: RunTables, levels: Sequence[str]) -> str:
    """Return levels at the end: ``involvement 0.55, pressure 0.70``."""
    end = result.rounds.iloc[-1]
    return ", ".join(f"{level} {end[f'{level}_mean']:.2f}" for level in levels)


def flat_figures(result: RunTables) -> dict[str, str]:
    """Return the figures in which nothing moves, each with what it would show, in words."""
    flat = {name: levels for name, levels in DRAWN.items() if not moves(result, levels)}
    return {name: in_words(result, levels) for name, levels in flat.items()}
