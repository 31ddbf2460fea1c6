"""The `coalition` command: a module a command."""

import gc
import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn

import typer

from sim.cli.common import Stopped, app
from sim.declarations.kinds import DeclarationError
from sim.inputs.characters import printable
from sim.inputs.errors import InputError
from sim.system.failures import Failure

# In the order in which --help lists the commands.
# isort: off
from sim.cli import run, compare, sweep, sensitivity, explain  # noqa: F401
from sim.cli import hindcast, calibrate, cross_validate, forecast, patterns, plot, report, verify  # noqa: F401
from sim.cli import dashboard, look  # noqa: F401
# isort: on

UsageError: Any = typer.BadParameter.__base__
INTERRUPTED = 130


def main() -> None:
    """Run the command; mistakes of the user's end with one line and exit code 2."""
    # The modules alone are 400,000 objects: looking for cycles among them took a tenth of a run.
    gc.set_threshold(1_000_000)
    _replace_closed_streams()
    for stream in (sys.stdout, sys.stderr):  # a name that a terminal cannot show must not end a run
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        _refuse_empty(sys.argv[1:])
        code = app(sys.argv[1:] or ["--help"], standalone_mode=False)
    except UsageError as error:
        _fail(_usage(error), 2)
    except (InputError, DeclarationError, Failure) as error:
        _fail(str(error), 2)
    except OSError as error:
        _fail(" ".join(f"{error.filename or 'output'}: {error.strerror or error}".split()), 1)
    except Stopped as stopped:
        _fail(str(stopped), INTERRUPTED)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    if code == INTERRUPTED:
        _fail("stopped; what was not finished is thrown away", INTERRUPTED)
    sys.exit(code)


def _replace_closed_streams() -> None:
    """Let what is printed go nowhere where a shell has closed the stream: ``coalition ... >&-``."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - until the end


def _refuse_empty(words: Sequence[str]) -> None:
    """Refuse what an unset variable of a shell leaves behind: as a path it would be the current folder."""
    for before, word in pairwise(["", *words]):
        option, equals, value = word.partition("=")
        is_option = option.startswith("--")
        if not word or (is_option and equals and not value):
            named = option if is_option else before
            problem = "is empty; give a value, or leave it out"
            raise InputError(problem, key=named if named.startswith("--") else "an argument")


def _usage(error: Any) -> str:
    """Return what is wrong with a command line as one line, after the option that it is about."""
    context, option = error.ctx, getattr(error, "param", None)
    if isinstance(error, typer.BadParameter) and option is not None and error.message:
        problem = f"{max(option.opts, key=len)}: {error.message.removeprefix('Value error, ')}"
    else:
        problem = error.format_message()
    command = context.command_path if context else "coalition"
    return f"{' '.join(problem.split())} (see {command} --help)"


def _fail(message: str, code: int) -> NoReturn:
    print(f"coalition: {printable(message)}", file=sys.stderr)
    sys.exit(code)
