"""Results folders read back, so that figures and reports can be drawn without running anything again."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiments.about import About, PastEvent
from sim.experiments.parts import MAX_MANIFEST
from sim.inputs.errors import InputError
from sim.inputs.map_file import Map, read_map
from sim.inputs.roster_file import Vocabulary
from sim.inputs.text_file import read_text
from sim.outputs.store import MAP

if TYPE_CHECKING:
    import pandas as pd

MANIFEST = "manifest.json"
MOST_NAMED = 3
"""Results folders that a message names, at most."""

UNFINISHED = "the results are not finished; the same command goes on"
"""What is said where a file is not there: a command in parts leaves such a folder where it is stopped."""

Manifest = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class StoredRun:
    """The tables of a run as its results folder holds them, each read when it is first asked for.

    They are those of `RunResult`, bit for bit.

    Attributes
    ----------
    folder, manifest
        Where the results are, and what `manifest.json` says.
    """

    folder: Path
    manifest: Manifest

    @cached_property
    def about(self) -> About:
        """What was run, in words and dates."""
        with damage_told(self.folder):
            return _about(self.manifest)

    @cached_property
    def nations(self) -> "pd.DataFrame":
        """A row a round and nation."""
        return read_table(self.folder, "nations")

    @cached_property
    def rounds(self) -> "pd.DataFrame":
        """A row a round."""
        return read_table(self.folder, "rounds")

    @cached_property
    def runs(self) -> "pd.DataFrame":
        """A row a run."""
        return read_table(self.folder, "runs")

    @cached_property
    def summary(self) -> "pd.DataFrame":
        """A row a nation, at the end."""
        table = read_table(self.folder, "summary").set_index("iso3")
        reasons: Any = [_reasons(text) for text in table["held_back_by"]]
        return table.assign(held_back_by=reasons)

    @cached_property
    def moves(self) -> "pd.DataFrame":
        """A row a nation and move between stances."""
        return read_table(self.folder, "moves")

    @cached_property
    def flows(self) -> "pd.DataFrame":
        """A row a pair of stances."""
        return read_table(self.folder, "flows")

    @cached_property
    def rests_on(self) -> "pd.DataFrame":
        """See `RunResult.rests_on`."""
        return read_table(self.folder, "rests_on")

    @cached_property
    def map(self) -> Map | None:
        """Outlines of the nations, if there are any."""
        file = self.folder / MAP
        return read_map(file) if file.exists() else None


def read_manifest(folder: Path) -> Manifest:
    """Return what the manifest of a results folder says.

    Raises
    ------
    InputError
        If there is no such folder, or it holds no results.
    """
    file = folder / MANIFEST
    if not folder.is_dir():
        problem = "is a file; give the folder that it is in" if folder.exists() else "no such folder"
        raise InputError(problem, file=folder)
    if not file.exists():
        raise InputError(f"holds no results (no {MANIFEST}){_results_below(folder)}", file=folder)
    text = read_text(file, MAX_MANIFEST, "the manifest of a results folder")
    with damage_told(folder):
        manifest = json.loads(text)
        return dict(manifest)


def read_table(folder: Path, name: str) -> "pd.DataFrame":
    """Read a table of a results folder.

    Raises
    ------
    InputError
        If it is not there or cannot be read.
    """
    import pandas as pd
    import pyarrow as pa

    file = folder / f"{name}.parquet"
    try:
        return pd.read_parquet(file)
    except FileNotFoundError:
        raise InputError(f"is missing: {UNFINISHED}", file=file) from None
    except (OSError, ValueError, pa.ArrowException):
        problem = "cannot be read; it is damaged; run the command that made this folder again"
        raise InputError(problem, file=file) from None


DAMAGE = (ArithmeticError, AttributeError, LookupError, OSError, RecursionError, TypeError, ValueError)
"""What is raised where results are not as they were written."""


@contextmanager
def damage_told(folder: Path) -> Iterator[None]:
    """Turn what goes wrong where a manifest has been changed by hand into a message."""
    with _told(folder, f"{MANIFEST}: cannot be read"):
        yield


@contextmanager
def damaged_tables_told(folder: Path) -> Iterator[None]:
    """Turn what goes wrong where what is shown is made of damaged results into a message."""
    with _told(folder, "the results are damaged"):
        yield


@contextmanager
def _told(folder: Path, problem: str) -> Iterator[None]:
    try:
        yield
    except InputError:
        raise
    except FileNotFoundError:
        raise InputError(UNFINISHED, file=folder) from None
    except DAMAGE as error:
        cause = f"{type(error).__name__}: {error}"
        raise InputError(f"{problem} ({cause}); run the command that made it again", file=folder) from None


def _results_below(folder: Path) -> str:
    """Return the results folders in a folder, for a message."""
    found = [str(file.parent) for file in islice(folder.rglob(MANIFEST), MOST_NAMED + 1)]
    more = ", ..." if len(found) > MOST_NAMED else ""
    return f"; did you mean {', '.join(found[:MOST_NAMED])}{more}?" if found else ""


def _about(manifest: Manifest) -> About:
    scenario = manifest["scenario"]
    return About(
        scenario=scenario["name"],
        title=manifest["title"],
        description=manifest["description"],
        roster=manifest["roster"],
        vocabulary=Vocabulary.model_validate(manifest["actors"]),
        start=dt.date.fromisoformat(scenario["start"]),
        rounds=scenario["rounds"],
        days_per_round=scenario["days_per_round"],
        force_required=scenario["force_required"],
        events=tuple(
            PastEvent(event["round"], dt.date.fromisoformat(event["date"]), event["title"], event["source"])
            for event in manifest["events"]
            if event["round"] <= scenario["rounds"]
        ),
        seed=manifest["seed"],
        runs=manifest["runs"],
    )


def _reasons(text: str) -> tuple[tuple[str, float], ...]:
    """Return reasons and shares from their text, see `sim.outputs.store.plain_summary`."""
    pairs = (part.rsplit(" ", 1) for part in text.split("; ") if part)
    return tuple((reason, float(share)) for reason, share in pairs)
