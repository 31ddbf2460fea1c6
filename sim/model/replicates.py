"""Seeds under `mesa.batch_run`, which does not tell a model that it will be run again with the same one."""

import inspect
from collections import Counter
from typing import Any

import mesa

from sim.inputs.errors import InputError

HANDS_OVER_SEEDS = "rng" in inspect.signature(mesa.batch_run).parameters
"""Whether `mesa.batch_run` puts its own seeds in the place of a parameter `seed`: since Mesa 3.4."""

REPLICATES = 'ask for replicates as runs of the seed: "run": range(3)'


def check_replicates(seed: int | None) -> None:
    """Refuse a seed that `mesa.batch_run` would use for several iterations, or not use.

    Its worker processes do not know of each other's seeds; there only what is certain is refused.

    Raises
    ------
    InputError
        If replicates would all be the same run, or the seed among the parameters would be replaced.
    """
    batch = _locals_of_batch_run()
    if HANDS_OVER_SEEDS:
        if "seed" in batch.get("parameters", ()):
            problem = "would be replaced: batch_run takes seeds as an argument of its own, rng=[1]"
            raise InputError(f"{problem}; {REPLICATES}", key="seed")
        repeated = _seed_of_two(batch)
    else:
        several = batch.get("iterations", 1) > 1 or batch.get("iteration", 0) > 0
        repeated = seed if several else None
    if repeated is not None:
        raise InputError(
            f"iterations of batch_run with one seed, {repeated}, would all be the same run; {REPLICATES}",
            key="seed",
        )


def _seed_of_two(batch: dict[str, Any]) -> Any:
    """Return, when the first model of a batch is made, a seed that two of its iterations have, if any."""
    if batch.get("run_id") != 0 or "runs_list" not in batch:
        return None
    iterations = {(number, _seed_among(arguments)) for _, number, arguments in batch["runs_list"]}
    times = Counter(seed for _, seed in iterations if seed is not None)
    return next((seed for seed, count in times.items() if count > 1), None)


def _seed_among(arguments: dict[str, Any]) -> Any:
    """Return the seed; Mesa calls it `rng` where a subclass names no `seed` in its signature."""
    return arguments.get("seed", arguments.get("rng"))


def _locals_of_batch_run() -> dict[str, Any]:
    """Return what `mesa.batch_run` knows, if it makes the model: its own names, and those of the run."""
    known: dict[str, Any] = {}
    frame = inspect.currentframe()
    while frame is not None:
        if frame.f_globals.get("__name__") == mesa.batch_run.__module__:
            known = {**frame.f_locals, **known}
        frame = frame.f_back
    return known
