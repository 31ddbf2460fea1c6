"""`coalition cross-validate`."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.answers import printed
from sim.cli.calibrate import Draws, File, PriorFile, RunsEach
from sim.cli.options import Full, Quiet, Seed, ThreadsOption
from sim.cli.past_coalitions import leave_out_coalitions, named_coalitions, refuse_options
from sim.cli.progress import run_bar
from sim.cli.resumable import going_on_in
from sim.experiments import cross_validation
from sim.experiments.calibration.calibrate import calibration_folder, plan_calibration
from sim.experiments.evidence.left_out import leave_families_out
from sim.experiments.hindcast.options import HindcastOptions
from sim.experiments.patterns.verdicts import check_patterns
from sim.inputs.coalitions.reading import load_coalitions
from sim.inputs.errors import InputError
from sim.inputs.patterns_file import Patterns, load_patterns
from sim.outputs.cross_validation.page import headline, validation_page
from sim.outputs.patterns.tables import patterns_report
from sim.results.document import Block, Section
from sim.results.saving import into_folder
from sim.system import folders
from sim.system.preflight import settle


def cross_validate(
    context: typer.Context,
    hindcast: File = "coalitions",
    prior: PriorFile = None,
    draws: Draws = 4096,
    runs: RunsEach = 256,
    score_runs: Annotated[int, typer.Option(help="Runs of each forecast that is scored.", min=1)] = 4000,
    page: Annotated[
        Path | None, typer.Option(help="Also write all tables as a page of documentation (Markdown).")
    ] = None,
    patterns: Annotated[
        list[str] | None,
        typer.Option(help="Patterns, a file or name of a bundled one, that the page tells of. Repeatable."),
    ] = None,
    seed: Seed = 1,
    out: Annotated[
        Path, typer.Option(help="Where the results go: OUT/cross-validate/NAME/ID, and the fit.")
    ] = Path("results"),
    threads: ThreadsOption = 0,
    quiet: Quiet = False,
    full: Full = False,
) -> None:
    """Forecast each family of past coalitions from all the others, and score it.

    With a hindcast (coalition cross-validate europe-2025), forecast each wave with parameters fitted to the
    others, and score it. The fit goes on where it was stopped; it is that of `coalition calibrate`.
    """
    _check_page(page, patterns)
    past = named_coalitions([hindcast])
    if past is not None:
        refuse_options(context, ("hindcast", "page", "seed", "out", "threads", "quiet", "full"))
        leave_out_coalitions(past, seed=seed, out=out, page=page, quiet=quiet, full=full)
        return
    declared = [load_patterns(name) for name in patterns or ()]
    plan = plan_calibration(hindcast, prior=prior, draws=draws, runs=runs, seed=seed)
    options = HindcastOptions(score_runs, seed, threads)
    settle(out, plan.need(threads))
    total = cross_validation.simulated_runs(plan, options)
    with (
        going_on_in(calibration_folder(plan, out)),
        run_bar(total, plan.name, quiet=quiet) as progress,
    ):
        folder = out / cross_validation.cross_validation_folder(plan, options)
        validated = partial(cross_validation.cross_validate, plan, options, out, progress=progress)
        result, _ = into_folder(folder, validated, printed(quiet=quiet, full=full))
    if page is not None:
        posterior = folder / "posterior.parquet"
        sections = tuple(_section(each, posterior, options) for each in declared)
        folders.write(page, validation_page(result, _headline(seed), sections).encode())
    print(f"results: {folder}")


def _check_page(page: Path | None, patterns: list[str] | None) -> None:
    """Refuse, before anything is fitted, a page that cannot be written and patterns for none."""
    if page is None and patterns:
        raise InputError("only the page tells of patterns: give --page too", key="--patterns")
    if page is not None and page.is_dir():
        raise InputError("is a folder; give the file to write", file=page, key="--page")
    if page is not None and not page.parent.is_dir():
        raise InputError("there is no such folder to write the page into", file=page.parent, key="--page")


def _headline(seed: int) -> tuple[Block, ...]:
    """Return what comes first on the page: what is forecast of bundled coalitions never shown."""
    coalitions = load_coalitions()
    return headline(leave_families_out(coalitions.forces(), seed), coalitions)


def _section(patterns: Patterns, posterior: Path, options: HindcastOptions) -> Section:
    """Return what the calibrated model reproduces of patterns, as a section of the page."""
    runs, seed, threads = patterns.runs, options.seed, options.threads
    document = patterns_report(
        check_patterns(patterns, parameters=posterior, runs=runs, seed=seed, threads=threads)
    )
    return Section(document.title, document.blocks)
