"""Files of text, read so that a huge one takes no memory and one that is no text, or no file, is an error."""

import stat
from pathlib import Path

from sim.inputs.errors import InputError
from sim.system import files
from sim.system.failures import CLOSE, READING, way_on

HANDED_OVER = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")
"""Where a shell hands over what another program writes: ``<(...)``, or behind a ``|``."""


def read_text(path: Path, most_bytes: int, wanted: str) -> str:
    """Read a file of text in UTF-8, with or without a byte order mark.

    Parameters
    ----------
    path
        The file.
    most_bytes
        How large it may be; no more is read.
    wanted
        What the file should be, for messages: ``a TOML file``.

    Raises
    ------
    InputError
        If it cannot be opened, is too large, no text or no regular file.
    """
    content = _content(path, most_bytes, wanted)
    try:
        return content.decode("utf-8-sig")  # editors on Windows write a byte order mark
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = f"is not UTF-8 text (byte 0x{content[error.start]:02x}); {wanted} is wanted"
        raise InputError(problem, file=path, line=line) from None


def check_regular(path: Path) -> None:
    """Refuse what is neither a file nor a folder: reading it might wait for ever, or never end.

    Raises
    ------
    InputError
        For a named pipe, a device or a socket; what a shell hands over through a pipe can be read.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError):  # opening it says what is the matter
        return
    is_handed_over = stat.S_ISFIFO(mode) and str(path).startswith(HANDED_OVER)
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode) or is_handed_over):
        raise InputError("is not a regular file", file=path)


def _content(path: Path, most_bytes: int, wanted: str) -> bytes:
    check_regular(path)
    try:
        content = files.read_some(path, most_bytes + 1)
    except FileNotFoundError:
        raise InputError("no such file", file=path) from None
    except IsADirectoryError:
        raise InputError(f"is a folder; {wanted} is wanted", file=path) from None
    except OSError as error:
        problem = f"cannot be read: {(error.strerror or str(error)).lower()}; {way_on(error, READING)}"
        raise InputError(problem, file=path) from None
    except MemoryError:
        raise InputError(f"cannot be read: not enough memory; {CLOSE}", file=path) from None
    except ValueError as error:  # a null byte in the name
        raise InputError(f"cannot be read: {error}", file=path) from None
    if len(content) > most_bytes:
        raise InputError(f"is larger than {most_bytes // 1_000_000} MB; {wanted} is wanted", file=path)
    return content
