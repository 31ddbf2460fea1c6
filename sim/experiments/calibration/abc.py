"""Approximate Bayesian computation by sequential Monte Carlo, all particles of a step evaluated at once.

Particles begin as draws from the prior. Each generation keeps those that lie closest to the data, fills up
their number with copies and moves all of them, so that they forget where they stood, by Markov chain steps
that leave "the prior, given a distance within the tolerance" as it is (Toni et al. 2009, J. R. Soc. Interface
6; with adaptive tolerances and such steps: Del Moral, Doucet & Jasra 2012, Stat. Comput. 22; Drovandi &
Pettitt 2011, Biometrics 67). Particles carry equal weights throughout: with many parameters the weights of
importance sampling rest on a handful of particles.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np

from sim.experiments.statistics import Floats
from sim.inputs.errors import InputError
from sim.inputs.options import check_whole_number

STEPS = (1.0, 0.8, 0.5, 0.2)
"""Lengths of steps; 1 is a leap to an independent draw. Each is tried, then what forgets fastest is kept."""


class Prior(Protocol):
    """What is believed before the data."""

    def sample(self, number: int, generator: np.random.Generator) -> Floats:
        """Return so many draws, shape (number, dimensions)."""
        ...

    def log_density(self, particles: Floats) -> Floats:
        """Return the logarithm of the density, up to a constant, shape (number,); -inf where impossible."""
        ...


Distance = Callable[[Floats, int], Floats]
"""Takes particles, shape (number, dimensions), and a seed for the simulation; returns a distance each."""


@dataclass(frozen=True)
class Sampling:
    """How particles are sampled.

    Attributes
    ----------
    particles
        How many.
    generations
        How many, the draws from the prior included: the more, the closer to what is fitted, accidents
        included. Cross-validation tells how many of them help where fits have not looked.
    kept
        Share of the particles that lie within the tolerance of the next generation.
    memory
        Particles are moved until this much is left of what they remember of their place, as the correlation
        along a direction in which the data say nothing.
    most_moves
        Moves after which a generation ends in any case.
    seed
        Not negative.
    """

    particles: int = 1000
    generations: int = 4
    kept: float = 0.5
    memory: float = 0.1
    most_moves: int = 60
    seed: int = 1

    def __post_init__(self) -> None:
        """Refuse what cannot be sampled."""
        for name, least in (("particles", 10), ("generations", 1), ("most_moves", 1), ("seed", 0)):
            check_whole_number(name, getattr(self, name), least, 2**32 - 1)
        for name in ("kept", "memory"):
            if not 0.0 < getattr(self, name) < 1.0:
                raise InputError("must lie between 0 and 1, both excluded", key=name)


class Generation(NamedTuple):
    """Particles of equal weight, and how they were found.

    Attributes
    ----------
    particles
        Shape (number, dimensions).
    distances
        Shape (number,); each as simulated when its particle was accepted.
    tolerance
        No distance is larger.
    moves
        How often each particle was to move.
    acceptance
        Share of the proposals accepted.
    memory
        What is left of what particles remember, see `Sampling`.
    simulated
        How many particles were simulated.
    """

    particles: Floats
    distances: Floats
    tolerance: float
    moves: int
    acceptance: float
    memory: float
    simulated: int


def first_generation(prior: Prior, distance: Distance, sampling: Sampling) -> Generation:
    """Return draws from the prior with their distances."""
    generator = _generator(sampling, 0)
    particles = prior.sample(sampling.particles, generator)
    distances = distance(particles, _simulation_seed(generator))
    return Generation(particles, distances, float(distances.max()), 0, 1.0, 0.0, len(particles))


def next_generation(
    prior: Prior, distance: Distance, sampling: Sampling, number: int, before: Generation
) -> Generation:
    """Return a generation made of the one before.

    Parameters
    ----------
    prior, distance, sampling
        As for all generations; the result is a function of them, `number` and `before`.
    number
        Of the generation, from 1.
    before
        The generation before.
    """
    generator = _generator(sampling, number)
    tolerance = float(np.quantile(before.distances, sampling.kept, method="inverted_cdf"))
    within = np.flatnonzero(before.distances <= tolerance)
    chosen = within[systematic(len(within), sampling.particles, generator)]
    chain = _Chain(prior, distance, tolerance, _fitted(before.particles))
    state = _State(before.particles[chosen], before.distances[chosen])
    forgetting: dict[float, float] = {}
    memory, moves, accepted, simulated = 1.0, 0, 0, 0
    while memory > sampling.memory and moves < sampling.most_moves:
        step = STEPS[moves] if moves < len(STEPS) else max(forgetting, key=lambda step: forgetting[step])
        state, moved, tried = chain.move(state, step, generator)
        forgetting[step] = moved / sampling.particles * (1.0 - math.sqrt(1.0 - step * step))
        memory *= 1.0 - forgetting[step]
        moves, accepted, simulated = moves + 1, accepted + moved, simulated + tried
    return Generation(*state, tolerance, moves, accepted / (moves * sampling.particles), memory, simulated)


def systematic(among: int, number: int, generator: np.random.Generator) -> np.ndarray:
    """Return indices below `among`, drawn as often as each other or once more (Carpenter et al. 1999)."""
    places = (np.arange(number) + generator.random()) / number
    return np.minimum((places * among).astype(np.intp), among - 1)  # the last place may be rounded up to 1


class _Fit(NamedTuple):
    """A normal distribution: its mean, and a root of its covariance."""

    mean: Floats
    root: Floats

    def log_density(self, particles: Floats) -> Floats:
        """Return the logarithm of the density, up to a constant."""
        standard = np.linalg.solve(self.root, (particles - self.mean).T)
        return np.asarray(-0.5 * (standard * standard).sum(axis=0))


class _State(NamedTuple):
    particles: Floats
    distances: Floats


@dataclass(frozen=True)
class _Chain:
    """Steps that leave the prior, given a distance within the tolerance, as it is.

    A proposal keeps a part of a particle's place and draws the rest from the normal distribution fitted to
    the particles: an autoregression that leaves this distribution as it is, however many dimensions there
    are (Rudolf & Sprungk 2018, Found. Comput. Math. 18), so that what is left to accept or refuse is where
    the prior departs from it, and the tolerance.
    """

    prior: Prior
    distance: Distance
    tolerance: float
    fit: _Fit

    def move(self, state: _State, step: float, generator: np.random.Generator) -> tuple[_State, int, int]:
        """Move each particle or leave it; also return how many have moved and how many were simulated."""
        particles, distances = state
        noise = np.einsum("ij,nj->ni", self.fit.root, generator.standard_normal(particles.shape))
        kept = math.sqrt(1.0 - step * step)
        proposed = self.fit.mean + kept * (particles - self.fit.mean) + step * noise
        ratio = self._against_fit(proposed) - self._against_fit(particles)
        seed = _simulation_seed(generator)
        # Who fails this test need not be simulated.
        tried = np.flatnonzero(np.log(generator.random(len(particles))) < ratio)
        if not len(tried):
            return state, 0, 0
        found = self.distance(proposed[tried], seed)
        moved, near = tried[found <= self.tolerance], found[found <= self.tolerance]
        particles, distances = particles.copy(), distances.copy()
        particles[moved], distances[moved] = proposed[moved], near
        return _State(particles, distances), len(moved), len(tried)

    def _against_fit(self, particles: Floats) -> Floats:
        return self.prior.log_density(particles) - self.fit.log_density(particles)


def _fitted(particles: Floats) -> _Fit:
    """Fit a normal distribution; sums without BLAS, whose order depends on the machine's threads."""
    mean = particles.mean(axis=0)
    apart = particles - mean
    covariance = np.einsum("ni,nj->ij", apart, apart) / max(len(particles) - 1, 1)
    least = 1e-9 * np.maximum(np.diag(covariance), 1e-12)
    return _Fit(mean, np.linalg.cholesky(covariance + np.diag(least)))


def _generator(sampling: Sampling, number: int) -> np.random.Generator:
    return np.random.default_rng([sampling.seed, number])


def _simulation_seed(generator: np.random.Generator) -> int:
    return int(generator.integers(2**62))
