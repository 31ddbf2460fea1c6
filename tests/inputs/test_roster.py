"""A roster, worked out by hand; and the bundled one."""

import pickle
from collections.abc import Callable
from datetime import date
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sim.declarations.words import POSITIONS
from sim.inputs.bundled import scenarios_folder
from sim.inputs.roster import Roster, build_roster, load_roster, read_source

APRIL, SEPTEMBER = date(2025, 4, 10), date(2025, 9, 4)
EUROPE = scenarios_folder() / "rosters" / "europe-2025"


def test_nations_stand_in_the_order_of_their_codes_and_actors_are_left_out(tiny: Path) -> None:
    roster = load_roster(tiny)
    assert roster.iso3 == ("AAA", "BBB", "CCC", "DDD")
    assert roster.names == ("Aland", "Bland", "Cland", "Dland")
    assert roster.leads == (1, 0)
    assert (roster.title, roster.folder) == ("Four nations", tiny)


def test_preferred_mandate_is_base_and_weighted_mean_normalised(tiny: Path) -> None:
    # Peacekeeping: CCC and DDD import too little to count, and are not allied; AAA is reliant, and is.
    # Deterrence: armies of 1000, 10000, 100 and none, which is taken as 100, but only BBB has the border.
    expected = [[0.5, 0.1, 0.5], [0.1, 0.7, 0.5], [0.9, 0.1, 0.5], [0.9, 0.1, 0.5]]
    shares = [[wanted / sum(row) for wanted in row] for row in expected]
    assert_allclose(load_roster(tiny).preferred_mandate, shares, rtol=1e-14)


def test_an_indicator_may_be_a_ratio(tiny: Path) -> None:
    """Per import: 1000/100, 10000/100 and 100/10 and what has no imports, which counts as the middle."""
    roster = tiny / "roster.toml"
    plain = '{ column = "army", log = true, times = "border" }'
    roster.write_text(
        roster.read_text("utf-8").replace(plain, '{ column = "army", per = "imports" }'), "utf-8"
    )
    wanted = np.array([0.1, 0.7, 0.1, 0.1 + 0.6 * 0.5])
    peace = np.array([0.5, 0.1, 0.9, 0.9])
    assert_allclose(load_roster(tiny).preferred_mandate[:, 1], wanted / (wanted + peace + 0.5), rtol=1e-14)


def test_deployable_is_the_largest_column_and_none_without_an_army(tiny: Path) -> None:
    assert load_roster(tiny).deployable.tolist() == [49, 100, 4, 0]


def test_ratification_rounds_follow_the_word(tiny: Path) -> None:
    assert load_roster(tiny).ratification_rounds.tolist() == [3, 0, 1, 2]


def test_positions_are_the_latest_wave_that_counts(tiny: Path) -> None:
    roster = load_roster(tiny)
    assert roster.positions_on(date(2025, 4, 9)) == ("unknown",) * 4
    assert roster.positions_on(APRIL) == ("conditional", "committed", "unknown", "unknown")
    assert roster.positions_on(SEPTEMBER) == ("committed", "committed", "unknown", "unknown")


def test_conditions_are_those_known_and_the_latest_of_two(tiny: Path) -> None:
    roster = load_roster(tiny)
    nothing = [-np.inf] * 4
    assert roster.conditions_on(date(2025, 4, 9)).at_least.tolist() == [nothing] * 4
    april, september = roster.conditions_on(APRIL), roster.conditions_on(SEPTEMBER)
    assert april.at_least.tolist() == [[0.45, 0.3, -np.inf, -np.inf], nothing, nothing, nothing]
    assert april.half_width[0].tolist() == [0.15, 0.15, 0, 0]
    assert september.at_least[0].tolist() == [0.45, 0.4, -np.inf, -np.inf]
    assert september.half_width[0].tolist() == [0.15, 0.1, 0, 0]


def test_the_same_object_until_a_file_changes(tiny: Path) -> None:
    first = load_roster(tiny)
    assert load_roster(tiny) is first
    table = tiny / "nations.csv"
    table.write_text(table.read_text().replace("Aland", "Atlantis"))
    assert load_roster(tiny).names[0] == "Atlantis"


def test_nobody_can_change_a_shared_roster(tiny: Path) -> None:
    roster = load_roster(tiny)
    for array in (roster.preferred_mandate, roster.deployable, roster.ratification_rounds):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_a_roster_travels_to_other_processes(tiny: Path) -> None:
    roster = load_roster(tiny)
    copy = pickle.loads(pickle.dumps(roster))  # noqa: S301 - our own bytes
    assert copy.positions_on(APRIL) == roster.positions_on(APRIL)
    assert_array_equal(copy.sensitivity_to_patron, roster.sensitivity_to_patron)


def test_the_order_of_the_rows_changes_nothing(tiny: Path) -> None:
    first = load_roster(tiny)
    table = tiny / "nations.csv"
    header, *rows = table.read_text().splitlines()
    for order in permutations(rows):
        table.write_text("\n".join([header, *order, ""]))
        # Not load_roster: rows of the same size written within a tick of the clock look unchanged to it.
        assert_same(build_roster(read_source(tiny)), first)


def assert_same(one: Roster, other: Roster) -> None:
    assert (one.iso3, one.names, one.leads) == (other.iso3, other.names, other.leads)
    sensitivities = ("sensitivity_to_patron", "sensitivity_to_adversary")
    for name in ("preferred_mandate", "deployable", "ratification_rounds", *sensitivities):
        assert_array_equal(getattr(one, name), getattr(other, name))


def test_positions_conditions_and_sources_may_be_left_out(least: Callable[[str], Path]) -> None:
    roster = load_roster(least("iso3,name,sent,approval\nBBB,B,100,\nAAA,A,100,\nCCC,C,400,\n"))
    assert roster.positions_on(APRIL) == ("unknown",) * 3
    assert np.isneginf(roster.conditions_on(APRIL).at_least).all()
    assert_allclose(roster.preferred_mandate, 1 / 3)


def test_a_roster_needs_no_lead_nation(least: Callable[[str], Path]) -> None:
    assert load_roster(least("iso3,name,sent,approval\nAAA,A,100,\n")).leads == ()


def test_two_hundred_nations(least: Callable[[str], Path]) -> None:
    codes = [f"A{chr(65 + i // 26)}{chr(65 + i % 26)}" for i in range(200)]
    rows = "".join(f"{code},Nation {code},{i + 1},\n" for i, code in enumerate(reversed(codes)))
    roster = load_roster(least("iso3,name,sent,approval\n" + rows))
    assert roster.iso3 == tuple(codes)
    assert roster.deployable.tolist() == list(range(200, 0, -1))


def test_a_file_written_by_a_spreadsheet_is_read(tiny: Path) -> None:
    plain = load_roster(tiny)
    table = tiny / "nations.csv"
    table.write_bytes(b"\xef\xbb\xbf" + table.read_bytes().replace(b"\n", b"\r\n") + b",,,,,,,,,,\r\n")
    assert_same(load_roster(tiny), plain)


class TestEurope2025:
    """The bundled roster."""

    @pytest.fixture
    def europe(self) -> Roster:
        return load_roster(EUROPE)

    def test_size_and_leads(self, europe: Roster) -> None:
        assert len(europe.iso3) == 38
        assert [europe.iso3[lead] for lead in europe.leads] == ["GBR", "FRA"]

    def test_everything_is_in_its_range(self, europe: Roster) -> None:
        for sensitivity in (europe.sensitivity_to_patron, europe.sensitivity_to_adversary):
            assert (sensitivity.min(), sensitivity.max()) == (0, 1)
        assert_allclose(europe.preferred_mandate.sum(axis=1), 1, rtol=1e-15)
        assert set(europe.positions_on(APRIL)) <= set(POSITIONS)

    def test_only_iceland_has_nothing_to_send(self, europe: Roster) -> None:
        assert [code for code, troops in zip(europe.iso3, europe.deployable, strict=True) if troops == 0] == [
            "ISL"
        ]

    def test_neighbours_of_russia_see_its_pressure_best(self, europe: Roster) -> None:
        nearest = np.argsort(-europe.sensitivity_to_adversary)[:6]
        assert {"EST", "LVA", "FIN", "LTU"} <= {europe.iso3[nation] for nation in nearest}

    def test_five_committed_in_april_2025(self, europe: Roster) -> None:
        stated = zip(europe.iso3, europe.positions_on(APRIL), strict=True)
        assert [code for code, position in stated if position == "committed"] == [
            "EST",
            "FRA",
            "GBR",
            "LTU",
            "LVA",
        ]
