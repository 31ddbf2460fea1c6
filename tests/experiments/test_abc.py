"""Particles drawn towards data: held against answers by hand, another library, and themselves."""

import json
import subprocess
import sys
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sim.experiments.calibration.abc import (
    Generation,
    Sampling,
    first_generation,
    next_generation,
    systematic,
)

from sim.experiments.calibration.learned import normal_distances
from sim.experiments.hindcast.scores import Floats
from sim.inputs.errors import InputError

NOISE = 0.5
"""Standard deviation of an observation; that of the prior is 1."""


@dataclass(frozen=True)
class Normal:
    """Independent standard normal coordinates."""

    dimensions: int

    def sample(self, number: int, generator: np.random.Generator) -> Floats:
        return generator.standard_normal((number, self.dimensions))

    def log_density(self, particles: Floats) -> Floats:
        return np.asarray(-0.5 * (particles**2).sum(axis=1))


@dataclass(frozen=True)
class Box:
    """Coordinates that are equally likely anywhere between 0 and 1."""

    dimensions: int

    def sample(self, number: int, generator: np.random.Generator) -> Floats:
        return generator.random((number, self.dimensions))

    def log_density(self, particles: Floats) -> Floats:
        is_inside = ((particles > 0) & (particles < 1)).all(axis=1)
        return np.where(is_inside, 0.0, -np.inf)


def noisy_distance(particles: Floats, seed: int) -> Floats:
    """Simulate an observation of the first coordinate and return how far it is from 1."""
    noise = np.random.default_rng(seed).standard_normal(len(particles))
    return np.abs(particles[:, 0] + NOISE * noise - 1.0)


def exact_distance(particles: Floats, seed: int) -> Floats:
    return np.abs(particles[:, 0] - 0.25)


def sample(prior: Normal | Box, sampling: Sampling, distance: object = noisy_distance) -> list[Generation]:
    found = [first_generation(prior, distance, sampling)]  # type: ignore[arg-type]
    for number in range(1, sampling.generations):
        found.append(next_generation(prior, distance, sampling, number, found[-1]))  # type: ignore[arg-type]
    return found


@pytest.fixture(scope="module")
def conjugate() -> list[Generation]:
    """A normal mean that is observed once, among twenty parameters that are not."""
    return sample(Normal(21), Sampling(particles=2000, generations=5, seed=3))


# Against the answer by hand


def test_a_normal_mean_is_learned_as_far_as_one_observation_tells(conjugate: list[Generation]) -> None:
    # The tolerance adds to the noise of the observation that of a uniform distribution.
    last = conjugate[-1]
    variance = NOISE**2 + last.tolerance**2 / 3
    learned = last.particles[:, 0]
    assert last.tolerance < 0.3
    assert learned.mean() == pytest.approx(1 / (1 + variance), abs=0.06)
    assert learned.std() == pytest.approx(np.sqrt(variance / (1 + variance)), rel=0.1)


def test_of_what_is_not_observed_nothing_is_learned(conjugate: list[Generation]) -> None:
    unseen = conjugate[-1].particles[:, 1:]
    assert normal_distances(unseen).max() < 1.6 / np.sqrt(len(unseen) / 2)
    assert unseen.std(axis=0) == pytest.approx(1.0, abs=0.12)
    assert np.abs(unseen.mean(axis=0)).max() < 0.12


def test_without_noise_particles_fill_the_tolerance_evenly() -> None:
    last = sample(Box(3), Sampling(particles=2000, generations=5, seed=1), exact_distance)[-1]
    away = (last.particles[:, 0] - 0.25) / last.tolerance
    assert last.tolerance == pytest.approx(0.25 / 2**3, rel=0.1)
    assert np.abs(away).max() <= 1.0
    # Uniform between -1 and 1 in the first coordinate, between 0 and 1 in the others.
    assert away.mean() == pytest.approx(0.0, abs=0.06)
    assert away.std() == pytest.approx(1 / np.sqrt(3), rel=0.06)
    assert last.particles[:, 1:].mean() == pytest.approx(0.5, abs=0.03)


def test_no_particle_leaves_the_prior() -> None:
    for generation in sample(Box(4), Sampling(particles=200, generations=4), exact_distance):
        assert ((generation.particles > 0) & (generation.particles < 1)).all()


def test_impossible_particles_are_not_simulated() -> None:
    def distance(particles: Floats, seed: int) -> Floats:
        assert ((particles > 0) & (particles < 1)).all()
        return exact_distance(particles, seed)

    sample(Box(2), Sampling(particles=100, generations=3), distance)


# What each generation is


def test_tolerances_fall_and_hold(conjugate: list[Generation]) -> None:
    tolerances = [generation.tolerance for generation in conjugate]
    assert tolerances == sorted(tolerances, reverse=True)
    for before, generation in pairwise(conjugate):
        assert generation.distances.max() <= generation.tolerance
        assert np.mean(before.distances <= generation.tolerance) == pytest.approx(0.5, abs=0.01)
        assert len(generation.particles) == 2000


def test_particles_forget_where_they_stood(conjugate: list[Generation]) -> None:
    for generation in conjugate[1:]:
        assert generation.memory <= 0.1
        assert len(np.unique(generation.particles[:, 0])) > 0.9 * len(generation.particles)


def test_the_first_generation_is_the_prior(conjugate: list[Generation]) -> None:
    assert normal_distances(conjugate[0].particles).max() < 1.8 / np.sqrt(2000)
    assert conjugate[0].simulated == 2000


def test_a_generation_ends_where_nothing_is_accepted() -> None:
    def distance(particles: Floats, seed: int) -> Floats:
        calls.append(len(particles))
        return np.full(len(particles), 1.0 if len(calls) == 1 else 2.0)

    calls: list[int] = []
    last = sample(Normal(2), Sampling(particles=50, generations=2, most_moves=7), distance)[-1]
    assert (last.acceptance, last.memory) == (0.0, 1.0)
    assert len(calls) == 1 + 7


# The same again


def test_the_same_seed_gives_the_same_bytes_and_another_one_others() -> None:
    sampling = Sampling(particles=60, generations=3, seed=5)
    one, same, other = (sample(Normal(4), each)[-1] for each in (sampling, sampling, Sampling(60, 3, seed=6)))
    assert one.particles.tobytes() == same.particles.tobytes()
    assert one.distances.tobytes() == same.distances.tobytes()
    assert not (one.particles == other.particles).any()


def test_a_generation_is_a_function_of_the_one_before() -> None:
    sampling = Sampling(particles=60, generations=4, seed=5)
    all_of_them = sample(Normal(4), sampling)
    again = next_generation(Normal(4), noisy_distance, sampling, 3, all_of_them[2])
    assert again.particles.tobytes() == all_of_them[3].particles.tobytes()


# Parts


@given(among=st.integers(1, 20), number=st.integers(1, 50), seed=st.integers(0, 100))
def test_systematic_resampling_takes_each_as_often_as_the_others_or_once_more(
    among: int, number: int, seed: int
) -> None:
    chosen = systematic(among, number, np.random.default_rng(seed))
    counts = np.bincount(chosen, minlength=among)
    assert (len(counts), counts.sum()) == (among, number)
    assert set(counts) <= {number // among, number // among + 1}


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({"particles": 9}, "particles: must be a whole number from 10 on"),
        ({"particles": 100.5}, "particles: must be a whole number from 10 on, not 100.5"),
        ({"generations": 0}, "generations: must be a whole number from 1 on"),
        ({"seed": -1}, "seed: must be a whole number from 0 on"),
        ({"kept": 1.0}, "kept: must lie between 0 and 1"),
        ({"memory": 0.0}, "memory: must lie between 0 and 1"),
    ],
)
def test_what_cannot_be_sampled_is_refused(given_: dict[str, float], says: str) -> None:
    with pytest.raises(InputError, match=says):
        Sampling(**given_)  # type: ignore[arg-type]


# Against another library

PYABC = """
import json, logging, sys, tempfile, warnings
import numpy as np
warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
import pyabc

noise, tolerances = json.loads(sys.argv[1])
np.random.seed(1)

def model(parameter):
    return {"x": parameter["mean"] + noise * np.random.standard_normal()}

abc = pyabc.ABCSMC(
    model,
    pyabc.Distribution(mean=pyabc.RV("norm", 0, 1)),
    lambda one, other: abs(one["x"] - other["x"]),
    population_size=400,
    eps=pyabc.ListEpsilon(tolerances),
    sampler=pyabc.sampler.SingleCoreSampler(),
)
abc.new("sqlite:///" + tempfile.mkdtemp() + "/abc.db", {"x": 1.0})
history = abc.run(max_nr_populations=len(tolerances))
frame, weights = history.get_distribution()
values = frame["mean"].to_numpy()
mean = float(np.sum(weights * values))
print(json.dumps([mean, float(np.sqrt(np.sum(weights * (values - mean) ** 2)))]))
"""


@pytest.mark.slow
def test_another_library_finds_the_same(conjugate: list[Generation]) -> None:
    generations = conjugate[1:4]
    tolerances = [generation.tolerance for generation in generations]
    command = [sys.executable, "-c", PYABC, json.dumps([NOISE, tolerances])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    mean, deviation = json.loads(done.stdout.splitlines()[-1])
    learned = generations[-1].particles[:, 0]
    assert learned.mean() == pytest.approx(mean, abs=0.1)
    assert learned.std() == pytest.approx(deviation, rel=0.15)
