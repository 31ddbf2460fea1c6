"""Running a scenario many times."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from sim.experiments.results import RunResult
from sim.inputs.case import Case, load_case
from sim.inputs.errors import InputError
from sim.inputs.overrides import Overrides
from sim.inputs.scenario import Scenario
from sim.model.tally import RUN_COLUMNS, Records, Tally

if TYPE_CHECKING:
    import pandas as pd

    from sim.model.ensemble import Sink

Engine = Literal["ensemble", "mesa"]
Progress = Callable[[int], None]
"""Told how many runs have been added."""

DEFAULT_RUNS = 1000
DEFAULT_SEED = 1


def run(
    scenario: Case | Scenario | Path | str = "brussels-2025-04",
    *,
    runs: int = DEFAULT_RUNS,
    seed: int = DEFAULT_SEED,
    overrides: Overrides = (),
    parameters: Path | None = None,
    trajectories: bool = False,
    engine: Engine = "ensemble",
    threads: int = 0,
) -> RunResult:
    """Run a scenario many times.

    Parameters
    ----------
    scenario
        A scenario file, the name of a bundled one, or what has been read of one.
    runs
        How many runs, at least 1; run k is the same run whatever their number.
    seed
        Not negative.
    overrides
        Changes to the scenario, as ``coalition run --set`` takes them.
    parameters
        File of behavioural parameters; the bundled ones if none.
    trajectories
        Whether to keep stance and propensity of every nation in every round of every run.
    engine
        ``ensemble`` (compiled, fast) or ``mesa`` (readable, slow): the same bits.
    threads
        How many threads the ensemble uses; 0 for one a core. Results do not depend on it.

    Returns
    -------
    RunResult
        Tables `nations`, `rounds`, `runs`, `summary` and, if asked for, `trajectories`.

    Raises
    ------
    InputError
        For any mistake in the scenario, the roster, the parameters or the options.

    Examples
    --------
    >>> result = run("us-backstop", runs=200)
    >>> result.rounds["size_mean"].iloc[-1] > 8
    True
    """
    case = scenario if isinstance(scenario, Case) else load_case(scenario, overrides, parameters)
    kept = _Rows(case, trajectories)
    tally = simulate_case(
        case,
        seed=seed,
        runs=runs,
        sink=kept.add,
        trajectories=trajectories,
        engine=engine,
        threads=threads,
    )
    return RunResult(
        case=case,
        seed=seed,
        number_of_runs=runs,
        engine=engine,
        tally=tally,
        runs=kept.runs(),
        trajectories=kept.trajectories() if trajectories else None,
    )


def simulate_case(
    case: Case,
    *,
    seed: int,
    runs: int,
    sink: "Sink",
    trajectories: bool = False,
    engine: Engine = "ensemble",
    threads: int = 0,
) -> Tally:
    """Simulate the runs of a case and hand their records to a sink, chunk by chunk; see `run`."""
    _check_options(seed, runs, threads)
    from sim.model.ensemble import Execution, Keep, simulate
    from sim.model.setup import build_setup

    keep = Keep(trajectories=trajectories)
    if engine == "mesa":
        from sim.model.one_by_one import simulate_one_by_one

        return simulate_one_by_one(case, seed, range(runs), sink=sink, keep=keep)
    setup = build_setup(case.scenario, case.roster, case.parameters, case.timeline)
    return simulate(setup, seed, range(runs), sink=sink, keep=keep, execution=Execution(threads=threads))


def _check_options(seed: int, runs: int, threads: int) -> None:
    for name, value, least in (("seed", seed, 0), ("runs", runs, 1), ("threads", threads, 0)):
        if isinstance(value, bool) or not isinstance(value, int | np.integer) or not least <= value < 2**63:
            raise InputError(f"must be a whole number from {least} on, not {value!r}", key=name)


def runs_table(first_run: int, records: Records) -> "pd.DataFrame":
    """Return a chunk's records as a table with a row a run, see `RunResult.runs`."""
    import pandas as pd

    table = pd.DataFrame(records.runs, columns=list(RUN_COLUMNS))
    whole = {"size": "int32", "joined": "int32", "left": "int32", "first_round_force_met": "Int32"}
    table.insert(0, "run", np.arange(first_run, first_run + len(table)))
    return table.astype(whole)


def trajectories_table(case: Case, first_run: int, records: Records) -> "pd.DataFrame":
    """Return a chunk's trajectories as a table with a row a run, round and nation."""
    import pandas as pd

    runs, rounds, nations = records.stance.shape
    nation = np.tile(np.arange(nations), runs * rounds)
    return pd.DataFrame(
        {
            "run": np.repeat(np.arange(first_run, first_run + runs), rounds * nations),
            "round": np.tile(np.repeat(np.arange(rounds, dtype=np.int32), nations), runs),
            "iso3": pd.Categorical.from_codes(nation, categories=pd.Index(case.roster.iso3)),
            "stance": records.stance.ravel(),
            "propensity": records.propensity.ravel(),
        }
    )


class _Rows:
    """Keeps the tables of all chunks."""

    def __init__(self, case: Case, with_trajectories: bool) -> None:
        self._case, self._with_trajectories = case, with_trajectories
        self._runs: list[pd.DataFrame] = []
        self._trajectories: list[pd.DataFrame] = []

    def add(self, first_run: int, records: Records) -> None:
        self._runs.append(runs_table(first_run, records))
        if self._with_trajectories:
            self._trajectories.append(trajectories_table(self._case, first_run, records))

    def runs(self) -> "pd.DataFrame":
        import pandas as pd

        return pd.concat(self._runs, ignore_index=True)

    def trajectories(self) -> "pd.DataFrame":
        import pandas as pd

        return pd.concat(self._trajectories, ignore_index=True)
