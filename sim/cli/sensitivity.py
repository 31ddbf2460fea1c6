"""`coalition sensitivity`."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.common import ParametersFile, Seed, Set, Threads, app, progress_bar


class Method(StrEnum):
    """How sensitivity is measured."""

    SOBOL = "sobol"
    MORRIS = "morris"
    BOTH = "both"


@app.command()
def sensitivity(
    scenario: Annotated[str, typer.Argument(help="Scenario file, or name of a bundled scenario.")],
    outcome: Annotated[
        list[str] | None,
        typer.Option(help="size (usual), force, p_force_met, or a nation's code: P(committed). Repeatable."),
    ] = None,
    method: Annotated[
        Method,
        typer.Option(help="sobol shares out the variance; morris screens with an eighth of the points."),
    ] = Method.BOTH,
    samples: Annotated[
        int,
        typer.Option(
            help="A power of 2, better not below 256. Sobol takes (factors + 2) times as many points, Morris "
            "an eighth as many trajectories, discovery 4 times as many points."
        ),
    ] = 512,
    runs: Annotated[int, typer.Option(help="Runs at each point, the same draws at all.", min=1)] = 32,
    seed: Seed = 1,
    factors: Annotated[
        str,
        typer.Option(
            help="Sweep file whose levers and uncertainties vary; its base and design do not count."
        ),
    ] = "all-parameters",
    set_: Set = None,
    parameters: ParametersFile = None,
    second_order: Annotated[
        bool, typer.Option("--second-order", help="Also pairs of factors; nearly twice the points.")
    ] = False,
    discover: Annotated[
        bool,
        typer.Option("--discover", help="Also find conditions under which the outcome is likely (PRIM)."),
    ] = False,
    out: Annotated[Path, typer.Option(help="Where the results go: OUT/sensitivity/SCENARIO/ID.")] = Path(
        "results"
    ),
    threads: Threads = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print only where the results are.")] = False,
) -> None:
    """Find out which levers and unknowns matter most; a factor that --set gives is held fixed."""
    from sim.experiments.sensitivity_plan import SensitivityOptions, factors_of
    from sim.inputs.case import load_case
    from sim.inputs.sweep_file import load_sweep
    from sim.outputs.sensitivity_store import sensitivity_into_folder

    options = SensitivityOptions(
        tuple(outcome or ["size"]), method.value, samples, runs, seed, second_order, discover
    )
    case = load_case(scenario, set_ or [], parameters)
    varied = factors_of(load_sweep(factors), set_ or [])
    total = sum(options.points(len(varied.all)).values()) * runs
    with progress_bar(total, case.scenario.name, quiet=quiet) as progress:
        result, folder = sensitivity_into_folder(
            case, varied, options, out, threads=threads, progress=progress
        )
    if not quiet:
        from sim.outputs.sensitivity_tables import sensitivity_report
        from sim.outputs.tables import print_table

        print_table(sensitivity_report(result))
    print(f"results: {folder}")
