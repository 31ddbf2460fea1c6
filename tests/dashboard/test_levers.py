"""Where levers stand before anybody moves them."""

import pytest

from sim.dashboard.levers import Lever
from sim.inputs.case import load_case


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("washington.involvement", 0.75),
        ("ceasefire", 0.25),
        ("parameters.b_peers", 1.5),
        ("parameters.b_threat", 2.0),
    ],
)
def test_each_stands_where_its_own_number_does(path: str, value: float) -> None:
    case = load_case("brussels-2025-04", [f"{path}={value}"])
    assert Lever(path, "A lever", "What it means.").value_in(case) == pytest.approx(value)
