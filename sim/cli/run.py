"""`coalition run`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.common import (
    Out,
    ParametersFile,
    Rounds,
    Runs,
    Scenarios,
    Seed,
    Set,
    Threads,
    app,
    progress_bar,
)


class Engine(StrEnum):
    """What computes the runs; both give the same bits."""

    ENSEMBLE = "ensemble"
    MESA = "mesa"


@app.command()
def run(
    scenarios: Scenarios,
    runs: Runs = 1000,
    rounds: Rounds = None,
    seed: Seed = 1,
    set_: Set = None,
    parameters: ParametersFile = None,
    out: Out = Path("results"),
    threads: Threads = 0,
    trajectories: Annotated[
        bool, typer.Option("--trajectories", help="Also write every nation's stance in every round and run.")
    ] = False,
    terms: Annotated[
        bool, typer.Option("--terms", help="With --trajectories: also what each propensity is made of.")
    ] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Also write the tables as CSV.")] = False,
    report: Annotated[
        bool, typer.Option("--report", help="Also write all of it, with every figure, as one HTML file.")
    ] = False,
    engine: Annotated[
        Engine, typer.Option(help="ensemble is fast, mesa readable; the same bits.")
    ] = Engine.ENSEMBLE,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only where the results are.")] = False,
) -> None:
    """Run scenarios and say who joins, when, and what holds back the others."""
    from sim.experiments.run import RunOptions
    from sim.inputs.case import load_case
    from sim.outputs.store import run_into_folder

    overrides = [*(set_ or []), *([f"rounds={rounds}"] if rounds is not None else [])]
    options = RunOptions(
        runs=runs,
        seed=seed,
        trajectories=trajectories,
        terms=terms,
        engine=engine.value,
        threads=threads,
    )
    cases = [load_case(scenario, overrides, parameters) for scenario in scenarios]
    for case in cases:
        with progress_bar(runs, case.scenario.name, quiet=quiet) as progress:
            result, folder = run_into_folder(case, options, out, csv=csv, progress=progress)
        if not quiet:
            from sim.outputs.tables import print_table, run_report

            print_table(run_report(result))
        print(f"results: {folder}")
        if report:
            from sim.outputs.report import write_report

            print(f"report: {write_report(folder)}")
