"""Options given from Python."""

import json
from dataclasses import asdict, dataclass

import numpy as np
import pytest

from sim.inputs.errors import InputError
from sim.inputs.options import LARGEST, check_whole_number, chosen_options


@dataclass(frozen=True)
class Cooking:
    minutes: int = 10
    salt: bool = True


def test_options_are_chosen_by_name() -> None:
    assert chosen_options(Cooking, {"salt": False}) == Cooking(minutes=10, salt=False)


def test_a_number_of_numpy_becomes_one_that_json_can_hold() -> None:
    assert (
        json.dumps(asdict(chosen_options(Cooking, {"minutes": np.int64(5)})))
        == '{"minutes": 5, "salt": true}'
    )


def test_an_unknown_option_is_told_with_the_nearest_and_all_others() -> None:
    with pytest.raises(InputError) as mistake:
        chosen_options(Cooking, {"minuts": 3})
    told = 'minuts: no such option; did you mean "minutes"?; allowed: minutes, salt'
    assert str(mistake.value) == told


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
