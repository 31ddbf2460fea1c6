"""`coalition validate`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.inputs.case import load_case
from sim.inputs.characters import printable
from sim.inputs.coalitions.declaration import FILE as DECLARATION
from sim.inputs.coalitions.reading import load_coalitions
from sim.inputs.doubts import tell_closed_kinds, tell_imputed, tell_suspects
from sim.inputs.errors import InputError
from sim.inputs.map_file import read_map
from sim.inputs.roster import load_roster
from sim.inputs.scenario import check_keys
from sim.outputs.words import counted


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
    rounds, events = counted(case.scenario.rounds, "round"), counted(len(case.scenario.all_events()), "event")
    possible = len(case.timeline.contingents)
    in_some = f" ({possible} in some runs only)" if possible else ""
    return (
        f"ok, {case.scenario.title}: {rounds}, {events}{in_some}, {counted(len(case.roster.iso3), 'nation')}"
    )
