"""What a sweep answers."""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any, Self

from sim.experiments.rests_on import verdicts
from sim.experiments.sweep.evaluate import NAMES
from sim.experiments.sweep.landmarks import FILE, MOST_FACTORS, Landmark, read_landmarks
from sim.inputs.factors import Factor, listed
from sim.inputs.sweep_file import Sweep
from sim.results.about import About, AboutCase
from sim.results.reading import Manifest, parsed
from sim.results.result import Result
from sim.results.tables import FolderTables
from sim.system import manifests
from sim.system.libraries import pd

RESTS_ON = "rests_on"
TABLES = {"points": False, "nations": True}
"""The tables of estimates, and whether they hold those by nation."""


class AboutSweep(About, AboutCase):
    """What a sweep is of: its base is described as a scenario.

    Attributes
    ----------
    sweep
        What its file says, and its name.
    factors
        Their keys, in the order of the columns.
    points, runs, parts
        How many points and runs there are, and in how many parts these are computed.
    """

    kind: str = "sweep"
    sweep: dict[str, Any]
    factors: tuple[str, ...]
    points: int
    runs: int
    parts: int


class SweepResult(Result):
    """The tables of a sweep.

    Parameters
    ----------
    about
        What was swept.
    tables
        `points` and `nations`, or one of them, and `rests_on`.
    landmarks
        Returns the known scenarios that lie on the ground that the sweep covers.
    folder
        Where the tables are.
    """

    kind = "sweep"

    def __init__(
        self,
        about: AboutSweep,
        tables: "Mapping[str, pd.DataFrame]",
        landmarks: Callable[[], Sequence[Landmark]],
        folder: Path,
    ) -> None:
        self._about, self._tables, self._landmarks, self.folder = about, tables, landmarks, folder

    @classmethod
    def load(cls, folder: Path, manifest: Manifest) -> Self:
        """Return the sweep that a folder holds."""
        about = parsed(AboutSweep, folder, manifest)
        return cls(about, FolderTables(folder), partial(read_landmarks, folder), folder)

    @property
    def about(self) -> AboutSweep:
        """What was swept."""
        return self._about

    @property
    def tables(self) -> "Mapping[str, pd.DataFrame]":
        """Every table by name."""
        return self._tables

    @property
    def files(self) -> Mapping[str, bytes]:
        """The landmarks, where figures show them."""
        if len(self.about.factors) > MOST_FACTORS:
            return {}
        return {FILE: manifests.written([mark._asdict() for mark in self.landmarks])}

    @cached_property
    def sweep(self) -> Sweep:
        """What its file says."""
        keys = {key: value for key, value in self.about.sweep.items() if key != "name"}
        return Sweep.model_validate(keys)

    @cached_property
    def points(self) -> "pd.DataFrame":
        """A row a point and outcome: point, the factors, outcome, estimate, low, high, runs."""
        return self._tables["points"]

    @cached_property
    def nations(self) -> "pd.DataFrame":
        """A row a point and nation: as `points`, with iso3; the outcome is P(committed)."""
        return self._tables["nations"]

    @cached_property
    def rests_on(self) -> "pd.DataFrame":
        """A row a point, number and group, see `sim.experiments.rests_on`; of the `extremes` alone."""
        return self._tables[RESTS_ON]

    @cached_property
    def values(self) -> "pd.DataFrame":
        """The values of the factors: a row a point, a column a factor."""
        return self._first.set_index("point")[list(self.about.factors)]

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """The factors as the file declares them, or as a list names them, with names of levels."""
        return tuple(map(self._factor, self.about.factors))

    @cached_property
    def landmarks(self) -> tuple[Landmark, ...]:
        """The base and the bundled scenarios that differ from it in nothing but the factors."""
        return tuple(self._landmarks())

    @cached_property
    def extremes(self) -> dict[str, tuple[int, int]]:
        """The points at which each outcome of the coalition is least and most."""
        return extremes(self.points) if "points" in self._tables else {}

    def verdicts(self, point: int) -> dict[str, str]:
        """Return what each number at one of the `extremes` rests on."""
        return verdicts(self.rests_on[self.rests_on["point"] == point])

    @cached_property
    def _first(self) -> "pd.DataFrame":
        """The first row of each point."""
        table = next(self._tables[name] for name in TABLES if name in self._tables)
        return table.drop_duplicates("point")

    def _factor(self, path: str) -> Factor:
        levels, names = self._first[path], self._first.get(f"{path}{NAMES}")
        steps: dict[str, float] = {}
        if names is not None:
            steps = dict(zip(names[names != ""], levels[names != ""], strict=True))
            levels = names.where(names != "", levels)
        declared = {factor.path: factor for factor in self.sweep.factors}.get(path)
        return listed(path, tuple(levels.unique()), declared).with_steps(steps)


def extremes(points: "pd.DataFrame") -> dict[str, tuple[int, int]]:
    """Return the points at which each outcome is least and most; `points` as in `SweepResult`."""
    least_and_most = {}
    for outcome, rows in points.groupby("outcome", sort=False):
        at, estimate = rows["point"].to_numpy(), rows["estimate"].to_numpy()
        least_and_most[str(outcome)] = int(at[estimate.argmin()]), int(at[estimate.argmax()])
    return least_and_most
