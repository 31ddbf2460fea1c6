"""Explanations as their results folders hold them."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.inputs.schedule import Calendar
from sim.inputs.situation import Observed
from sim.outputs.results_folder import Manifest, damage_told, read_table
from sim.outputs.stored_case import StoredCase, stored_case

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class StoredAnswer:
    """What every answer has: of which case it is, and which runs it rests on."""

    case: StoredCase
    number_of_runs: int
    seed: int


@dataclass(frozen=True, eq=False)
class StoredWhy(StoredAnswer):
    """What figures need of `Why`."""

    date: dt.date
    terms: "pd.DataFrame"
    conditions: "pd.DataFrame"


@dataclass(frozen=True, eq=False)
class StoredTable(StoredAnswer):
    """What figures need of `Frontiers` and of `Sequences`."""

    table: "pd.DataFrame"


@dataclass(frozen=True, eq=False)
class StoredLevers(StoredTable):
    """What figures need of `LeverAnswers`."""

    nations: tuple[int, ...]

    def of(self, iso3: str) -> "pd.DataFrame":
        """Return the rows of a nation."""
        return self.table[self.table["iso3"] == iso3]


@dataclass(frozen=True, eq=False)
class StoredPivots(StoredTable):
    """What figures need of `Pivots`."""

    network: "pd.DataFrame"


@dataclass(frozen=True, eq=False)
class StoredHardened(StoredTable):
    """What figures need of `Answers`."""

    rows_of_parameters: int


@dataclass(frozen=True, eq=False)
class StoredUnnamed(StoredAnswer):
    """What figures need of `Unnamed`."""

    observed: Observed
    round: int
    totals: "pd.DataFrame"
    unnamed: "pd.DataFrame"
    next: "pd.DataFrame"


@dataclass(frozen=True, eq=False)
class StoredExplanation:
    """The answers that are drawn, see `Explanation`; None where a question was not asked."""

    case: StoredCase
    asked: tuple[int, ...]
    why: StoredWhy | None = None
    levers: StoredLevers | None = None
    frontier: StoredTable | None = None
    pivotal: StoredPivots | None = None
    hardened: StoredHardened | None = None
    persuade: StoredTable | None = None
    observed: StoredUnnamed | None = None


def load_explanation(folder: Path, manifest: Manifest) -> StoredExplanation:
    """Return an explanation as its folder holds it."""
    with damage_told(folder):
        case = stored_case(manifest)
        asked = () if manifest["asked"] == "all" else tuple(map(case.roster.iso3.index, manifest["asked"]))
        reading = _Reading(folder, manifest, case, asked)
        answers: dict[str, Any] = {
            section: getattr(reading, section)()
            for section in manifest["sections"]
            if section in manifest["runs_of_answers"]
        }
    return StoredExplanation(case, asked, **answers)


@dataclass(frozen=True)
class _Reading:
    """Reads each answer; a method a section."""

    folder: Path
    manifest: Manifest
    case: StoredCase
    asked: tuple[int, ...]

    def why(self) -> StoredWhy:
        date = dt.date.fromisoformat(self.manifest["date"])
        return StoredWhy(*self._of("why"), date, self._table("why-terms"), self._table("why-conditions"))

    def levers(self) -> StoredLevers:
        nations = self.asked or tuple(range(len(self.case.roster.iso3)))
        return StoredLevers(*self._of("levers"), self._table("levers"), nations)

    def frontier(self) -> StoredTable:
        return StoredTable(*self._of("frontier"), self._table("frontier"))

    def pivotal(self) -> StoredPivots:
        return StoredPivots(*self._of("pivotal"), self._table("pivotal"), self._table("influence"))

    def hardened(self) -> StoredHardened:
        rows = self.manifest["rows_of_parameters"]
        return StoredHardened(*self._of("hardened"), self._table("hardened"), rows)

    def persuade(self) -> StoredTable:
        return StoredTable(*self._of("persuade"), self._table("persuade"))

    def observed(self) -> StoredUnnamed:
        told, scenario = self.manifest["observed"], self.case.scenario
        observed = Observed.model_validate({**told, "date": dt.date.fromisoformat(told["date"])})
        round_ = Calendar(scenario.start, scenario.days_per_round).last_round_by(observed.date)
        tables = (self._table(f"observed-{name}") for name in ("totals", "unnamed", "next"))
        return StoredUnnamed(*self._of("observed"), observed, round_, *tables)

    def _of(self, section: str) -> tuple[StoredCase, int, int]:
        """Return what every answer has."""
        return self.case, self.manifest["runs_of_answers"][section], self.manifest["seed"]

    def _table(self, name: str) -> "pd.DataFrame":
        """Read a table; one without rows has no file."""
        import pandas as pd

        is_there = (self.folder / f"{name}.parquet").exists()
        return read_table(self.folder, name) if is_there else pd.DataFrame()
