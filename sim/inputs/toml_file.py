"""TOML files that remember on which line each key stands, so that a mistake can be pointed at."""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sim.inputs.characters import printable
from sim.inputs.errors import InputError
from sim.inputs.text_file import read_text

TomlPath = tuple[str | int, ...]
"""Where a value stands in a file: keys and, within lists, positions from 0."""

MAX_BYTES = 1_000_000
MAX_DEPTH = 64

_NO_NAME = '""'

T = TypeVar("T")


@dataclass(frozen=True)
class TomlFile:
    """What a TOML file says, and where.

    Attributes
    ----------
    path
        The file.
    data
        Its content, as :mod:`tomllib` reads it.
    lines
        The line, from 1, of every key, table and list element.
    """

    path: Path
    data: dict[str, Any]
    lines: Mapping[TomlPath, int]

    def line(self, key_path: TomlPath) -> int:
        """Return the line of a key, or that of the nearest table around it; line 1 for the whole file."""
        return nearest(self.lines, key_path) or 1

    def error(self, key_path: TomlPath, problem: str) -> InputError:
        """Return (not raise) the error that says what is wrong at a key of this file."""
        return InputError(problem, file=self.path, line=self.line(key_path), key=dotted(key_path))


def read_toml(path: Path | str) -> TomlFile:
    """Read a TOML file.

    Raises
    ------
    InputError
        If the file cannot be opened, is larger than 1 MB, is not UTF-8 text, is not valid TOML
        (a key given twice included) or is nested more than 64 levels deep.
    """
    path = Path(path)
    text = read_text(path, MAX_BYTES, "a TOML file").replace("\r\n", "\n")
    try:
        # The lines come first: they bound the depth, which tomllib does not.
        lines = key_lines(text)
        return TomlFile(path, tomllib.loads(text), lines)
    except NestingError as error:
        raise InputError(str(error), file=path, line=error.line) from None
    except RecursionError:
        raise InputError("nested too deeply", file=path, line=1) from None
    except ValueError as error:
        raise _syntax_error(path, text, str(error)) from None


def nearest(values: Mapping[TomlPath, T], key_path: TomlPath) -> T | None:
    """Return the value of a key path, else of the nearest path that encloses it, else None."""
    for length in range(len(key_path), -1, -1):
        if key_path[:length] in values:
            return values[key_path[:length]]
    return None


def dotted(key_path: TomlPath) -> str:
    """Return a key path as people write it: ``events[2].washington.involvement``."""
    return suffix(key_path).removeprefix(".")


def suffix(key_path: TomlPath) -> str:
    """Return a key path as it follows another one: ``[2].washington``, ``.involvement``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part or _NO_NAME}" for part in key_path)
    return on_one_line("".join(parts))


def on_one_line(text: str, length: int = 80) -> str:
    """Return a text as a message shows it: control characters replaced, and cut where it grows too long."""
    text = printable(text[: length + 1])
    return text if len(text) <= length else f"{text[: length - 3]}..."


def _syntax_error(path: Path, text: str, message: str) -> InputError:
    place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", message)
    line = 1
    if place:
        line = int(place[1]) if place[1] else text.rstrip().count("\n") + 1
        message = message[: place.start()]
    if re.match(r"Cannot (overwrite|declare)", message):
        message += " (a key or table is given twice)"
    if message == "Invalid value":
        message += " (text stands in quotes)"
    return InputError(f"not valid TOML: {message}", file=path, line=line)


class NestingError(ValueError):
    """Tables or lists within each other beyond any use."""

    def __init__(self, line: int) -> None:
        super().__init__(f"nested more than {MAX_DEPTH} levels deep")
        self.line = line


def key_lines(text: str) -> dict[TomlPath, int]:
    """Return the line, from 1, of every key, table and list element of a TOML text.

    A text that is not valid TOML is read as far as it makes sense.

    Raises
    ------
    NestingError
        If it is nested more than 64 levels deep.
    """
    scanner = _Scanner(text)
    with suppress(_NotTomlError):  # tomllib says what is wrong, and where
        scanner.document()
    return scanner.lines


_BLANK = re.compile(r"[ \t]*")
_BLANK_LINES = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'""")
_SCALAR = re.compile(
    r'"""(?:[^\\]|\\.)*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r"""|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'"""
    r"""|[^\s,\[\]{}#"'][^,\]}#\n]*""",
    re.DOTALL,
)


class _NotTomlError(Exception):
    """The text cannot be followed any further."""


class _Scanner:
    """Walks through a TOML text and notes where each key begins; values are skipped, not read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[TomlPath, int] = {}
        self.line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.lengths: dict[TomlPath, int] = {}  # of the arrays of tables so far

    def document(self) -> None:
        table: TomlPath = ()
        self._skip(_BLANK_LINES)
        while self.at < len(self.text):
            if self._sees("["):
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK_LINES)

    def _header(self) -> TomlPath:
        line = self._line()
        self._expect("[")
        is_element = self._sees("[")
        if is_element:
            self._expect("[")
        key = self._key()
        self._expect("]]" if is_element else "]")
        table = self._within_last_elements(key[:-1], line) + key[-1:]
        if is_element:
            self.lines.setdefault(table, line)
            position = self.lengths.get(table, 0)
            self.lengths[table] = position + 1
            table += (position,)
        self._note(table, line)
        return table

    def _within_last_elements(self, key: TomlPath, line: int) -> TomlPath:
        """Return the path of a header's parent: a name of an array of tables means its last element."""
        path: TomlPath = ()
        for part in key:
            path += (part,)
            self.lines.setdefault(path, line)
            if path in self.lengths:
                path += (self.lengths[path] - 1,)
        return path

    def _pair(self, table: TomlPath) -> None:
        line = self._line()
        key = self._key()
        for length in range(1, len(key)):
            self.lines.setdefault(table + key[:length], line)
        self._note(table + key, line)
        self._expect("=")
        self._skip(_BLANK)
        self._value(table + key)

    def _value(self, path: TomlPath) -> None:
        if self._sees("["):
            self._list(path)
        elif self._sees("{"):
            self._inline_table(path)
        else:
            self._match(_SCALAR)

    def _list(self, path: TomlPath) -> None:
        self._expect("[")
        self._skip(_BLANK_LINES)
        position = 0
        while not self._sees("]"):
            self._note((*path, position), self._line())
            self._value((*path, position))
            position += 1
            self._separator("]")
        self._expect("]")

    def _inline_table(self, path: TomlPath) -> None:
        self._expect("{")
        self._skip(_BLANK_LINES)
        while not self._sees("}"):
            self._pair(path)
            self._separator("}")
        self._expect("}")

    def _separator(self, end: str) -> None:
        self._skip(_BLANK_LINES)
        if not self._sees(end):
            self._expect(",")
            self._skip(_BLANK_LINES)

    def _key(self) -> TomlPath:
        parts: list[str] = []
        while not parts or self._sees("."):
            if parts:
                self._expect(".")
            self._skip(_BLANK)
            parts.append(_unquoted(self._match(_KEY)))
            self._skip(_BLANK)
            if len(parts) > MAX_DEPTH:
                raise NestingError(self._line())
        return tuple(parts)

    def _note(self, path: TomlPath, line: int) -> None:
        if len(path) > MAX_DEPTH:
            raise NestingError(line)
        self.lines[path] = line

    def _line(self) -> int:
        return bisect_right(self.line_starts, self.at)

    def _sees(self, token: str) -> bool:
        return self.text.startswith(token, self.at)

    def _expect(self, token: str) -> None:
        if not self._sees(token):
            raise _NotTomlError
        self.at += len(token)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.text, self.at)
        self.at = match.end() if match else self.at

    def _match(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if not match:
            raise _NotTomlError
        self.at = match.end()
        return match[0]


def _unquoted(key: str) -> str:
    if key[0] not in "\"'":
        return key
    try:
        return next(iter(tomllib.loads(f"{key} = 0")))
    except tomllib.TOMLDecodeError:
        raise _NotTomlError from None
