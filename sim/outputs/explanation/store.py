"""Results folders of explanations: tables, figures and a manifest."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.experiments.description import describe_case, shown_digest
from sim.experiments.explain.answers import SECTIONS, ExplainOptions, Explanation, Progress, explain_case
from sim.inputs.case import Case
from sim.inputs.questions import Questions
from sim.outputs.explanation.figures import save_figures
from sim.outputs.store import describe_work, write_manifest, write_table
from sim.system.drafts import whole_folder
from sim.system.manifests import FORMAT

FOLDER = "explain"
MOST_NAMED = 5
"""Nations whose codes are a part of a folder's name."""


def explain_into_folder(
    case: Case,
    asked: Sequence[int],
    questions: Questions,
    options: ExplainOptions,
    out: Path,
    *,
    csv: bool = False,
    progress: Progress = lambda _: None,
) -> tuple[Explanation, Path]:
    """Answer questions and write a results folder, ``OUT/explain/SCENARIO/NATIONS-ID``.

    Parameters
    ----------
    case, asked, questions, options, progress
        As for `explain_case`.
    out
        Folder of all results.
    csv
        Whether to write the tables as CSV beside the Parquet.

    Raises
    ------
    InputError
        As for `explain_case`, or if the folder cannot be written to; nothing is left behind.
    """
    started = dt.datetime.now(dt.UTC)
    name = f"{_nations(case, asked)}-{explain_id(case, asked, questions, options, csv=csv)}"
    folder = out / FOLDER / case.scenario.name / name
    with whole_folder(folder) as draft:
        answer = explain_case(case, asked, questions, options, progress)
        progress("figures")
        save_figures(answer, draft / "figures")
        for table_name, table in answer.tables.items():
            if not table.empty:
                write_table(table, draft, table_name, csv=csv)
        write_manifest(describe(answer, started), draft)
    return answer, folder


def explain_id(
    case: Case, asked: Sequence[int], questions: Questions, options: ExplainOptions, *, csv: bool = False
) -> str:
    """Return a digest of all that the tables and files depend on: the same inputs have the same one."""
    observed = case.scenario.observed
    chosen = [options.sections(case, asked), options.date, options.runs, options.seed, csv]
    inputs = f"{shown_digest(case)} {list(asked)} {questions!r} {observed!r} {chosen} {FORMAT}"
    return hashlib.sha256(inputs.encode()).hexdigest()[:12]


def describe(answer: Explanation, started: dt.datetime) -> dict[str, Any]:
    """Return the manifest of an explanation."""
    case, options = answer.case, answer.options
    points = {
        name: found.points
        for name in ("levers", "pairs", "frontier")
        if (found := getattr(answer, name)) is not None
    }
    observed = case.scenario.observed
    return {
        "kind": "explanation",
        "format": FORMAT,
        **describe_case(case),
        "asked": [case.roster.iso3[nation] for nation in answer.asked] or "all",
        "sections": list(options.sections(case, answer.asked)),
        "date": str(answer.why.date) if answer.why else None,
        "runs": options.runs,
        "seed": options.seed,
        "runs_of_answers": {
            name: found.number_of_runs
            for name in SECTIONS
            if hasattr(found := getattr(answer, name), "number_of_runs")
        },
        "rows_of_parameters": len(case.parameters.values),
        "points": points,
        "questions": answer.questions.model_dump(exclude_none=True),
        "observed": observed.model_dump(mode="json", exclude_none=True) if observed else None,
        **describe_work(started),
    }


def _nations(case: Case, asked: Sequence[int]) -> str:
    codes = [case.roster.iso3[nation] for nation in asked]
    if len(codes) > MOST_NAMED:
        return f"{codes[0]}-and-{len(codes) - 1}-others"
    return "-".join(codes) or "all"
