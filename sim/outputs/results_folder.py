"""Results folders read back, so that figures and reports can be drawn without running anything again."""

import datetime as dt
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.experiments.about import About, PastEvent
from sim.inputs.characters import shortened
from sim.inputs.errors import InputError
from sim.inputs.map_file import Map, read_map
from sim.inputs.roster_file import Vocabulary
from sim.outputs.store import MAP
from sim.system import folders, manifests
from sim.system.folders import AGAIN, Damaged
from sim.system.manifests import MANIFEST
from sim.system.tables import read_frame

if TYPE_CHECKING:
    import pandas as pd

MOST_NAMED = 3
"""Results folders that a message names, at most."""

MOST_OF_CAUSE = 300
"""Characters of what the program has stumbled over."""

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
    def kinds(self) -> "pd.DataFrame":
        """A row a nation and group of kinds of contribution."""
        return read_table(self.folder, "kinds")

    @cached_property
    def rests_on(self) -> "pd.DataFrame":
        """See `RunResult.rests_on`."""
        return read_table(self.folder, "rests_on")

    @cached_property
    def map(self) -> Map | None:
        """Outlines of the nations, if there are any."""
        file = self.folder / MAP
        if not file.exists():
            return None
        folders.open_whole(file).close()
        return read_map(file)


def read_manifest(folder: Path) -> Manifest:
    """Return what the manifest of a results folder says.

    Raises
    ------
    InputError
        If there is no such folder, or it holds no results.
    Failure
        If it is not as it was written, or of another version.
    """
    if not folder.is_dir():
        problem = "is a file; give the folder that it is in" if folder.exists() else "no such folder"
        raise InputError(problem, file=folder)
    if not (folder / MANIFEST).exists():
        raise InputError(f"holds no results (no {MANIFEST}){_results_below(folder)}", file=folder)
    return manifests.read_manifest(folder)


def read_table(folder: Path, name: str) -> "pd.DataFrame":
    """Read a table of a results folder, see `sim.system.tables.read_frame`."""
    return read_frame(folder / f"{name}.parquet")


DAMAGE = (
    *(ArithmeticError, AssertionError, AttributeError, LookupError, MemoryError, OSError, RuntimeError),
    *(TypeError, ValueError),
)
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
        with warnings.catch_warnings(action="ignore"):  # of numbers that somebody may have made up
            yield
    except DAMAGE as error:
        if isinstance(error, InputError) and error.file is not None:
            raise
        cause = shortened(" ".join(f"{type(error).__name__}: {error}".split()), MOST_OF_CAUSE)
        raise Damaged(folder, f"{problem} ({cause})", AGAIN) from None


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
        vocabulary=Vocabulary.model_validate(manifest["vocabulary"]),
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
