"""Small worlds for the tests of explanations: what brings a nation in can be worked out by hand."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from small_worlds import write_candidates

from sim.inputs.case import Case, load_case
from sim.inputs.parameters import DECLARED
from sim.inputs.scenario import Scenario
from sim.model.rules import CENTRES, MISREAD_BETWEEN

ROSTER = """\
title = "A small world"
nations = {{ table = "nations.csv" }}
candidates = {{ table = "candidates.csv" }}
actors.patron = {{ key = "washington", name = "the patron" }}
actors.adversary = {{ key = "moscow", name = "the adversary" }}
levels.involvement = {{ none = 0, diplomatic = 0.25, enablers = 0.5, backstop = 0.75, troops = 1 }}
levels.pressure = {{ calm = 0.2, warnings = 0.5, threats = 0.7, hybrid_attacks = 0.9 }}
levels.authority = {{ none = 0, invitation = 0.25, eu = 0.5, un = 1 }}
commands = {{ nation = "nation", NATO = "NATO", EU = "EU", UN = "UN" }}
leads = {leads}
positions = {{ table = "positions.csv" }}
conditions = {{ table = "conditions.csv" }}
deployable = {{ largest_of = [{{ column = "troops" }}] }}
ratification_rounds = {{ column = "approval", rounds = {{}}, empty = 0 }}
preferred_mandate = {{ peacekeeping = {{ base = 1 }}, deterrence = {{ base = 1 }}, \
reassurance = {{ base = 1 }} }}
"""

STILL: Mapping[str, float] = {
    **dict.fromkeys(("reach", "followership", "framework", "lobby_push", "wander", "patience"), 0.0),
    "demand": 2.0,
    "hysteresis": 0.4,
}
"""No mechanism but what nations have said, their demands, and the ladder, which is climbed at once."""

CLIMB, SLIP = 0.41 + 0.2, 0.41 - 0.2
"""Log-odds above which a nation wants to commit, and below which it wants to take that back."""

REFUSING, UNDECIDED, OPEN, COMMITTED = CENTRES
"""Where those start who speak from a rung, as the parameters come."""

MISREAD = MISREAD_BETWEEN / 2
"""How often a nation between the ends starts a rung higher than it has said, and how often a rung lower."""


def small_world(
    folder: Path,
    nations: Mapping[str, Mapping[str, Any]],
    /,
    *,
    conditions: Iterable[tuple[str, str, float, float]] = (),
    leads: str = "[]",
    **scenario: Any,
) -> Case:
    """Return a case of a few nations, with what is given of the scenario.

    A nation may give `position`, `troops` (usually 1000) and covariates of a candidate (usually all alike); a
    condition is a nation, a variable, a threshold and its half-width.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = [[iso3, f"Land {iso3}", given.get("troops", 1000), ""] for iso3, given in nations.items()]
    said = [
        [iso3, "2025-04-10", "2025-04-10", given["position"], "The Times", "FOUND"]
        for iso3, given in nations.items()
        if "position" in given
    ]
    demanded = [[*condition, "2025-04-10", "as stated", "it said so"] for condition in conditions]
    tables = {
        "nations": [["iso3", "name", "troops", "approval"], *rows],
        "positions": [["iso3", "date", "statement_date", "position", "source", "status"], *said],
        "conditions": [
            ["iso3", "variable", "at_least", "half_width", "known_from", "status", "statement"],
            *demanded,
        ],
    }
    for name, lines in tables.items():
        text = "\n".join(",".join(map(str, line)) for line in lines)
        (folder / f"{name}.csv").write_text(text + "\n", encoding="utf-8")
    write_candidates(folder, nations, nations)
    (folder / "roster.toml").write_text(ROSTER.format(leads=leads), encoding="utf-8")
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
