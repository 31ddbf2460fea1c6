"""The hierarchical logit: its limits, other methods that must agree, figures that it must reproduce."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_coalitions import write_coalitions

from sim.evidence.rows import candidate_table, design, scales_of
from sim.experiments.evidence.draws import posterior_draws
from sim.experiments.evidence.posterior import Participation, Posterior, backward, fit, forward, laplace
from sim.experiments.evidence.verdicts import (
    LEARNED,
    LIKELY,
    NOT_TOLD,
    coefficient_table,
    fits_for_verdicts,
    verdict,
)
from sim.inputs.coalitions.coalitions import Coalitions
from sim.inputs.coalitions.reading import load_coalitions
from sim.inputs.errors import InputError

EXPECTED = Path(__file__).parent / "evidence_expected"
POOLS = ("first", "all")


@pytest.fixture(scope="module")
def forces() -> Coalitions:
    return load_coalitions().forces()


@pytest.fixture(scope="module")
def fitted(forces: Coalitions) -> dict[str, Posterior]:
    pools = {"first": forces.first_pool(), "all": forces}
    return {name: fit(candidate_table(pool), forces.declaration) for name, pool in pools.items()}


@pytest.fixture
def small(tmp_path: Path) -> Coalitions:
    return load_coalitions(write_coalitions(tmp_path / "small"))


def without_coalitions(columns: np.ndarray, outcomes: np.ndarray) -> Participation:
    """Rows that have shared effects only."""
    return Participation(columns, np.zeros((len(outcomes), 0)), outcomes, np.array([0]))


def logistic(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def test_without_rows_the_posterior_is_the_prior() -> None:
    nobody = Participation(np.zeros((0, 3)), np.zeros((0, 2)), np.zeros(0), np.zeros(0, dtype=np.int64))
    mode = laplace(nobody)
    assert mode.effects.tolist() == [0, 0, 0]
    assert mode.factor.tolist() == np.eye(3).tolist()
    assert mode.log_evidence == 0


def test_stacks_of_triangles_are_solved_like_each_of_them() -> None:
    random = np.random.default_rng(1)
    factors = np.tril(random.normal(size=(5, 4, 4))) + 3 * np.eye(4)
    right = random.normal(size=(5, 4, 3))
    assert factors @ forward(factors, right) == pytest.approx(right)
    transposed = factors.transpose(0, 2, 1)
    assert np.einsum("gij,gj->gi", transposed, backward(factors, right[:, :, 0])) == pytest.approx(
        right[:, :, 0]
    )


def test_with_many_rows_a_coefficient_is_that_of_maximum_likelihood() -> None:
    n, share, deviation = 200_000, 0.7, 2.0
    outcomes = (np.arange(n) < share * n).astype(float)
    mode = laplace(without_coalitions(np.full((n, 1), deviation), outcomes))
    assert deviation * mode.effects[0] == pytest.approx(np.log(share / (1 - share)), abs=1e-4)
    # Its variance is that of a binomial proportion in log-odds, 1 / n p (1 - p).
    assert deviation / mode.factor[0, 0] == pytest.approx((n * share * (1 - share)) ** -0.5, rel=1e-3)


@pytest.mark.slow
def test_importance_sampling_agrees_with_laplace() -> None:
    random = np.random.default_rng(1)
    columns = random.normal(size=(200, 3)) * [1.5, 0.5, 0.5]
    outcomes = (random.random(200) < logistic(columns @ [0.4, 1.0, -1.0])).astype(float)
    mode = laplace(without_coalitions(columns, outcomes))
    root = np.linalg.inv(mode.factor).T * 1.2
    noise = random.normal(size=(200_000, 3))
    v = mode.effects + noise @ root.T
    x = v @ columns.T
    log_target = (outcomes * x - np.logaddexp(0, x)).sum(1) - 0.5 * (v**2).sum(1) - 1.5 * np.log(2 * np.pi)
    log_proposal = -0.5 * (noise**2).sum(1) - 1.5 * np.log(2 * np.pi) - np.log(np.abs(np.linalg.det(root)))
    log_weights = log_target - log_proposal
    weights = np.exp(log_weights - log_weights.max())
    log_evidence = np.log(weights.mean()) + log_weights.max()
    mean = weights @ v / weights.sum()
    sd = np.sqrt(weights @ (v - mean) ** 2 / weights.sum())
    assert weights.sum() ** 2 / (weights**2).sum() > 100_000  # an effective size: half of the draws
    assert mode.log_evidence == pytest.approx(log_evidence, abs=0.05)
    # The mode of a skew posterior is not its mean.
    assert np.abs((mode.effects - mean) / sd).max() < 0.2
    assert np.sqrt(np.diag(np.linalg.inv(mode.factor @ mode.factor.T))) == pytest.approx(sd, rel=0.03)


def terms_and_kernel(table: pd.DataFrame, coalitions: Coalitions) -> tuple[np.ndarray, np.ndarray]:
    """Columns of intercept and terms times their prior variances, and the prior covariance of x."""
    declaration, prior = coalitions.declaration, coalitions.declaration.prior
    made = design(table, declaration, scales_of(table, declaration))
    w, z = np.column_stack([np.ones(len(table)), made.columns]), made.columns[:, made.of_nations]
    variances = np.array([prior.intercept, *(term.prior_sd for term in declaration.terms)]) ** 2
    together = table["coalition"].to_numpy()[:, None] == table["coalition"].to_numpy()[None]
    nation = table["iso3"].to_numpy()[:, None] == table["iso3"].to_numpy()[None]
    kernel = (w * variances) @ w.T + together * (prior.coalition**2 + prior.slope_by_coalition**2 * z @ z.T)
    return w * variances, kernel + prior.nation**2 * nation


def by_algorithm_3_1(table: pd.DataFrame, coalitions: Coalitions) -> tuple[float, np.ndarray]:
    """Rasmussen & Williams 2006, algorithm 3.1, over rows: the log evidence and the posterior mode of x."""
    _, kernel = terms_and_kernel(table, coalitions)
    y, f = table["took_part"].to_numpy(), np.zeros(len(table))
    for _ in range(50):
        p = logistic(f)
        root = np.sqrt(p * (1 - p))
        b = np.eye(len(f)) + root[:, None] * kernel * root[None]
        target = root**2 * f + y - p
        a = target - root * np.linalg.solve(b, root * (kernel @ target))
        f, before = kernel @ a, f
        if np.abs(f - before).max() < 1e-9:
            break
    log_likelihood = (y * np.log(logistic(f)) + (1 - y) * np.log(1 - logistic(f))).sum()
    return -0.5 * a @ f + log_likelihood - 0.5 * np.linalg.slogdet(b)[1], f


def test_effects_and_rows_are_two_ways_to_the_same_posterior(
    forces: Coalitions, fitted: dict[str, Posterior]
) -> None:
    table = candidate_table(forces.first_pool())
    log_evidence, x = by_algorithm_3_1(table, forces)
    assert fitted["first"].log_evidence == pytest.approx(log_evidence, abs=1e-6)
    by_coalition = np.concatenate([x[table["coalition"] == name] for name in fitted["first"].coalitions])
    assert fitted["first"].mode.latent == pytest.approx(by_coalition, abs=1e-6)


@pytest.mark.slow
def test_elliptical_slice_sampling_agrees_with_laplace(forces: Coalitions) -> None:
    """Murray, Adams & MacKay 2010, over x of three coalitions: no tuning, no approximation but the length."""
    names = {"kfor1999/force", "efp2017/force", "takuba2020/force"}
    few = forces.where(lambda each: each.name in names)
    table = candidate_table(few)
    posterior = fit(table, forces.declaration)
    terms, kernel = terms_and_kernel(table, few)
    kernel += 1e-8 * np.eye(len(kernel))
    root, y, random = np.linalg.cholesky(kernel), table["took_part"].to_numpy(), np.random.default_rng(1)

    def log_likelihood(x: np.ndarray) -> float:
        return float((y * x - np.logaddexp(0, x)).sum())

    x, kept = np.zeros(len(y)), []
    for step in range(42_000):
        other, threshold = root @ random.normal(size=len(y)), log_likelihood(x) + np.log(random.random())
        angle = random.uniform(0, 2 * np.pi)
        low, high = angle - 2 * np.pi, angle
        while log_likelihood(new := x * np.cos(angle) + other * np.sin(angle)) <= threshold:
            low, high = (angle, high) if angle < 0 else (low, angle)
            angle = random.uniform(low, high)
        x = new
        if step >= 2000 and step % 10 == 0:
            kept.append(x)
    # The coefficients are normal given x; their mean and covariance are over the x drawn.
    gain = np.linalg.solve(kernel, terms).T
    means = np.array(kept) @ gain.T
    variances = np.array([1.5, *([0.5] * (len(posterior.names) - 1))]) ** 2
    sds = np.sqrt(means.var(axis=0) + variances - (gain * terms.T).sum(axis=1))
    deviations = np.sqrt(np.diag(posterior.covariance))
    # The mode of a skew posterior is not its mean, and a chain wanders: a quarter of a standard deviation.
    assert np.abs((means.mean(axis=0) - posterior.coefficients) / deviations).max() < 0.25
    assert sds == pytest.approx(deviations, rel=0.05)


@pytest.mark.parametrize(
    ("pool", "rows", "coalitions", "cases", "log_evidence"),
    [("first", 611, 17, 15, -294.28), ("all", 1378, 40, 37, -653.82)],
)
def test_the_log_evidence_is_that_of_the_reference(
    fitted: dict[str, Posterior], pool: str, rows: int, coalitions: int, cases: int, log_evidence: float
) -> None:
    posterior = fitted[pool]
    assert (posterior.rows, len(posterior.coalitions)) == (rows, coalitions)
    assert len({name.split("/")[0] for name in posterior.coalitions}) == cases
    assert posterior.log_evidence == pytest.approx(log_evidence, abs=0.05)


@pytest.mark.parametrize("pool", POOLS)
def test_coefficients_are_those_of_the_reference(fitted: dict[str, Posterior], pool: str) -> None:
    expected = pd.read_csv(EXPECTED / "coefficients.csv").query("pool == @pool")
    assert list(fitted[pool].names) == expected["term"].tolist()
    # Distances are rounded to 10 km here.
    assert fitted[pool].coefficients == pytest.approx(expected["mean"].to_numpy(), abs=0.002)
    assert np.sqrt(np.diag(fitted[pool].covariance)) == pytest.approx(expected["sd"].to_numpy(), abs=0.001)


def test_a_nation_and_a_coalition_that_were_not_seen_are_as_uncertain_as_the_prior_says(
    small: Coalitions,
) -> None:
    seen = small.where(lambda each: each.family != "north")
    table, declaration = candidate_table(small), small.declaration
    posterior = fit(candidate_table(seen), declaration)
    left = table[table["family"] == "north"]
    stranger = left.assign(iso3=["XXA", "XXB", "XXC", "XXD"])
    _, known = posterior.latent(left)
    _, fresh = posterior.latent(stranger)
    habits = np.diag(posterior.effects_covariance)[-4:]
    assert habits.max() < 0.25  # a habit that was seen is less uncertain than one that was not
    assert (np.diag(fresh) > np.diag(known)).all()
    apart = fresh[0, 1] - known[0, 1]
    assert abs(apart) < 0.1  # what they share, the coalition's shock of variance 1, is the same
    assert fresh[0, 1] > 1.0


def test_a_missing_covariate_counts_as_the_mean(small: Coalitions) -> None:
    table = candidate_table(small)
    scales = scales_of(table, small.declaration)
    unknown = table.assign(**{"attribute capacity": np.nan})
    average = table.assign(**{"attribute capacity": scales["capacity"][0]})
    for one, other in zip(
        (design(each, small.declaration, scales).columns for each in (unknown,)),
        (design(each, small.declaration, scales).columns for each in (average,)),
        strict=True,
    ):
        assert one == pytest.approx(other)


def test_nothing_can_be_learned_from_nobody(small: Coalitions) -> None:
    nobody = candidate_table(small).iloc[:0]
    with pytest.raises(InputError, match="no candidates"):
        fit(nobody, small.declaration)


@pytest.mark.parametrize(
    ("p_positive", "codings", "expected"),
    [
        (0.96, [0.1, 0.4], LEARNED),
        (0.04, [-0.1, -0.4], LEARNED),
        (0.96, [-0.1, 0.4], NOT_TOLD),
        (0.90, [0.1, 0.4], LIKELY),
        (0.90, [0.1, -0.4], NOT_TOLD),
        (0.846, [0.1, 0.4], NOT_TOLD),
        (0.99, [], LIKELY),
        (0.15, [-0.2, -0.1], LIKELY),
    ],
)
def test_a_verdict_needs_a_sure_sign_and_coders_who_agree(
    p_positive: float, codings: list[float], expected: str
) -> None:
    assert verdict(p_positive, codings) == expected


@pytest.mark.slow
def test_verdicts_on_past_coalitions(forces: Coalitions) -> None:
    table = coefficient_table(fits_for_verdicts(forces)).set_index("term")
    not_told = set(table.index[table["verdict"] == NOT_TOLD])
    assert not_told == {"threat", "clarity", "threat_x_nearness"}
    assert table.loc["danger", "verdict"] == LIKELY
    assert table.loc["us_involvement", "p_positive"] == pytest.approx(0.959, abs=0.002)
    assert table.loc["clarity", "p_positive"] == pytest.approx(0.846, abs=0.002)
    assert table.loc["threat", "first_coding"] == pytest.approx(-0.07, abs=0.01)


def test_draws_repeat_and_carry_the_doubt_of_the_coders(small: Coalitions) -> None:
    draws = posterior_draws(small, seed=1, draws=4000, fits=8)
    assert draws.equals(posterior_draws(small, seed=1, draws=4000, fits=8))
    assert not draws.equals(posterior_draws(small, seed=2, draws=4000, fits=8))
    assert (draws.groupby("reading").size() == 500).all()
    agreed = fit(candidate_table(small), small.declaration)
    for place, name in enumerate(agreed.names):
        sd = float(np.sqrt(agreed.covariance[place, place]))
        assert draws[name].mean() == pytest.approx(agreed.coefficients[place], abs=0.3 * sd)
        assert draws[name].std() == pytest.approx(sd, rel=0.1)
    together = np.corrcoef(draws[list(agreed.names)].to_numpy().T)
    sds = np.sqrt(np.diag(agreed.covariance))
    assert together == pytest.approx(agreed.covariance / np.outer(sds, sds), abs=0.1)
