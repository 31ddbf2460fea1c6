"""The same numbers on every machine, with every version of Python, Mesa and NumPy, on any threads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fingerprints import fingerprints
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

from sim.model.ensemble import Execution

HERE = Path(__file__).parent
SHARED = os.pathsep.join(map(str, (HERE, HERE.parent)))
KEPT = json.loads((HERE / "fingerprints.json").read_text(encoding="utf-8"))
FEATURES = [name for name in __cpu_dispatch__ if __cpu_features__[name]]
"""What NumPy makes use of where a processor has it, and this one has."""

WITHOUT_FEATURES = """
import runpy, sys
from numpy._core._multiarray_umath import __cpu_features__
script, *features = sys.argv[1:]
assert not any(__cpu_features__[name] for name in features)
runpy.run_path(script, run_name="__main__")
"""


def test_every_scenario_computes_what_it_did() -> None:
    assert fingerprints(Execution(threads=1)) == KEPT


def test_two_threads_in_small_chunks_compute_the_same() -> None:
    assert fingerprints(Execution(threads=2, chunk=7)) == KEPT


@pytest.mark.slow
@pytest.mark.parametrize("processor", ["Prescott", "Haswell"])
def test_the_matrix_products_of_another_processor_compute_the_same(processor: str) -> None:
    # Where NumPy multiplies with OpenBLAS, which has loops of its own for each kind of processor.
    done = subprocess.run(  # noqa: S603
        [sys.executable, HERE / "fingerprints.py"],
        env={**os.environ, "OPENBLAS_CORETYPE": processor, "PYTHONPATH": SHARED},
        stdout=subprocess.PIPE,
        check=True,
    )
    assert json.loads(done.stdout) == KEPT


@pytest.mark.slow
@pytest.mark.skipif(not FEATURES, reason="NumPy has no use for what this processor could do without")
def test_a_processor_that_can_do_less_computes_the_same() -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", WITHOUT_FEATURES, HERE / "fingerprints.py", *FEATURES],
        env={**os.environ, "NPY_DISABLE_CPU_FEATURES": " ".join(FEATURES), "PYTHONPATH": SHARED},
        stdout=subprocess.PIPE,
        check=True,
    )
    assert json.loads(done.stdout) == KEPT
