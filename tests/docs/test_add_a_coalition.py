"""The steps of the page on adding a coalition, done as it says."""

import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sim.inputs.bundled import scenarios_folder

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "add-a-coalition.md"
FILES = ("cases.csv", "levels.csv", "participation.csv", "covariates.csv")


@pytest.mark.slow
def test_a_coalition_is_added_as_the_page_says(coalition: Callable[..., Any]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    folder = Path("my-coalitions")
    shutil.copytree(scenarios_folder() / "coalitions", folder)
    rows = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    for name, block in zip(FILES, rows, strict=True):
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write("".join(f"{line.strip()}\n" for line in block.strip().splitlines()))

    commands = [shlex.split(line)[1:] for line in re.findall(r"^coalition .+$", page, re.MULTILINE)]
    assert [command[0] for command in commands] == ["validate", "evidence", "calibrate", "cross-validate"]
    ended = [coalition(*command) for command in commands]

    assert [each.code for each in ended] == [0, 0, 0, 0], [each.err for each in ended]
    validated, shown, fitted, left_out = (each.out for each in ended)
    assert "48 coalitions, 1,593 candidates" in validated
    assert shown.startswith("My force, 2030 (mycase2030/force)\n")
    assert "CHE: alignment (counts as the mean)" in shown
    assert "1,383 candidates of 41 coalitions, 38 cases in 24 families" in fitted
    assert re.search(r"My force, 2030 +\d\.\d\d +\d\.\d\d +3 of 5", left_out)
    assert "| My force, 2030 |" in Path("my-evidence.md").read_text(encoding="utf-8")
