"""Scenario discovery: the conditions under which the coalition reaches what is asked of it.

Bryant & Lempert (2010), Technological Forecasting and Social Change 77, 34-49, after the patient rule
induction method of Friedman & Fisher (1999), Statistics and Computing 9, 123-143, as EMA workbench has it.
"""

import warnings
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np

from sim.declarations.arrays import Flags
from sim.experiments.statistics import Interval, share
from sim.inputs.errors import InputError
from sim.system.libraries import pd, prim

DENSE = 0.5
"""A further box must have at least this density."""

SIGNIFICANCE = 0.05
MOST_BOXES = 3
LIKELY = 0.5
"""Discovery asks where an outcome is at least this probable."""

_ANY = 1e-9  # what EMA workbench takes for interest: 1 is, 0 is not
LEAST_OF_INTEREST = 10
"""Points of interest below which a search would only find chance."""


@dataclass(frozen=True)
class Limit:
    """What a box asks of a factor.

    Attributes
    ----------
    factor
        Its name.
    low, high
        The values allowed; infinite where the box sets no limit.
    p_value
        How likely the points would be by chance, were the limit of no use (binomial test, without regard to
        the many limits tried).
    """

    factor: str
    low: float
    high: float
    p_value: float

    def admits(self, points: "pd.DataFrame") -> Flags:
        """Tell which points keep to it."""
        values = points[self.factor].to_numpy(dtype=np.float64)
        return np.asarray((values >= self.low) & (values <= self.high))


@dataclass(frozen=True)
class Score:
    """How well boxes separate points of interest from others.

    Attributes
    ----------
    of_interest, in_box, hits, points
        How many points: of interest, in the box, both, and in all.
    """

    of_interest: int
    in_box: int
    hits: int
    points: int

    @property
    def coverage(self) -> Interval:
        """Share of the points of interest that lie in the box, with its 95 % interval."""
        return share(self.hits, max(self.of_interest, 1))

    @property
    def density(self) -> Interval:
        """Share of the points in the box that are of interest, with its 95 % interval."""
        return share(self.hits, max(self.in_box, 1))


@dataclass(frozen=True)
class Box:
    """Conditions under which an outcome is of interest.

    Attributes
    ----------
    limits
        What it asks, the surest first; every other factor may take any value of its range.
    searched
        Its score among the points that were searched: the search makes it look better than it is.
    judged
        Its score among other points: the honest one.
    """

    limits: tuple[Limit, ...]
    searched: Score
    judged: Score


@dataclass(frozen=True)
class Discovery:
    """Where an outcome is likely.

    Attributes
    ----------
    outcome
        And nation, empty for the coalition. Of interest are the points at which it is at least `LIKELY`.
    boxes
        The conditions, none if none help.
    of_interest, points
        How many of all points, those to find and those to judge, are of interest.
    """

    outcome: tuple[str, str]
    boxes: tuple[Box, ...]
    of_interest: int
    points: int

    def table(self) -> "pd.DataFrame":
        """Return a row a limit, with the scores of its box: among the points searched, and among others."""
        rows = []
        for number, box in enumerate(self.boxes, start=1):
            scores = {**_columns("found", box.searched), **_columns("judged", box.judged)}
            place = {"outcome": self.outcome[0], "iso3": self.outcome[1], "box": number}
            rows += [{**place, **asdict(limit), **scores} for limit in box.limits]
        return pd.DataFrame(rows)

    @classmethod
    def of_table(cls, table: "pd.DataFrame") -> "Discovery":
        """Return the boxes of such a table; at least one."""
        boxes = tuple(
            Box(
                limits=tuple(Limit(*limit) for limit in rows[_LIMIT].itertuples(index=False)),
                searched=_score_of(rows, "found"),
                judged=_score_of(rows, "judged"),
            )
            for _, rows in table.groupby("box", sort=True)
        )
        every = (
            boxes[0].searched,
            boxes[0].judged,
        )  # later boxes are scored without the points of earlier ones
        outcome, iso3 = table[["outcome", "iso3"]].iloc[0]
        of_interest, points = (
            sum(getattr(score, name) for score in every) for name in ("of_interest", "points")
        )
        return cls((outcome, iso3), boxes, of_interest, points)


def _columns(name: str, score: Score) -> dict[str, float]:
    columns: dict[str, float] = {f"{name}_{key}": value for key, value in asdict(score).items()}
    for measure, interval in (("coverage", score.coverage), ("density", score.density)):
        for bound, value in interval._asdict().items():
            end = "" if bound == "estimate" else f"_{bound}"
            columns[f"{name}_{measure}{end}"] = float(value)
    return columns


_LIMIT = [field.name for field in fields(Limit)]


def _score_of(rows: "pd.DataFrame", name: str) -> Score:
    return Score(*(int(rows[f"{name}_{field.name}"].iloc[0]) for field in fields(Score)))


def discover(
    search: "pd.DataFrame", of_interest: Flags, judge: "pd.DataFrame", judge_of_interest: Flags
) -> tuple[Box, ...]:
    """Find boxes of factor values in which points of interest are dense.

    Parameters
    ----------
    search
        Points to find the boxes with, a column a factor.
    of_interest
        Which of them are.
    judge, judge_of_interest
        Other points, to judge the boxes with.

    Returns
    -------
    tuple of Box
        At most three, each found among the points outside those before it; none where hardly any point is of
        interest, or hardly any is not, or no limit helps.

    Raises
    ------
    InputError
        If EMA workbench is not installed.
    """
    boxes: list[Box] = []
    outside, judge_outside = np.ones(len(search), np.bool_), np.ones(len(judge), np.bool_)
    for _ in range(MOST_BOXES):
        limits = _limits(search[outside], of_interest[outside])
        if not limits:
            break
        inside, judge_inside = _inside(limits, search), _inside(limits, judge)
        score = _score(inside & outside, of_interest)
        if boxes and score.density.estimate < DENSE:
            break
        boxes.append(Box(limits, score, _score(judge_inside & judge_outside, judge_of_interest)))
        outside, judge_outside = outside & ~inside, judge_outside & ~judge_inside
    return tuple(boxes)


def _limits(points: "pd.DataFrame", of_interest: Flags) -> tuple[Limit, ...]:
    """Return what the best box asks, without the limits that chance could have set."""
    if min(of_interest.sum(), (~of_interest).sum()) < LEAST_OF_INTEREST:
        return ()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of libraries that EMA workbench could use, and of its use of pandas
        box = _prim()(points.reset_index(drop=True), of_interest, threshold=_ANY).find_box()
    chosen = _choose(box.peeling_trajectory)
    limits = [
        _limit(str(factor), box.box_lims[chosen][factor], p_values)
        for factor, p_values in box.qp[chosen].items()
    ]
    return tuple(sorted((limit for limit in limits if limit is not None), key=lambda limit: limit.p_value))


def _choose(trajectory: "pd.DataFrame") -> int:
    """Return the position of the box that agrees best with what is of interest, as the search narrows it.

    Coverage falls and density rises on the way; agreement is Matthews' correlation of being in the box with
    being of interest (1975, Biochimica et Biophysica Acta 405, 442-451), 1 where the two are the same.
    """
    in_box, hits = (trajectory[name].to_numpy(dtype=np.float64) for name in ("n", "k"))
    points, of_interest = in_box[0], hits[0]
    others = in_box * (points - in_box) * of_interest * (points - of_interest)
    agreement = (hits * points - in_box * of_interest) / np.sqrt(np.maximum(others, 1.0))
    return int(agreement.argmax())


def _limit(factor: str, bounds: Any, p_values: list[float]) -> Limit | None:
    """Return the limits of a factor that are significant, none if neither is; -1 stands for no limit."""
    keeps = [0.0 <= p_value < SIGNIFICANCE for p_value in p_values]
    if not any(keeps):
        return None
    low, high = (float(bound) for bound in bounds)
    p_value = max(value for value, keep in zip(p_values, keeps, strict=True) if keep)
    return Limit(factor, low if keeps[0] else -np.inf, high if keeps[1] else np.inf, float(p_value))


def _inside(limits: tuple[Limit, ...], points: "pd.DataFrame") -> Flags:
    return np.asarray(np.logical_and.reduce([limit.admits(points) for limit in limits]))


def _score(inside: Flags, of_interest: Flags) -> Score:
    hits = int((inside & of_interest).sum())
    return Score(int(of_interest.sum()), int(inside.sum()), hits, len(inside))


def require_prim() -> None:
    """Find out now, not after minutes of runs, whether EMA workbench is installed.

    Raises
    ------
    InputError
        If it is not.
    """
    _prim()


def _prim() -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return prim.Prim
    except ImportError:
        raise InputError(
            "needs EMA workbench: pip install 'coalition-sim[discovery]'", file="--discover"
        ) from None
