"""What a sensitivity analysis answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Self

from sim.experiments.choices import Method
from sim.experiments.rests_on import verdicts
from sim.experiments.sensitivity.discovery import Discovery
from sim.experiments.sensitivity.plan import Factors, SensitivityOptions, find_outcome
from sim.experiments.sweep.point_model import OutcomeOfNation
from sim.inputs.factors import Factor
from sim.results.about import About, AboutCase
from sim.results.reading import Manifest, parsed
from sim.results.result import Result
from sim.results.tables import FolderTables
from sim.system.libraries import pd

LEADING = 0.05
"""Share of the variance from which a factor matters."""

SAMPLES, BOXES = "samples", "boxes-"


class AboutSensitivity(About, AboutCase):
    """What was analysed: the scenario, its factors, and what `SensitivityOptions` says.

    Attributes
    ----------
    levers, uncertainties
        The factors, as a sweep file declares them, with numbers for names.
    points
        How many points each part took.
    parts
        In how many parts these are computed.
    """

    kind: str = "sensitivity"
    outcomes: tuple[str, ...]
    method: Method
    samples: int
    runs: int
    seed: int
    second_order: bool
    discover: bool
    levers: tuple[Factor, ...]
    uncertainties: tuple[Factor, ...]
    points: dict[str, int]
    parts: int


class Sensitivity(Result):
    """What matters for where a coalition ends.

    Parameters
    ----------
    about
        What was asked.
    tables
        By name; those that were not asked for are not among them.
    discoveries
        Conditions, if asked for: of every probability asked about, else of the required force being met.
    folder
        Where ``samples.parquet`` is: a row a point with its design, the factors, and each outcome with the
        bounds of its 95 % interval.
    """

    kind = "sensitivity"

    def __init__(
        self,
        about: AboutSensitivity,
        tables: "Mapping[str, pd.DataFrame]",
        discoveries: Sequence[Discovery],
        folder: Path,
    ) -> None:
        self._about, self._tables, self.discoveries, self.folder = about, tables, discoveries, folder

    @classmethod
    def load(cls, folder: Path, manifest: Manifest) -> Self:
        """Return the analysis that a folder holds."""
        about = parsed(AboutSensitivity, folder, manifest)
        tables = FolderTables(folder, (SAMPLES,))
        boxes = [Discovery.of_table(tables[name]) for name in tables if name.startswith(BOXES)]
        return cls(about, tables, boxes, folder)

    @property
    def about(self) -> AboutSensitivity:
        """What was analysed."""
        return self._about

    @property
    def tables(self) -> "Mapping[str, pd.DataFrame]":
        """Every table by name."""
        return self._tables

    @property
    def spread(self) -> "pd.DataFrame":
        """A row an outcome: its mean, standard deviation and extremes over the points, and `noise`.

        Noise is the share of its variance over the points that the limited number of runs could at most
        account for. The points are those of the Sobol indices, else of the elementary effects.
        """
        return self._tables["spread"]

    @property
    def indices(self) -> "pd.DataFrame":
        """Sobol indices of every outcome and nation, see `sobol_indices`; empty without that method."""
        return self._table("indices")

    @property
    def convergence(self) -> "pd.DataFrame":
        """The same from ever more points, of the outcomes asked about."""
        return self._table("convergence")

    @property
    def morris(self) -> "pd.DataFrame":
        """Elementary effects of every outcome and nation, see `morris_effects`."""
        return self._table("morris")

    @property
    def rests_on(self) -> "pd.DataFrame":
        """What the numbers of the scenario as it is rest on, see `sim.experiments.rests_on`."""
        return self._tables["rests_on"]

    @cached_property
    def factors(self) -> Factors:
        """What varies."""
        return Factors(self.about.levers, self.about.uncertainties)

    @cached_property
    def options(self) -> SensitivityOptions:
        """What was asked."""
        return SensitivityOptions(
            number=self.about.runs,
            **{name: getattr(self.about, name) for name in SensitivityOptions().decisive() if name != "runs"},
        )

    @cached_property
    def outcomes(self) -> tuple[OutcomeOfNation, ...]:
        """The outcomes asked about, each once."""
        nations = self.about.known_nations
        return tuple(dict.fromkeys(find_outcome(name, nations) for name in self.about.outcomes))

    @property
    def points(self) -> dict[str, int]:
        """How many points each part took."""
        return self.about.points

    def _table(self, name: str) -> "pd.DataFrame":
        """Return a table, empty if it was not asked for."""
        return self._tables[name] if name in self._tables else pd.DataFrame()

    def of(self, table: "pd.DataFrame", outcome: OutcomeOfNation) -> "pd.DataFrame":
        """Return the rows of a table that are about an outcome."""
        return table[(table["outcome"] == outcome[0]) & (table["iso3"] == outcome[1])]

    def verdict(self, outcome: OutcomeOfNation) -> str:
        """Return what an outcome of the scenario as it is rests on."""
        kind, iso3 = outcome
        return verdicts(self.rests_on)[iso3 or kind]

    def settled(self, outcome: OutcomeOfNation) -> "Settled | None":
        """Tell how far Sobol indices have settled; nothing if they were not estimated, or are missing."""
        if self.convergence.empty:
            return None
        table = self.of(self.convergence, outcome).query("index == 'total'")
        if table["estimate"].isna().any():
            return None
        most = table["samples"].max()
        last, half = (table[table["samples"] == samples] for samples in (most, most // 2))
        return Settled(
            widest=float((last["high"] - last["low"]).max()),
            leading=_leading(last),
            leading_from_half=_leading(half) if len(half) else None,
        )


@dataclass(frozen=True)
class Settled:
    """How far Sobol indices have settled.

    Attributes
    ----------
    widest
        Width of the widest interval of a total effect.
    leading, leading_from_half
        The factors whose total effect is at least `LEADING`, in its order; the same from half of the points.
    """

    widest: float
    leading: tuple[str, ...]
    leading_from_half: tuple[str, ...] | None

    @property
    def same_factors_lead(self) -> bool:
        """Whether half of the points tell the same factors from the rest."""
        return self.leading_from_half is not None and set(self.leading) == set(self.leading_from_half)


def _leading(totals: "pd.DataFrame") -> tuple[str, ...]:
    ranked = totals.sort_values("estimate", ascending=False, kind="stable")
    return tuple(ranked[ranked["estimate"] >= LEADING]["factor"])
