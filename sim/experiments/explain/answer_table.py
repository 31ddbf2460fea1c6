"""Answers that are a table."""

from dataclasses import dataclass

from sim.inputs.case import Case
from sim.system.libraries import pd


@dataclass(frozen=True, eq=False)
class AnswerTable:
    """An answer to a question of nations.

    Attributes
    ----------
    case
        The case asked about.
    number_of_runs, seed
        Which runs, the same at every point and in every world.
    table
        What is answered; each kind of answers says of what its rows are.
    """

    case: Case
    number_of_runs: int
    seed: int
    table: "pd.DataFrame"

    def of(self, iso3: str) -> "pd.DataFrame":
        """Return the rows of a nation."""
        return self.table[self.table["iso3"] == iso3]


@dataclass(frozen=True, eq=False)
class SearchedAnswer(AnswerTable):
    """An answer that points were tried for; `points` says how many."""

    points: int
