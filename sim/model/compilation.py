"""Where Numba keeps compiled code between runs of the program, and what it loads."""

import atexit
import hashlib
import logging
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

import numba
from platformdirs import user_cache_path

COMPILED = ("declarations", "model")
"""The packages whose functions and constants the compiled code holds."""


def source_digest() -> str:
    """Return a digest of the source that is compiled and of Numba's version.

    Numba's cache does not notice a change in a function imported from another file, so an edited rule
    would run stale; a folder named by the sources cannot hold stale code.
    """
    digest = hashlib.sha256(numba.__version__.encode())
    package = Path(__file__).parent.parent
    for source in (file for name in COMPILED for file in sorted((package / name).glob("*.py"))):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


@cache
def cache_folder() -> Path:
    """Return a folder that can be written to: the user's cache, else one for this process."""
    folder = user_cache_path("coalition-sim") / f"compiled-{source_digest()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass
    folder = Path(tempfile.mkdtemp(prefix="coalition-sim-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def use_cache_folder() -> None:
    """Tell Numba where to keep compiled code; to be called before anything is marked for compilation."""
    numba.config.CACHE_DIR = str(cache_folder())  # type: ignore[attr-defined]


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


def is_compiled() -> bool:
    """Return whether a run of the program has left compiled code here for the next."""
    return any(cache_folder().rglob("*.nbc"))


@cache
def announce() -> None:
    """Say, once a process, why the first run takes longer."""
    if not is_compiled():
        logging.getLogger("sim").warning(
            "compiling the model for this machine, once; this takes some 20 seconds"
        )
