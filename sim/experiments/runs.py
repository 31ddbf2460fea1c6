"""Which runs a question rests on, and how they are computed."""

from dataclasses import asdict, dataclass, replace
from typing import Any, Self, get_args

from sim.experiments.choices import Engine
from sim.inputs.errors import InputError
from sim.inputs.options import check_whole_number
from sim.model.tally import MOST_COUNTED

LARGEST_SEED = 2**32 - 1
"""Of what libraries draw beside the runs: designs, bootstraps."""


@dataclass(frozen=True)
class Runs:
    """Which runs, and how they are computed.

    Attributes
    ----------
    number
        How many, from 1 to `MOST_COUNTED`; run k of a seed is the same run whatever their number.
    seed
        Not negative.
    threads
        How many threads the ensemble uses; 0 for one a core. Results do not depend on it.
    engine
        ``ensemble`` (compiled, fast) or ``mesa`` (readable, slow): the same bits.
    """

    number: int = 1000
    seed: int = 1
    threads: int = 0
    engine: Engine = "ensemble"

    def __post_init__(self) -> None:
        """Refuse what cannot be run; errors name the options as questions do."""
        whole_numbers = (("number", "runs", 1), ("seed", "seed", 0), ("threads", "threads", 0))
        for field, option, least in whole_numbers:
            object.__setattr__(self, field, check_whole_number(option, getattr(self, field), least))
        check_whole_number("runs", self.number, 1, MOST_COUNTED)
        if self.engine not in get_args(Engine):
            allowed = ", ".join(get_args(Engine))
            raise InputError(f"must be one of {allowed}, not {self.engine!r}", key="engine")

    @property
    def on_one_thread(self) -> Self:
        """The same runs, for what computes them on one of several threads."""
        return replace(self, threads=1)

    def share(self, divisor: int) -> Self:
        """Return the first of the runs, one in so many, at least one."""
        return replace(self, number=-(-self.number // divisor))

    def decisive(self) -> dict[str, Any]:
        """Return what results depend on, by the name of the option: neither threads nor the engine."""
        fields = asdict(self)
        return {"runs": fields.pop("number")} | {
            name: value for name, value in fields.items() if name not in {"threads", "engine"}
        }
