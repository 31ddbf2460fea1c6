"""Hindcasts as their results folders hold them."""

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.experiments.hindcast.result import HindcastOptions
from sim.experiments.hindcast.scores import Observed
from sim.experiments.hindcast.waves import Wave
from sim.inputs.fit import wave_name
from sim.outputs.results_folder import Manifest, damage_told, read_table
from sim.outputs.stored_case import StoredCase, stored_case

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class StoredDeclaration:
    """What a hindcast's file is called and says of itself."""

    name: str
    title: str
    caution: str


@dataclass(frozen=True)
class StoredVariant:
    """A way in which a hindcast was scored, against which waves; of these only what was observed."""

    name: str
    title: str
    waves: tuple[Wave, ...]


@dataclass(frozen=True, eq=False)
class StoredHindcast:
    """The tables of a hindcast, see `HindcastResult`; figures take it for one.

    Attributes
    ----------
    folder
        Where the tables are.
    hindcast, case, options
        What was given.
    fitted_to
        The waves that the parameters were fitted to; None if not known.
    variants
        The ways of scoring, as recorded first; only that one has its waves.
    """

    folder: Path
    hindcast: StoredDeclaration
    case: StoredCase
    options: HindcastOptions
    fitted_to: tuple[str, ...] | None
    variants: tuple[StoredVariant, ...]

    @property
    def recorded(self) -> StoredVariant:
        """The scoring against the positions as they were recorded."""
        return self.variants[0]

    def is_in_sample(self, wave: Wave) -> bool:
        """Tell whether the parameters were, or may have been, fitted to a wave."""
        return self.fitted_to is None or wave_name(self.hindcast.name, wave.name) in self.fitted_to

    @cached_property
    def differences(self) -> "pd.DataFrame":
        """A row a wave, variant, baseline and score."""
        return read_table(self.folder, "differences")

    @cached_property
    def nations(self) -> "pd.DataFrame":
        """A row a wave and nation observed."""
        return read_table(self.folder, "nations")

    @cached_property
    def reliability(self) -> "pd.DataFrame":
        """A row a wave and bin of forecast probabilities."""
        return read_table(self.folder, "reliability")


def load_hindcast_result(folder: Path, manifest: Manifest) -> StoredHindcast:
    """Return a hindcast as its folder holds it."""
    with damage_told(folder):
        told, fitted_to = manifest["hindcast"], manifest["fitted_to"]
        options = {name: manifest[name] for name in ("runs", "seed", "resamples")}
        variants: dict[str, str] = manifest["variants"]
        waves = _waves(read_table(folder, "waves"), read_table(folder, "nations"))
        return StoredHindcast(
            folder=folder,
            hindcast=StoredDeclaration(told["name"], told["title"], told["caution"]),
            case=stored_case(manifest),
            options=HindcastOptions(**options),
            fitted_to=None if fitted_to is None else tuple(fitted_to),
            variants=tuple(
                StoredVariant(name, title, () if number else waves)
                for number, (name, title) in enumerate(variants.items())
            ),
        )


def _waves(table: "pd.DataFrame", nations: "pd.DataFrame") -> tuple[Wave, ...]:
    """Return the waves with the nations that were observed, and no others."""
    rows: Any = table.itertuples()
    return tuple(_wave(row, nations[nations["wave"] == row.wave].to_dict("list")) for row in rows)


def _wave(row: Any, seen: dict[Any, list[Any]]) -> Wave:
    def known(when: str) -> Observed:
        return Observed(*(np.array(seen[f"{when}_{end}"], dtype=np.int8) for end in ("low", "high")))

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
