"""Which runs a hindcast is scored with."""

from dataclasses import dataclass

from sim.experiments.run import RunOptions
from sim.inputs.options import check_whole_number


@dataclass(frozen=True)
class HindcastOptions:
    """Which runs, and how sure the scores are made.

    Attributes
    ----------
    runs
        How many of each forecast; with few the scores themselves are noisy.
    seed
        Of the runs and of the bootstrap.
    threads
        0 for one a core. Results do not depend on it.
    resamples
        How often nations are drawn anew for an interval.
    """

    runs: int = 4000
    seed: int = 1
    threads: int = 0
    resamples: int = 10_000

    def __post_init__(self) -> None:
        """Refuse what cannot be computed."""
        for name, least in (("runs", 1), ("seed", 0), ("threads", 0), ("resamples", 1)):
            object.__setattr__(self, name, check_whole_number(name, getattr(self, name), least))

    @property
    def which(self) -> RunOptions:
        """The runs of a forecast."""
        return RunOptions(runs=self.runs, seed=self.seed, threads=self.threads)
