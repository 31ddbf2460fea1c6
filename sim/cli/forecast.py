"""`coalition forecast`."""

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.common import Quiet, Seed, app, tell


@app.command()
def forecast(
    file: Annotated[str, typer.Argument(help="What is asked about: a file, or the name of a bundled one.")],
    seed: Seed = 1,
    out: Annotated[Path, typer.Option(help="Where the results go: OUT/forecast/NAME/ID.")] = Path("results"),
    quiet: Quiet = False,
) -> None:
    """Forecast who takes part in a coalition by what past coalitions teach alone.

    No government's own words are used: for nations that have not spoken.
    """
    from sim.inputs.coalitions.asked_file import load_asked
    from sim.outputs.evidence.forecast import forecast_into_folder, forecast_report

    found, folder = forecast_into_folder(load_asked(file), seed, out)
    tell(forecast_report(found), folder, quiet=quiet)
