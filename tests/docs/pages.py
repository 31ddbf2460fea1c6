"""The pages of the documentation, and what they quote: blocks of code, and code within sentences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^```(?P<info>[^`\n]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"(?<![`\\])`(?P<text>[^`\n]+)`(?!`)")
MARK = re.compile(r"^% output: (?P<text>.+)$", re.MULTILINE)
TOLD = re.compile(r"\b(?P<verb>write|append|change)\b[^`.]*`(?P<file>[^`\s]+)`[^`.]*:\n+\Z", re.IGNORECASE)
"""How the sentence before a block says which file it is for: Write `FILE`:"""

TOO_MUCH = ("docs/validation.md",)
"""Pages that a command writes."""


@dataclass(frozen=True)
class Quote:
    """What a page quotes, and where; of a block that is for a file, what to do with the file."""

    page: str
    line: int
    kind: str
    text: str
    verb: str = ""
    file: str = ""

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@cache
def pages() -> dict[str, str]:
    """Return the text of each page, by its path from the top of the repository."""
    files = [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        ROOT / "results/README.md",
        *ROOT.glob("scenarios/rosters/*/README.md"),
    ]
    texts = {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8") for file in sorted(files)}
    return {page: text for page, text in texts.items() if page not in TOO_MUCH}


def blocks(*kinds: str) -> list[Quote]:
    """Return the fenced blocks of some languages: ``bash``, ``python``, ``{code-cell} python``."""
    return [block for page, text in pages().items() for block in blocks_of(page, text) if block.kind in kinds]


def examples(kind: str) -> list[Quote]:
    """Return the blocks of a language that stand for themselves: those that are for no file."""
    return [block for block in blocks(kind) if not block.file]


def blocks_of(page: str, text: str) -> list[Quote]:
    """Return all fenced blocks of a page."""
    found = []
    for fence in FENCE.finditer(text):
        told = TOLD.search(text, 0, fence.start())
        verb, file = (told["verb"].lower(), told["file"]) if told else ("", "")
        found.append(Quote(page, _line(text, fence), fence["info"].strip(), fence["text"], verb, file))
    return found


def spans() -> list[Quote]:
    """Return what is set as code within sentences and tables."""
    return [
        Quote(page, _line(text, found), "span", found["text"])
        for page, text in pages().items()
        for found in SPAN.finditer(FENCE.sub(_blank, text))
    ]


def command_lines() -> list[Quote]:
    """Return every line that begins with the command, of shell blocks and of generated output."""
    return [
        Quote(block.page, block.line + number, "command", text)
        for block in [*blocks("bash", "console"), *_outputs()]
        for number, text in _shell_commands(block.text)
    ]


def _outputs() -> Iterator[Quote]:
    for page, text in pages().items():
        for found in MARK.finditer(text):
            yield Quote(page, _line(text, found), "bash", found["text"])


def _shell_commands(text: str) -> Iterator[tuple[int, str]]:
    """Yield each single command of a shell text that is one of `coalition`, with its line."""
    joined = text.replace("\\\n", "  ")
    for number, line in enumerate(joined.splitlines(), start=1):
        for part in re.split(r"&&|\||;|>", line):
            words = part.split("#")[0].split()
            if words and words[0].rpartition("/")[2] == "coalition":
                yield number, " ".join(["coalition", *words[1:]])


def _line(text: str, found: re.Match[str]) -> int:
    return text.count("\n", 0, found.start()) + 1


def _blank(found: re.Match[str]) -> str:
    """Return as many lines with nothing in them."""
    return "\n" * found[0].count("\n")
