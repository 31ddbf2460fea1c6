"""What a comparison answers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Self

from sim.experiments.rests_on import verdicts
from sim.results.about import About, AboutCase
from sim.results.reading import Manifest, parsed
from sim.results.result import Result
from sim.results.tables import FolderTables
from sim.system.libraries import pd

SUMS = "sums"
"""The table that the others are made from."""

VALUE, DIFFERENCE = "value", "difference"
"""What has a verdict on what it rests on: a number of a scenario, or how it differs from the reference's."""


class AboutComparison(About):
    """What was compared.

    Attributes
    ----------
    names
        The names of the scenarios, the reference first, numbered where several share one.
    cases
        The scenarios.
    seed, runs
        Which runs of each.
    parts
        In how many parts they are computed.
    """

    kind: str = "comparison"
    names: tuple[str, ...]
    cases: tuple[AboutCase, ...]
    seed: int
    runs: int
    parts: int

    @property
    def title(self) -> str:
        """The titles of the scenarios."""
        return "; ".join(case.title for case in self.cases)


class Comparison(Result):
    """How scenarios differ from the first, over the same runs.

    Tables have a row a scenario (the reference left out), nation and measure: `reference` and `value` are
    what the two give, `difference` is value minus reference, each with the bounds of its 95 % interval
    (`_low`, `_high`); that of the difference is paired. `unpaired_runs` is how many runs of each scenario
    would tell the difference as precisely if they did not share their draws: infinite where all runs
    agree on the difference, missing where nothing varies at all. `runs` is how many there were.

    Two tables of how things go over time have a row a scenario, the reference among them, and round:
    `rounds`, as `RunResult.rounds`, and `nation_rounds`, the shares of `RunResult.nations`.
    """

    kind = "comparison"

    def __init__(self, about: AboutComparison, tables: "Mapping[str, pd.DataFrame]") -> None:
        self._about, self._tables = about, tables

    @classmethod
    def load(cls, folder: Path, manifest: Manifest) -> Self:
        """Return the comparison that a folder holds."""
        return cls(parsed(AboutComparison, folder, manifest), FolderTables(folder, (SUMS,)))

    @property
    def about(self) -> AboutComparison:
        """What was compared."""
        return self._about

    @property
    def tables(self) -> "Mapping[str, pd.DataFrame]":
        """Every table by name."""
        return self._tables

    @property
    def coalition(self) -> "pd.DataFrame":
        """A row a scenario and measure, at the end.

        Measures: `size` (mean number of nations that declare soldiers on land), `contributors` (of those
        that give any military means), `force` (mean of soldiers pledged), `fielded` (of those in the field
        at a time), `p_force_met` (share of the runs in which the force pledged is at least what the scenario
        requires).
        """
        return self._tables["coalition"]

    @property
    def nations(self) -> "pd.DataFrame":
        """A row a scenario, measure and nation.

        Measures: `p_committed`, the share of the runs in which it is committed at the end;
        `days_to_joining`, the mean number of days from the start until it first commits, where a run in
        which it does not within the horizon counts as the horizon (a restricted mean).
        """
        return self._tables["nations"]

    @property
    def rests_on(self) -> "pd.DataFrame":
        """A row a scenario, number at the end and group of what is uncertain, see `sim.experiments.rests_on`.

        `of`: `VALUE`, of every scenario, the reference among them; `DIFFERENCE`, of the others.
        """
        return self._tables["rests_on"]

    def verdicts(self, scenario: str, of: str) -> dict[str, str]:
        """Return what each number of a scenario rests on, or its difference from the reference."""
        table = self.rests_on
        return verdicts(table[(table["scenario"] == scenario) & (table["of"] == of)])
