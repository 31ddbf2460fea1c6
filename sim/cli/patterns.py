"""`coalition patterns`."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.answers import printed
from sim.cli.options import Csv, Full, ParametersFile, Quiet, Seed, ThreadsOption
from sim.cli.progress import run_bar
from sim.experiments.patterns.verdicts import check_all, patterns_folder, worlds
from sim.experiments.runs import Runs
from sim.inputs.patterns_file import load_patterns
from sim.results.saving import into_folder
from sim.system.preflight import settle


def patterns(
    file: Annotated[
        str, typer.Argument(help="File of patterns, or name of a bundled one.", metavar="[FILE]")
    ] = "europe-2025",
    runs: Annotated[
        int | None,
        typer.Option(help="Runs of every world that is measured in, instead of the file's.", min=1),
    ] = None,
    seed: Seed = 1,
    parameters: ParametersFile = None,
    out: Annotated[Path, typer.Option(help="Where the results go: OUT/patterns/NAME/ID.")] = Path("results"),
    threads: ThreadsOption = 0,
    csv: Csv = False,
    quiet: Quiet = False,
    full: Full = False,
) -> None:
    """Check whether the model reproduces known patterns, each with its source."""
    declared = load_patterns(file)
    chosen = Runs(runs or declared.runs, seed, threads)
    settle(out)
    total = chosen.number * sum(map(len, worlds(declared)))
    with run_bar(total, declared.name, quiet=quiet) as progress:
        folder = out / patterns_folder(declared, parameters, chosen, csv=csv)
        checked = partial(check_all, declared, parameters, chosen, progress)
        into_folder(folder, checked, printed(quiet=quiet, full=full), csv=csv)
    print(f"results: {folder}")
