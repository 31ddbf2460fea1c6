"""The model by hand in C, compiled here and called through ctypes."""

import ctypes
import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sim.model.setup import Setup
from sim.model.tally import Records, Tally

COMPILER = "gcc"
SOURCE = Path(__file__).with_name("model.c")
FLAGS = (
    "-std=c11",
    "-O3",
    "-march=native",
    "-ffp-contract=off",
    "-fno-fast-math",
    # Neither changes a bit of the results; without them gcc leaves conditional arithmetic and roots scalar.
    "-fno-trapping-math",
    "-fno-math-errno",
    "-shared",
    "-fPIC",
)


class _Setup(ctypes.Structure):
    _fields_ = (
        *((name, ctypes.c_int64) for name in ("nations", "rounds", "leads", "columns")),
        *((name, ctypes.c_void_p) for name in ("nation", "round", "statement", "lead", "ties", "behaviour")),
        ("force_required", ctypes.c_double),
    )


class _Counts(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_void_p) for name in (*Tally._fields, "runs"))


class _Records(ctypes.Structure):
    _fields_ = (("stance", ctypes.c_void_p), ("propensity", ctypes.c_void_p))


def compile_loop(folder: Path, options: tuple[str, ...] = ()) -> Path:
    """Compile the C program into a folder; return the library.

    Parameters
    ----------
    folder
        Where to put the library.
    options
        More options for the compiler, such as ``-DW=64`` for another number of lanes.
    """
    library = folder / "-".join(["model", *(option.strip("-") for option in options)])
    subprocess.run([COMPILER, *FLAGS, *options, SOURCE, "-o", library, "-lm"], check=True)
    return library


class CLoop:
    """The C program, loaded from a library that `compile_loop` made."""

    def __init__(self, library: Path) -> None:
        self._simulate = ctypes.CDLL(str(library)).simulate
        self._simulate.restype = ctypes.c_double
        self._simulate.argtypes = (
            ctypes.POINTER(_Setup),
            ctypes.c_uint64,
            ctypes.c_int64,
            ctypes.c_int64,
            ctypes.POINTER(_Counts),
            ctypes.POINTER(_Records),
        )

    def simulate(self, setup: Setup, seed: int, runs: range) -> None:
        """Simulate runs and keep nothing: the rules only."""
        self._simulate(_handed_over(setup), seed, runs.start, len(runs), None, None)

    def count(self, setup: Setup, seed: int, runs: range, tally: Tally, records: Records) -> None:
        """Simulate runs, keeping the same counts and rows as the ensemble, trajectories if there is room."""
        arrays = {**tally._asdict(), "runs": records.runs}
        counts = _Counts(**{name: _address(array) for name, array in arrays.items()})
        kept = None
        if records.stance.size:
            kept = _Records(_address(records.stance), _address(records.propensity))
        self._simulate(_handed_over(setup), seed, runs.start, len(runs), counts, kept)


def _address(array: NDArray[np.generic]) -> int:
    assert array.flags.c_contiguous
    return array.ctypes.data


def _handed_over(setup: Setup) -> _Setup:
    """Point to the arrays of a setup, which must outlive the call."""
    return _Setup(
        setup.nations.size,
        setup.rounds.size - 1,
        setup.leads.size,
        setup.behaviour.shape[1],
        *(
            _address(array)
            for array in (
                setup.nations,
                setup.rounds,
                setup.statements,
                setup.leads,
                setup.ties,
                setup.behaviour,
            )
        ),
        setup.force_required,
    )
