"""The program by hand in C, which benchmarks measure the ensemble against, follows the rules as they are."""

import shutil

import pytest

from benchmarks.c_loop import CLoop
from benchmarks.cases import bundled
from benchmarks.engines import check_same_bits
from sim.inputs.bundled import bundled_scenarios


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not there")
@pytest.mark.parametrize("lanes", [1, 32])
def test_the_c_program_and_the_ensemble_keep_the_same_bits(tmp_path, lanes):
    loop = CLoop(tmp_path, (f"-DW={lanes}",))
    for name in bundled_scenarios():
        check_same_bits(loop, bundled(name))
