"""Explanations as their results folders hold them."""

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from sim.outputs.results_folder import Manifest, damage_told, read_table
from sim.outputs.stored_case import StoredCase, stored_case

if TYPE_CHECKING:
    import pandas as pd

    from sim.experiments.explain.answers import Explanation


def load_explanation(folder: Path, manifest: Manifest) -> "Explanation":
    """Return an explanation as its folder holds it: each answer has its tables, and what its figures name."""
    from sim.experiments.explain.answers import ExplainOptions, Explanation

    with damage_told(folder):
        case = stored_case(manifest)
        asked = () if manifest["asked"] == "all" else tuple(map(case.roster.iso3.index, manifest["asked"]))
        answers = {
            section: _answer(section, folder, manifest, case, asked)
            for section in manifest["sections"]
            if section in manifest["runs_of_answers"]
        }
        options = ExplainOptions(tuple(answers), runs=manifest["runs"], seed=manifest["seed"])
    given: Any = case
    return Explanation(given, options, SimpleNamespace(), asked, **answers)  # type: ignore[arg-type]


def _answer(
    section: str, folder: Path, manifest: Manifest, case: StoredCase, asked: tuple[int, ...]
) -> SimpleNamespace:
    """Return the answer to a question; figures take it for that of the section's own kind."""
    answer = SimpleNamespace(
        case=case,
        nations=asked or tuple(range(len(case.roster.iso3))),
        number_of_runs=manifest["runs_of_answers"][section],
        seed=manifest["seed"],
    )
    match section:
        case "why":
            answer.terms, answer.conditions = _table(folder, "why-terms"), _table(folder, "why-conditions")
            answer.date = dt.date.fromisoformat(manifest["date"])
        case "observed":
            told = manifest["observed"]
            day, calendar = dt.date.fromisoformat(told["date"]), case.scenario
            answer.observed = SimpleNamespace(date=day, named=told["named"], total=told["total"])
            answer.round = (day - calendar.start).days // calendar.days_per_round
            answer.totals, answer.unnamed, answer.next = (
                _table(folder, f"observed-{name}") for name in ("totals", "unnamed", "next")
            )
            answer.fits = answer.totals["matched"]  # their sum is what counts
        case "pivotal":
            answer.table, answer.network = _table(folder, "pivotal"), _table(folder, "influence")
        case _:
            answer.table = table = _table(folder, section)
            answer.of = lambda iso3: table[table["iso3"] == iso3]
            answer.rows_of_parameters = manifest["rows_of_parameters"]
    return answer


def _table(folder: Path, name: str) -> "pd.DataFrame":
    """Read a table; one without rows has no file."""
    import pandas as pd

    return read_table(folder, name) if (folder / f"{name}.parquet").exists() else pd.DataFrame()
