"""Another crisis runs by files alone: other nations, another patron and adversary, a mandate or none."""

import ast
import csv
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.inputs.bundled import scenarios_folder
from sim.inputs.case import Case, load_case
from sim.inputs.parameters import DECLARED
from sim.inputs.roster import load_roster
from sim.inputs.roster_file import Actor
from sim.outputs.document.terminal import print_document
from sim.outputs.tables import run_report
from sim.outputs.words import reason_words

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs/examples/another-crisis"
STRAIT, MANDATE, SWEEP = (EXAMPLE / name for name in ("strait.toml", "un-mandate.toml", "sweep.toml"))
STATED = {"XAR": "committed", "XCO": "open", "XGA": "opposed", "XHE": "conditional"}


@pytest.fixture(scope="module")
def case() -> Case:
    """The strait."""
    return load_case(STRAIT)


@pytest.fixture(scope="module")
def result() -> sim.RunResult:
    """300 runs of the strait."""
    return sim.run(STRAIT, runs=300)


@pytest.fixture(scope="module")
def comparison() -> sim.Comparison:
    """300 runs with a mandate, beside the same without, with the point."""
    return sim.compare([STRAIT, MANDATE], parameters=DECLARED, runs=300)


def gain(comparison: sim.Comparison, iso3: str) -> Any:
    nations = comparison.nations
    return nations[(nations["measure"] == "p_committed") & (nations["iso3"] == iso3)].iloc[0]


def test_nothing_of_europe_is_in_it(case: Case) -> None:
    bundled = load_roster(scenarios_folder() / "rosters" / "europe-2025")
    assert not set(case.roster.iso3) & set(bundled.iso3)
    assert all(re.fullmatch("X[A-Z]{2}", code) for code in case.roster.iso3)  # left to users by ISO 3166
    assert (case.roster.vocabulary.actors.patron.name, case.roster.vocabulary.actors.adversary.name) == (
        "Meridia",
        "Ostria",
    )


def test_most_nations_have_stated_no_position(case: Case) -> None:
    positions = dict(zip(case.roster.iso3, case.roster.positions_on(case.scenario.start), strict=True))
    assert {code: said for code, said in positions.items() if said != "unknown"} == STATED
    assert len(positions) == 9


def test_it_runs_and_nations_start_where_they_stand_or_as_those_that_spoke(result: sim.RunResult) -> None:
    """What was read may be a rung off; the silent stand on each rung as often as those that spoke."""
    start = result.nations[result.nations["round"] == 0].set_index("iso3")
    assert start.loc["XAR", "p_committed"] > 0.9
    assert start.loc["XGA", "p_opposed"] > 0.9
    assert start.loc["XCO", "p_open"] > 0.8
    silent = start.loc[[code for code in start.index if code not in STATED]]
    for rung, share in {"opposed": 0.25, "undecided": 0.0, "open": 0.5, "committed": 0.25}.items():
        assert silent[f"p_{rung}"].mean() == pytest.approx(share, abs=0.05)


def test_the_patron_waits_for_the_region_and_the_adversary_acts(result: sim.RunResult) -> None:
    rounds = result.rounds.set_index("round")
    assert rounds.loc[0, "involvement_mean"] == pytest.approx(0.2)
    assert rounds.loc[3, "involvement_mean"] < 0.2  # one member is not what it waits for
    assert rounds.loc[26, "involvement_mean"] > 0.3  # where more join it follows
    assert rounds.loc[5, "pressure_mean"] == pytest.approx(0.7)
    assert rounds.loc[6, "pressure_mean"] == pytest.approx(0.85)


def told(result: sim.RunResult, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what `coalition run` prints."""
    print_document(run_report(result))
    return capsys.readouterr().out


def test_reasons_name_the_patron_of_the_roster(
    result: sim.RunResult, capsys: pytest.CaptureFixture[str]
) -> None:
    text = told(result, capsys)
    assert (
        reason_words("demands_involvement", result.case.roster.vocabulary) == "demands Meridian involvement"
    )
    assert not re.search(r"\bUS\b|Washington|Russia|Moscow|Ukrain", text)


def test_a_un_mandate_moves_who_asked_for_it_most(comparison: sim.Comparison) -> None:
    gains = {code: gain(comparison, code) for code in comparison.nations["iso3"].unique()}
    assert max(gains, key=lambda code: gains[code].difference) == "XHE"
    assert gains["XHE"].difference_low > 0.4
    assert gains["XGA"].value < 0.02
    size = comparison.coalition.set_index("measure").loc["size"]
    assert size.difference_low > 1


def test_without_a_patron_and_without_an_adversary() -> None:
    alone = load_case(STRAIT, ["start.meridia.involvement=0", "start.meridia.policy=scripted"])
    calm = alone.with_overrides({"start.ostria.pressure": 0.0})
    result = sim.run(calm, runs=50)
    assert (result.rounds["involvement_mean"] == 0.0).all()
    assert result.rounds.set_index("round").loc[5, "pressure_mean"] == 0.0


def test_a_sweep_of_it_shows_where_the_mandate_matters(tmp_path: Path) -> None:
    points = sim.sweep(SWEEP, runs=100, out=tmp_path).points
    members = points[points["outcome"] == "size"].set_index(["mandate.clarity", "mandate.authority.name"])
    assert len(members) == 10
    for clarity in (0.0, 1.0):
        assert members.loc[(clarity, "un"), "low"] > members.loc[(clarity, "none"), "high"]


def test_a_code_for_what_is_missing_does_not_move_the_others(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(EXAMPLE / "roster", tmp_path / "roster"))
    candidates = folder / "candidates.csv"
    candidates.write_text(
        candidates.read_text("utf-8").replace("XCO,12,0.6,1.1,0,40", "XCO,12,0.6,1.1,0,-99")
    )
    with pytest.raises(sim.InputError) as mistake:
        load_roster(folder)
    assert str(mistake.value) == (
        f"{candidates}:4: distance_to_adversary_km: -99 is out of range; allowed is 0 to 20040 km"
    )


def test_the_commands_take_it(coalition: Callable[..., Any]) -> None:
    assert coalition("validate", EXAMPLE / "roster", STRAIT, MANDATE).code == 0
    assert "Hesperia (XHE)" in coalition("evidence", "XHE", "--roster", EXAMPLE / "roster").out


def test_a_roster_that_names_no_actors_speaks_of_patron_and_adversary(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for file in EXAMPLE.rglob("*.*"):
        text = re.sub(r"(?m)^actors\..*$", "", file.read_text(encoding="utf-8"))
        text = re.sub(r"\bmeridia\b(?=[\].])", "patron", re.sub(r"\bostria\b(?=[\].])", "adversary", text))
        copy = tmp_path / file.relative_to(EXAMPLE)
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(text, encoding="utf-8")
    result = sim.run(tmp_path / "strait.toml", runs=50)
    vocabulary = result.case.roster.vocabulary
    assert reason_words("demands_involvement", vocabulary) == "demands the patron's involvement"
    assert "Meridia" not in told(result, capsys)


def test_a_patron_without_an_adjective_has_what_is_its_own() -> None:
    assert Actor(name="Meridia").own == "Meridia's"
    assert Actor(name="Meridia", adjective="Meridian").own == "Meridian"


# Nothing in the code knows a nation by name


def names() -> list[str]:
    """Return codes and names of all in the bundled table: nations, patron, adversary, who is attacked."""
    file = scenarios_folder() / "rosters" / "europe-2025" / "nations.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        return [row[column] for row in csv.DictReader(lines) for column in ("iso3", "name")]


def words(file: Path) -> Iterator[tuple[int, str]]:
    """Yield identifiers and texts of a module with their lines; docstrings, which give examples, left out."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    prose = set(docstrings(tree))
    for node in ast.walk(tree):
        for field in ("id", "attr", "name", "arg"):
            if isinstance(text := getattr(node, field, None), str):
                yield getattr(node, "lineno", 0), text
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in prose:
            yield node.lineno, node.value


def docstrings(tree: ast.AST) -> Iterator[ast.Constant]:
    """Yield texts that stand alone as statements: of modules, classes, functions, attributes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


@pytest.fixture(scope="module")
def code() -> list[tuple[str, str]]:
    """Every word of every module, and where it stands."""
    modules = sorted((ROOT / "sim").rglob("*.py"))
    return [(f"{file.relative_to(ROOT)}:{line}", text) for file in modules for line, text in words(file)]


def test_no_code_knows_a_nation_of_the_bundled_roster(code: list[tuple[str, str]]) -> None:
    alternatives = "|".join(re.escape(name) for name in [*names(), "Ukrain", "Kyiv"])
    known = re.compile(rf"(?<![A-Za-z])({alternatives})(?![A-Z])")
    assert [f"{place}: {text}" for place, text in code if known.search(text)] == []


def test_the_search_sees_texts_and_names_but_no_docstrings(
    code: list[tuple[str, str]], tmp_path: Path
) -> None:
    assert len(code) > 10_000
    module = tmp_path / "module.py"
    module.write_text('"""Of NLD."""\nSWE = {"DEU": f"{1} in GBR"}\n"""For POL."""\n', encoding="utf-8")
    seen = " ".join(text for _, text in words(module))
    assert all(name in seen for name in ("SWE", "DEU", "GBR"))
    assert not any(name in seen for name in ("NLD", "POL"))
