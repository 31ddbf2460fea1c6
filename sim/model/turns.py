"""Threads that add to the same counts take turns, row by row: compiled code holds no lock of Python's."""

from typing import Any

import numpy as np
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, overload
from numpy.typing import NDArray

from sim.model.lanes import compilable

FREE, TAKEN = np.int32(0), np.int32(1)


@compilable
def take_turn(turns: NDArray[np.int32], row: int) -> None:
    """Wait until nobody else adds to a row, and keep others from it."""
    while swapped(turns, row, TAKEN) == TAKEN:
        pass


@compilable
def end_turn(turns: NDArray[np.int32], row: int) -> None:
    """Let others add to a row."""
    swapped(turns, row, FREE)


def swapped(turns: NDArray[np.int32], row: int, value: np.int32) -> np.int32:
    """Put a value into a row and return what was there; compiled, nobody else comes between."""
    before: np.int32 = turns[row]
    turns[row] = value
    return before


@overload(swapped)
def _swapped(turns: Any, row: Any, value: Any) -> Any:  # noqa: ARG001 - only their types are looked at
    def compiled(turns: Any, row: Any, value: Any) -> Any:
        return _exchange(turns, row, value)  # type: ignore[call-arg]

    return compiled


@intrinsic
def _exchange(_context: Any, turns: Any, _row: Any, _value: Any) -> Any:
    def made(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array, row, value = arguments
        kind = signature.args[0]
        view = context.make_array(kind)(context, builder, array)
        place = cgutils.get_item_pointer(  # type: ignore[no-untyped-call]
            context, builder, kind, view, [row], wraparound=False
        )
        return builder.atomic_rmw("xchg", place, value, "seq_cst")

    return types.int32(turns, types.intp, types.int32), made
