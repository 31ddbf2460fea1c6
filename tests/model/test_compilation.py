"""What Numba loads and compiles, and what it leaves out."""

import gc
import subprocess
import sys

import numpy as np
import pytest
from numba import njit
from numba.core.registry import cpu_target
from worlds import ensemble

from sim.declarations.arithmetic import clip, larger
from sim.inputs.case import load_case
from sim.model.lanes import OPTIONS

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


def test_a_rule_becomes_machine_code_only_where_it_is_called_from() -> None:
    programs = cpu_target.target_context.codegen()._engine._ee._modules  # type: ignore[no-untyped-call]
    clipped = njit(**OPTIONS)(lambda value: clip(larger(value, 0.0), 0.0, 1.0))
    assert clipped(0.25) == 0.25
    before = len(programs)
    assert clipped(np.float32(2.0)) == 1.0
    assert len(programs) == before + 1


@pytest.mark.parametrize("looks", [True, False])
def test_garbage_is_looked_for_after_runs_as_before(looks: bool) -> None:
    try:
        (gc.enable if looks else gc.disable)()
        ensemble(load_case("brussels-2025-04", {"rounds": 1}), 1, range(1))
        assert gc.isenabled() is looks
    finally:
        gc.enable()
