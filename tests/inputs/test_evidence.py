"""What the coding of a nation rests on."""

from datetime import date
from pathlib import Path

import pytest

from sim.inputs.bundled import scenarios_folder
from sim.inputs.errors import InputError
from sim.inputs.evidence import Source, evidence, source_of
from sim.inputs.roster import load_roster

EUROPE = scenarios_folder() / "rosters" / "europe-2025"


@pytest.mark.parametrize("nation", ["AAA", "aaa", "Aland", " ALAND "])
def test_a_nation_is_found_by_code_and_name(tiny: Path, nation: str) -> None:
    found = evidence(tiny, nation)
    assert (found.iso3, found.name, found.leads) == ("AAA", "Aland", True)


@pytest.mark.parametrize(("nation", "near"), [("Alnd", "Aland"), ("AAB", "AAA")])
def test_a_typo_is_told_with_its_near_match(tiny: Path, nation: str, near: str) -> None:
    with pytest.raises(InputError, match=f'unknown nation "{nation}"; did you mean "{near}"'):
        evidence(tiny, nation)


def test_an_attribute_shows_its_indicators_and_their_sources(tiny: Path) -> None:
    reliance = evidence(tiny, "AAA").attributes[0]
    assert (reliance.name, reliance.mean, reliance.half_width) == ("reliance", 1.0, 0.05)
    share, alliance = reliance.indicators
    assert (share.column, share.raw, share.normalised) == ("us_pct", "80", 1.0)
    assert share.treatment == "only where imports > 50"
    assert (share.source.source, share.source.year, share.source.licence) == ("Arms register", "2024", "free")
    assert share.source.note == "small totals are unstable"
    assert alliance.source.source == ""


def test_treatment_is_told_in_words(tiny: Path) -> None:
    treatments = {each.name: each.indicators for each in evidence(tiny, "AAA").attributes}
    assert treatments["escalation_fear"][0].treatment == "log10, reversed"
    assert treatments["frontline"][0].treatment == "log10, times border"


def test_what_is_missing_is_listed(tiny: Path) -> None:
    assert evidence(tiny, "CCC").missing == (
        "reliance: us_pct",
        "clarity_need: veto",
        "legalism: no indicators",
        "ratification: approval",
        "position: 2025-04-10",
    )
    assert evidence(tiny, "DDD").missing[-3:] == (
        "position: no record",
        "as a candidate: democracy",
        "as a candidate: ideal_point_distance_to_us",
    )


def test_an_indicator_that_does_not_count_shows_its_raw_value_all_the_same(tiny: Path) -> None:
    share = evidence(tiny, "CCC").attributes[0].indicators[0]
    assert (share.raw, share.normalised) == ("90", None)


def test_deployable_names_its_column(tiny: Path) -> None:
    largest = {nation: evidence(tiny, nation).deployable for nation in ("AAA", "BBB", "DDD")}
    assert (largest["AAA"].soldiers, largest["AAA"].column) == (49, "sent")
    assert (largest["BBB"].soldiers, largest["BBB"].column) == (100, "army")
    assert largest["BBB"].source.source == "Almanac"
    assert (largest["DDD"].soldiers, largest["DDD"].column) == (0, None)


def test_ratification_shows_the_word(tiny: Path) -> None:
    ratification = evidence(tiny, "DDD").ratification
    assert (ratification.rounds, ratification.column, ratification.word) == (2, "approval", "convention")


def test_positions_come_with_what_contradicts_them(tiny: Path) -> None:
    april, september = evidence(tiny, "AAA").positions
    assert (april.wave, april.position, april.statement_date) == (
        date(2025, 4, 10),
        "conditional",
        "2025-04-01",
    )
    assert (april.condition, april.source, april.url) == (
        "a clear mandate",
        "The Times",
        "https://example.org/1",
    )
    assert (april.status, april.quality) == ("FOUND", "A")
    assert [(other.position, other.source) for other in april.contradicted_by] == [("committed", "The Sun")]
    assert (september.position, september.contradicted_by) == ("committed", ())


def test_conditions_come_with_their_words(tiny: Path) -> None:
    stated = evidence(tiny, "AAA").conditions
    assert [(each.variable, each.at_least, each.half_width, each.statement) for each in stated] == [
        ("clarity", 0.4, 0.1, "clearer still"),
        ("clarity", 0.3, 0.15, "a clear mandate"),
        ("involvement", 0.45, 0.15, "the Americans"),
    ]


def test_strongest_ties_first_with_what_is_shared(tiny: Path) -> None:
    ties = evidence(tiny, "AAA").ties
    assert [(tie.iso3, tie.shared) for tie in ties] == [("BBB", ("club",)), ("CCC", ())]
    assert ties[0].source.source == "Treaties"
    assert ties[0].share == load_roster(tiny).ties[0, 1]


def test_a_roster_without_sources_has_evidence_too(tiny: Path) -> None:
    declaration = tiny / "roster.toml"
    declaration.write_text(declaration.read_text().replace('sources = { table = "sources.csv" }\n', ""))
    assert evidence(tiny, "AAA").attributes[0].indicators[0].source.source == ""


def test_exact_names_go_before_patterns() -> None:
    sources = {":*": Source("any"), ":b": Source("exact")}
    assert [source_of(column, sources).source for column in ("a", "b")] == ["any", "exact"]


@pytest.mark.parametrize("code", load_roster(EUROPE).iso3)
def test_every_coded_number_of_the_bundled_roster_has_a_source(code: str) -> None:
    found = evidence(EUROPE, code)
    for attribute in found.attributes:
        for indicator in attribute.indicators:
            assert indicator.source.source, indicator.column
    assert found.ratification.source.source
    assert found.deployable.column is None or found.deployable.source.source
    assert all(tie.source.source for tie in found.ties if tie.shared)


def test_the_netherlands() -> None:
    found = evidence(EUROPE, "netherlands")
    assert found.iso3 == "NLD"
    assert found.missing == ("escalation_fear: poll_oppose_troops_pct",)
    assert [each.variable for each in found.conditions] == ["involvement", "clarity"]
    september = found.positions[1]
    assert (september.position, september.contradicted_by[0].position) == ("conditional", "committed")
