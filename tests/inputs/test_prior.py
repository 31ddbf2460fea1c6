"""Priors say what is believed of each parameter; a mistake is named with its file, line and key."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.declarations.parameters import PARAMETERS
from sim.inputs.errors import InputError
from sim.inputs.prior import SHAPES, ParameterPrior, load_prior

PRIOR = """\
[framework]
distribution = "half_normal"
deviation = 2.0
reason = "unknown"

[common]
distribution = "uniform"
low = 0.2
high = 0.6
reason = "some"
"""
SHAPED = {
    "uniform": "low = 0.2\nhigh = 0.6",
    "normal": "mean = 0.4\ndeviation = 0.3",
    "half_normal": "deviation = 0.3",
    "lognormal": "median = 0.3\ndeviation = 0.5",
}


def write(folder: Path, text: str) -> Path:
    file = folder / "prior.toml"
    file.write_text(text)
    return file


def prior_of(folder: Path, distribution: str, shape: str, name: str = "common") -> ParameterPrior:
    text = f'[{name}]\ndistribution = "{distribution}"\n{shape}\nreason = "test"\n'
    (prior,) = load_prior(write(folder, text)).parameters
    return prior


@pytest.fixture(scope="module", params=list(SHAPED))
def prior(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> ParameterPrior:
    return prior_of(tmp_path_factory.mktemp("prior"), request.param, SHAPED[request.param])


def test_every_distribution_is_tested_here() -> None:
    assert set(SHAPED) == set(SHAPES)


@given(share=st.floats(0, 1))
def test_no_value_leaves_what_is_allowed(prior: ParameterPrior, share: float) -> None:
    (value,) = prior.quantile(np.array([share]))
    assert prior.low <= value <= prior.high


def test_quantiles_are_those_of_the_density(prior: ParameterPrior) -> None:
    grid = np.linspace(prior.low, prior.high, 200_001)
    density = prior.density(grid)
    below = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2 * np.diff(grid))])
    assert below[-1] == pytest.approx(1.0, abs=1e-4)
    shares = np.array([0.01, 0.3, 0.5, 0.9])
    assert np.interp(prior.quantile(shares), grid, below) == pytest.approx(shares, abs=1e-4)
    mean = float((grid * density).sum() / density.sum())
    assert prior.moments[0] == pytest.approx(mean, abs=1e-3)


def test_nothing_lies_outside_of_what_is_allowed(prior: ParameterPrior) -> None:
    assert not prior.density(np.array([prior.low - 0.1, prior.high + 0.1])).any()


def test_known_answers(tmp_path: Path) -> None:
    uniform = prior_of(tmp_path, "uniform", "low = 0.2\nhigh = 0.6")
    assert uniform.moments == pytest.approx((0.4, 0.4 / math.sqrt(12)), rel=1e-4)
    # Far from its bounds a truncated distribution is the whole one.
    half = prior_of(tmp_path, "half_normal", "deviation = 0.5", "framework")
    assert half.moments[0] == pytest.approx(0.5 * math.sqrt(2 / math.pi), rel=1e-3)
    log = prior_of(tmp_path, "lognormal", "median = 1.0\ndeviation = 0.2", "framework")
    assert log.quantile(np.array([0.5])) == pytest.approx(1.0)
    # A normal distribution cut off at its mean is a half-normal one.
    cut = prior_of(tmp_path, "normal", "mean = 0.0\ndeviation = 0.5", "framework")
    shares = np.array([0.1, 0.5, 0.9])
    assert cut.quantile(shares) == pytest.approx(half.quantile(shares))


def test_coordinates_are_standard_normal_under_the_prior(tmp_path: Path) -> None:
    prior = load_prior(write(tmp_path, PRIOR))
    assert prior.names == ("framework", "common")
    middle, far = prior.at_normal(np.array([[0.0, 0.0], [-9.0, 9.0]]))
    assert middle == pytest.approx([2.0 * 0.6744897501960817, 0.4], abs=0.02)
    assert far == pytest.approx([0.0, 0.6], abs=1e-9)


def test_the_bundled_priors() -> None:
    prior = load_prior()
    by_name = {parameter.name: parameter.marginal for parameter in prior.parameters}
    assert set(by_name) == set(PARAMETERS)
    assert all(len(marginal.reason) > 20 for marginal in by_name.values())
    # Whether nations follow each other or ride free is a result.
    followership = next(each for each in prior.parameters if each.name == "followership")
    low, high = followership.quantile(np.array([0.05, 0.95]))
    assert low < 0 < high


def test_the_bundled_point_is_not_far_from_what_is_believed() -> None:
    for parameter in load_prior().parameters:
        low, high = parameter.quantile(np.array([0.01, 0.99]))
        assert low <= PARAMETERS[parameter.name].value <= high


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        (
            "[framework]",
            "[framewrok]",
            '1: framewrok: unknown parameter "framewrok"; did you mean "framework"?',
        ),
        ("[framework]\n", "wander = 1\n[framework]\n", "1: wander: must be a table, not 1"),
        ('"half_normal"', '"half-normal"', 'did you mean "half_normal"?'),
        ("deviation = 2.0\n", "", "1: framework: half_normal takes deviation"),
        (
            "deviation = 2.0",
            "deviation = 1e-320",
            "3: framework.deviation: must be at least 1e-09, not 1e-320",
        ),
        ("deviation = 2.0", "deviation = 0", "3: framework.deviation: must be at least 1e-09, not 0"),
        ("deviation = 2.0", "deviation = 2.0\nmean = 1", "half_normal takes deviation, not mean, deviation"),
        ("deviation = 2.0", "deviaton = 2.0", '3: framework.deviaton: unknown key "deviaton"'),
        ("deviation = 2.0", 'deviation = "2"', '3: framework.deviation: must be a number, not "2"'),
        ("deviation = 2.0", "deviation = nan", "3: framework.deviation: must be"),
        ("deviation = 2.0", "deviation = 50.0", "only 8 % of it lies in the range that is allowed, 0 to 5"),
        ('reason = "unknown"', "", "1: framework.reason: is missing"),
        ('reason = "unknown"', 'reason = ""', "4: framework.reason: must not be empty"),
        ("low = 0.2", "low = 0.8", "6: common: uniform from 0.8 to 0.6 does not rise"),
        ("low = 0.2", "low = -0.2", "8: common.low: -0.2 is out of range; allowed is 0 to 1"),
        ("high = 0.6", "high = 1.6", "9: common.high: 1.6 is out of range"),
        (PRIOR, "", "gives no prior"),
        ("[framework]", "[framework", "1: not valid TOML"),
    ],
)
def test_mistakes_are_named_with_their_place(tmp_path: Path, right: str, wrong: str, says: str) -> None:
    assert right in PRIOR
    file = write(tmp_path, PRIOR.replace(right, wrong, 1))
    with pytest.raises(InputError) as mistake:
        load_prior(file)
    message = str(mistake.value)
    assert message.startswith(f"{file}:")
    assert says in message
    assert "\n" not in message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        load_prior(tmp_path / "nowhere.toml")
