"""Random numbers that depend on a seed and on what they are for, and on nothing else."""

import hashlib

import numpy as np


def generator(seed: int, *purpose: str) -> np.random.Generator:
    """Return a purpose's own stream of random numbers (Philox; Salmon et al. 2011)."""
    digest = hashlib.sha256("\n".join([str(seed), *purpose]).encode()).digest()
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest[:16], "little")))
