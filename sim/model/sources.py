"""What is compiled, as a digest."""

import hashlib
from importlib.metadata import version
from pathlib import Path

COMPILED = ("declarations", "model")
"""The packages whose functions and constants the compiled code holds."""


def source_digest() -> str:
    """Return a digest of the source that is compiled and of Numba's version.

    Numba does not notice a change in a function imported from another file, so an edited rule would run
    stale; code that is found by its sources cannot be stale.
    """
    digest = hashlib.sha256(version("numba").encode())
    package = Path(__file__).parent.parent
    for source in (file for name in COMPILED for file in sorted((package / name).glob("*.py"))):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
