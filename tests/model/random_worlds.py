"""Random worlds, as hypothesis draws them: rosters of one nation or many, scenarios, parameters."""

import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st
from small_worlds import codes
from worlds import small_case, write_roster

from sim.declarations.levels import CONDITIONS
from sim.declarations.parameters import PARAMETERS
from sim.declarations.words import HELD, POSITIONS, PURPOSES
from sim.inputs.case import Case
from sim.inputs.parameters import DECLARED, Parameters, load_parameters
from sim.inputs.trigger import COMPARISONS, STATES

LARGEST = 2**63 - 1
RUN = st.integers(0, 2**40)
SEED = st.integers(0, LARGEST)
SHARE = st.floats(0.0, 1.0)
LEVEL = SHARE | st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
SOME = {
    "washington": {
        "involvement": LEVEL,
        "policy": st.sampled_from(["scripted", "burden_sharing"]),
        "ceiling": LEVEL,
        "threshold": st.floats(0.0, 1.5),
        "width": st.floats(0.01, 1.0),
        "speed": SHARE,
        "reversal": LEVEL,
        "restoration": LEVEL,
    },
    "mandate": {
        "purpose": st.sampled_from(PURPOSES),
        "clarity": LEVEL,
        "authority": LEVEL,
        "policy": st.sampled_from(["scripted", "negotiated"]),
    },
    "moscow": {
        "pressure": LEVEL,
        "policy": st.sampled_from(["scripted", "reactive"]),
        "reaction": st.floats(0.0, 2.0),
        "deterred": LEVEL,
    },
}
PAST = ["threat", "authority", "clarity", "us_involvement"]
"""What further levels may correspond to."""
COMMAND = st.sampled_from(["nation", "NATO", "EU", "UN"])
GIVEN = {"washington": ["involvement"], "mandate": ["purpose", "clarity"], "moscow": ["pressure"]}


def vocabulary(*, start: bool) -> dict[str, st.SearchStrategy[Any]]:
    """Return tables of the great powers and the mandate; at the start some keys must be there."""
    tables = {}
    for actor, keys in SOME.items():
        must = {key: keys[key] for key in GIVEN[actor]} if start else {}
        may = {key: value for key, value in keys.items() if key not in must}
        if start and actor == "mandate":
            may["command"] = COMMAND
        table = st.fixed_dictionaries(must, optional=may)
        tables[actor] = table if start else table.filter(bool)
    return tables


def nations_given(iso3: tuple[str, ...], *, start: bool) -> st.SearchStrategy[Any]:
    keys = {
        "position": st.sampled_from(POSITIONS),
        "held": st.sampled_from(HELD),
        **({} if start else {"election": SHARE}),
    }
    given = st.fixed_dictionaries({}, optional=keys).filter(bool)
    return st.dictionaries(st.sampled_from(iso3), given, min_size=1, max_size=6)


def contingency(iso3: tuple[str, ...], rounds: int) -> st.SearchStrategy[dict[str, Any]]:
    """Return a condition of an event, which may have a probability and an earliest round."""
    conditions = st.one_of(
        st.builds(
            lambda number, sign: f"force {sign} {number}",
            st.integers(0, 20_000),
            st.sampled_from(COMPARISONS),
        ),
        st.builds(
            lambda name, sign, number: f"{name} {sign} {number}",
            st.sampled_from(["fielded", "committed", "contributors"]),
            st.sampled_from(COMPARISONS),
            st.integers(0, 3),
        ),
        st.builds(
            lambda nation, state: f"{nation} {state}", st.sampled_from(iso3), st.sampled_from([*STATES])
        ),
    )
    may = {"round": st.integers(1, rounds), "probability": SHARE}
    return st.fixed_dictionaries({"when": conditions}, optional=may)


@st.composite
def scenarios(
    draw: Any, roster: Path, iso3: tuple[str, ...], rounds: int, further: Iterable[str] = ()
) -> Case:
    levels = dict.fromkeys(("ceasefire", *further), LEVEL)
    later = {**levels, "nations": nations_given(iso3, start=False)}
    change = st.fixed_dictionaries({}, optional={**vocabulary(start=False), **later}).filter(bool)
    dated = st.tuples(st.integers(1, rounds + 1), change)
    events = draw(st.lists(dated, max_size=6, unique_by=lambda event: event[0]))
    free = sorted({*range(1, rounds + 1)} - {number for number, _ in events})
    chance = st.fixed_dictionaries({"round": st.sampled_from(free or [rounds + 2]), "probability": SHARE})
    possible = draw(st.lists(st.tuples(contingency(iso3, rounds), change), max_size=3))
    possible += draw(st.lists(st.tuples(chance, change), max_size=1))
    may = {**levels, "nations": nations_given(iso3, start=True)}
    world = draw(st.fixed_dictionaries(vocabulary(start=True), optional=may))
    case = small_case(
        roster,
        rounds=rounds,
        force_required=draw(st.sampled_from([500.0, 5000.0, 20000.0])),
        events=[
            *({"round": number, "title": "something", **what} for number, what in events),
            *({"title": f"maybe {n}", **may, **what} for n, (may, what) in enumerate(possible)),
        ],
        level_half_width=draw(st.just(0.0) | SHARE),
        **world,
    )
    return replace(case, parameters=draw(some_parameters()))


@st.composite
def some_parameters(draw: Any) -> Parameters:
    """Draw one row of parameters or a few, each anywhere in its range or as declared."""
    allowed = {name: st.floats(*parameter.range) for name, parameter in PARAMETERS.items()}
    rows = draw(st.lists(st.fixed_dictionaries({}, optional=allowed), min_size=1, max_size=3))
    declared = load_parameters(DECLARED)
    return Parameters(np.vstack([declared.with_values(row).values for row in rows]))


@st.composite
def small_worlds(draw: Any, folder: Path, most: int = 6) -> Case:
    iso3 = tuple(codes(draw(st.integers(1, most))))
    nation = st.fixed_dictionaries(
        {},
        optional={
            "troops": st.sampled_from([0, 1, 500, 20000]),
            "approval": st.sampled_from(["no", "two", "three"]),
            "position": st.sampled_from(POSITIONS),
            "peaceable": LEVEL,
            "deterring": LEVEL,
            "distance_to_us": st.floats(0.0, 4.0),
            "distance_to_adversary": st.floats(0.0, 9000.0),
            "democracy": SHARE,
            "nato": st.sampled_from([0, 1]),
            "neutral": st.sampled_from([0, 1]),
        },
    )
    demand = st.tuples(st.sampled_from(iso3), st.sampled_from(CONDITIONS), LEVEL, st.just(0.0) | SHARE)
    demands = draw(st.lists(demand, max_size=4, unique_by=lambda row: row[:2]))
    further = draw(st.dictionaries(st.sampled_from(["outbreak", "blockade"]), st.sampled_from(PAST)))
    roster = write_roster(
        Path(tempfile.mkdtemp(dir=folder)),
        {code: draw(nation) for code in iso3},
        leads=draw(st.lists(st.sampled_from(iso3), unique=True, max_size=3)),
        conditions=demands,
        further=further,
    )
    return draw(scenarios(roster, iso3, rounds=12, further=further))
