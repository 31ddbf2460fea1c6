"""Options given from Python."""

import json

import numpy as np
import pytest

from sim.experiments.calibration.about import Sampling
from sim.experiments.hindcast.options import HindcastOptions
from sim.experiments.runs import Runs
from sim.experiments.sensitivity.plan import SensitivityOptions
from sim.inputs.errors import InputError
from sim.inputs.options import LARGEST, check_whole_number


def test_a_number_of_numpy_becomes_one_that_json_can_hold() -> None:
    assert json.dumps(check_whole_number("minutes", np.int64(5), 1)) == "5"


@pytest.mark.parametrize("options", [Runs, HindcastOptions, SensitivityOptions, Sampling])
def test_options_hold_numbers_of_python(options: type) -> None:
    chosen = options(number=np.int64(16), seed=np.int64(3))
    assert chosen == options(number=16, seed=3)
    assert str(chosen) == str(options(number=16, seed=3))


@pytest.mark.parametrize("value", [1, 2, LARGEST, np.int64(5), np.uint8(1)])
def test_a_whole_number_of_python_or_numpy_is_one(value: object) -> None:
    check_whole_number("minutes", value, 1)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (0, "must be a whole number from 1 on, not 0"),
        (-5, "must be a whole number from 1 on, not -5"),
        (1.5, "must be a whole number from 1 on, not 1.5"),
        (2.0, "must be a whole number from 1 on, not 2.0"),
        (np.float64(2.0), "must be a whole number from 1 on, not 2.0"),
        (True, "must be a whole number from 1 on, not True"),
        (None, "must be a whole number from 1 on, not None"),
        ("many", 'must be a whole number from 1 on, not "many"'),
        (61, "must be at most 60, not 61"),
        pytest.param(10**5000, "must be at most 60, not a number far too large", id="endless"),
    ],
)
def test_anything_else_is_refused_by_name(value: object, says: str) -> None:
    with pytest.raises(InputError) as mistake:
        check_whole_number("minutes", value, 1, 60)
    assert str(mistake.value) == f"minutes: {says}"
