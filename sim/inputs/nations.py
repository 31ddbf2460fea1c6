"""Nations by the names that people give them: codes, official names, and others in use."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property

from sim.inputs.csv_file import CsvRow
from sim.inputs.errors import LONGEST_WORD, InputError
from sim.inputs.keys import Key

ALIASES = "aliases"
"""Column of the table of nations: other names, with semicolons between."""

LIKENESS = 0.7
"""How alike a mistyped name must be to one that is known, from 0 to 1; of a code two of three letters."""

CODE_LETTERS = 3


@dataclass(frozen=True, eq=False)
class Nations:
    """The nations of a roster and what they are called.

    Attributes
    ----------
    names
        The official name by code, in the order of the roster.
    aliases
        Other names in use by code.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    aliases: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @cached_property
    def codes(self) -> dict[str, str]:
        """The code by every name as it is compared, see `folded`."""
        called = {code: (code, name, *self.aliases.get(code, ())) for code, name in self.names.items()}
        return {folded(name): code for code, names in called.items() for name in names}

    def code(self, word: str) -> str | None:
        """Return the code of the nation that a word names, None if it names none."""
        return self.codes.get(folded(word))

    def official(self, word: str) -> str:
        """Return the code of the nation that a word names, or the word where it names none."""
        return self.code(word) or word

    def in_key(self, key: Key) -> Key:
        """Return a key with the code of the nation that it is about: ``nations.UK.position``."""
        match key.path:
            case ("nations", word, *rest):
                return Key(".".join(("nations", self.official(word), *rest)))
            case ("start", "nations", word, *rest):
                return Key(".".join(("start", "nations", self.official(word), *rest)))
        return key

    def hint(self, word: str) -> str:
        """Return ``'; did you mean "United Kingdom"?'`` for a mistyped name, or nothing.

        Words as short as a code are compared with codes, others with names.
        """
        wanted, is_code = folded(word[:LONGEST_WORD]), len(folded(word)) <= CODE_LETTERS
        known = [name for name in self.codes if (len(name) <= CODE_LETTERS) == is_code]
        for match in get_close_matches(wanted, known, n=1, cutoff=0.6 if is_code else LIKENESS):
            code = self.codes[match]
            return f'; did you mean "{code if is_code else self.names[code]}"?'
        return ""

    def known(self, word: str) -> str:
        """Return the code of the nation that a word names.

        Raises
        ------
        InputError
            If it names none; the message names the nearest one.
        """
        code = self.code(word)
        if code is None:
            nearest = self.hint(word) or f"; allowed: {', '.join(self.names)}"
            raise InputError(f'unknown nation "{word}"{nearest}')
        return code


def folded(name: str) -> str:
    """Return a name as it is compared: without capitals, accents, dots and hyphens, single blanks between."""
    letters = unicodedata.normalize("NFD", name)
    for _ in range(2):  # as Unicode's compatibility caseless matching does: a letter may hide a capital
        letters = unicodedata.normalize("NFKD", letters.casefold())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter) and letter not in ".'’")
    words = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    return " ".join(words) or name.casefold()


def nations_in(rows: Iterable[CsvRow]) -> Nations:
    """Return the nations of rows with `iso3`, `name` and, if the table has it, `aliases`.

    Raises
    ------
    InputError
        If a nation has no name, or two nations are called the same; the message names both lines.
    """
    rows = tuple(rows)
    owners: dict[str, CsvRow] = {}
    for row in sorted(rows, key=lambda row: row.line):
        if not row.text("name"):
            raise row.error("name", "is empty; a nation needs a name")
        for column, name in _called(row):
            owner = owners.setdefault(folded(name), row)
            if owner is not row:
                problem = f'"{name}" is a name of the nation in line {owner.line} already'
                raise row.error(column, problem)
    names = {row.text("iso3"): row.text("name") for row in rows}
    return Nations(names, {row.text("iso3"): _aliases(row) for row in rows if _aliases(row)})


def _called(row: CsvRow) -> list[tuple[str, str]]:
    """Return every name of a nation and the column that it stands in."""
    others = [(ALIASES, alias) for alias in _aliases(row)]
    return [("iso3", row.text("iso3")), ("name", row.text("name")), *others]


def _aliases(row: CsvRow) -> list[str]:
    return [alias.strip() for alias in row.text(ALIASES).split(";") if alias.strip()]
