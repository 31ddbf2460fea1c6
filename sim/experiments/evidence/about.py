"""What was learned from, as results folders keep it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from sim.inputs.coalitions.coalitions import Coalitions

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class AboutCoalitions:
    """How much there was to learn from.

    Attributes
    ----------
    title
        What the coalitions are.
    rows, coalitions, cases, families
        How many candidates, coalitions, cases and families there are.
    titles
        Of the coalitions, by name.
    """

    title: str
    rows: int
    coalitions: int
    cases: int
    families: int
    titles: Mapping[str, str]

    def manifest(self) -> dict[str, Any]:
        """Return it as a manifest keeps it."""
        return asdict(self)


def about(coalitions: Coalitions) -> AboutCoalitions:
    """Return how much there is to learn from coalitions."""
    return AboutCoalitions(
        title=coalitions.declaration.title,
        rows=len(coalitions.candidates),
        coalitions=len(coalitions.coalitions),
        cases=len({each.case for each in coalitions.coalitions}),
        families=len({each.family for each in coalitions.coalitions}),
        titles={each.name: each.title for each in coalitions.coalitions},
    )


class LeftOutTables(Protocol):
    """What figures and words of coalitions left out are made of, see `LeftOut`."""

    @property
    def coalitions(self) -> "pd.DataFrame":
        """A row a coalition and forecast."""

    @property
    def sizes(self) -> "pd.DataFrame":
        """A row a coalition."""

    @property
    def summary(self) -> "pd.DataFrame":
        """A row a forecast and score."""
