"""The logistic function."""

import numpy as np

from sim.declarations.arrays import Floats


def inverse_logit(x: Floats) -> Floats:
    """Return 1 / (1 + exp(-x)), without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * x)))
