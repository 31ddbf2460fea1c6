"""What past coalitions teach, and coalitions left out, as their results folders hold them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.experiments.evidence.about import AboutCoalitions
from sim.outputs.results_folder import Manifest, damage_told, read_table

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class StoredTaught:
    """What past coalitions teach, see `sim.outputs.evidence.store.Taught`."""

    about: AboutCoalitions
    coefficients: "pd.DataFrame"


@dataclass(frozen=True, eq=False)
class StoredLeftOut:
    """Coalitions left out, see `LeftOutTables`, and what all of them teach."""

    about: AboutCoalitions
    coefficients: "pd.DataFrame"
    coalitions: "pd.DataFrame"
    sizes: "pd.DataFrame"
    summary: "pd.DataFrame"


def load_taught(folder: Path, manifest: Manifest) -> StoredTaught:
    """Return what past coalitions teach as a folder holds it."""
    with damage_told(folder):
        return StoredTaught(AboutCoalitions(**manifest["learned_from"]), read_table(folder, "coefficients"))


def load_left_out(folder: Path, manifest: Manifest) -> StoredLeftOut:
    """Return coalitions left out as a folder holds them."""
    with damage_told(folder):
        return StoredLeftOut(
            about=AboutCoalitions(**manifest["learned_from"]),
            coefficients=read_table(folder, "coefficients"),
            coalitions=read_table(folder, "coalitions"),
            sizes=read_table(folder, "sizes"),
            summary=read_table(folder, "summary"),
        )
