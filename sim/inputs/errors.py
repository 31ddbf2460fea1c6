"""Mistakes in what a user gave, each in one line: file, line, key, what is wrong, what is allowed."""

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from sim.declarations.replaced import replacement
from sim.inputs.characters import printable, shortened

LONGEST = 1200
"""Characters of a message, at most; more of a value that is wrong helps nobody."""

LONGEST_WORD = 100
"""Characters of a word that is looked for among others, at most."""


class InputError(ValueError):
    """A mistake in a file or an option.

    Parameters
    ----------
    problem
        What is wrong and what is allowed, in one line.
    file, line, key
        Where it stands, as far as known; they lead the message as ``file:line: key: problem``.
    """

    def __init__(
        self, problem: str, *, file: Path | str | None = None, line: int | None = None, key: str | None = None
    ) -> None:
        self.problem, self.file, self.key = problem, file, key
        place = [] if file is None else [f"{file}:{line}" if line else f"{file}"]
        if key:
            place.append(key)
        where = [shortened(printable(part), LONGEST // 3) for part in place]
        super().__init__(shortened(": ".join([*where, printable(" ".join(problem.split()))]), LONGEST))


def near_match(word: str, allowed: Iterable[str]) -> str:
    """Return ``'; did you mean "x"?'`` for the allowed word closest to a mistyped one, or nothing.

    Of a name of the first model it returns what replaced it.
    """
    if successor := replacement(word):
        return successor
    by_lower_case = {item.lower(): item for item in allowed}
    matches = get_close_matches(word[:LONGEST_WORD].lower(), by_lower_case, n=1)
    return f'; did you mean "{by_lower_case[matches[0]]}"?' if matches else ""
