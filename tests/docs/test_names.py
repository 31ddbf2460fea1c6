"""One name for one thing: public names stand in the glossary, and names say what they hold."""

import ast
import re
from collections.abc import Iterator

import pytest
from pages import ROOT

import sim
from sim.results.kinds import KINDS

GLOSSARY = (ROOT / "docs/reference/glossary.md").read_text(encoding="utf-8")
ROWS = re.findall(
    r"^\| (?!term )(?P<term>[^|]+) \| (?P<meaning>[^|]+) \| (?P<name>[^|]+) \|$", GLOSSARY, re.MULTILINE
)
TERMS = {term.strip() for row in ROWS for term in row[0].split(",")}
NAMES = set(re.findall(r"`([^`]+)`", GLOSSARY))

SAYS_NOTHING = {"found", "given", "told", "said"}
"""Words that say how a value came about, not what it is."""

ENDING = re.compile(r"(_mean|_low|_high|_q\d\d)+$")


def declared(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield each name that a module declares, with its line."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield node.lineno, name
            case ast.arg(arg=name):
                yield node.lineno, name
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield node.lineno, name


def test_names_say_what_they_hold() -> None:
    files = {file.relative_to(ROOT).as_posix(): file for file in sorted(ROOT.glob("sim/**/*.py"))}
    empty = [
        f"{path}:{line} {name}"
        for path, file in files.items()
        for line, name in declared(ast.parse(file.read_text(encoding="utf-8")))
        if name.strip("_") in SAYS_NOTHING
    ]
    assert empty == []


@pytest.mark.parametrize("name", sim.__all__)
def test_the_glossary_has_every_public_name(name: str) -> None:
    assert name in NAMES


@pytest.mark.parametrize("kind", KINDS)
def test_the_glossary_has_every_kind_of_results(kind: str) -> None:
    assert kind in TERMS


def test_the_glossary_has_every_column_of_a_run(baseline: sim.RunResult) -> None:
    columns = {
        ENDING.sub("", str(column))
        for table in baseline.tables.values()
        for column in (*table.columns, *filter(None, table.index.names))
    }
    assert columns - NAMES == set()


def test_a_term_stands_once() -> None:
    terms = [term for term, _, _ in ROWS]
    assert len(terms) == len(set(terms))


def types(module: ast.Module) -> Iterator[str]:
    """Yield the public types that a module declares: its classes, and what is written as they are."""
    for node in ast.walk(module):
        match node:
            case ast.ClassDef(name=name) | ast.Assign(targets=[ast.Name(id=name)]):
                if name[0].isupper() and not name.isupper():
                    yield name


def test_a_type_stands_in_one_module() -> None:
    homes: dict[str, set[str]] = {}
    for file in sorted(ROOT.glob("sim/**/*.py")):
        for name in types(ast.parse(file.read_text(encoding="utf-8"))):
            homes.setdefault(name, set()).add(file.relative_to(ROOT).as_posix())
    assert {name: files for name, files in homes.items() if len(files) > 1} == {}
