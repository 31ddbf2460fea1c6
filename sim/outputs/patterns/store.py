"""Results folders of patterns: tables and a manifest."""

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

from sim.declarations.parameters import PARAMETERS
from sim.experiments.description import case_digest
from sim.experiments.patterns.observed import Progress
from sim.experiments.patterns.verdicts import PatternsResult, check_all, in_words, worlds
from sim.experiments.run import RunOptions
from sim.inputs.parameters import load_parameters
from sim.inputs.patterns_file import Patterns
from sim.outputs.patterns.tables import patterns_markdown
from sim.outputs.store import describe_work, write_manifest, write_table
from sim.system import folders
from sim.system.drafts import whole_folder
from sim.system.manifests import FORMAT

FOLDER = "patterns"
TABLES = {"patterns": "table", "checks": "checks"}
"""Names of files, and the tables in them."""


def patterns_into_folder(
    patterns: Patterns,
    parameters: Path | None,
    options: RunOptions,
    out: Path,
    *,
    csv: bool = False,
    progress: Progress = lambda _: None,
) -> tuple[PatternsResult, Path]:
    """Check patterns and write a results folder, ``OUT/patterns/NAME/ID``.

    Parameters
    ----------
    patterns, parameters, options, progress
        As for `check_all`.
    out
        Folder of all results.
    csv
        Whether to write the tables as CSV beside the Parquet.

    Raises
    ------
    InputError
        As for `check_all`, or if the folder cannot be written to; nothing is left behind.
    """
    started = dt.datetime.now(dt.UTC)
    digests = world_digests(patterns, parameters)
    folder = out / FOLDER / patterns.name / patterns_id(patterns, digests, options, csv=csv)
    with whole_folder(folder) as draft:
        result = check_all(patterns, parameters, options, progress)
        for name, table in TABLES.items():
            write_table(getattr(result, table), draft, name, csv=csv)
        folders.write(draft / "patterns.md", patterns_markdown(result).encode())
        write_manifest(describe(result, digests, parameters, started), draft)
    return result, folder


def world_digests(patterns: Patterns, parameters: Path | None) -> dict[str, str]:
    """Return a digest of what determines the runs of each world, by its words."""
    found = {world for needed in worlds(patterns) for world in needed}
    return {
        in_words(world): case_digest(patterns.case(world, parameters))
        for world in sorted(found, key=in_words)
    }


def patterns_id(
    patterns: Patterns, digests: dict[str, str], options: RunOptions, *, csv: bool = False
) -> str:
    """Return the name of the folder for these patterns: the same inputs and files have the same name."""
    inputs = f"{patterns.model_dump(mode='json')} {digests} {options.seed} {options.runs} {csv} {FORMAT}"
    return hashlib.sha256(inputs.encode()).hexdigest()[:12]


def describe(
    result: PatternsResult, digests: dict[str, str], parameters: Path | None, started: dt.datetime
) -> dict[str, Any]:
    """Return the manifest: what was asked, with what, and of which worlds."""
    point = load_parameters(parameters).values[0].tolist()
    return {
        "kind": "patterns",
        "format": FORMAT,
        "patterns": {"name": result.patterns.name, **result.patterns.model_dump(mode="json", by_alias=True)},
        "parameters": dict(zip(PARAMETERS, point, strict=True)) if result.draws == 1 else "a row a run",
        "fitted_to": result.fitted_to,
        "seed": result.seed,
        "runs": result.runs,
        "worlds": digests,
        **describe_work(started),
    }
