"""Sweeps: a design's points, computed part by part, so that nothing done is lost."""

from sim.experiments.evaluate import evaluate

__all__ = ["evaluate"]
