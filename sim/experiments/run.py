"""Running a scenario many times."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from sim.declarations.arrays import Floats
from sim.declarations.records import Terms
from sim.experiments.choices import Engine
from sim.experiments.executors import THREADS, Executor
from sim.experiments.progress import Progress
from sim.experiments.results import RunResult
from sim.experiments.runs import Runs
from sim.experiments.simulate import GROUP, simulate_case, simulate_on
from sim.inputs.case import Case, load_case
from sim.inputs.overrides import Overrides
from sim.inputs.scenario import Scenario
from sim.model.ensemble import COUNTS, Keep
from sim.model.tally import RUN_COLUMNS, Records, Tally
from sim.results.about import shown_digest
from sim.results.saving import SILENT, Reply, Saving
from sim.system.libraries import pd
from sim.system.manifests import FORMAT


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
    runs, seed, engine, threads
        As in `Runs`.
    trajectories, terms
        As in `Keep`.

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
    chosen, keep = Runs(runs, seed, threads, engine), Keep(trajectories=trajectories, terms=terms)
    case = scenario if isinstance(scenario, Case) else load_case(scenario, overrides, parameters)
    kept = _Rows(case, trajectories)
    tally = simulate_case(case, chosen, kept.add, keep=keep)
    trajectories_kept = kept.trajectories() if trajectories else None
    return replace(_result(case, chosen, tally), runs=kept.runs(), trajectories=trajectories_kept)


def _result(case: Case, runs: Runs, tally: Tally) -> RunResult:
    return RunResult(case, runs.seed, runs.number, runs.engine, tally, threads=runs.threads)


def run_id(case: Case, runs: Runs, *, keep: Keep = COUNTS, csv: bool = False) -> str:
    """Return the name of the folder for these runs: the same inputs and the same files have the same name.

    What is written is a part of it, so that a plain repeat does not replace a folder that holds more, and so
    is what changes no number but is shown, such as the title.
    """
    written = [keep.trajectories, keep.terms, csv, *([] if keep.rows else ["no rows"])]
    inputs = f"{shown_digest(case)} {runs.seed} {runs.number} {written} {FORMAT}"
    return hashlib.sha256(inputs.encode()).hexdigest()[:12]


def run_into_folder(
    case: Case,
    runs: Runs,
    out: Path,
    *,
    keep: Keep = COUNTS,
    csv: bool = False,
    executor: Executor = THREADS,
    progress: Progress = lambda _: None,
    reply: Reply = SILENT,
) -> tuple[RunResult, Path]:
    """Run a case and write its results folder, ``OUT/SCENARIO/RUN``.

    Memory does not grow with the number of runs: what is a row a run is written as it comes.

    Parameters
    ----------
    case, runs
        What is run.
    out
        Folder of all results.
    keep
        Whether a row a run, trajectories and terms are kept.
    csv
        Whether to write the tables as CSV beside the Parquet.
    executor
        Where it is computed; threads are those of `runs`. The results do not depend on it.
    progress
        Told the number of runs each time some are done.
    reply
        How it is answered, see `Saving.finish`.

    Raises
    ------
    InputError, Failure
        If the folder cannot be written to, or the executor cannot compute; nothing is left behind.
    """
    executor.check()
    folder = out / case.scenario.name / run_id(case, runs, keep=keep, csv=csv)
    with Saving(folder, csv=csv) as saving:
        rows = RowGroups(lambda table: saving.rows("runs").add(table))

        def sink(first_run: int, records: Records) -> None:
            if keep.rows:
                rows.add(records)
            if keep.trajectories:
                table = trajectories_table(case, first_run, records)
                saving.part(table, f"trajectories/part-{first_run:09d}")

        tally = simulate_on(executor, case, runs, sink, keep=keep, progress=progress)
        rows.hand_on()
        result = _result(case, runs, tally)
        saving.finish(result, reply)
    return result, folder


def runs_table(first_run: int, ends: Floats) -> "pd.DataFrame":
    """Return how runs ended, as `Records.runs` of a chunk or more, as a table, see `RunResult.runs`."""
    table = pd.DataFrame(ends, columns=list(RUN_COLUMNS))
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


class RowGroups:
    """Collects how runs ended, and hands on a table of many at a time: one of few takes as long."""

    def __init__(self, write: "Callable[[pd.DataFrame], None]") -> None:
        self._write = write
        self._ends: list[Floats] = []
        self._first, self._held = 0, 0

    def add(self, records: Records) -> None:
        """Take the next chunk."""
        self._ends.append(records.runs)
        self._held += len(records.runs)
        if self._held >= GROUP:
            self.hand_on()

    def hand_on(self) -> None:
        """Hand on what has been collected since."""
        if self._held:
            self._write(runs_table(self._first, np.concatenate(self._ends)))
        self._first, self._held, self._ends = self._first + self._held, 0, []


class _Rows:
    """Keeps the tables of all chunks."""

    def __init__(self, case: Case, with_trajectories: bool) -> None:
        self._case, self._with_trajectories = case, with_trajectories
        self._ends: list[Floats] = []
        self._trajectories: list[pd.DataFrame] = []

    def add(self, first_run: int, records: Records) -> None:
        self._ends.append(records.runs)
        if self._with_trajectories:
            self._trajectories.append(trajectories_table(self._case, first_run, records))

    def runs(self) -> "pd.DataFrame":
        return runs_table(0, np.concatenate(self._ends))

    def trajectories(self) -> "pd.DataFrame":
        return pd.concat(self._trajectories, ignore_index=True)
