"""What past coalitions ask of a roster's nations: read with every mistake told, and what follows from it."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from sim.inputs import doubts
from sim.inputs.bundled import find_roster, scenarios_folder
from sim.inputs.coalitions.declaration import read_declaration
from sim.inputs.errors import InputError
from sim.inputs.roster import load_roster

DECLARED = 'candidates = { table = "candidates.csv", imputed = ["DDD"] }'
PAST = scenarios_folder() / "coalitions"


def change(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")


def told(folder: Path) -> str:
    with pytest.raises(InputError) as caught:
        load_roster(folder)
    return str(caught.value).removeprefix(f"{folder}/")


def test_candidates_stand_in_the_order_of_the_roster(tiny: Path) -> None:
    roster = load_roster(tiny)
    assert (
        tuple(candidate.iso3 for candidate in roster.candidates)
        == roster.iso3
        == ("AAA", "BBB", "CCC", "DDD")
    )
    assert roster.candidates[0].covariates["ideal_point_distance_to_us"] == 1.5
    assert np.isnan(roster.candidates[3].covariates["democracy"])
    assert roster.as_candidates.imputed == {"DDD": ("democracy", "ideal_point_distance_to_us")}
    assert (roster.past, roster.posterior) == (PAST, PAST / "posterior")


def test_sensitivities_are_alignment_and_nearness_over_the_roster(tiny: Path) -> None:
    roster = load_roster(tiny)
    # Distances 1.5, 0.5, 2.5 from the patron; DDD's is not known.
    assert roster.sensitivity_to_patron.tolist() == [0.5, 1.0, 0.0, 0.5]
    # ln 800, ln 200, ln 1600, ln 800: 200 km are added before the logarithm.
    assert roster.sensitivity_to_adversary == pytest.approx([1 / 3, 1, 0, 1 / 3], abs=1e-11)
    for values in (roster.sensitivity_to_patron, roster.sensitivity_to_adversary):
        assert np.array_equal(values * 2.0**40, np.rint(values * 2.0**40))
        assert not values.flags.writeable


def test_where_all_are_alike_nobody_is_more_sensitive_than_another(least: Callable[[str], Path]) -> None:
    roster = load_roster(least("iso3,name,sent,approval\nAAA,A,100,\nBBB,B,100,\n"))
    assert roster.sensitivity_to_patron.tolist() == [0.5, 0.5]
    assert roster.sensitivity_to_adversary.tolist() == [0.5, 0.5]


def test_what_a_nation_contributes_is_what_was_read_last(tiny: Path) -> None:
    file = tiny / "positions.csv"
    header, *rows = file.read_text("utf-8").splitlines()
    said = {"AAA,2025-04-10,2025-04-01": "0", "BBB,2025-04-10": "1", "AAA,2025-09-04": "1"}
    coded = [next((code for start, code in said.items() if row.startswith(start)), "") for row in rows]
    coded[1] = "1"  # the record of AAA that does not count
    lines = [f"{header},contributes", *(f"{row},{code}" for row, code in zip(rows, coded, strict=True))]
    file.write_text("\n".join(lines) + "\n", "utf-8")
    roster = load_roster(tiny)
    nan = np.nan
    for day, expected in {
        date(2025, 4, 9): [nan, nan, nan, nan],
        date(2025, 4, 10): [0, 1, nan, nan],
        date(2025, 9, 3): [0, 1, nan, nan],
        date(2025, 9, 4): [1, 1, nan, nan],
    }.items():
        assert np.array_equal(roster.contributes_on(day), expected, equal_nan=True)
    assert not roster.contributes_on(date(2025, 9, 4)).flags.writeable


def test_a_later_record_that_says_nothing_is_what_counts(tiny: Path) -> None:
    """As with positions: the latest record, not the latest that says something."""
    change(tiny, "positions.csv", "primary\n", "primary,contributes\n")
    text = (tiny / "positions.csv").read_text("utf-8")
    rows = [f"{row}," for row in text.splitlines()[1:]]
    rows[2] = rows[2] + "1"
    rows[1], rows[4] = rows[1] + "1", rows[4].replace("committed", "open")
    rows[0] = rows[0] + "1"
    (tiny / "positions.csv").write_text("\n".join([text.splitlines()[0], *rows]) + "\n", "utf-8")
    roster = load_roster(tiny)
    assert roster.contributes_on(date(2025, 4, 10))[0] == 1.0
    assert np.isnan(roster.contributes_on(date(2025, 9, 4))[0])


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "candidates.csv",
            "AAA,1,0.8,1.5,500,600,1,1,0\n",
            "",
            "candidates.csv:1: iso3: AAA has no row; add one",
        ),
        (
            "candidates.csv",
            "AAA,1,0.8",
            "AAA,1,",
            'candidates.csv:3: democracy: is empty, and "democracy" needs it; .*: imputed = ..AAA.. under',
        ),
        ("candidates.csv", "1400,0,0,1", "1400,0,0,", 'candidates.csv:4: neutral: is empty, and "neutral"'),
        ("candidates.csv", "AAA,1", "ABA,1", 'candidates.csv:3: iso3: unknown nation "ABA"; did you mean'),
        (
            "candidates.csv",
            "AAA,1",
            "QQQ,1",
            'candidates.csv:3: iso3: unknown nation "QQQ"; it must stand in',
        ),
        ("candidates.csv", "AAA,1", "A1,1", 'candidates.csv:3: iso3: unknown nation "A1"; it must stand in'),
        ("candidates.csv", "CCC,0", "AAA,0", 'candidates.csv:4: iso3: "AAA" stands in line 3 already'),
        (
            "candidates.csv",
            ",democracy,",
            ",democrazy,",
            "candidates.csv:1: democracy: the column is missing; did",
        ),
        (
            "candidates.csv",
            "500,600",
            "500,-200",
            "candidates.csv:3: distance_to_adversary_km: -200 has no log",
        ),
        (
            "candidates.csv",
            "AAA,1,0.8",
            "AAA,one,0.8",
            'candidates.csv:3: personnel_thousand: "one" is not a n',
        ),
        (
            "roster.toml",
            '["DDD"]',
            '["DDE"]',
            r'roster.toml:7: candidates.imputed\[0\]: unknown nation "DDE"; did',
        ),
        (
            "roster.toml",
            '["DDD"]',
            '["XXX"]',
            r'roster.toml:7: candidates.imputed\[0\]: unknown nation "XXX"',
        ),
        ("roster.toml", '["DDD"]', "[]", "candidates.csv:5: democracy: is empty"),
        (
            "roster.toml",
            "imputed",
            "imputd",
            'roster.toml:7: candidates.imputd: unknown key .* mean "imputed"',
        ),
        (
            "roster.toml",
            DECLARED,
            DECLARED.replace(" }", ', past = "past" }'),
            r'roster.toml:7: candidates.past: "past" holds no past coalitions \(no evidence.toml\)',
        ),
        (
            "roster.toml",
            DECLARED,
            DECLARED.replace(" }", ', posterior = "draws" }'),
            'roster.toml:7: candidates.posterior: no such folder: "draws"',
        ),
    ],
)
def test_a_mistake_is_told_with_its_place(tiny: Path, file: str, old: str, new: str, message: str) -> None:
    change(tiny, file, old, new)
    assert re.match(message, told(tiny)), told(tiny)


def test_no_candidates_at_all(tiny: Path) -> None:
    change(tiny, "roster.toml", DECLARED, "")
    columns = [attribute.column for attribute in read_declaration(PAST).attributes.values()]
    message = told(tiny)
    least = 'candidates = { table = "candidates.csv" }'
    start = f"roster.toml:1: candidates: is missing; the least to write is {least}"
    assert message.startswith(f"{start}, a file with a row a nation: iso3, and a column for each attribute")
    assert set(message.rpartition("for the bundled ones ")[2].split(", ")) == set(columns)


def test_an_imputed_nation_needs_no_row(tiny: Path) -> None:
    change(tiny, "candidates.csv", "DDD,0,,,700,600,0,1,0\n", "")
    roster = load_roster(tiny)
    assert np.isnan(list(roster.candidates[3].covariates.values())).all()
    assert roster.sensitivity_to_patron[3] == roster.sensitivity_to_adversary[3] == 0.5


def test_other_past_coalitions_ask_for_other_columns(tiny: Path) -> None:
    (tiny / "past").mkdir()
    declared = (PAST / "evidence.toml").read_text("utf-8")
    (tiny / "past" / "evidence.toml").write_text(declared, "utf-8")
    change(tiny, "roster.toml", DECLARED, DECLARED.replace(" }", ', past = "past" }'))
    assert load_roster(tiny).posterior == tiny / "past" / "posterior"
    # The roster is read again where what it is asked changes.
    (tiny / "past" / "evidence.toml").write_text(
        declared.replace('column = "nato"', 'column = "otan"'), "utf-8"
    )
    assert told(tiny).startswith("candidates.csv:1: otan: the column is missing")


def test_what_is_imputed_is_a_doubt_that_validate_tells(
    coalition: Callable[..., object], caplog: pytest.LogCaptureFixture
) -> None:
    doubts._warn.cache_clear()
    folder = find_roster("europe-2025")
    ended = coalition("validate", folder)
    assert ended.code == 0  # type: ignore[attr-defined]
    (message,) = caplog.messages
    assert message == (
        f"{folder}/roster.toml: candidates.imputed: of ISL is not known: democracy, "
        "ideal_point_distance_to_us; counts as the mean of past candidates"
    )
