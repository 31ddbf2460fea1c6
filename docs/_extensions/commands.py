"""The command line: its reference, and what commands print."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import typer
from pieces import options_as_code
from typer.cli import get_docs_for_click

from sim.cli.commands import load_command
from sim.cli.program import app

WIDTH = "110"


def reference() -> str:
    """Return a section a command: usage, arguments, options."""
    group = typer.main.get_command(app)
    context = typer.Context(group)
    commands = [load_command(name) for name in group.list_commands(context)]
    sections = [
        get_docs_for_click(obj=command, ctx=context, indent=1, call_prefix="coalition")
        for command in commands
    ]
    return "\n".join(options_as_code(line) for section in sections for line in section.splitlines())


def output(command: str) -> str:
    """Return a command and what it prints, run in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S602 - the pages' own commands, as a reader's shell runs them
            command,
            shell=True,
            cwd=folder,
            env={**os.environ, "COLUMNS": WIDTH, "PATH": _path()},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
    if done.returncode:
        raise RuntimeError(f"{command}\n{done.stderr}")
    printed = "\n".join(line.rstrip() for line in done.stdout.splitlines())
    return f"```bash\n{command}\n```\n\n```{{code-block}} text\n:class: printed\n\n{printed}\n```\n"


def _path() -> str:
    return os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
