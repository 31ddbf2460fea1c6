"""What the tables of a hindcast are of, computed or read back."""

import datetime as dt
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ConfigDict

from sim.experiments.hindcast.options import HindcastOptions
from sim.experiments.hindcast.scores import ObservedStances
from sim.experiments.hindcast.waves import Wave
from sim.inputs.fit import wave_name
from sim.results.about import About, AboutCase, Frozen
from sim.results.result import Loaded, Result

if TYPE_CHECKING:
    pass


class HindcastDeclaration(Frozen):
    """What a hindcast's file is called and says of itself; all else that it says stands beside."""

    model_config = ConfigDict(extra="allow")

    name: str
    title: str
    caution: str


class AboutHindcast(About, AboutCase):
    """What a hindcast is of; the scenario is that of its first wave.

    Attributes
    ----------
    hindcast
        Its file.
    fitted_to
        The waves that the parameters were fitted to; none for hand-set ones, None if not known.
    variants
        The ways of scoring, as recorded first: what readers call each.
    seed, runs, resamples
        As in `HindcastOptions`.
    """

    kind: str = "hindcast"
    hindcast: HindcastDeclaration
    fitted_to: tuple[str, ...] | None
    variants: dict[str, str]
    seed: int
    runs: int
    resamples: int

    @property
    def scoring(self) -> HindcastOptions:
        """Which runs, and how sure the scores are made."""
        return HindcastOptions(self.runs, seed=self.seed, resamples=self.resamples)

    def is_in_sample(self, wave: Wave) -> bool:
        """Tell whether the parameters were, or may have been, fitted to a wave."""
        return self.fitted_to is None or wave_name(self.hindcast.name, wave.name) in self.fitted_to


class HindcastTables(Result):
    """The tables of a hindcast, see `HindcastResult`."""

    kind = "hindcast"

    @property
    def about(self) -> AboutHindcast:
        """What was scored."""
        raise NotImplementedError

    @cached_property
    def observed_waves(self) -> tuple[Wave, ...]:
        """The waves as they were recorded, with the nations that were observed and no others."""
        rows: Any = self.tables["waves"].itertuples()
        nations = self.tables["nations"]
        return tuple(_wave(row, nations[nations["wave"] == row.wave].to_dict("list")) for row in rows)


class LoadedHindcast(Loaded, HindcastTables):
    """A hindcast as its folder holds it."""

    kind, manifest_model = "hindcast", AboutHindcast


def _wave(row: Any, seen: dict[Any, list[Any]]) -> Wave:
    def known(when: str) -> ObservedStances:
        return ObservedStances(*(np.array(seen[f"{when}_{end}"], dtype=np.int8) for end in ("low", "high")))

    return Wave(
        since=dt.date.fromisoformat(row.since),
        date=dt.date.fromisoformat(row.date),
        title=row.title,
        fitted=bool(row.fitted),
        round=int(row.round),
        observed=known("recorded"),
        start=known("start"),
        positions=tuple(seen["position"]),
        sources=tuple(seen["source"]),
        notes=tuple(seen["note"]),
    )
