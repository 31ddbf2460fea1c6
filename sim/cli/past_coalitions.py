"""What `calibrate`, `cross-validate`, `evidence` and `validate` do with folders of past coalitions."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import typer
from rich.progress import TimeElapsedColumn

from sim.cli.answers import MORE_HERE, printed, show
from sim.cli.progress import progress_bar
from sim.experiments.evidence.left_out import forecast_family
from sim.experiments.evidence.results import fit_folder, leave_out, left_out_folder, teach
from sim.inputs.coalitions.coalitions import Coalition, Coalitions, find_coalition, find_folder
from sim.inputs.coalitions.reading import load_coalitions
from sim.inputs.errors import InputError, near_match
from sim.outputs.evidence.case import case_report
from sim.outputs.evidence.page import evidence_page
from sim.results.saving import into_folder
from sim.system import folders
from sim.system.preflight import settle


def named_coalitions(names: Sequence[str]) -> Path | None:
    """Return the folder of coalitions that a command names; None if it names something else.

    Raises
    ------
    InputError
        If it names coalitions beside something else.
    """
    folders = [find_folder(name) for name in names]
    if not any(folders):
        return None
    if len(folders) > 1:
        raise InputError(
            "give a folder of coalitions alone; hindcasts are fitted by themselves", file=names[0]
        )
    return folders[0]


def refuse_options(context: typer.Context, allowed: Collection[str]) -> None:
    """Refuse options that are about hindcasts only, where past coalitions are asked about.

    Raises
    ------
    InputError
        For the first of them on the command line.
    """
    for parameter in context.command.params:
        source: Any = context.get_parameter_source(parameter.name or "")
        if parameter.name not in allowed and source is not None and source.name == "COMMANDLINE":
            option = max(parameter.opts, key=len)
            problem = "is about hindcasts; name one, such as europe-2025, or leave the option out"
            raise InputError(problem, key=option)


def fit_coalitions(folder: Path, *, seed: int, out: Path, quiet: bool, full: bool) -> None:
    """Fit past coalitions into a results folder, and print what they teach."""
    forces = load_coalitions(folder).forces()
    settle(out)
    folder = out / fit_folder(forces, seed)
    into_folder(folder, partial(teach, forces, seed), printed(quiet=quiet, full=full))
    print(f"results: {folder}")


def leave_out_coalitions(
    folder: Path, *, seed: int, out: Path, page: Path | None, quiet: bool, full: bool
) -> None:
    """Leave out each family of past coalitions, write a results folder, and print what came of it."""
    coalitions = load_coalitions(folder)
    settle(out)
    with _progress(quiet=quiet) as progress:
        results = out / left_out_folder(coalitions.forces(), seed)
        left_out = partial(leave_out, coalitions, seed, progress)
        result, _ = into_folder(results, left_out, printed(quiet=quiet, full=full))
    if page is not None:
        folders.write(page, evidence_page(result).encode())
    print(f"results: {results}")


def show_coalitions(chosen: Sequence[Coalition], coalitions: Coalitions, *, full: bool) -> None:
    """Print what coalitions rest on, and what their candidates' forecasts from the other families were."""
    alike = coalitions.where(lambda each: each.kind == chosen[0].kind)
    for coalition in chosen:
        predictions = forecast_family(alike, coalition.family)
        mine = predictions[predictions["coalition"] == coalition.name]
        show(case_report(coalition, alike, mine), MORE_HERE, full=full)


def unknown(word: str, coalitions: Coalitions, error: InputError) -> InputError:
    """Return the error for a word that is neither a nation nor a coalition: that of the nearer of them."""
    cases = [each.case for each in coalitions.coalitions]
    if near_match(word, cases) or any(character.isdigit() for character in word):
        try:
            find_coalition(coalitions, word)
        except InputError as of_coalition:
            return of_coalition
    return error


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Any]:
    """Show how many families are done, and the time that it took."""
    with progress_bar(TimeElapsedColumn(), quiet=quiet) as bar:
        task = bar.add_task("families")
        yield lambda done, total: bar.update(task, completed=done, total=total)
