"""`coalition explain`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.answers import printed
from sim.cli.options import Csv, Full, NumberOfRuns, ParametersFile, Quiet, Seed, Set, ThreadsOption
from sim.cli.progress import said_to_work
from sim.experiments.explain.answers import (
    ExplainOptions,
    Explanation,
    explain_case,
    explanation_folder,
    find_nations,
)
from sim.experiments.explain.why import CHUNK
from sim.experiments.needs import need_in_order
from sim.inputs.case import load_case
from sim.inputs.questions import load_questions
from sim.model.ensemble import Keep
from sim.results.saving import into_folder
from sim.system.preflight import settle


def explain(
    scenario: Annotated[str, typer.Argument(help="Scenario file, or name of a bundled scenario.")],
    nations: Annotated[
        list[str] | None,
        typer.Argument(help="ISO codes or names; all nations if none.", metavar="[NATION]..."),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="Which questions, repeated or with commas: why, closure, levers, pairs, frontier, pivotal, "
            "hardened, persuade, observed. Usually the first five and hardened for named nations; levers, "
            "pairs and the others for all."
        ),
    ] = None,
    date: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day at which `why` looks; usually the last."),
    ] = None,
    runs: NumberOfRuns = 1000,
    seed: Seed = 1,
    set_: Set = None,
    parameters: ParametersFile = None,
    questions: Annotated[
        Path | None, typer.Option(help="File of levers and worlds to ask about, instead of the bundled one.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the results go: OUT/explain/SCENARIO/NATIONS-ID.")] = Path(
        "results"
    ),
    threads: ThreadsOption = 0,
    csv: Csv = False,
    quiet: Quiet = False,
    full: Full = False,
) -> None:
    """Say why nations are in or out, what it would take, who is pivotal, whom to persuade."""
    sections = tuple(word.strip() for word in ",".join(only or []).split(",") if word.strip())
    day = date.date() if date else None
    options = ExplainOptions(runs, seed, threads, only=sections, date=day)
    case, asking = load_case(scenario, set_ or [], parameters), load_questions(questions)
    asked = find_nations(case, nations or [])
    everything = Keep(trajectories=True, terms=True, counted=1)
    settle(out, need_in_order([case], runs, 0, everything, chunk=CHUNK, threads=threads))
    name = case.scenario.name
    folder = out / explanation_folder(case, asked, asking, options, csv=csv)

    def answered() -> Explanation:
        with said_to_work(name, quiet=quiet) as say:
            return explain_case(case, asked, asking, options, lambda section: say(f"{name}: {section}"))

    into_folder(folder, answered, printed(quiet=quiet, full=full), csv=csv)
    print(f"results: {folder}")
