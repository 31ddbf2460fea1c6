"""How hindcasts are run and scored."""

from dataclasses import dataclass

from sim.experiments.runs import Runs
from sim.inputs.options import check_whole_number


@dataclass(frozen=True)
class HindcastOptions(Runs):
    """Which runs, and how sure the scores are made.

    Attributes
    ----------
    number
        Of each forecast; with few the scores themselves are noisy.
    seed
        Of the runs and of the bootstrap.
    resamples
        How often nations are drawn anew for an interval.
    """

    number: int = 4000
    resamples: int = 10_000

    def __post_init__(self) -> None:
        """Refuse what cannot be scored."""
        super().__post_init__()
        object.__setattr__(self, "resamples", check_whole_number("resamples", self.resamples, 1))
