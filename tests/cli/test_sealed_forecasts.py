"""`coalition forecast --seal` and `--score`: a forecast is written down before it is known what comes."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sim.inputs.ledger import read_ledger

LEDGER = Path("results/forecasts/ledger.jsonl")
NEXT_YEAR = datetime.now(tz=UTC).date() + timedelta(days=365)
SEAL = ("forecast", "unifil2006", "--seal", "-q")


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.slow
def test_a_forecast_is_sealed_beside_the_baselines_and_scored_when_it_is_known_what_came(
    coalition: Any,
) -> None:
    assert coalition(*SEAL, "--by", "2999-03-01").code == 0
    ended = coalition(*SEAL, "--by", "2999-06-01", "--if", "a ceasefire holds")
    first, second = read_ledger(LEDGER)
    assert "Sealed as forecast 2 of results/forecasts/ledger.jsonl" in ended.out
    assert second.digest in ended.out
    assert (second.condition, second.previous) == ("a ceasefire holds", first.digest)
    assert list(first.forecasts)[:2] == ["evidence layer", "base rate of the others"]
    rows = [f"1,{nation},{int(nation in ('FRA', 'ITA', 'DEU'))},The Times" for nation in first.nations]
    Path("came.csv").write_text(
        "forecast,iso3,took_part,source\n" + "\n".join(rows) + "\n2,,void,The Times\n"
    )
    scored = coalition("forecast", "--score", "came.csv")
    assert scored.code == 0, scored.err
    assert "Void: 1 (2). Waiting for what comes: none." in scored.out
    assert f"3 of {len(first.nations)} took part" in scored.out
    assert scored.out.count("1 ") >= len(first.forecasts)


@pytest.mark.slow
def test_a_scenario_is_forecast_and_sealed_as_two_questions_beside_their_baselines(coalition: Any) -> None:
    ended = coalition("forecast", "paris-2026-01", "--by", "2999-01-01")
    assert ended.code == 2
    assert ended.err.count("\n") == 1
    world = coalition("forecast", "paris-2026-01", "--seal", "--by", str(NEXT_YEAR), "--if", "no ceasefire")
    assert world.code == 0, world.err
    assert len(LEDGER.read_text("utf-8").splitlines()) == 2
    land, military = read_ledger(LEDGER)
    assert list(land.forecasts) == [
        *("model", "model without interaction"),
        *("last statement + noise", "last statement"),
    ]
    assert list(military.forecasts) == ["model", "past coalitions alone", "base rate"]
    assert (land.condition, military.condition, military.previous) == ("no ceasefire",) * 2 + (land.digest,)
    assert "soldiers on land declared" in world.out
    assert "any military contribution" in world.out
    for name in (*land.forecasts, *military.forecasts):
        assert name in world.out
    assert world.out.count("Sealed as forecast") == 2


@pytest.mark.slow
def test_without_seal_a_forecast_of_a_scenario_is_only_printed(coalition: Any) -> None:
    ended = coalition("forecast", "brussels-2025-04", "--by", "2025-09-04")
    assert ended.code == 0, ended.err
    assert "last statement + noise" in ended.out
    assert not Path("results").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "FILE: give what is asked about, or --score with what came, not both"),
        (("unifil2006", "--score", "came.csv"), "not both"),
        (("unifil2006", "--seal"), "--by: --seal and --by go together"),
        (("unifil2006", "--by", "2999-01-01"), "--by: --seal and --by go together"),
        (("unifil2006", "--if", "a ceasefire holds"), "--if: is about sealed forecasts; give --seal too"),
        (("unifil2006", "--seal", "--by", "2025-01-01"), "--by: 2025-01-01 is not after today"),
        (("unifil2006", "--seal", "--by", "soon"), "'soon' does not match"),
        (("paris-2026-01",), "--by: give the day that is forecast: --by 2027-03-01"),
        (
            ("paris-2026-01", "--by", "2026-01-08"),
            "is not a round after the start of paris-2026-01, 2026-01-08",
        ),
        (("--score", "came.csv"), "results/forecasts/ledger.jsonl: holds no sealed forecast"),
    ],
)
def test_what_does_not_go_together_is_refused_and_nothing_is_written(
    coalition: Any, arguments: tuple[str, ...], says: str
) -> None:
    ended = coalition("forecast", *arguments)
    assert ended.code == 2
    assert says in ended.err
    assert not Path("results").exists()
