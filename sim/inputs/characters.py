"""Characters that texts may not hold: they command a terminal, turn round what is read, or break a file."""

import re

REFUSED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"  # commands to terminals; tabs and line breaks are text
    "\u202a-\u202e\u2066-\u2069"  # turn round the order in which what follows is shown
    "\ud800-\udfff\ufffe\uffff]"  # no characters at all: such a text cannot be written to a file
)

LONGEST_NAME = 60
"""Characters of a folder's name: at four bytes each they fit into the 255 that a file system allows."""


def refused_character(text: str) -> str | None:
    """Return how the first character is called that may not stand in a text (``U+001B``), else None."""
    refused = REFUSED.search(text)
    return f"U+{ord(refused[0]):04X}" if refused else None


def printable(text: str) -> str:
    """Return a text as a terminal may show it: on one line, whatever has no shape of its own as ``?``."""
    return "".join(character if character.isprintable() else "?" for character in text)


def folder_name(text: str, otherwise: str) -> str:
    """Return a name that is safe for a folder: no path, not hidden, no option, not too long for any disk."""
    plain = re.sub(r"[^\w.-]+", "-", text)[:LONGEST_NAME]
    return plain.strip("-.") or otherwise


def shortened(text: str, length: int) -> str:
    """Return a text with its middle left out where it is longer; messages end with what would be right."""
    if len(text) <= length:
        return text
    return f"{text[: length * 2 // 3]} ... {text[-(length // 3) :]}"
