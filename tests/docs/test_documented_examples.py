"""Every example of the documentation works: files are valid, Python runs, what it prints is what is said."""

import ast
import doctest
import importlib
import tomllib
import warnings
from pathlib import Path
from typing import Any

import pytest
from pages import ROOT, Quote, blocks, examples, pages

import sim
from sim.declarations.parameters import PARAMETERS
from sim.declarations.records import Terms
from sim.inputs.coalitions.asked_file import AskedFile
from sim.inputs.parameters import load_parameters
from sim.inputs.roster import load_roster
from sim.inputs.sweep_file import load_sweep_case
from sim.model import rules
from sim.model.agents import Adversary, NationAgent, Patron

TWO_NATIONS = ROOT / "docs/model/two-nations"

# Files


@pytest.mark.parametrize("block", examples("toml"), ids=str)
def test_every_file_shown_is_valid(block: Quote, tmp_path: Path) -> None:
    data, file = tomllib.loads(block.text), tmp_path / "my-file.toml"
    file.write_text(block.text, encoding="utf-8")
    if "my-roster" in block.text:
        (tmp_path / "my-roster").symlink_to(ROOT / "scenarios/rosters/europe-2025")
    if "candidates" in data:
        assert AskedFile.model_validate(data).title  # its candidates are another file
    elif "base" in data:
        load_sweep_case(file)
    elif "title" in data:
        sim.load_case(file)
    else:
        load_parameters(file)


@pytest.mark.parametrize("path", sorted(ROOT.glob("docs/**/roster.toml")), ids=lambda path: path.parent.name)
def test_every_roster_of_the_documentation_is_valid(path: Path) -> None:
    assert load_roster(path.parent).iso3


# Python


def python_pages() -> list[str]:
    return sorted({block.page for block in examples("python")})


@pytest.mark.slow
@pytest.mark.parametrize("page", python_pages())
def test_python_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, Any] = {"__name__": "example"}
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="ipyparallel not installed")
        for block in examples("python"):
            if block.page == page:
                exec(compile(block.text, str(block), "exec"), namespace)  # noqa: S102


def test_the_worked_example_is_what_the_model_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(TWO_NATIONS)
    told = [block.text for block in blocks("pycon") if block.page == "docs/model/worked-example.md"]
    example = doctest.DocTestParser().get_doctest("\n".join(told), {}, "worked example", None, 0)
    assert len(example.examples) > 15
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(example)
    assert runner.failures == 0


def modules_with_examples() -> list[str]:
    files = [
        file for file in sorted((ROOT / "sim").rglob("*.py")) if ">>>" in file.read_text(encoding="utf-8")
    ]
    return [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in files]


@pytest.mark.slow
@pytest.mark.parametrize("module", modules_with_examples())
def test_examples_in_docstrings_print_what_they_say(module: str) -> None:
    found = doctest.testmod(importlib.import_module(module))
    assert found.attempted > 0
    assert found.failed == 0


# The description of the model


EQUATIONS = pages()["docs/model/submodels.md"]
ODD = pages()["docs/model/odd.md"]


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_equations_name_every_parameter(name: str) -> None:
    assert f"`{name}`" in EQUATIONS


def test_the_terms_stand_in_the_order_in_which_they_are_added() -> None:
    table = EQUATIONS[EQUATIONS.index("| term |") :]
    rows = [line for line in table.splitlines()[2:] if line.startswith("| `")]
    names = tuple(line.split("`")[1] for line in rows)
    assert names == Terms._fields


def rules_with_an_equation() -> list[str]:
    tree = ast.parse(Path(rules.__file__).read_text(encoding="utf-8"))
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    return sorted(name for name in functions if not name.startswith("_"))


@pytest.mark.parametrize("name", rules_with_an_equation())
def test_the_equations_name_every_rule(name: str) -> None:
    assert f"{{py:func}}`~sim.model.rules.{name}`" in EQUATIONS


def test_state_variables_are_those_of_the_agents() -> None:
    model = sim.CoalitionModel(seed=1)
    table = ODD[ODD.index("| variable | in the code |") :].split("\n\n")[0]
    names = [cell for line in table.splitlines()[2:] for cell in line.split("|")[2].split("`")[1::2]]
    assert len(names) == 12
    for name in names:
        assert hasattr(model.nations[0], name), name
    assert {type(agent) for agent in model.agents} == {Patron, Adversary, NationAgent}
