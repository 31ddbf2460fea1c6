"""The program: all commands, and how each of them ends."""

import contextlib
import gc
import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.cli.commands import DRAW, Commands
from sim.declarations.kinds import DeclarationError
from sim.inputs.characters import printable
from sim.inputs.errors import InputError
from sim.results.apart import drawing_apart
from sim.system.caches import settle_environment
from sim.system.failures import Failure
from sim.system.memory import OutOfMemory, is_out_of_memory
from sim.system.signals import BROKEN_PIPE, Stopped, give_up_broken_streams
from sim.version import __version__

UsageError: Any = typer.BadParameter.__base__
INTERRUPTED = 130
"""What Typer returns for `KeyboardInterrupt`."""


app = typer.Typer(
    cls=Commands,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        print(f"coalition-sim {__version__}")
        raise typer.Exit


@app.callback()
def whole_program(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_tell_version, is_eager=True, help="Print the version and end."),
    ] = False,
) -> None:
    """Simulate who joins a military coalition, when and under which conditions."""


def run_process(arguments: Sequence[str]) -> int:
    """Run the command that this process is there for; see `run_command`."""
    with drawing_apart() if arguments[:1] and arguments[0] in DRAW else contextlib.nullcontext():
        return run_command(arguments)


def run_command(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code; an error is one line.

    Raises
    ------
    KeyboardInterrupt
        If it was stopped; it says how to go on if that can be.
    """
    # The modules alone are 400,000 objects: looking for cycles among them took a tenth of a run.
    gc.set_threshold(1_000_000)
    _replace_closed_streams()
    settle_environment()
    for stream in (sys.stdout, sys.stderr):  # a name that a terminal cannot show must not end a run
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        return _run(arguments)
    except UsageError as error:
        return _fail(_usage(error), 2)
    except (InputError, DeclarationError, Failure) as error:
        return _fail(str(error), 2)
    except Stopped as stopped:
        raise KeyboardInterrupt(printable(str(stopped))) from None
    except typer.Abort:
        raise KeyboardInterrupt from None
    except (Exception, SystemExit) as error:
        return _ended_by_system(error)
    finally:
        give_up_broken_streams()


def _ended_by_system(error: BaseException) -> int:
    """Tell in one line what the system did not let a command do; what else ended it is raised again."""
    if is_out_of_memory(error):
        return _fail(str(OutOfMemory()), 2)
    if BrokenPipeError in {type(error), type(error.__context__)}:  # Rich and Typer end then: `... | head -1`
        return BROKEN_PIPE
    if isinstance(error, OSError):
        return _fail(" ".join(f"{error.filename or 'output'}: {error.strerror or error}".split()), 1)
    raise error


def _run(arguments: Sequence[str]) -> int:
    _refuse_empty(arguments)
    _refuse_no_utf8(arguments)
    code: int | None = app([*arguments] or ["--help"], standalone_mode=False)
    if code == INTERRUPTED:
        raise KeyboardInterrupt
    sys.stdout.flush()  # here, where errors are reported
    return code or 0


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


def _refuse_no_utf8(words: Sequence[str]) -> None:
    """Refuse a folder of results whose name is no text: Parquet files cannot be written there."""
    for before, word in pairwise(["", *words]):
        option, _, value = word.partition("=")
        folder = word if before == "--out" else value if option == "--out" else ""
        try:
            folder.encode()
        except UnicodeEncodeError:
            raise InputError(f"{folder} is not UTF-8 text; give another folder", key="--out") from None


def _usage(error: Any) -> str:
    """Return what is wrong with a command line as one line, after the option that it is about."""
    context, option = error.ctx, getattr(error, "param", None)
    if isinstance(error, typer.BadParameter) and option is not None and error.message:
        problem = f"{max(option.opts, key=len)}: {error.message.removeprefix('Value error, ')}"
    else:
        problem = error.format_message()
    command = context.command_path if context else "coalition"
    return f"{' '.join(problem.split())} (see {command} --help)"


def _fail(message: str, code: int) -> int:
    with contextlib.suppress(OSError):  # nobody may be there to read it
        print(f"coalition: {printable(message)}", file=sys.stderr, flush=True)
    return code
