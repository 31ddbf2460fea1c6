"""What is told how far an experiment has come."""

from collections.abc import Callable

Progress = Callable[[int], None]
"""Told how many runs have been done since the last call; those that were done already count."""

ProgressOf = Callable[[int, int], None]
"""Told how many are done, those of earlier sessions included, and of how many."""
