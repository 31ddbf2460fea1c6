"""`coalition forecast`."""

from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.answers import MORE_HERE, printed, show
from sim.cli.options import Full, Quiet, Seed
from sim.experiments.evidence.forecast import forecast as forecast_past
from sim.experiments.evidence.forecast import forecast_folder
from sim.experiments.evidence.sealed import score_sealed
from sim.experiments.outlook import outlooks
from sim.inputs.case import load_case
from sim.inputs.coalitions.asked_file import load_asked
from sim.inputs.errors import InputError
from sim.inputs.ledger import check_by, read_ledger, read_outcomes
from sim.inputs.scenario import is_scenario
from sim.outputs.document.terminal import print_document
from sim.outputs.evidence.ledger import (
    Question,
    outlook_report,
    question_of_past,
    question_of_scenario,
    scores_report,
    sealed_report,
)
from sim.outputs.evidence.ledger import seal as seal_forecast
from sim.results.saving import into_folder
from sim.system.preflight import settle


def forecast(
    file: Annotated[
        str | None,
        typer.Argument(help="A coalition that is asked about, or a scenario: a file, or a bundled name."),
    ] = None,
    seal: Annotated[
        bool, typer.Option("--seal", help="Also append it to the ledger, where it cannot be changed unseen.")
    ] = False,
    by: Annotated[
        datetime | None,
        typer.Option(
            help="The day by which it is decided; of scenarios, and with --seal.", formats=["%Y-%m-%d"]
        ),
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
    full: Full = False,
) -> None:
    """Forecast who takes part in a coalition, and seal the forecast before it is known what comes.

    Of a coalition that is asked about: by what past coalitions teach alone, for nations that have not
    spoken. Of a scenario: who is recorded to declare soldiers on land by a day, and who contributes at all.
    """
    if score is not None:
        _check_score(file, seal=seal, by=by, condition=condition)
        _score(score, ledger)
        return
    if file is None:
        raise InputError("give what is asked about, or --score with what came, not both", key="FILE")
    _check_seal(seal=seal, by=by, condition=condition, of_scenario=is_scenario(file))
    day = by.date() if by else None
    if seal and day:
        check_by(day, datetime.now().astimezone().date())
    if is_scenario(file) and day:
        questions = _of_scenario(file, day, seed, quiet=quiet, full=full)
    else:
        questions = [_of_past(file, seed, out, quiet=quiet, full=full)]
    if seal and day:
        for question in questions:
            print_document(sealed_report(seal_forecast(question, day, condition, ledger), ledger))


def _of_past(file: str, seed: int, out: Path, *, quiet: bool, full: bool) -> Question:

    asked = load_asked(file)
    settle(out)
    folder = out / forecast_folder(asked, seed)
    result, _ = into_folder(folder, partial(forecast_past, asked, seed), printed(quiet=quiet, full=full))
    print(f"results: {folder}")
    return question_of_past(result)


def _of_scenario(file: str, by: date, seed: int, *, quiet: bool, full: bool) -> list[Question]:

    questions = outlooks(load_case(file), by, seed)
    for outlook in questions if not quiet else ():
        show(outlook_report(outlook, by), MORE_HERE, full=full)
    return [question_of_scenario(outlook) for outlook in questions]


def _check_score(file: str | None, *, seal: bool, by: datetime | None, condition: str) -> None:
    """Refuse to score and to forecast at once.

    Raises
    ------
    InputError
        If anything but what came is on the command line.
    """
    if file is not None or seal or by is not None or condition:
        raise InputError("give what is asked about, or --score with what came, not both", key="FILE")


def _check_seal(*, seal: bool, by: datetime | None, condition: str, of_scenario: bool) -> None:
    """Refuse options that do not go together.

    Raises
    ------
    InputError
        For the first of them.
    """
    if of_scenario and by is None:
        raise InputError("give the day that is forecast: --by 2027-03-01", key="--by")
    if not of_scenario and seal != (by is not None):
        raise InputError("--seal and --by go together: a sealed forecast has a day", key="--by")
    if condition and not seal:
        raise InputError("is about sealed forecasts; give --seal too", key="--if")


def _score(outcomes: Path, ledger: Path) -> None:

    entries = read_ledger(ledger)
    if not entries:
        raise InputError("holds no sealed forecast", file=ledger)
    print_document(scores_report(score_sealed(entries, read_outcomes(outcomes, entries))))
