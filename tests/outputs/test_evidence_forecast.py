"""Forecasts of who takes part where nobody has spoken: by past coalitions alone."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from printing import lost, printed

from sim.declarations.words import LEARNED, LIKELY, NOT_TOLD, worst
from sim.experiments.evidence.forecast import Forecast, distances, forecast
from sim.inputs.bundled import scenarios_folder
from sim.inputs.coalitions.asked_file import load_asked
from sim.inputs.coalitions.coalitions import find_coalition
from sim.inputs.coalitions.reading import load_coalitions
from sim.inputs.errors import InputError
from sim.outputs.evidence.forecast import forecast_report

EXPECTED = Path(__file__).parents[1] / "experiments" / "evidence_expected" / "forecasts.csv"
BUNDLED = ("unifil2006", "atalanta2009")


@pytest.fixture(scope="module", params=BUNDLED)
def found(request: pytest.FixtureRequest) -> Forecast:
    return forecast(load_asked(request.param))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    for ending in ("toml", "csv"):
        shutil.copy(scenarios_folder() / "forecasts" / f"unifil2006.{ending}", tmp_path)
    return tmp_path / "unifil2006.toml"


def change(file: Path, old: str, new: str) -> Path:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


def test_probabilities_are_those_of_the_reference(found: Forecast) -> None:
    expected = pd.read_csv(EXPECTED).query(f"case == '{found.asked.name}'").set_index("iso3")["p"]
    mine = found.nations.set_index("iso3")["p"]
    assert len(mine) == len(expected)
    assert mine.loc[expected.index].to_numpy() == pytest.approx(expected.to_numpy(), abs=0.002)


def test_nothing_is_learned_from_families_left_out(found: Forecast) -> None:
    families = {each.family for each in found.asked.past.coalitions}
    assert not families & {"unifil2006" if found.asked.name == "unifil2006" else "piracy"}
    assert len(families) == 22


def test_nations_are_ranked_and_their_intervals_hold_them(found: Forecast) -> None:
    nations = found.nations
    assert nations["p"].is_monotonic_decreasing
    assert ((nations["low"] < nations["p"]) & (nations["p"] < nations["high"])).all()
    assert set(nations["verdict"]) <= {LEARNED, LIKELY, NOT_TOLD}
    assert found.size.low < nations["p"].sum() < found.size.high


def test_the_report_says_how_far_it_reaches_before_who_is_likely(found: Forecast) -> None:
    text = printed(forecast_report(found), 200)
    assert text.index("Most like it: ") < text.index("candidates are expected") < text.index("rests on")
    assert lost(forecast_report(found)) == []


def test_a_nation_without_covariates_is_told(found: Forecast) -> None:
    if found.asked.name == "unifil2006":
        assert "MNE: capacity, alignment, nearness, adversary_nearness missing" in printed(
            forecast_report(found), 200
        )


def test_the_same_coalition_is_at_no_distance() -> None:
    forces = load_coalitions().forces()
    (kfor,) = find_coalition(forces, "kfor1999")
    alike, usual = distances(forces, kfor)
    assert (alike["coalition"].iloc[0], alike["distance"].iloc[0]) == ("kfor1999/force", 0.0)
    assert alike["distance"].is_monotonic_increasing
    assert 0 < usual < 0.5


def test_a_distance_is_the_root_mean_square_of_levels(file: Path) -> None:
    asked = load_asked(file)
    other = load_asked(change(file, "authority = 1", "authority = 0.3"))
    one, two = (each.coalition.coalitions[0] for each in (asked, other))
    table, _ = distances(replace(asked.past, coalitions=(one, *asked.past.coalitions)), two)
    mine = table.set_index("coalition").loc[one.name, "distance"]
    assert mine == pytest.approx((0.7**2 / 7) ** 0.5)  # seven levels and commands


def test_what_no_past_coalition_had_is_told(file: Path) -> None:
    result = forecast(load_asked(change(file, "clarity = 0.8", "clarity = 0.05")))
    (told,) = (line for line in result.extrapolated if line.startswith("clarity"))
    assert told == "clarity 0.05; past coalitions have 0.35 to 1"
    assert "Extrapolated: clarity 0.05" in printed(forecast_report(result), 200)


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([LEARNED, NOT_TOLD, LIKELY], NOT_TOLD),
        ([LIKELY, LEARNED], LIKELY),
        ([LEARNED], LEARNED),
        ([], LEARNED),
    ],
)
def test_a_number_is_as_sure_as_the_least_sure_of_what_it_rests_on(
    verdicts: list[str], expected: str
) -> None:
    assert worst(verdicts) == expected


WRONG = {
    "unknown level": ("authority = 1", "autority = 1", 'unknown key "autority"'),
    "level out of range": ("authority = 1", "authority = 2", "levels.authority: 2 is out of range"),
    "level missing": ("authority = 1\n", "", "levels: authority is missing, and a term needs it"),
    "command": ('command = "UN"', 'command = "UNO"', "command: must be one of NATO, EU, UN, nation"),
    "family": ('without = ["unifil2006"]', 'without = ["unifil"]', 'did you mean "unifil2006"?'),
    "no candidates": ('"unifil2006.csv"', '"unifil.csv"', "unifil.csv: no such file"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_mistake_in_the_file_is_told_with_its_place(file: Path, what: str) -> None:
    old, new, told = WRONG[what]
    with pytest.raises(InputError) as error:
        load_asked(change(file, old, new))
    assert told in str(error.value)


def test_a_covariate_that_is_needed_is_asked_for(file: Path) -> None:
    table = file.with_suffix(".csv")
    lines = table.read_text().splitlines()
    table.write_text("\n".join([lines[0], lines[1].rpartition(",")[0] + ","]))
    with pytest.raises(InputError, match=r"unifil2006.csv:2: neutral: is empty, and \"neutral\" needs it"):
        load_asked(file)


def test_a_candidate_stands_there_once(file: Path) -> None:
    table = file.with_suffix(".csv")
    lines = table.read_text().splitlines()
    table.write_text("\n".join([*lines, lines[1]]))
    with pytest.raises(InputError, match="stands in line 2 already"):
        load_asked(file)


def test_the_command_writes_a_results_folder(coalition: Callable[..., Any]) -> None:
    ended = coalition("forecast", "atalanta2009")
    assert ended.code == 0, ended.err
    folder = Path(ended.out.splitlines()[-1].removeprefix("results: "))
    assert {file.name for file in folder.iterdir()} == {
        "nations.parquet", "alike.parquet", "manifest.json", "document.json", "digests.sha256",
    }  # fmt: skip
    assert coalition("forecast", "atalanta2009", "-q").out == f"results: {folder}\n"
    unknown = coalition("forecast", "atalanta2010")
    assert unknown.code == 2
    assert 'did you mean "atalanta2009"?' in unknown.err
