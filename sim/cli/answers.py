"""What commands do with an answer: keep it in its folder, with the command that gave it, and print it."""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from sim.outputs.document.terminal import print_document
from sim.results.document import Document, first_screen
from sim.results.drawing import keep_document
from sim.results.result import Result
from sim.system.folders import adding_to

MORE = "more: --full, or as a page: coalition report"
"""What ends a screen that does not show all."""


def tell(result: Result, folder: Path, *, quiet: bool, full: bool = False) -> None:
    """Keep the command in the results folder for reports, print the result, and say where that is."""
    keep_answer(result, folder)  # whether or not anybody reads what is printed
    if not quiet:
        show(result.document, full=full)
    print(f"results: {folder}")


def show(document: Document, *, full: bool) -> None:
    """Print the first screen of a document and how to have the rest, or all of it."""
    shown = document if full else first_screen(document)
    print_document(shown)
    if shown != document:
        print(MORE)


def keep_answer(result: Result, folder: Path) -> None:
    """Keep what an answer says in its results folder, with the command that gave it."""
    with adding_to(folder):
        keep_document(result, folder, same_results(sys.argv[1:]))


WITH_VALUE = ("--out", "--threads", "--workers", "--scheduler", "--page")
WITHOUT = ("--unencrypted", "--resume", "--quiet", "-q", "--full", "--report")
"""Options that change where and how results are made, not what they are."""


def same_results(arguments: Sequence[str]) -> str:
    """Return the command that makes the same results, without options that do not change them."""
    kept, words = [], iter(arguments)
    for word in words:
        if word in WITH_VALUE:
            next(words, None)
        elif word not in WITHOUT and not word.startswith(tuple(f"{name}=" for name in WITH_VALUE)):
            kept.append(word)
    return shlex.join(["coalition", *kept])
