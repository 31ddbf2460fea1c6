"""What Numba loads."""

import subprocess
import sys

import pytest

MULTIPLY = """
import sys

import numba
import numpy as np

import sim.model.compiled

assert "scipy.linalg" not in sys.modules
assert numba.njit(lambda matrix: matrix @ matrix)(2 * np.eye(3)).trace() == 12
assert "scipy.linalg" in sys.modules
"""


@pytest.mark.slow
def test_linear_algebra_is_loaded_for_compiled_code_that_uses_it_and_not_before() -> None:
    subprocess.run([sys.executable, "-c", MULTIPLY], check=True)  # noqa: S603
