"""Small worlds for the tests of the model, and how both engines run them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from small_worlds import write_candidates

from sim.inputs.case import Case, load_case
from sim.inputs.parameters import DECLARED
from sim.inputs.scenario import Scenario
from sim.model.coalition import CoalitionModel
from sim.model.draws import RunDraws
from sim.model.ensemble import Execution, Keep, simulate
from sim.model.setup import Setup, build_setup
from sim.model.tally import Records, Tally

ALONE = Execution(threads=1)

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
ratification_rounds = {{ column = "approval", rounds = {{ no = 0, two = 2, three = 3 }}, empty = 0 }}
{further}

[preferred_mandate]
peacekeeping = {{ base = 1, weight = 2, mean_of = [{{ column = "peaceable" }}] }}
deterrence = {{ base = 1, weight = 2, mean_of = [{{ column = "deterring" }}] }}
reassurance = {{ base = 1 }}
"""
COLUMNS = {"troops": 1000, "approval": "no", "peaceable": 0, "deterring": 0}
"""What a nation of the table usually is; to which purpose it leans is brought to 0..1 over the nations."""

COVARIATES = {
    "distance_to_us": "ideal_point_distance_to_us",
    "distance_to_adversary": "distance_to_adversary_km",
}
"""Columns of a candidate that make it sensitive to patron and adversary, by the words of `write_roster`."""

POSITION_COLUMNS = "iso3,date,statement_date,position,source,status"
CONDITION_COLUMNS = "iso3,variable,at_least,half_width,known_from,status,statement"

STILL = dict.fromkeys(("reach", "followership", "framework", "lobby_push", "wander", "demand"), 0.0)
"""No mechanism but readings, anchors and the ladder."""

AT_ONCE = {"patience": 0.0, "hysteresis": 0.0}
"""Governments that move as soon as willingness lies beyond a cut."""


def write_roster(
    folder: Path,
    nations: Mapping[str, Mapping[str, Any]],
    *,
    leads: Sequence[str] = (),
    conditions: Iterable[tuple[Any, ...]] = (),
    further: Mapping[str, str] = {},
) -> Path:
    """Write a roster; a nation may give `position`, anything of COLUMNS, COVARIATES and of a candidate.

    Further levels are given with what past coalitions call them. Nations alike in what makes them sensitive
    have a sensitivity of 0.5.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = [",".join(("iso3", "name", *COLUMNS))]
    said = [POSITION_COLUMNS]
    covariates: dict[str, dict[str, Any]] = {}
    for iso3, given in nations.items():
        rows.append(
            ",".join([iso3, f"Land {iso3}", *(str(given.get(name, COLUMNS[name])) for name in COLUMNS)])
        )
        others = {name: value for name, value in given.items() if name not in (*COLUMNS, "position")}
        covariates[iso3] = {COVARIATES.get(name, name): value for name, value in others.items()}
        if "position" in given:
            said.append(f"{iso3},2025-04-10,2025-04-10,{given['position']},The Times,FOUND")
    demanded = [CONDITION_COLUMNS]
    for iso3, name, level, *half_width in conditions:
        demanded.append(f"{iso3},{name},{level},{[*half_width, 0][0]},2025-04-10,as stated,it said so")
    leads_text = "[" + ", ".join(f'"{lead}"' for lead in leads) + "]"
    further_text = "\n".join(
        f'further_levels.{name} = {{ meaning = "{name}", words = "the {name}", past_coalitions = "{past}" }}'
        for name, past in further.items()
    )
    roster = ROSTER.format(leads=leads_text, further=further_text)
    (folder / "roster.toml").write_text(roster, encoding="utf-8")
    write_candidates(folder, nations, covariates)
    for name, lines in (("nations", rows), ("positions", said), ("conditions", demanded)):
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def small_case(folder: Path, **given: Any) -> Case:
    """Return a case on a roster folder, with the point; what is given replaces or adds top-level keys."""
    scenario: dict[str, Any] = {
        "title": "A small world",
        "roster": str(folder),
        "start": "2025-04-10",
        "rounds": 8,
        "washington": {"involvement": 0.1},
        "mandate": {"purpose": "reassurance", "clarity": 0.05},
        "moscow": {"pressure": 0.5},
    }
    return load_case(Scenario.from_dict({**scenario, **given}), parameters=DECLARED)


def setup_of(case: Case) -> Setup:
    return build_setup(case.scenario, case.roster, case.parameters, case.timeline)


def ensemble(
    case: Case, seed: int, runs: range, *, terms: bool = False, execution: Execution = ALONE
) -> tuple[Tally, Records]:
    """Run the ensemble and return the tally and the records of all runs in one piece."""
    parts: list[Records] = []
    firsts: list[int] = []

    def keep(first: int, records: Records) -> None:
        firsts.append(first)
        parts.append(records)

    kept = Keep(trajectories=True, terms=terms)
    tally = simulate(setup_of(case), seed, runs, sink=keep, keep=kept, execution=execution)
    assert firsts == list(range(runs.start, runs.stop, execution.chunk))
    return tally, Records(*(np.concatenate(pieces) for pieces in zip(*parts, strict=True)))


def plainly_read(case: Case, seed: int = 1) -> int:
    """Return the first run in which no statement is misread."""
    setup = setup_of(case)
    for run in range(10_000):
        draws = RunDraws(seed, run, setup.nations["code"], setup.rounds.size - 1).anchors
        read = draws[setup.statements["is_new"]]
        if ((read >= 0.06) & (read < 0.94)).all():
            return run
    raise AssertionError("there is no such run")


def finished(case: Case, seed: int = 1, run: int = 0, *, record_terms: bool = False) -> CoalitionModel:
    """Return the Mesa model of a run after its last round."""
    model = CoalitionModel(case, run=run, seed=seed, record_terms=record_terms)
    model.run_model()
    return model


def plain(case: Case, *, record_terms: bool = False) -> CoalitionModel:
    """Return the Mesa model, after its last round, of a run in which no statement is misread."""
    return finished(case, 1, plainly_read(case), record_terms=record_terms)


def history(model: CoalitionModel, name: str) -> NDArray[Any]:
    """Return what the data collector kept of every nation, shape (rounds + 1, nations)."""
    frame = model.datacollector.get_agent_vars_dataframe()
    frame = frame[frame["iso3"].notna()]
    values = frame[name].to_numpy(dtype=None if name == "terms" else np.float64)
    return values.reshape(-1, len(model.nations))
