"""How files are damaged: as people damage them (a value, a key, a cell, a line) and as disks do (bytes)."""

import random
import re
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

Chance = random.Random
Damage = Callable[[str, Chance], str]

# fmt: off
NUMBERS = (
    "0", "-1", "1", "0.5", "2", "-0.0", "1e308", "1e-320", "inf", "-inf", "nan", "10001",
    "99999999999999999999", "true", "2025-04-10", "0001-01-01", "9999-12-31", "12:00:00",
    "2025-04-10T00:00:00Z",
)
TEXTS = (
    "x", "open", "committed", "UKR", "none", "brussels-2025-04", "rosters/europe-2025",
    "../../../etc/passwd", "/etc/passwd", "/dev/zero", "..", ".", "~", r"a\u0000b", "CON",
    r"\u001b[31mred", r"\u202egnp", "[/bold]", "[red]", "<script>alert(1)</script>", "=1+1", "@x", "$x$",
    "{0}", "%s%n", r"\n", "é", r"\uFFFE", r"\U0001F600",
)
COMPOSED = (
    *("[]", "[[]]", "[1]", "[1, 0]", '["NLD"]', '[["a"]]', "[nan, inf]", "[0.1, 0.2, 0.3]"),
    *(
        "{}",
        "{ a = 1 }",
        "{ committed = 1 }",
        '{ table = "nations.csv" }',
        '{ column = "gdp" }',
        "{ x = {} }",
    ),
    *('""', "''", "[" * 80 + "]" * 80, '"' + "n" * 300 + '"', "0x" + "f" * 4000),
)
VALUES = (*NUMBERS, *(f'"{text}"' for text in TEXTS), *COMPOSED)
KEYS = (
    "title", "rounds", "start", "events", "nations", "extends", "roster", "parameters", "observed",
    "date", "round", "washington.involvement", "nations.NLD.position", "nations.XXX.held", "a.b.c.d",
    '""', "'xy'", "path", "range", "values", "steps", "scale", "design", "points", "list", "runs", "base",
    "value", "where",
)
LINES = (
    "[washington]",
    "[[events]]",
    "[[levers]]",
    "[nations.NLD]",
    "[a.b]",
    "]]",
    '"""',
    "= 1",
    "x",
    "#",
    "\\",
)
CELLS = (
    "", " ", "0", "-1", "1e400", "nan", "inf", "1_000", "x", '"', '""', "'", ";", "a,b", "NLD", "nld", "XXX",
    "committed", "2025-04-10", "2025-13-01", "\x1b[31m", "\u202e", "=1+1", "\0", "[/red]", "<b>", "é",
    "9" * 400,
)
NAMES = ("x", "", "iso3", "n\n")
TOKENS = ('"x"', "-1", "1e999", "null", "[]", "{}", "NaN", "[" * 2000, "}", '"\\u001b"', "9" * 5000)
# fmt: on


# --- how they are damaged -------------------------------------------------------------------------------


def damaged(content: bytes, name: str, others: Sequence[bytes], chance: Chance) -> bytes:
    """Return a file's content with one to four mistakes in it."""
    for _ in range(chance.choice((1, 1, 1, 1, 2, 4))):
        if chance.random() < 0.25:
            content = chance.choice(BYTES)(content, chance.choice(others), chance)
        else:
            if name.endswith(".parquet"):
                content = _other_table(content, chance)
                continue
            kinds = CSV if name.endswith(".csv") else JSON if name.endswith("json") else TOML
            text = content.decode("utf-8", "surrogateescape")
            content = chance.choice(kinds)(text, chance).encode("utf-8", "surrogateescape")
    return content


def _other_value(text: str, chance: Chance) -> str:
    return _one_of(r"(?<== )[^\n]+", text, chance.choice(VALUES), chance)


def _other_scalar(text: str, chance: Chance) -> str:
    return _one_of(r"\"[^\"\n]*\"|\b\d[\d.-]*\b|\btrue\b|\bfalse\b", text, chance.choice(VALUES), chance)


def _other_key(text: str, chance: Chance) -> str:
    return _one_of(r"(?m)^[\w.-]+(?= *=)", text, chance.choice(KEYS), chance)


def _misspelt(text: str, chance: Chance) -> str:
    words = list(re.finditer(r"\w{2,}", text))
    if not words:
        return text
    place = chance.choice(words).start()
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]


def _with_pair(text: str, chance: Chance) -> str:
    return _with_line(text, f"{chance.choice(KEYS)} = {chance.choice(VALUES)}", chance)


def _with_odd_line(text: str, chance: Chance) -> str:
    return _with_line(text, chance.choice(LINES), chance)


def _without_line(text: str, chance: Chance) -> str:
    lines = text.split("\n")
    del lines[chance.randrange(len(lines))]
    return "\n".join(lines)


def _line_again(text: str, chance: Chance) -> str:
    return _with_line(text, chance.choice(text.split("\n")), chance)


def _cut(text: str, chance: Chance) -> str:
    return text[: chance.randrange(len(text) + 1)]


def _other_cell(text: str, chance: Chance) -> str:
    lines = text.split("\n")
    place = chance.choice((0, chance.randrange(len(lines)), chance.randrange(len(lines))))
    cells = lines[place].split(",")
    cells[chance.randrange(len(cells))] = chance.choice(CELLS)
    lines[place] = ",".join(cells)
    return "\n".join(lines)


def _without_column(text: str, chance: Chance) -> str:
    lines = [line.split(",") for line in text.split("\n")]
    place = chance.randrange(len(lines[0]))
    return "\n".join(",".join(cells[:place] + cells[place + 1 :]) for cells in lines)


def _other_token(text: str, chance: Chance) -> str:
    return _one_of(r"\"[^\"]*\"|-?\d[\d.]*", text, chance.choice(TOKENS), chance)


def _one_of(pattern: str, text: str, new: str, chance: Chance) -> str:
    """Return a text with one of the places that match a pattern replaced."""
    found = list(re.finditer(pattern, text))
    if not found:
        return text + new
    place = chance.choice(found)
    return text[: place.start()] + new + text[place.end() :]


def _with_line(text: str, line: str, chance: Chance) -> str:
    lines = text.split("\n")
    lines.insert(chance.randrange(len(lines) + 1), line)
    return "\n".join(lines)


TOML: Sequence[Damage] = (
    *(_other_value, _other_value, _other_scalar, _other_scalar, _other_key, _misspelt, _with_pair),
    *(_with_odd_line, _without_line, _line_again, _cut),
)
CSV: Sequence[Damage] = (
    _other_cell,
    _other_cell,
    _other_cell,
    _misspelt,
    _without_column,
    _without_line,
    _line_again,
)
JSON: Sequence[Damage] = (_other_token, _other_token, _without_line, _cut)


def _other_table(content: bytes, chance: Chance) -> bytes:
    """Return a Parquet file with a column, or the rows, other than they were; as it is if it is none."""
    import pandas as pd

    try:
        table = pd.read_parquet(BytesIO(content))
        column = chance.choice(list(table.columns))
        changed: dict[str, Callable[[], Any]] = {
            "gone": lambda: table.drop(columns=column),
            "called otherwise": lambda: table.rename(columns={column: chance.choice(NAMES)}),
            "missing": lambda: table.assign(**{column: None}),
            "text": lambda: table.assign(**{column: chance.choice(CELLS)}),
            "number": lambda: table.assign(**{column: chance.choice((-1, 0, 1e308, float("nan"), 2**62))}),
            "lists": lambda: table.assign(**{column: [[1]] * len(table)}),
            "few": lambda: table.head(chance.choice((0, 1, 2))),
            "twice": lambda: pd.concat([table, table]),
            "in another order": lambda: table.iloc[::-1],
        }
        return bytes(chance.choice(list(changed.values()))().to_parquet(index=False))
    except (ValueError, OSError):
        return content


def _flipped(content: bytes, _: bytes, chance: Chance) -> bytes:
    place = chance.randrange(len(content) + 1)
    return content[:place] + bytes([chance.randrange(256)]) + content[place + 1 :]


def _with_noise(content: bytes, _: bytes, chance: Chance) -> bytes:
    place = chance.randrange(len(content) + 1)
    return content[:place] + chance.randbytes(chance.randrange(1, 40)) + content[place:]


def _without_slice(content: bytes, _: bytes, chance: Chance) -> bytes:
    first, last = sorted(chance.randrange(len(content) + 1) for _ in range(2))
    return content[:first] + content[last:]


def _repeated_slice(content: bytes, _: bytes, chance: Chance) -> bytes:
    first = chance.randrange(len(content) + 1)
    piece = content[first : first + chance.randrange(1, 200)]
    return content[:first] + piece * chance.choice((2, 3, 50)) + content[first:]


def _spliced(content: bytes, other: bytes, chance: Chance) -> bytes:
    return content[: chance.randrange(len(content) + 1)] + other[chance.randrange(len(other) + 1) :]


def _otherwise_encoded(content: bytes, _: bytes, chance: Chance) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(chance.choice(("utf-16", "utf-8-sig", "latin-1", "utf-7")), "replace")


def _nothing_left(content: bytes, other: bytes, chance: Chance) -> bytes:
    return chance.choice((b"", b"\n", b"\0", b"\xff\xfe", other, chance.randbytes(100)))


BYTES = (
    _flipped,
    _flipped,
    _with_noise,
    _without_slice,
    _repeated_slice,
    _spliced,
    _otherwise_encoded,
    _nothing_left,
)
