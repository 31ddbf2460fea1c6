"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Scenarios = Annotated[list[str], typer.Argument(help="Scenario files, or names of bundled scenarios.")]
NumberOfRuns = Annotated[int, typer.Option(help="How many runs.", min=1)]
Seed = Annotated[int, typer.Option(help="Seed; run k of a seed is always the same run.", min=0)]
RoundsOption = Annotated[int | None, typer.Option(help="How many rounds, instead of the scenario's.", min=1)]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change the scenario: washington.involvement=0.75 in round 1, start.… at the start, "
        "nations.CODE.position=open, parameters.followership=0.",
    ),
]
Out = Annotated[Path, typer.Option(help="Where the results go: OUT/SCENARIO/RUN.")]
ParametersFile = Annotated[Path | None, typer.Option(help="Behavioural parameters (TOML or Parquet).")]
ThreadsOption = Annotated[
    int, typer.Option(help="Threads; 0 for one a core. Results do not depend on it.", min=0)
]
Csv = Annotated[bool, typer.Option("--csv", help="Also write the tables as CSV.")]
RosterFolder = Annotated[str, typer.Option(help="Roster folder, or one of the bundled ones.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only where the results are.")]
Full = Annotated[bool, typer.Option("--full", help="Print all of it: every row, column, table and note.")]
