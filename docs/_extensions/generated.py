"""What pages take from the code and the files while they are built, so that it cannot be out of date.

A line ``% generated: NAME`` of a page becomes that part; a line ``% output: coalition ...`` becomes the
command and what it prints.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import commands
import data_tables
import model_tables
import public_names

VALIDATION = Path(__file__).parents[1] / "validation.md"
VALIDATED = """\
All tables, win or lose: [](validation.md).

```{toctree}
:hidden:

validation
```
"""
NOT_VALIDATED = (
    "A page with all tables is written by `coalition cross-validate europe-2025 --page validation.md`."
)

PARTS: dict[str, Callable[[], str]] = {
    "candidates": data_tables.candidates,
    "commands": commands.reference,
    "conditions": data_tables.conditions,
    "constants": model_tables.constants,
    "contributions": data_tables.contributions,
    "figures of a run": model_tables.figures_of_a_run,
    "keys of events": model_tables.keys_of_events,
    "conditions of events": model_tables.conditions_of_events,
    "keys of factors": model_tables.keys_of_factors,
    "keys of forecasts": model_tables.keys_of_forecasts,
    "keys of hindcasts": model_tables.keys_of_hindcasts,
    "keys of patterns": model_tables.keys_of_patterns,
    "keys of priors": model_tables.keys_of_priors,
    "keys of questions": model_tables.keys_of_questions,
    "keys of scenarios": model_tables.keys_of_scenarios,
    "keys of sweeps": model_tables.keys_of_sweeps,
    "later events": data_tables.later_events,
    "levels": model_tables.levels,
    "levers": model_tables.levers,
    "nations": data_tables.nations,
    "parameters": model_tables.parameters,
    "policies": model_tables.policies,
    "positions": data_tables.positions,
    "priors": model_tables.priors,
    "public names": public_names.reference,
    "scenarios": model_tables.scenarios,
    "second reading": data_tables.second_reading,
    "sourced positions": data_tables.sourced,
    "sources": data_tables.sources,
    "sweeps": model_tables.sweeps,
    "validation": lambda: VALIDATED if VALIDATION.exists() else NOT_VALIDATED,
}
MARK = re.compile(r"^% (generated|output): (.+)$", re.MULTILINE)


def setup(app: Any) -> dict[str, bool]:
    """Fill in pages as they are read; read those with marks anew in every build."""
    app.connect("source-read", _fill)
    app.connect("env-get-outdated", _with_marks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _fill(_app: Any, _page: str, source: list[str]) -> None:
    source[0] = MARK.sub(lambda mark: part(mark[1], mark[2]), source[0])


def part(kind: str, name: str) -> str:
    """Return what a mark stands for, as Markdown."""
    return PARTS[name]() if kind == "generated" else commands.output(name)


def _with_marks(_app: Any, env: Any, *_changes: set[str]) -> list[str]:
    return [page for page in env.found_docs if MARK.search(env.doc2path(page).read_text(encoding="utf-8"))]
