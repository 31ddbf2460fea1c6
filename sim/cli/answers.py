"""How commands answer: what a result says is printed, and kept with the command that asked."""

import shlex
import sys
from collections.abc import Sequence

from sim.outputs.document.terminal import print_document
from sim.results.document import Document, first_screen
from sim.results.saving import Reply

MORE = "more: --full, or as a page: coalition report"
MORE_HERE = "more: --full"
"""What ends a screen that does not show all: of what has a results folder, and of what has none."""


def printed(*, quiet: bool, full: bool = False) -> Reply:
    """Return how a command answers: it prints what a result says, unless it is to be quiet."""
    return Reply(
        show=lambda result: None if quiet else show(result.document, MORE, full=full),
        command=same_results(sys.argv[1:]),
    )


def show(document: Document, more: str, *, full: bool) -> None:
    """Print the first screen of a document and how to have the rest (`more`), or all of it."""
    shown = document if full else first_screen(document)
    print_document(shown)
    if shown != document:
        print(more)
    sys.stdout.flush()  # figures may take a while yet


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
