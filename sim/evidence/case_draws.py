"""STUB until the branch m2-case is merged."""
from dataclasses import dataclass
import numpy as np


@dataclass(frozen=True, eq=False)
class CaseDraws:
    disposition: np.ndarray
    slopes: np.ndarray
    effective_size: float
    extrapolated: tuple


def case_draws(roster, levels, command, contributes, levers, seed=1, draws=2000):
    g = np.random.default_rng(seed)
    n = len(roster.iso3)
    return CaseDraws(g.logistic(0, 1.5, (draws, n)), g.normal(0.4, 0.5, (draws, n, len(levers))), draws, ())


from sim.inputs.roster import Roster  # noqa: E402

Roster.sensitivity_to_patron = property(lambda self: np.full(len(self.iso3), 0.5))
Roster.sensitivity_to_adversary = property(lambda self: np.full(len(self.iso3), 0.5))
Roster.contributes_on = lambda self, day: np.full(len(self.iso3), np.nan)
