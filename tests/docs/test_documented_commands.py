"""Every command, option, scenario, parameter, key and file that a page names exists.

A file that a reader is to write has a name that begins with ``my``; a placeholder is in capitals.
"""

import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from pages import ROOT, Quote, blocks, blocks_of, command_lines, pages, spans

from sim.cli.commands import load_command
from sim.cli.program import UsageError, app
from sim.declarations.levels import LEVELS
from sim.declarations.parameters import PARAMETERS
from sim.declarations.terms import TERMS
from sim.inputs.bundled import find_roster, find_scenario
from sim.inputs.case import load_case
from sim.inputs.coalitions.coalitions import find_folder, is_coalition
from sim.inputs.coalitions.reading import load_coalitions
from sim.inputs.evidence import evidence
from sim.inputs.factors import check_factor
from sim.inputs.hindcast_file import find_hindcast
from sim.inputs.roster_file import vocabulary_of
from sim.inputs.situation import situation_keys
from sim.inputs.sweep_file import find_sweep, load_sweep

BASELINE = "brussels-2025-04"
VOCABULARY = vocabulary_of(find_roster("europe-2025"))
COMMAND = typer.main.get_command(app)
CONTEXT = typer.Context(COMMAND, info_name="coalition")
OPTIONS = {
    option
    for name in COMMAND.list_commands(CONTEXT)
    for parameter in load_command(name).get_params(CONTEXT)
    for option in parameter.opts
}
OF_OTHER_TOOLS = {"--nthreads", "--nworkers", "--no-dashboard", "--to"}


def parsed(text: str) -> tuple[str, dict[str, Any]]:
    """Parse a command line as the program does; return the command's name and what it was given."""
    arguments = shlex.split(text)[1:]
    if not arguments or arguments[0].startswith("-"):
        COMMAND.make_context("coalition", arguments, resilient_parsing=True)
        return "", {}
    name, command, rest = COMMAND.resolve_command(CONTEXT, arguments)
    resilient = "--help" in rest
    return name, command.make_context(name, rest, parent=CONTEXT, resilient_parsing=resilient).params


def is_readers_own(name: object) -> bool:
    return any(part.startswith("my") for part in Path(str(name)).parts)


def is_past(given: dict[str, Any]) -> bool:
    """Return whether a past coalition is asked about, or one that the reader is to write."""
    folder = "coalitions" if is_readers_own(given["coalitions"]) else given["coalitions"]
    known = load_coalitions(folder).coalitions
    return is_readers_own(given["nation"]) or any(is_coalition(each, given["nation"]) for each in known)


def check_meaning(command: str, given: dict[str, Any]) -> None:
    """Check what is named: scenarios, changes, sweeps, hindcasts, nations."""
    changes = [*(given.get("set_") or [])]
    scenario = given.get("scenario")
    for source in [*(given.get("scenarios") or []), *([scenario] if scenario else [])]:
        load_case(BASELINE if is_readers_own(source) else find_scenario(source), changes)
    match command:
        case "sweep" if not is_readers_own(given["file"]):
            load_sweep(find_sweep(given["file"]))
        case "hindcast" if given["file"]:
            find_hindcast(given["file"])
        case "calibrate" | "cross-validate":
            file = given["hindcast"]
            assert is_readers_own(file) or find_folder(file) or find_hindcast(file)
        case "evidence" if is_past(given):
            pass
        case "evidence" if not is_readers_own(given["roster"]):
            evidence(find_roster(given["roster"]), given["nation"])
        case "validate":
            for file in given["files"]:
                assert is_readers_own(file) or list(ROOT.glob(str(file).rstrip("/"))), file


CARRIED_OUT = {block.page for page, text in pages().items() for block in blocks_of(page, text) if block.file}
"""Pages that change what there is before they ask for it; `test_howtos.py` does what they say."""


ADDED = {
    Path(block.file).stem
    for page, text in pages().items()
    for block in blocks_of(page, text)
    if block.verb == "write" and block.file.startswith("sim/cli/")
}
"""Commands that a reader adds."""


def of_the_program(quotes: list[Quote]) -> list[Quote]:
    return [quote for quote in quotes if not ADDED & set(shlex.split(quote.text)[1:2])]


@pytest.mark.parametrize("quote", of_the_program(command_lines()), ids=str)
def test_every_command_line_is_right(quote: Quote) -> None:
    name, given = parsed(quote.text)
    if given and quote.page not in CARRIED_OUT:
        check_meaning(name, given)


def test_there_are_commands_to_check() -> None:
    named = {parsed(quote.text)[0] for quote in of_the_program(command_lines())}
    assert {"run", "compare", "sweep", "sensitivity", "evidence", "validate", "scenarios"} <= named
    assert len(command_lines()) > 25


@pytest.mark.parametrize(
    "wrong",
    [
        "coalition walk brussels-2025-04",
        "coalition run brussels-2025-04 --speed 3",
        "coalition run brussels-2026-04",
        "coalition run brussels-2025-04 --set washington.involvment=1",
        "coalition run brussels-2025-04 --set parameters.b_fear=1",
        "coalition run brussels-2025-04 --runs many",
        "coalition sweep us-by-clarty",
        "coalition evidence Atlantis",
    ],
)
def test_what_does_not_exist_would_be_found(wrong: str) -> None:
    with pytest.raises((UsageError, ValueError)):
        check_meaning(*parsed(wrong))


# Code within sentences


def named(pattern: str) -> list[Quote]:
    return [quote for quote in spans() if re.fullmatch(pattern, quote.text)]


@pytest.mark.parametrize("quote", of_the_program(named(r"coalition( [a-z].*)?")), ids=str)
def test_every_command_in_a_sentence_exists(quote: Quote) -> None:
    text = re.sub(r" \.\.\.$", "", quote.text)
    words = shlex.split(text)[1:]
    if not words or words[0].startswith("-"):
        return
    _, command, rest = COMMAND.resolve_command(CONTEXT, words)
    known = {option for parameter in command.get_params(CONTEXT) for option in parameter.opts}
    assert {word for word in rest if word.startswith("--")} <= known | {"--help"}
    if rest and not rest[-1].startswith("--") and not any(word.isupper() for word in rest):
        check_meaning(*parsed(text))


@pytest.mark.parametrize("quote", named(r"--[a-z].*"), ids=str)
def test_every_option_in_a_sentence_exists(quote: Quote) -> None:
    option, *rest = shlex.split(quote.text)
    assert option in OPTIONS | OF_OTHER_TOOLS | {"--help"}
    if option == "--set" and rest and not rest[0].isupper():
        load_case(BASELINE, rest)


@pytest.mark.parametrize(
    "quote",
    named(rf"(start\.)?({'|'.join(situation_keys(VOCABULARY))}|parameters)\.[a-zA-Z_.]+( ?= ?.+)?"),
    ids=str,
)
def test_every_key_exists(quote: Quote) -> None:
    key, equals, value = (part.strip() for part in quote.text.partition("="))
    if re.search(r"\b[A-Z]{4,}\b|\.NAME\b", key):  # a placeholder
        return
    check_factor(key, VOCABULARY)
    if equals:
        load_case(BASELINE, [f"{key}={value}"])


@pytest.mark.parametrize("quote", named(r"(b|shield|credibility|lobby|cut)_[a-z_]+( ?= ?[\d.]+)?"), ids=str)
def test_every_parameter_exists(quote: Quote) -> None:
    assert quote.text.partition("=")[0].strip() in PARAMETERS


@pytest.mark.parametrize("quote", named(r"[a-z]+(-[a-z0-9]+)+"), ids=str)
def test_every_name_with_hyphens_is_one_of_ours(quote: Quote) -> None:
    assert quote.text in names_with_hyphens(), f"{quote}: {quote.text} is neither bundled nor known"


@cache
def names_with_hyphens() -> set[str]:
    """Return the names of bundled files, of commands and figures, and of the project."""
    from sim.outputs.figures import FIGURES

    bundled = {file.stem for file in (ROOT / "scenarios").rglob("*.toml")}
    rosters = {folder.name for folder in (ROOT / "scenarios/rosters").iterdir()}
    commands = COMMAND.list_commands(CONTEXT)
    return {*bundled, *rosters, *commands, *FIGURES, "coalition-sim", "lint-imports", "two-nations"}


@pytest.mark.parametrize(
    "quote", named(r"(sim|scenarios|tests|docs|benchmarks|results|\.ci)/[\w./*-]*"), ids=str
)
def test_every_path_exists(quote: Quote) -> None:
    is_placeholder = re.search(r"[A-Z]{3,}(?!\.md)", quote.text)  # OUT/SCENARIO/RUN
    if not is_placeholder and quote.text not in files_to_write(quote.page):
        assert list(ROOT.glob(quote.text.rstrip("/"))), f"{quote}: there is no {quote.text}"


def files_to_write(page: str) -> set[str]:
    """Return the files that a page has its reader write."""
    return {block.file for block in blocks_of(page, pages()[page]) if block.verb == "write"}


@pytest.mark.parametrize("quote", named(r"sim(\.\w+)+(\(.*\))?(\.\w+)?"), ids=str)
def test_every_python_name_exists(quote: Quote) -> None:
    from pydoc import locate

    assert locate(quote.text.partition("(")[0]) is not None


def test_pages_do_not_name_this_machine() -> None:
    for page, text in pages().items():
        assert not re.search(r"(?<![\w.])/(work|home|root|opt)/", text), page


def test_there_is_something_of_each_kind_to_check() -> None:
    assert len(named(r"--[a-z].*")) > 10
    assert {quote.text for quote in spans()} >= {*PARAMETERS, *LEVELS, *TERMS}
    assert len(blocks("toml")) > 5


def test_no_page_starts_a_cluster_that_strangers_can_use() -> None:
    lines = [line for block in blocks("bash") for line in block.text.splitlines() if line.startswith("dask ")]
    assert {line.split()[1] for line in lines} == {"scheduler", "worker"}
    assert [line for line in lines if not re.search(r"--protocol tls |tls://", line)] == []
    assert [line for line in lines if "--dashboard-address 127.0.0.1" not in line] == []
