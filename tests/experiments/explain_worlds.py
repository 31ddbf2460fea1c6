"""Small worlds for the tests of explanations: what brings a nation in can be worked out by hand."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from small_worlds import write_candidates

from sim.declarations.parameters import PARAMETERS
from sim.declarations.words import ATTRIBUTES, POSITIONS
from sim.inputs.case import Case, load_case
from sim.inputs.parameters import DECLARED, load_parameters, log_odds
from sim.inputs.scenario import Scenario

ROSTER = """\
title = "A small world"
nations = {{ table = "nations.csv" }}
candidates = {{ table = "candidates.csv" }}
actors.patron = {{ key = "washington", name = "the patron" }}
actors.adversary = {{ key = "moscow", name = "the adversary" }}
leads = {leads}
positions = {{ table = "positions.csv" }}
conditions = {{ table = "conditions.csv" }}
deployable = {{ largest_of = [{{ column = "troops" }}] }}
ratification_rounds = {{ column = "approval", rounds = {{}}, empty = 0 }}
preferred_mandate = {{ peacekeeping = {{ base = 1 }}, deterrence = {{ base = 1 }}, \
reassurance = {{ base = 1 }} }}

[attributes]
"""

STILL: Mapping[str, float] = {
    **{name: 0.0 for name in PARAMETERS if name.startswith("b_")},
    "volatility": 0.0,
    "lobby_push": 0.0,
}
"""No mechanism but the anchors and the ladder."""

CLIMB = float(log_odds(0.6))
"""Log-odds above which a nation may commit, as the parameters come."""


def anchor_between(position: str) -> tuple[float, float]:
    """Return the log-odds between which the anchors of a position are drawn."""
    low, high = log_odds(load_parameters().bands[POSITIONS.index(position)])
    return float(low), float(high)


def small_world(
    folder: Path,
    nations: Mapping[str, Mapping[str, Any]],
    *,
    conditions: Iterable[tuple[str, str, float, float]] = (),
    leads: str = "[]",
    **scenario: Any,
) -> Case:
    """Return a case of a few nations, with what is given of the scenario.

    A nation may give `position`, `troops` (usually 1000) and attributes (usually all alike, hence 0); a
    condition is a nation, a variable, a threshold and its half-width.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        [iso3, f"Land {iso3}", given.get("troops", 1000), "", *(given.get(name, 0.5) for name in ATTRIBUTES)]
        for iso3, given in nations.items()
    ]
    said = [
        [iso3, "2025-04-10", "2025-04-10", given["position"], "The Times", "FOUND"]
        for iso3, given in nations.items()
        if "position" in given
    ]
    demanded = [[*condition, "2025-04-10", "as stated", "it said so"] for condition in conditions]
    tables = {
        "nations": [["iso3", "name", "troops", "approval", *ATTRIBUTES], *rows],
        "positions": [["iso3", "date", "statement_date", "position", "source", "status"], *said],
        "conditions": [
            ["iso3", "variable", "at_least", "half_width", "known_from", "status", "statement"],
            *demanded,
        ],
    }
    for name, lines in tables.items():
        text = "\n".join(",".join(map(str, line)) for line in lines)
        (folder / f"{name}.csv").write_text(text + "\n", encoding="utf-8")
    write_candidates(folder, nations)
    attributes = "\n".join(f'{name} = [{{ column = "{name}" }}]' for name in ATTRIBUTES)
    (folder / "roster.toml").write_text(ROSTER.format(leads=leads) + attributes + "\n", encoding="utf-8")
    usual = {
        "title": "A small world",
        "roster": str(folder),
        "start": "2025-04-10",
        "rounds": 6,
        "washington": {"involvement": 0.1},
        "mandate": {"purpose": "reassurance", "clarity": 0.05},
        "moscow": {"pressure": 0.5},
    }
    return load_case(Scenario.from_dict({**usual, **scenario}, name="small"), parameters=DECLARED)


def index(case: Case, *codes: str) -> tuple[int, ...]:
    """Return the indices of nations."""
    return tuple(case.roster.iso3.index(code) for code in codes)


def same(one: Any, other: Any) -> bool:
    """Return whether two tables are the same, bit for bit."""
    return bool(one.equals(other)) and all(
        np.array_equal(np.asarray(one[name]), np.asarray(other[name]), equal_nan=one[name].dtype.kind == "f")
        for name in one.columns
    )
