"""What is compiled, with what Numba compiles it, and where the code is kept."""

import hashlib
from pathlib import Path
from typing import Any

import numba

from sim.system.compiled_cache import cache_folder, keep_compiled

COMPILED = ("declarations", "model")
"""The packages whose functions and constants the compiled code holds."""


def source_digest() -> str:
    """Return a digest of the source that is compiled and of Numba's version.

    Numba does not notice a change in a function imported from another file, so an edited rule would run
    stale; code that is found by its sources cannot be stale.
    """
    digest = hashlib.sha256(numba.__version__.encode())
    package = Path(__file__).parent.parent
    for source in (file for name in COMPILED for file in sorted((package / name).glob("*.py"))):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def kept(dispatcher: Any) -> Any:
    """Keep the compiled code of a function for the next run of the program."""
    return keep_compiled(dispatcher, cache_folder(), source_digest())


def load_numba() -> None:
    """Load what Numba compiles with, but not SciPy's linear algebra: a quarter of a second of every start.

    Numba loads that only to see whether it is there. It is, this package requires SciPy; compiled code that
    multiplies matrices, of which the model has none, still loads it when it needs it.
    """
    from numba.core.registry import cpu_target
    from numba.np import linalg

    ensure_blas = getattr(linalg, "ensure_blas", None)
    linalg.ensure_blas = lambda: None
    try:
        cpu_target.target_context.refresh()
    finally:
        linalg.ensure_blas = ensure_blas  # type: ignore[assignment]
