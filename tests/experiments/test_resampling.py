"""A bootstrap over families of coalitions: what others of their kind would have taught."""

from pathlib import Path

import numpy as np
import pytest
from scipy.linalg import cho_solve
from small_coalitions import write_coalitions

from sim.evidence.rows import candidate_table
from sim.experiments.evidence import resampling
from sim.experiments.evidence.draws import posterior_draws
from sim.experiments.evidence.posterior import fit
from sim.experiments.evidence.resampling import resampled_effects
from sim.inputs.coalitions.coalitions import Coalitions
from sim.inputs.coalitions.reading import load_coalitions


@pytest.fixture
def small(tmp_path: Path) -> Coalitions:
    return load_coalitions(write_coalitions(tmp_path / "small"))


def test_the_same_seed_gives_the_same_sets(small: Coalitions) -> None:
    one = resampled_effects(small, 5, seed=3)
    assert one.equals(resampled_effects(small, 5, seed=3))
    assert not one.equals(resampled_effects(small, 5, seed=4))


def test_a_family_drawn_twice_counts_as_other_coalitions(small: Coalitions) -> None:
    table = candidate_table(small)
    family = table["family"].iloc[0]
    rows = table[table["family"] == family]
    twice = resampling._repeated(table, dict.fromkeys(set(table["family"]), 0) | {family: 2})
    assert len(twice) == 2 * len(rows)
    assert twice["coalition"].nunique() == 2 * rows["coalition"].nunique()


def test_where_each_family_is_drawn_once_only_the_prior_moves_the_best_guess(
    small: Coalitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        resampling, "family_counts", lambda families, _seed, resamples: np.ones((resamples, families))
    )
    drawn = resampled_effects(small, 800).to_numpy()
    taught = fit(candidate_table(small), small.declaration)
    covariance = cho_solve((taught.mode.factor, True), np.eye(len(taught.deviations)))
    spread = taught.deviations * np.sqrt(np.diag(covariance @ covariance))
    assert drawn.mean(axis=0) == pytest.approx(taught.effects, abs=4 * (spread / np.sqrt(800)).max())
    assert drawn.std(axis=0) == pytest.approx(spread, rel=0.12)


@pytest.mark.slow
def test_the_bundled_coalitions_teach_the_same_by_a_bootstrap_as_by_a_posterior() -> None:
    forces = load_coalitions().forces()
    boot, posterior = resampled_effects(forces, 400), posterior_draws(forces)
    names = ["intercept", *(term.name for term in forces.declaration.terms)]
    apart = (boot[names].mean() - posterior[names].mean()).abs() / posterior[names].std()
    assert apart.max() < 1.0
    ratio = boot[names].std() / posterior[names].std()
    assert ((ratio > 0.6) & (ratio < 1.7)).all()
