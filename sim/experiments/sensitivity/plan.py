"""What a sensitivity analysis is asked: outcomes, factors, and how many points and runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from sim.experiments.choices import Method
from sim.experiments.runs import LARGEST_SEED, Runs
from sim.experiments.sweep.point_model import PER_NATION, OutcomeOfNation
from sim.inputs.designs import Design, LatinHypercube, Morris, Saltelli
from sim.inputs.errors import InputError, near_match
from sim.inputs.factors import Factor
from sim.inputs.nations import Nations
from sim.inputs.options import check_whole_number, is_whole_number
from sim.inputs.overrides import Overrides, changes_of
from sim.inputs.roster import Roster
from sim.inputs.sweep_file import OUTCOMES, Sweep
from sim.inputs.validation import shown
from sim.system.libraries import pd

DESIGNS = {"morris": ("morris",), "sobol": ("sobol",), "discovery": ("search", "judge")}
"""The designs that each part of an analysis takes; discovery judges by other points than it searches."""

COALITION = tuple(outcome for outcome in OUTCOMES if outcome != PER_NATION)
"""Outcomes that are not a nation's."""

SAMPLES_PER_TRAJECTORY = 8
DISCOVERY_POINTS_PER_SAMPLE = 2


@dataclass(frozen=True)
class SensitivityOptions(Runs):
    """What is estimated, from how many points and runs.

    Attributes
    ----------
    outcomes
        ``size``, ``contributors``, ``force``, ``p_force_met``, or the ISO code of a nation for its
        P(committed).
    method
        ``sobol`` shares the variance out, ``morris`` measures the effect of moving one factor at a time and
        needs far fewer points.
    samples
        Size of the base sample, a power of 2 from 16 on. Sobol indices take (factors + 2) times as many
        points, Morris samples / 8 trajectories of (factors + 1) points, discovery twice as many points to
        find boxes with and as many again to judge them by. With some forty factors, not below 256: the two
        halves of a shorter Sobol sequence lie so close together in some factors that their indices are too
        small, and the bootstrap does not notice.
    number
        Of runs at each point, the same ones everywhere (common random numbers): outcomes are a function of
        the point, without chance between points.
    seed
        Of runs, designs and bootstraps.
    second_order
        Whether Sobol indices of pairs are estimated: nearly twice the points.
    discover
        Whether to look for conditions under which the required force, or a nation asked about, is likely.
    """

    number: int = 32
    outcomes: tuple[str, ...] = ("size",)
    method: Method = "both"
    samples: int = 512
    second_order: bool = False
    discover: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be estimated."""
        super().__post_init__()
        if self.method not in get_args(Method):
            raise InputError(f"must be one of {', '.join(get_args(Method))}, not {self.method}", key="method")
        if not is_whole_number(self.samples, 16) or self.samples & (self.samples - 1):
            raise InputError(f"must be a power of 2 from 16 on, not {shown(self.samples)}", key="samples")
        object.__setattr__(self, "samples", check_whole_number("samples", self.samples, 16, 2**32 - 1))
        check_whole_number("seed", self.seed, 0, LARGEST_SEED)
        if self.second_order and self.method == "morris":
            raise InputError("needs the method sobol or both", key="second_order")

    @property
    def trajectories(self) -> int:
        """How many Morris trajectories."""
        return max(self.samples // SAMPLES_PER_TRAJECTORY, 4)

    @property
    def discovery_points(self) -> int:
        """How many points find boxes, and how many others judge them."""
        return self.samples * DISCOVERY_POINTS_PER_SAMPLE

    @property
    def parts(self) -> tuple[str, ...]:
        """What has to be computed, each with its own points."""
        methods = ("morris", "sobol") if self.method == "both" else (self.method,)
        return (*methods, "discovery") if self.discover else methods

    def designs(self) -> dict[str, tuple[Design, int]]:
        """Return the designs and their seeds, by name, in the order in which their points stand."""
        spread = LatinHypercube(self.discovery_points)
        designs: dict[str, tuple[Design, int]] = {
            "morris": (Morris(self.trajectories), self.seed),
            "sobol": (Saltelli(self.samples, self.second_order), self.seed),
            "search": (spread, self.seed),
            "judge": (spread, self.seed + 1),
        }
        return {name: designs[name] for part in self.parts for name in DESIGNS[part]}

    def points(self, factors: int) -> dict[str, int]:
        """Return how many points each part takes."""
        sizes = {
            "morris": self.trajectories * (factors + 1),
            "sobol": self.samples * ((2 if self.second_order else 1) * factors + 2),
            "discovery": 2 * self.discovery_points,
        }
        return {part: sizes[part] for part in self.parts}


@dataclass(frozen=True)
class Factors:
    """What varies: levers, which diplomacy can choose, and uncertainties, which nobody can."""

    levers: tuple[Factor, ...]
    uncertainties: tuple[Factor, ...]

    @property
    def all(self) -> tuple[Factor, ...]:
        """The levers, then the uncertainties."""
        return self.levers + self.uncertainties

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths of all."""
        return tuple(factor.path for factor in self.all)

    def of_roster(self, roster: Roster) -> "Factors":
        """Return the factors of a roster's scenarios, see `Factor`."""
        return Factors(
            *(tuple(each.of_roster(roster) for each in group) for group in (self.levers, self.uncertainties))
        )

    def table(self) -> "pd.DataFrame":
        """Return a row a factor: path, label, kind, lowest and highest value, scale."""
        return pd.DataFrame(
            {
                "factor": self.paths,
                "label": [factor.name for factor in self.all],
                "kind": ["lever"] * len(self.levers) + ["uncertainty"] * len(self.uncertainties),
                "lowest": [_extreme(factor, 0) for factor in self.all],
                "highest": [_extreme(factor, -1) for factor in self.all],
                "scale": [factor.scale for factor in self.all],
            }
        )


def _extreme(factor: Factor, place: int) -> str:
    """Return an extreme of a factor: its name if it has one, or all its digits."""
    level = factor.extremes[place]
    return factor.names.get(level) or str(level) if isinstance(level, float) else level


def factors_of(sweep: Sweep, overrides: Overrides = ()) -> Factors:
    """Return the factors of a sweep file, without those that a user sets: these are held fixed.

    Raises
    ------
    InputError
        If fewer than two are left.
    """
    held = {change.key for change in changes_of(overrides, sweep.nations)}
    factors = Factors(
        tuple(factor for factor in sweep.levers if factor.path not in held),
        tuple(factor for factor in sweep.uncertainties if factor.path not in held),
    )
    if len(factors.all) < 2:
        raise InputError("a sensitivity analysis needs two factors or more", file="--factors")
    return factors


def find_outcome(name: str, nations: Nations) -> OutcomeOfNation:
    """Return an outcome by its name, or that of a nation by its code or any name of it.

    Raises
    ------
    InputError
        If there is none of this name, with the nearest one.
    """
    if name in COALITION:
        return name, ""
    code = nations.code(name)
    if code is not None:
        return PER_NATION, code
    nearest = near_match(name, COALITION) or nations.hint(name)
    raise InputError(
        f"no such outcome; allowed: {', '.join(COALITION)}, a nation's code{nearest}",
        file=f"--outcome {name}",
    )


def file_name(outcome: OutcomeOfNation) -> str:
    """Return what the files of an outcome are called after: ``size``, ``force-met``, ``NLD``."""
    return outcome[1] or outcome[0].removeprefix("p_").replace("_", "-")


def unit_factors(factors: Sequence[Factor]) -> list[Factor]:
    """Return factors that run from 0 to 1, so that a design gives shares of their ranges."""
    shares = {"values": None, "range": (0.0, 1.0), "scale": "linear"}
    return [factor.model_copy(update=shares) for factor in factors]


def at_shares(factors: Sequence[Factor], shares: "pd.DataFrame") -> "pd.DataFrame":
    """Return the factors' values at shares of their ranges."""
    return pd.DataFrame({factor.path: factor.at(shares[factor.path].to_numpy()) for factor in factors})
