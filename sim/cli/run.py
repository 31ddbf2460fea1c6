"""`coalition run`."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.answers import MORE, printed, show
from sim.cli.options import (
    Csv,
    Full,
    NumberOfRuns,
    Out,
    ParametersFile,
    Quiet,
    RoundsOption,
    Scenarios,
    Seed,
    Set,
    ThreadsOption,
)
from sim.cli.progress import run_bar
from sim.cli.resumable import SchedulerOption, Unencrypted, Workers, chosen_executor
from sim.experiments.choices import Engine
from sim.experiments.needs import need_of_runs
from sim.experiments.run import run_into_folder
from sim.experiments.runs import Runs
from sim.experiments.without import added_by, check_mechanisms
from sim.inputs.case import load_case, reacting
from sim.inputs.errors import InputError
from sim.model.ensemble import Keep
from sim.outputs.report import REPORT, write_report
from sim.outputs.tables import added_report
from sim.system.preflight import settle


def run(
    scenarios: Scenarios,
    runs: NumberOfRuns = 1000,
    rounds: RoundsOption = None,
    seed: Seed = 1,
    set_: Set = None,
    parameters: ParametersFile = None,
    out: Out = Path("results"),
    threads: ThreadsOption = 0,
    workers: Workers = 0,
    scheduler: SchedulerOption = "",
    unencrypted: Unencrypted = False,
    no_rows: Annotated[
        bool, typer.Option("--no-rows", help="Leave out how each run ended, a row a run (runs.parquet).")
    ] = False,
    trajectories: Annotated[
        bool, typer.Option("--trajectories", help="Also write every nation's stance in every round and run.")
    ] = False,
    terms: Annotated[
        bool, typer.Option("--terms", help="With --trajectories: also what each propensity is made of.")
    ] = False,
    without: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MECHANISM",
            help="Also say what an assumed mechanism adds, by the same runs without it: interaction (all of "
            "them), followership, framework, lobby_push.",
        ),
    ] = None,
    react: Annotated[
        bool,
        typer.Option(
            "--react",
            help="All policies on: patron, adversary and mandate then move away from what the scenario says.",
        ),
    ] = False,
    csv: Csv = False,
    report: Annotated[
        bool, typer.Option("--report", help="Also write all of it, with every figure, as one HTML file.")
    ] = False,
    engine: Annotated[
        Engine, typer.Option(help="ensemble is fast, mesa readable; the same bits.")
    ] = "ensemble",
    quiet: Quiet = False,
    full: Full = False,
) -> None:
    """Run scenarios and say who joins, when, and what holds back the others."""
    check_mechanisms(without or [])
    if without and quiet:
        raise InputError("prints what a mechanism adds: leave out --quiet", key="--without")
    overrides = [*(set_ or []), *([f"rounds={rounds}"] if rounds is not None else [])]
    executor = chosen_executor(threads, workers, scheduler, unencrypted=unencrypted)
    chosen, keep = Runs(runs, seed, threads, engine), Keep(not no_rows, trajectories, terms)
    cases = [load_case(scenario, overrides, parameters) for scenario in scenarios]
    cases = [reacting(case) for case in cases] if react else cases
    settle(out / cases[0].scenario.name, need_of_runs(cases, chosen, keep, executor))
    for case in cases:
        with run_bar(runs, case.scenario.name, quiet=quiet) as progress:
            reply = printed(quiet=quiet, full=full)
            reply = replace(reply, complete=write_report) if report else reply
            _, folder = run_into_folder(
                case, chosen, out, keep=keep, csv=csv, executor=executor, progress=progress, reply=reply
            )
        if without:
            show(added_report(added_by(case, without, chosen)), MORE, full=full)
        print(f"results: {folder}")
        if report:
            print(f"report: {folder / REPORT}")
