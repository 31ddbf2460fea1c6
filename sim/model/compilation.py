"""How Numba compiles, and where the code is kept."""

from typing import Any

from numba.core.registry import cpu_target
from numba.np import linalg

from sim.model.sources import source_digest
from sim.system.compiled_cache import cache_folder, keep_compiled


def kept(dispatcher: Any) -> Any:
    """Keep the compiled code of a function for the next run of the program."""
    return keep_compiled(dispatcher, cache_folder(), source_digest())


def load_numba() -> None:
    """Load what Numba compiles with, but not SciPy's linear algebra: a quarter of a second of every start.

    Numba loads that only to see whether it is there. It is, this package requires SciPy; compiled code that
    multiplies matrices, of which the model has none, still loads it when it needs it.
    """
    ensure_blas = getattr(linalg, "ensure_blas", None)
    linalg.ensure_blas = lambda: None
    try:
        cpu_target.target_context.refresh()
    finally:
        linalg.ensure_blas = ensure_blas  # type: ignore[assignment]
