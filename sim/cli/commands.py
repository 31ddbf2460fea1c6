"""The commands: each is the function of its name in the module of its name, loaded when it is called."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

GROUPS = {
    "Ask": {
        "scenarios": "List the bundled scenarios.",
        "run": "Run scenarios and say who joins, when, and what holds back the others.",
        "explain": "Say why nations are in or out, what it would take, who is pivotal, whom to persuade.",
        "compare": "Run the same draws under several scenarios and say how each differs from the first.",
        "sweep": "Run a scenario at many points of its levers and unknowns; goes on where it was stopped.",
        "sensitivity": "Find out which levers and unknowns matter most; a factor that --set gives is "
        "held fixed.",
        "forecast": "Forecast who takes part in a coalition, and seal the forecast before it is "
        "known what comes.",
        "dashboard": "Move levers on a page in the browser and see who joins; ends with Ctrl-C.",
    },
    "Trust": {
        "evidence": "Print what the model knows of a nation, or of a past coalition, and where from.",
        "hindcast": "Score the model against positions recorded later, beside forecasts that know "
        "nothing of it.",
        "patterns": "Check whether the model reproduces known patterns, each with its source.",
        "calibrate": "Fit uncertain parameters to positions recorded later; goes on where it was stopped.",
        "cross-validate": "Forecast each family of past coalitions from all the others, and score it.",
        "verify": "Check results: that every file is as it was written, that none is missing and "
        "none was put in.",
    },
    "Make": {
        "validate": "Check scenarios, rosters and past coalitions; every mistake is named with its "
        "file, line and key.",
        "schema": "Print the JSON Schema of scenario files of a roster, for editors.",
        "plot": "Draw figures of results again, or those that were not drawn yet; nothing is run.",
        "report": "Write results as one HTML file into a results folder, to be read, printed and handed on.",
    },
}
"""The line by which ``coalition --help`` lists each command, by group; its module opens its help with it."""

DRAW = ("run", "explain", "compare", "hindcast")
"""Commands that draw, and may come to that within seconds: what it takes is loaded meanwhile."""


class Commands(TyperGroup):
    """The commands, of which ``--help`` needs no more than their lines: to load them all takes a second."""

    def __init__(self, **attributes: Any) -> None:
        lines = [
            TyperCommand(name, short_help=line, rich_help_panel=group)
            for group, commands in GROUPS.items()
            for name, line in commands.items()
        ]
        super().__init__(**{**attributes, "commands": lines})

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return what is called, loaded, and its arguments."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command and load_command(str(command.name)), rest


def load_command(name: str) -> Any:
    """Return a command by its name, with its options."""
    function = name.replace("-", "_")
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    alone.command(name)(getattr(import_module(f"sim.cli.{function}"), function))
    return typer.main.get_command(alone)
