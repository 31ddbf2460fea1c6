"""Commands that show inputs: `scenarios`, `validate`, `schema`, `evidence`."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.common import app
from sim.inputs.characters import printable
from sim.inputs.errors import InputError

RosterFolder = Annotated[str, typer.Option(help="Roster folder, or one of the bundled ones.")]


@app.command("scenarios")
def list_scenarios() -> None:
    """List the bundled scenarios."""
    from sim.inputs.bundled import bundled_scenarios
    from sim.inputs.scenario import load_scenario
    from sim.outputs.document.terminal import print_document
    from sim.outputs.tables import scenarios_report

    loaded = {name: load_scenario(path) for name, path in bundled_scenarios().items()}
    rows = [
        (name, scenario.title, " ".join(scenario.description.split())) for name, scenario in loaded.items()
    ]
    print_document(scenarios_report(rows))


@app.command()
def validate(
    files: Annotated[
        list[Path], typer.Argument(help="Scenario files, or folders of rosters or past coalitions.")
    ],
) -> None:
    """Check scenarios, rosters and past coalitions; every mistake is named with its file, line and key."""
    mistakes = 0
    for file in files:
        try:
            print(printable(f"{file}: {_checked(file)}"))
        except InputError as error:
            mistakes += 1
            print(f"coalition: {error}", file=sys.stderr)
    if mistakes:
        raise typer.Exit(2)


def _checked(file: Path) -> str:
    """Read a scenario, a roster or past coalitions and say what they hold."""
    from sim.inputs.case import load_case
    from sim.inputs.coalitions.declaration import FILE as DECLARATION
    from sim.inputs.coalitions.reading import load_coalitions
    from sim.inputs.doubts import tell_closed_kinds, tell_imputed, tell_suspects
    from sim.inputs.map_file import read_map
    from sim.inputs.roster import load_roster
    from sim.inputs.scenario import check_keys
    from sim.outputs.words import counted

    if file.is_dir() and (file / DECLARATION).exists():
        past = load_coalitions(file)
        read = counted(len(past.coalitions), "coalition"), counted(len(past.candidates), "candidate")
        return f"ok, {past.declaration.title}: {', '.join(read)}"
    if file.is_dir() or file.name == "roster.toml":
        roster = load_roster(file if file.is_dir() else file.parent)
        check_keys(roster.folder)
        tell_imputed(roster)
        tell_closed_kinds(roster)
        tell_suspects(roster)
        if roster.map_file:
            read_map(roster.map_file)
        return f"ok, {roster.title}: {counted(len(roster.iso3), 'nation')}"
    case = load_case(file)
    tell_imputed(case.roster)
    tell_suspects(case.roster)
    rounds, events = counted(case.scenario.rounds, "round"), counted(len(case.scenario.schedule()), "event")
    return f"ok, {case.scenario.title}: {rounds}, {events}, {counted(len(case.roster.iso3), 'nation')}"


@app.command()
def schema(roster: RosterFolder = "europe-2025") -> None:
    """Print the JSON Schema of scenario files of a roster, for editors."""
    from sim.inputs.bundled import find_roster
    from sim.inputs.roster_file import vocabulary_of
    from sim.inputs.scenario import scenario_type

    print(json.dumps(scenario_type(vocabulary_of(find_roster(roster))).model_json_schema(), indent=2))


@app.command()
def evidence(
    nation: Annotated[
        str,
        typer.Argument(
            help="ISO code or name of a nation; or a past coalition: kfor1999.", metavar="NATION|COALITION"
        ),
    ],
    roster: RosterFolder = "europe-2025",
    coalitions: Annotated[
        str, typer.Option(help="Folder of past coalitions, instead of the bundled one.")
    ] = "coalitions",
) -> None:
    """Print what the model knows of a nation, or of a past coalition, and where from.

    Of a nation: statements, conditions, what past coalitions ask of it, what it can send, what is missing.
    Of a coalition: its levels, who could have taken part, who did, what was forecast from the others.
    """
    from sim.cli.past_coalitions import show_coalitions, unknown
    from sim.inputs.bundled import find_roster
    from sim.inputs.coalitions.coalitions import is_coalition
    from sim.inputs.coalitions.reading import load_coalitions
    from sim.inputs.doubts import tell_suspects
    from sim.inputs.evidence import evidence as find_evidence
    from sim.inputs.roster import load_roster
    from sim.outputs.document.terminal import print_document
    from sim.outputs.evidence.nation import evidence_report

    past = load_coalitions(coalitions)
    chosen = [each for each in past.coalitions if is_coalition(each, nation)]
    if chosen:
        show_coalitions(chosen, past)
        return
    folder = find_roster(roster)
    try:
        gathered = find_evidence(folder, nation)
    except InputError as error:
        raise unknown(nation, past, error) from None
    tell_suspects(load_roster(folder))
    print_document(evidence_report(gathered))
