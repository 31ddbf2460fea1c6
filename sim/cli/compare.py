"""`coalition compare`."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.common import (
    ParametersFile,
    Rounds,
    Runs,
    Seed,
    Set,
    Threads,
    app,
    progress_bar,
)


@app.command()
def compare(
    scenarios: Annotated[
        list[str], typer.Argument(help="Two scenarios or more; the first is the reference.")
    ],
    runs: Runs = 1000,
    rounds: Rounds = None,
    seed: Seed = 1,
    set_: Set = None,
    parameters: ParametersFile = None,
    out: Annotated[Path, typer.Option(help="Where the results go: OUT/compare/SCENARIOS/ID.")] = Path(
        "results"
    ),
    threads: Threads = 0,
    csv: Annotated[bool, typer.Option("--csv", help="Also write the tables as CSV.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only where the results are.")] = False,
) -> None:
    """Run the same draws under several scenarios and say how each differs from the first."""
    from sim.experiments.run import RunOptions
    from sim.inputs.case import load_case
    from sim.outputs.comparison_store import compare_into_folder

    overrides = [*(set_ or []), *([f"rounds={rounds}"] if rounds is not None else [])]
    options = RunOptions(runs=runs, seed=seed, threads=threads)
    cases = [load_case(scenario, overrides, parameters) for scenario in scenarios]
    with progress_bar(runs * len(cases), "comparing", quiet=quiet) as progress:
        comparison, folder = compare_into_folder(cases, options, out, csv=csv, progress=progress)
    if not quiet:
        from sim.outputs.comparison_tables import comparison_report
        from sim.outputs.tables import print_table

        print_table(comparison_report(comparison))
    print(f"results: {folder}")
