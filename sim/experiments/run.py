"""Running a scenario many times."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import get_args

import numpy as np

from sim.declarations.records import Terms
from sim.experiments.choices import Engine
from sim.experiments.results import RunResult
from sim.inputs.case import Case, load_case
from sim.inputs.errors import InputError
from sim.inputs.options import check_whole_number
from sim.inputs.overrides import Overrides
from sim.inputs.scenario import Scenario
from sim.model.ensemble import Execution, Keep, Sink, simulate
from sim.model.setup import build_setup
from sim.model.tally import RUN_COLUMNS, Records, Tally
from sim.results.about import shown_digest
from sim.results.saving import Saving
from sim.system.libraries import Late, pd
from sim.system.manifests import FORMAT

one_by_one = Late("sim.model.one_by_one")
"""Mesa takes a quarter of a second to load, and the ensemble needs none."""

Progress = Callable[[int], None]


@dataclass(frozen=True)
class RunOptions:
    """Which runs, and how they are computed.

    Attributes
    ----------
    runs
        How many, at least 1; run k is the same run whatever their number.
    seed
        Not negative.
    trajectories
        Whether to keep stance and propensity of every nation in every round of every run.
    terms
        Whether the trajectories also hold what each propensity is made of, in log-odds: the predisposition
        and each term; they add up to the propensity bit for bit, the terms first, in their order.
    engine
        ``ensemble`` (compiled, fast) or ``mesa`` (readable, slow): the same bits.
    threads
        How many threads the ensemble uses; 0 for one a core. Results do not depend on it.
    """

    runs: int = 1000
    seed: int = 1
    trajectories: bool = False
    terms: bool = False
    engine: Engine = "ensemble"
    threads: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be run."""
        for name, least in (("runs", 1), ("seed", 0), ("threads", 0)):
            object.__setattr__(self, name, check_whole_number(name, getattr(self, name), least))
        if self.engine not in get_args(Engine):
            allowed = ", ".join(get_args(Engine))
            raise InputError(f"must be one of {allowed}, not {self.engine!r}", key="engine")
        if self.terms and not self.trajectories:
            raise InputError("terms are columns of the trajectories; ask for trajectories too", key="terms")


def run(
    scenario: Case | Scenario | Path | str = "brussels-2025-04",
    *,
    overrides: Overrides = (),
    parameters: Path | None = None,
    runs: int = 1000,
    seed: int = 1,
    trajectories: bool = False,
    terms: bool = False,
    engine: Engine = "ensemble",
    threads: int = 0,
) -> RunResult:
    """Run a scenario many times.

    Parameters
    ----------
    scenario
        A scenario file, the name of a bundled one, or what has been read of one.
    overrides
        Changes to the scenario, as ``coalition run --set`` takes them.
    parameters
        File of behavioural parameters; the bundled ones if none.
    runs, seed, trajectories, terms, engine, threads
        As in `RunOptions`.

    Returns
    -------
    RunResult
        Tables `summary`, `nations`, `rounds`, `runs` and, if asked for, `trajectories`.

    Raises
    ------
    InputError
        For any mistake in the scenario, the roster, the parameters or the options.

    Examples
    --------
    >>> result = run("us-backstop", runs=200)
    >>> bool(result.rounds["size_mean"].iloc[-1] > 8)
    True
    """
    options = RunOptions(runs, seed, trajectories, terms, engine, threads)
    case = scenario if isinstance(scenario, Case) else load_case(scenario, overrides, parameters)
    kept = _Rows(case, options.trajectories)
    tally = simulate_case(case, options, kept.add)
    trajectories_kept = kept.trajectories() if options.trajectories else None
    return replace(_result(case, options, tally), runs=kept.runs(), trajectories=trajectories_kept)


def _result(case: Case, options: RunOptions, tally: Tally) -> RunResult:
    return RunResult(case, options.seed, options.runs, options.engine, tally, threads=options.threads)


def run_id(case: Case, options: RunOptions, *, csv: bool = False) -> str:
    """Return the name of the folder for these runs: the same inputs and the same files have the same name.

    What is written is a part of it, so that a plain repeat does not replace a folder that holds more, and so
    is what changes no number but is shown, such as the title.
    """
    written = [options.trajectories, options.terms, csv]
    inputs = f"{shown_digest(case)} {options.seed} {options.runs} {written} {FORMAT}"
    return hashlib.sha256(inputs.encode()).hexdigest()[:12]


def run_into_folder(
    case: Case, options: RunOptions, out: Path, *, csv: bool = False, progress: Progress = lambda _: None
) -> tuple[RunResult, Path]:
    """Run a case and write its results folder, ``OUT/SCENARIO/RUN``.

    Memory does not grow with the number of runs: what is a row a run is written as it comes.

    Parameters
    ----------
    case, options
        What is run.
    out
        Folder of all results.
    csv
        Whether to write the tables as CSV beside the Parquet.
    progress
        Told the number of runs each time some are done.

    Raises
    ------
    InputError
        If the folder cannot be written to; nothing is left behind.
    """
    folder = out / case.scenario.name / run_id(case, options, csv=csv)
    with Saving(folder, csv=csv) as saving:

        def sink(first_run: int, records: Records) -> None:
            saving.rows("runs").add(runs_table(first_run, records))
            if options.trajectories:
                table = trajectories_table(case, first_run, records)
                saving.part(table, f"trajectories/part-{first_run:09d}")
            progress(len(records.runs))

        result = _result(case, options, simulate_case(case, options, sink))
        saving.finish(result)
    return result, folder


def simulate_case(
    case: Case,
    options: RunOptions,
    sink: Sink,
    *,
    runs: range | None = None,
    counted: int | None = None,
) -> Tally:
    """Simulate runs of a case, all or some, and hand their records to a sink, chunk by chunk, in order.

    Counts are kept of the last so many rounds: of all if `counted` is None.
    """
    keep = Keep(trajectories=options.trajectories, terms=options.terms, counted=counted)
    runs = range(options.runs) if runs is None else runs
    if options.engine == "mesa":
        tally: Tally = one_by_one.simulate_one_by_one(case, options.seed, runs, sink=sink, keep=keep)
        return tally
    setup = build_setup(case.scenario, case.roster, case.parameters, case.timeline)
    execution = Execution(threads=options.threads)
    return simulate(setup, options.seed, runs, sink=sink, keep=keep, execution=execution)


def runs_table(first_run: int, records: Records) -> "pd.DataFrame":
    """Return a chunk's records as a table with a row a run, see `RunResult.runs`."""
    table = pd.DataFrame(records.runs, columns=list(RUN_COLUMNS))
    whole = {"size": "int32", "joined": "int32", "left": "int32", "first_round_force_met": "Int32"}
    table.insert(0, "run", np.arange(first_run, first_run + len(table)))
    return table.astype(whole)


def trajectories_table(case: Case, first_run: int, records: Records) -> "pd.DataFrame":
    """Return a chunk's trajectories as a table with a row a run, round and nation, terms if recorded."""
    runs, rounds, nations = records.stance.shape
    nation = np.tile(np.arange(nations), runs * rounds)
    table = pd.DataFrame(
        {
            "run": np.repeat(np.arange(first_run, first_run + runs), rounds * nations),
            "round": np.tile(np.repeat(np.arange(rounds, dtype=np.int32), nations), runs),
            "iso3": pd.Categorical.from_codes(nation, categories=pd.Index(case.roster.iso3)),
            "stance": records.stance.ravel(),
            "propensity": records.propensity.ravel(),
        }
    )
    if records.terms.size:
        terms = records.terms.reshape(len(table), -1)
        table["predisposition"] = records.predisposition.ravel()
        table[list(Terms._fields)] = terms
    return table


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
        return pd.concat(self._runs, ignore_index=True)

    def trajectories(self) -> "pd.DataFrame":
        return pd.concat(self._trajectories, ignore_index=True)
