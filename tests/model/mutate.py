"""Change one operator, comparison or number of the rules at a time, and see whether their tests notice.

    pip install cosmic-ray
    python tests/model/mutate.py [--every K]

Each mutant, by all operators of Cosmic Ray, takes the place of `sim/model/rules.py` in a process of its own,
in which the fast tests of `test_rules.py` are run. What they do not notice must stand in `mutants.toml`, with
why no test could.
"""

import argparse
import contextlib
import importlib
import io
import multiprocessing
import os
import signal
import sys
import tomllib
import types
from collections import deque
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from multiprocessing.connection import wait
from pathlib import Path
from typing import NamedTuple

import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from sim.model.compilation import load_numba

HERE = Path(__file__).parent
RULES = HERE.parents[1] / "sim" / "model" / "rules.py"
SOURCE = RULES.read_text(encoding="utf-8")
TESTS = HERE / "test_rules.py"
EXPLAINED = HERE / "mutants.toml"
PLAIN = ("--override-ini=addopts=", "--override-ini=filterwarnings=", "-p", "no:mpl", "-p", "no:xdist")
SECONDS = 120
"""After which a mutant that does not end counts as noticed."""

LIBRARIES = ("numpy", "numba", "hypothesis", "pydantic", "mesa", "pandas")
LOADED_ONCE = (*LIBRARIES, "sim.cli.program", "sim.inputs.case")
"""What does not depend on the rules, and is loaded before processes are split off."""


OF_BITS = ("RShift", "LShift", "BitOr", "BitAnd", "BitXor", "Is", "IsNot")
"""Operators that do not go with fractions: to put them in would be noticed at once, and prove nothing."""


class Mutation(NamedTuple):
    """A change: an operator of Cosmic Ray, applied where it can be for the so-manieth time."""

    operator: str
    occurrence: int

    def applied(self) -> str:
        """Return the mutated source."""
        if not self.operator:
            return SOURCE
        return mutate_code(SOURCE, get_operator(self.operator)(), self.occurrence)


AS_IT_IS = Mutation("", 0)
FORK = multiprocessing.get_context("fork")


class Lines(NamedTuple):
    """The lines that a mutation changes, before and after."""

    before: str
    after: str


def mutations() -> Iterator[Mutation]:
    """Yield every mutation of the rules."""
    nodes = list(ast_nodes(get_ast(SOURCE)))
    for name in operator_names():
        operator_class = get_operator(name)
        if not operator_class.arguments() and not _is_of_bits(name):
            operator = operator_class()
            number = sum(1 for node in nodes for _ in operator.mutation_positions(node))
            yield from (Mutation(name, occurrence) for occurrence in range(number))


def _is_of_bits(name: str) -> bool:
    *_, replaced, instead = ("", *name.split("_"))
    return instead in OF_BITS and replaced not in OF_BITS


def changed_lines(mutation: Mutation) -> Lines:
    """Return what a mutation changes."""
    pairs = zip_longest(SOURCE.splitlines(), mutation.applied().splitlines(), fillvalue="")
    before, after = zip(*((ours, theirs) for ours, theirs in pairs if ours != theirs), strict=True)
    return Lines(*(" ".join(line.strip() for line in lines) for lines in (before, after)))


def is_noticed(source: str) -> bool:
    """Return whether the tests fail with this in the place of the rules; for a process of its own."""
    rules = types.ModuleType("sim.model.rules")
    rules.__file__ = str(RULES)
    sys.modules["sim.model.rules"] = rules
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            exec(compile(source, RULES, "exec"), vars(rules))  # noqa: S102 - that is the point
        except Exception:  # it does not even load
            return True
        return pytest.main(["-x", "-q", "-m", "not slow", "-p", "no:cacheprovider", *PLAIN, str(TESTS)]) != 0


def _try(mutation: Mutation) -> None:
    """End this process: with 1 if the tests fail, or by a signal if they do not end."""
    signal.alarm(SECONDS)
    sys.exit(is_noticed(mutation.applied()))


def tried(chosen: Sequence[Mutation]) -> Iterator[tuple[Mutation, bool]]:
    """Yield mutations, each with whether it was noticed, as many at a time as there are cores."""
    waiting, running = deque(chosen), {}
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            mutation = waiting.popleft()
            process = FORK.Process(target=_try, args=(mutation,))
            process.start()
            running[process.sentinel] = mutation, process
        for ended in wait(list(running)):
            mutation, process = running.pop(ended)
            process.join()
            yield mutation, process.exitcode != 0


def explained() -> set[Lines]:
    """Return what no test could notice."""
    groups = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["equivalent"]
    return {Lines(*lines) for group in groups for lines in group["mutants"]}


def tell(text: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> None:
    """Try the mutants, and end with 1 if one is neither noticed nor explained."""
    parser = argparse.ArgumentParser(description="Try mutants of the rules.")
    parser.add_argument("--every", type=int, default=1, metavar="K", help="try one of K")
    chosen = list(mutations())[:: parser.parse_args().every]
    for name in LOADED_ONCE:
        importlib.import_module(name)
    load_numba()
    if any(noticed for _, noticed in tried([AS_IT_IS])):
        sys.exit("the rules as they are fail their tests")
    alike, number, unknown = explained(), 0, 0
    for count, (mutation, noticed) in enumerate(tried(chosen), 1):
        if not noticed:
            lines = changed_lines(mutation)
            number += 1
            unknown += lines not in alike
            tell(f"{'explained' if lines in alike else 'NOBODY NOTICES'}\n- {lines.before}\n+ {lines.after}")
        if count % 100 == 0:
            tell(f"{count} of {len(chosen)}")
    noticed = len(chosen) - number
    tell(f"{len(chosen)} mutants: {noticed} noticed, {number - unknown} explained, {unknown} neither")
    sys.exit(bool(unknown))


if __name__ == "__main__":
    main()
