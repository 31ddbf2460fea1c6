"""What a how-to page asks its reader to do, done in a copy of the repository.

A page is carried out from top to bottom, block by block:

- ``bash`` is run at the top of the copy, and each command must end well;
- ``text`` right after it are lines that were printed, in this order; others may stand between them;
- after a sentence such as "Write `FILE`:" the block is the whole of a new file;
- after "Append this to `FILE`:" it is added at the end of one that is there;
- after "Change `FILE`:" it is a ``diff``: what it keeps and takes away must stand in the file exactly once,
  as lines that follow each other; a line ``@@`` begins the next place.

All else is for reading.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pages import ROOT, Quote, blocks_of, pages

FOLDERS = ("sim", "scenarios", "docs", "tests", "benchmarks")
FILES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "pyproject.toml", "results/README.md")
"""What a copy holds, less caches and what is built."""

NOT_COPIED = shutil.ignore_patterns("__pycache__", ".*", "build")
LEFT_OUT = "__pycache__"
"""What commands leave behind, beside results and folders whose names begin with a dot."""

COALITION = """\
#!{python}
from sim.cli import main
main()
"""


def howto(name: str) -> list[Quote]:
    """Return the blocks of a how-to page."""
    page = f"docs/how-to/{name}.md"
    return blocks_of(page, pages()[page])


class PageError(AssertionError):
    """What a page asks for cannot be done, or does not do what the page says; names the place."""

    def __init__(self, block: Quote, problem: str) -> None:
        super().__init__(f"{block}: {problem}")


@dataclass(frozen=True)
class Done:
    """What came of a page: the files that were written, changed or removed, and all that commands printed."""

    files: list[str]
    printed: str


class Copy:
    """A copy of the repository, in which pages are carried out, one after the other if there are several.

    Parameters
    ----------
    folder
        An empty folder to put it in.
    """

    def __init__(self, folder: Path) -> None:
        self.top = folder / "repository"
        for name in FOLDERS:
            shutil.copytree(ROOT / name, self.top / name, ignore=NOT_COPIED)
        (self.top / "results").mkdir()
        for name in FILES:
            shutil.copyfile(ROOT / name, self.top / name)
        command = folder / "bin" / "coalition"
        command.parent.mkdir()
        command.write_text(COALITION.format(python=sys.executable), encoding="utf-8")
        command.chmod(0o755)
        cache = folder / "cache"
        _lend_compiled(cache)
        self._environment = _environment(self.top, command.parent, cache)

    def carry_out(self, blocks: Iterable[Quote]) -> Done:
        """Do what the blocks of a page ask for, see `howto` and `pages.blocks_of`."""
        before, printed, last = self._files(), [], ""
        for block in blocks:
            match block.kind, block.verb:
                case "bash", _:
                    last = self._run(block)
                    printed.append(last)
                case "diff", "change":
                    self._change(block)
                case "diff", _:
                    raise PageError(block, "no sentence before it says which file to change")
                case _, "change":
                    raise PageError(block, "what is to change is no diff")
                case _, "write":
                    self._write(block)
                case _, "append":
                    self._append(block)
                case "text", _:
                    check_printed(block, last)
        return Done(_differing(before, self._files()), "".join(printed))

    def _run(self, block: Quote) -> str:
        done = subprocess.run(  # noqa: S603 - the page's own commands, as a reader's shell runs them
            ["bash", "-euo", "pipefail", "-c", block.text],  # noqa: S607
            cwd=self.top,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        if done.returncode:
            raise PageError(block, f"ended with {done.returncode}:\n{done.stdout}")
        return done.stdout

    def _write(self, block: Quote) -> None:
        file = self.top / block.file
        if file.exists():
            raise PageError(block, f"there is a {block.file} already")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, encoding="utf-8")

    def _append(self, block: Quote) -> None:
        file = self._file(block)
        file.write_text(file.read_text(encoding="utf-8") + block.text, encoding="utf-8")

    def _change(self, block: Quote) -> None:
        file = self._file(block)
        file.write_text(changed(block, file.read_text(encoding="utf-8")), encoding="utf-8")

    def _file(self, block: Quote) -> Path:
        if not (self.top / block.file).is_file():
            raise PageError(block, f"there is no {block.file}")
        return self.top / block.file

    def _files(self) -> dict[str, str]:
        """Return a digest of each file, by its path."""
        files = (file.relative_to(self.top) for file in self.top.rglob("*") if file.is_file())
        return {
            file.as_posix(): hashlib.sha256((self.top / file).read_bytes()).hexdigest()
            for file in files
            if LEFT_OUT not in file.parts and not file.parts[0].startswith((".", "results"))
        }


def changed(block: Quote, text: str) -> str:
    """Return a text with the places of a diff replaced."""
    for place in _places(block.text.splitlines(keepends=True)):
        old, new = (
            "".join(line[1:] or line for line in place if line[0] in signs) for signs in (" -\n", " +\n")
        )
        at_line = f"\n{text}"
        if at_line.count(f"\n{old}") != 1:
            raise PageError(block, f"stands {at_line.count(chr(10) + old)} times in {block.file}:\n{old}")
        text = at_line.replace(f"\n{old}", f"\n{new}")[1:]
    return text


def _places(lines: list[str]) -> list[list[str]]:
    places: list[list[str]] = [[]]
    for line in lines:
        if line.startswith("@@"):
            places.append([])
        else:
            places[-1].append(line)
    return [place for place in places if place]


def check_printed(block: Quote, printed: str) -> None:
    """Check that lines were printed in their order, however far apart their words stand."""
    rest = iter([" ".join(line.split()) for line in printed.splitlines()])
    for line in block.text.splitlines():
        words = " ".join(line.split())
        if words != "..." and not any(words in other for other in rest):
            raise PageError(block, f"was not printed, or not there: {line}\nPrinted was:\n{printed}")


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))


def _lend_compiled(cache: Path) -> None:
    """Let a copy begin with the compiled code of the original, if there is any: it takes a while to make."""
    from sim.system.compiled_cache import cache_folder

    if cache_folder().is_dir():
        shutil.copytree(cache_folder(), cache / "coalition-sim" / "compiled", copy_function=shutil.copy)


def _environment(top: Path, commands: Path, cache: Path) -> dict[str, str]:
    """Return the environment in which the copy is what Python imports and `coalition` runs."""
    import matplotlib as mpl

    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COVERAGE_"))
    }
    path = os.pathsep.join([str(commands), str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    return {
        **kept,
        "PATH": path,
        "PYTHONPATH": str(top),
        "COLUMNS": "110",
        "PYTEST_ADDOPTS": "-n 0",
        "XDG_CACHE_HOME": str(cache),
        "MPLCONFIGDIR": mpl.get_cachedir(),  # which fonts there are takes a second to find out
    }
