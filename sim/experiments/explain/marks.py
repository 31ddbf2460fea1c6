"""What the probabilities of an explanation rest on."""

from sim.declarations.words import VERDICTS, worst
from sim.experiments.explain.search import AS_IT_IS, DesignPoint
from sim.experiments.rests_on import Numbers, numbers_of
from sim.experiments.runs import Runs
from sim.inputs.case import Case


class Marks:
    """What P(committed) of nations at the end rests on, as a case is and where something is set.

    Parameters
    ----------
    case, runs
        What was run; each point is run with other draws only once.
    """

    def __init__(self, case: Case, runs: Runs) -> None:
        self._case, self._runs = case, runs
        self._as_it_is = self._numbers(AS_IT_IS)
        self._known: dict[DesignPoint, Numbers] = {AS_IT_IS: self._as_it_is}

    def of(self, nation: int, point: DesignPoint = AS_IT_IS) -> str:
        """Return the worse of what P(committed) rests on at a point, and what its change from now does."""
        if point not in self._known:
            self._known[point] = self._numbers(point)
        there, code = self._known[point], self._case.roster.iso3[nation]
        verdict = there.verdict(code)
        if point == AS_IT_IS or verdict == VERDICTS[0]:
            return verdict
        return worst([verdict, there.less(self._as_it_is).verdict(code)])

    def _numbers(self, point: DesignPoint) -> Numbers:
        case = self._case.with_overrides(dict(point))
        return numbers_of(case, self._runs.seed, self._runs.number, self._runs.threads)
