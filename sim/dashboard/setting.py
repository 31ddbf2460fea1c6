"""What a visitor has chosen: a scenario, what is changed of it, and which runs."""

import re
import shlex
import tempfile
from dataclasses import dataclass
from pathlib import Path

from sim.inputs.case import Case, load_case
from sim.inputs.errors import InputError

MOST_ROUNDS = 520
"""Longer scenarios are for the command: a page has no room for them, and a visitor no patience."""

FOLDER = "coalition-dashboard-"

Value = float | str


@dataclass(frozen=True)
class ScenarioSource:
    """A scenario: the name of a bundled one, or the name and the text of a visitor's own."""

    name: str
    own: bytes | None = None

    def load(self) -> Case:
        """Read the scenario with its roster and parameters.

        Raises
        ------
        InputError
            For any mistake in it, and where it is too long to be shown.
        """
        case = load_case(self.name) if self.own is None else _load_own(self.name, self.own)
        rounds = case.scenario.rounds
        if rounds > MOST_ROUNDS:
            problem = f"is {rounds}; the dashboard shows at most {MOST_ROUNDS}, `coalition run` any number"
            raise case.scenario.place(("rounds",)).error(problem)
        return case


@dataclass(frozen=True)
class Setting:
    """What is run.

    Attributes
    ----------
    source
        The scenario.
    changes
        What is set of it, by path and value, as ``--set`` takes them.
    runs, seed
        Which runs.
    """

    source: ScenarioSource
    changes: tuple[tuple[str, Value], ...] = ()
    runs: int = 1000
    seed: int = 1

    def case(self) -> Case:
        """Return what is run.

        Raises
        ------
        InputError
            For any mistake in the scenario, and for a change that is not allowed.
        """
        return self.source.load().with_overrides(dict(self.changes))

    def command(self) -> str:
        """Return the command that runs it."""
        name = self.source.name if self.source.own is None else f"{self.source.name}.toml"
        sets = [f"--set {shlex.quote(f'{path}={value}')}" for path, value in self.changes]
        return " ".join(["coalition run", shlex.quote(name), *sets, self.which_runs()])

    def which_runs(self) -> str:
        """Return the options that say which runs."""
        return f"--runs {self.runs} --seed {self.seed}"


def words_of(error: InputError) -> str:
    """Return what is wrong, without the folder in which a visitor's own text was read."""
    return re.sub(rf"\S*{FOLDER}\w+[\\/]", "", str(error))


def _load_own(name: str, text: bytes) -> Case:
    """Read a text as a scenario file; what it names is looked for among the bundled files."""
    with tempfile.TemporaryDirectory(prefix=FOLDER) as folder:
        file = Path(folder, f"{name}.toml")
        file.write_bytes(text)
        return load_case(file)
