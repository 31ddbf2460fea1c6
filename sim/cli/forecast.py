"""`coalition forecast`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.common import Quiet, Seed, app, tell
from sim.inputs.errors import InputError


@app.command()
def forecast(
    file: Annotated[
        str | None, typer.Argument(help="What is asked about: a file, or the name of a bundled one.")
    ] = None,
    seal: Annotated[
        bool, typer.Option("--seal", help="Also append it to the ledger, where it cannot be changed unseen.")
    ] = False,
    by: Annotated[
        datetime | None,
        typer.Option(help="With --seal: the day by which it is decided.", formats=["%Y-%m-%d"]),
    ] = None,
    condition: Annotated[
        str, typer.Option("--if", help="With --seal: what must be the case by then, or else it is void.")
    ] = "",
    score: Annotated[
        Path | None,
        typer.Option(help="Score what was sealed, by a CSV file: forecast, iso3, took_part, source."),
    ] = None,
    ledger: Annotated[Path, typer.Option(help="Where sealed forecasts are.")] = Path(
        "results/forecasts/ledger.jsonl"
    ),
    seed: Seed = 1,
    out: Annotated[Path, typer.Option(help="Where the results go: OUT/forecast/NAME/ID.")] = Path("results"),
    quiet: Quiet = False,
) -> None:
    """Forecast who takes part in a coalition by what past coalitions teach alone.

    No government's own words are used: for nations that have not spoken.
    """
    from sim.inputs.coalitions.asked_file import load_asked
    from sim.inputs.ledger import check_by
    from sim.outputs.evidence.forecast import forecast_into_folder, forecast_report
    from sim.outputs.evidence.ledger import seal as seal_forecast
    from sim.outputs.evidence.ledger import sealed_report
    from sim.outputs.tables import print_table

    _check(file, score, seal=seal, by=by, condition=condition)
    if score is not None:
        _score(score, ledger)
        return
    day = by.date() if by else None
    if day:
        check_by(day, datetime.now().astimezone().date())
    found, folder = forecast_into_folder(load_asked(file or ""), seed, out)
    tell(forecast_report(found), folder, quiet=quiet)
    if day:
        print_table(sealed_report(seal_forecast(found, day, condition, ledger), ledger))


def _check(file: str | None, score: Path | None, *, seal: bool, by: datetime | None, condition: str) -> None:
    """Refuse options that do not go together.

    Raises
    ------
    InputError
        For the first of them.
    """
    if (file is None) == (score is None):
        raise InputError("give what is asked about, or --score with what came, not both", key="FILE")
    if seal != (by is not None):
        raise InputError("--seal and --by go together: a sealed forecast has a day", key="--by")
    if condition and not seal:
        raise InputError("is about sealed forecasts; give --seal too", key="--if")


def _score(outcomes: Path, ledger: Path) -> None:
    from sim.experiments.evidence.sealed import score_sealed
    from sim.inputs.ledger import read_ledger, read_outcomes
    from sim.outputs.evidence.ledger import scores_report
    from sim.outputs.tables import print_table

    entries = read_ledger(ledger)
    if not entries:
        raise InputError("holds no sealed forecast", file=ledger)
    print_table(scores_report(score_sealed(entries, read_outcomes(outcomes, entries))))
