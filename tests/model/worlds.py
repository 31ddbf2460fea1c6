"""Small worlds for the tests of the model, and how both engines run them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from small_worlds import write_candidates

from sim.declarations.parameters import PARAMETERS
from sim.declarations.words import ATTRIBUTES
from sim.inputs.case import Case, load_case
from sim.inputs.parameters import DECLARED
from sim.inputs.scenario import Scenario
from sim.model.coalition import CoalitionModel
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
leads = {leads}
positions = {{ table = "positions.csv" }}
conditions = {{ table = "conditions.csv" }}
deployable = {{ largest_of = [{{ column = "troops" }}] }}
ratification_rounds = {{ column = "approval", rounds = {{ no = 0, two = 2, three = 3 }}, empty = 0 }}
preferred_mandate = {{ peacekeeping = {{ base = 1, weight = 2, mean_of = [{{ column = "legalism" }}] }}, \
deterrence = {{ base = 1, weight = 2, mean_of = [{{ column = "threat" }}] }}, reassurance = {{ base = 1 }} }}

[attributes]
reliance = [{{ column = "reliance" }}]
clarity_need = [{{ column = "clarity_need" }}]
escalation_fear = [{{ column = "escalation_fear" }}]
threat = [{{ column = "threat" }}]
frontline = [{{ column = "frontline" }}]
legalism = [{{ column = "legalism" }}]
"""
POSITION_COLUMNS = "iso3,date,statement_date,position,source,status"
CONDITION_COLUMNS = "iso3,variable,at_least,half_width,known_from,status,statement"

# No mechanism but the anchors and the ladder.
STILL = {
    **{name: 0.0 for name in PARAMETERS if name.startswith("b_")},
    "volatility": 0.0,
    "lobby_push": 0.0,
}


def write_roster(
    folder: Path,
    nations: Mapping[str, Mapping[str, Any]],
    *,
    leads: Sequence[str] = (),
    conditions: Iterable[tuple[str, str, float]] = (),
) -> Path:
    """Write a roster; a nation may give `position`, `troops`, `approval` and any attribute (else 0.5).

    Attributes are brought to 0..1 over the nations; where all are alike they are 0 and exact.
    """
    folder.mkdir(parents=True, exist_ok=True)
    columns = ("troops", "approval", *ATTRIBUTES)
    usual = {"troops": 1000, "approval": "no", **dict.fromkeys(ATTRIBUTES, 0.5)}
    rows = [",".join(("iso3", "name", *columns))]
    said = [POSITION_COLUMNS]
    for iso3, given in nations.items():
        rows.append(
            ",".join([iso3, f"Land {iso3}", *(str(given.get(name, usual[name])) for name in columns)])
        )
        if "position" in given:
            said.append(f"{iso3},2025-04-10,2025-04-10,{given['position']},The Times,FOUND")
    demanded = [CONDITION_COLUMNS]
    demanded += [
        f"{iso3},{name},{level},0,2025-04-10,as stated,it said so" for iso3, name, level in conditions
    ]
    leads_text = "[" + ", ".join(f'"{lead}"' for lead in leads) + "]"
    (folder / "roster.toml").write_text(ROSTER.format(leads=leads_text), encoding="utf-8")
    write_candidates(folder, nations)
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


def final_shares(source: str | Case, runs: int = 2000, seed: int = 1) -> dict[str, float]:
    """Return the share of the runs in which each nation is committed after the last round."""
    case = source if isinstance(source, Case) else load_case(source)
    tally = simulate(setup_of(case), seed, range(runs), sink=lambda *_: None)
    return dict(zip(case.roster.iso3, (tally.stances[-1, :, 3] / runs).tolist(), strict=True))


def finished(case: Case, seed: int = 1, run: int = 0, *, record_terms: bool = False) -> CoalitionModel:
    """Return the Mesa model of a run after its last round."""
    model = CoalitionModel(case, run=run, seed=seed, record_terms=record_terms)
    model.run_model()
    return model


def history(model: CoalitionModel, name: str) -> NDArray[Any]:
    """Return what the data collector kept of every nation, shape (rounds + 1, nations)."""
    frame = model.datacollector.get_agent_vars_dataframe()
    frame = frame[frame["iso3"].notna()]
    values = frame[name].to_numpy(dtype=None if name == "terms" else np.float64)
    return values.reshape(-1, len(model.nations))
