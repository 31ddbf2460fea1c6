"""`coalition hindcast`."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.answers import printed
from sim.cli.options import Csv, Full, ParametersFile, Quiet, Seed, Set, ThreadsOption
from sim.cli.progress import run_bar
from sim.experiments.hindcast.hindcast import hindcast_cases, hindcast_folder, simulated_runs
from sim.experiments.hindcast.options import HindcastOptions
from sim.experiments.needs import need_in_order
from sim.inputs.fit import fitted_to
from sim.inputs.hindcast_file import load_hindcast_cases
from sim.model.ensemble import CHUNK, Keep
from sim.results.saving import into_folder
from sim.system.preflight import settle


def hindcast(
    file: Annotated[
        str, typer.Argument(help="Hindcast file, or name of a bundled one.", metavar="[FILE]")
    ] = "europe-2025",
    runs: Annotated[
        int, typer.Option(help="Runs of each forecast; with few the scores themselves are noisy.", min=1)
    ] = 4000,
    seed: Seed = 1,
    set_: Set = None,
    parameters: ParametersFile = None,
    out: Annotated[Path, typer.Option(help="Where the results go: OUT/hindcast/NAME/ID.")] = Path("results"),
    threads: ThreadsOption = 0,
    csv: Csv = False,
    quiet: Quiet = False,
    full: Full = False,
) -> None:
    """Score the model against positions recorded later, beside forecasts that know nothing of it."""
    options = HindcastOptions(runs, seed, threads)
    declared, cases = load_hindcast_cases(file, set_ or [], parameters)
    total = simulated_runs(declared, options)
    stances = Keep(trajectories=True, counted=0)
    settle(out, need_in_order(cases, runs, total, stances, chunk=CHUNK, threads=threads))
    asked = (declared, cases, fitted_to(parameters), options)
    folder = out / hindcast_folder(*asked, csv=csv)
    with run_bar(total, declared.name, quiet=quiet) as progress:
        reply = printed(quiet=quiet, full=full)
        into_folder(folder, partial(hindcast_cases, *asked, progress), reply, csv=csv)
    print(f"results: {folder}")
