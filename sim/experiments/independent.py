"""How many of the runs of a case are independent: they take draws of what is unknown in turn."""

from sim.evidence.case_draws import DRAWS
from sim.inputs.case import Case


def independent_runs(case: Case, runs: int) -> int:
    """Return how many of so many runs count for the error due to their number.

    Run k takes row k of the draws of past coalitions, and of the parameters where these are draws, over and
    over, for every seed the same rows. Beyond the fewer of the two further runs bring other chance, but no
    other draw: to count them all as independent would tell intervals too narrow.
    """
    rows = case.parameters.draws
    return min(runs, DRAWS, rows if rows > 1 else DRAWS)
