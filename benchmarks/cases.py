"""The cases that are measured: bundled scenarios, and rosters of any size in the public format."""

from pathlib import Path
from random import Random

from sim.inputs.case import Case, load_case
from sim.inputs.scenario import Scenario
from sim.model.setup import Setup, build_setup

POSITIONS = ("opposed", "undecided", "open", "committed")
COVARIATES = {
    "personnel_thousand": "30",
    "democracy": "0.85",
    "ideal_point_distance_to_us": "1.5",
    "distance_to_theatre_km": "1000",
    "distance_to_adversary_km": "1000",
    "nato": "1",
    "eu": "1",
    "neutral": "0",
}
ROSTER = """\
title = "A made-up world"
nations = {{ table = "nations.csv" }}
candidates = {{ table = "candidates.csv" }}
leads = ["{first}", "{second}"]
positions = {{ table = "positions.csv" }}
deployable = {{ largest_of = [{{ column = "troops" }}] }}
ratification_rounds = {{ column = "approval", rounds = {{ no = 0, two = 2 }}, empty = 0 }}

[preferred_mandate]
peacekeeping = {{ base = 1, weight = 2, mean_of = [{{ column = "peaceable" }}] }}
deterrence = {{ base = 1, weight = 2, mean_of = [{{ column = "deterring" }}] }}
reassurance = {{ base = 1 }}
"""


def setup_of(case: Case) -> Setup:
    """Return the arrays of a case."""
    return build_setup(case.scenario, case.roster, case.parameters, case.timeline)


def bundled(name: str, rounds: int | None = None) -> Setup:
    """Return the arrays of a bundled scenario."""
    return setup_of(load_case(name, {} if rounds is None else {"rounds": rounds}))


def made_up(folder: Path, nations: int, rounds: int) -> Setup:
    """Return the arrays of a scenario for a roster of so many made-up nations, written to a folder."""
    _write_roster(folder, nations)
    scenario = Scenario.from_dict(
        {
            "title": "A made-up world",
            "roster": str(folder),
            "start": "2025-04-10",
            "rounds": rounds,
            "force_required": 500.0 * nations,
            "patron": {"involvement": 0.1},
            "mandate": {"purpose": "reassurance", "clarity": 0.05},
            "adversary": {"pressure": 0.5},
        }
    )
    return setup_of(load_case(scenario))


def _write_roster(folder: Path, nations: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    random = Random(nations)
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    codes = [f"{letters[n // 676]}{letters[n // 26 % 26]}{letters[n % 26]}" for n in range(nations)]
    rows = [",".join(("iso3", "name", "troops", "approval", "peaceable", "deterring"))]
    said = ["iso3,date,statement_date,position,source,status"]
    candidates = [",".join(("iso3", *COVARIATES))]
    for code in codes:
        approval = random.choice(("no", "two"))
        leanings = (f"{random.random():.3f}" for _ in range(2))
        rows.append(",".join((code, f"Land {code}", str(random.randint(100, 2000)), approval, *leanings)))
        candidates.append(",".join((code, *COVARIATES.values())))
        said.append(f"{code},2025-04-10,2025-04-10,{random.choice(POSITIONS)},The Times,FOUND")
    (folder / "roster.toml").write_text(ROSTER.format(first=codes[0], second=codes[1]), encoding="utf-8")
    (folder / "nations.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "candidates.csv").write_text("\n".join(candidates) + "\n", encoding="utf-8")
    (folder / "positions.csv").write_text("\n".join(said) + "\n", encoding="utf-8")
