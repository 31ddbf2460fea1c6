"""What the coding of a nation rests on."""

from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from sim.inputs.bundled import scenarios_folder
from sim.inputs.errors import InputError
from sim.inputs.evidence import Evidence, Source, evidence, source_of
from sim.inputs.roster import load_roster
from sim.outputs.document.terminal import rendered
from sim.outputs.evidence.nation import evidence_report

EUROPE = scenarios_folder() / "rosters" / "europe-2025"


@pytest.mark.parametrize("nation", ["AAA", "aaa", "Aland", " ALAND "])
def test_a_nation_is_found_by_code_and_name(tiny: Path, nation: str) -> None:
    found = evidence(tiny, nation)
    assert (found.iso3, found.name, found.leads) == ("AAA", "Aland", True)


@pytest.mark.parametrize(("nation", "near"), [("Alnd", "Aland"), ("AAB", "AAA")])
def test_a_typo_is_told_with_its_near_match(tiny: Path, nation: str, near: str) -> None:
    with pytest.raises(InputError, match=f'unknown nation "{nation}"; did you mean "{near}"'):
        evidence(tiny, nation)


def test_covariates_show_what_past_coalitions_ask_and_where_it_comes_from(tiny: Path) -> None:
    covariates = {each.name: each for each in evidence(tiny, "AAA").covariates}
    nearness, democracy = covariates["nearness"], covariates["democracy"]
    assert (nearness.column, nearness.raw) == ("distance_to_theatre_km", "500")
    assert nearness.treatment == "plus 200, log, standardised, reversed"
    assert nearness.meaning.startswith("minus the log of the smallest distance")
    assert (nearness.source.source, nearness.source.note) == ("Atlas", "borders")
    # What the roster's table of sources does not name comes from where past coalitions took it.
    assert democracy.raw == "0.8"
    assert "V-Dem" in democracy.source.source


def test_treatment_is_told_in_words(tiny: Path) -> None:
    told = {each.name: each.treatment for each in evidence(tiny, "AAA").covariates}
    assert told["capacity"] == "at least 0.5, log, standardised"
    assert told["neutral"] == ""
    assert told["nato_member"] == "less 0.6, times 2"


def test_how_fast_it_sees_what_others_do(tiny: Path) -> None:
    # Alignment: 0.5 from the patron is nearest, 2.5 farthest; half-way lies the middle.
    aland, bland, unknown = (evidence(tiny, code).sensitivities for code in ("AAA", "BBB", "DDD"))
    assert [(each.actor, each.attribute) for each in aland] == [
        ("the patron", "alignment"),
        ("the adversary", "adversary_nearness"),
    ]
    assert [each.value for each in bland] == [1.0, 1.0]
    assert aland[0].value == pytest.approx(0.5)
    assert 0 < aland[1].value < 1
    assert (unknown[0].value, unknown[0].is_known) == (0.5, False)
    assert unknown[1].is_known


def test_what_is_missing_is_listed(tiny: Path) -> None:
    assert evidence(tiny, "CCC").missing == ("ratification: approval", "position: 2025-04-10")
    assert evidence(tiny, "DDD").missing == (
        "as a candidate: democracy",
        "as a candidate: ideal_point_distance_to_us",
        "position: no record",
    )


def test_deployable_shows_every_column_and_takes_the_largest(tiny: Path) -> None:
    aland, bland, dland = (evidence(tiny, nation).deployable for nation in ("AAA", "BBB", "DDD"))
    assert aland.soldiers == 49
    assert [(each.column, each.share, each.soldiers) for each in aland.columns] == [
        ("sent", 1.0, 49.0),
        ("army", 0.01, 10.0),
    ]
    assert aland.columns[1].source.source == "Almanac"
    assert bland.soldiers == 100
    assert [each.soldiers for each in bland.columns] == [0.0, 100.0]
    assert dland.soldiers == 0  # no army, whatever was sent before


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


def test_a_roster_without_sources_has_evidence_too(tiny: Path) -> None:
    declaration = tiny / "roster.toml"
    declaration.write_text(declaration.read_text().replace('sources = { table = "sources.csv" }\n', ""))
    assert evidence(tiny, "AAA").deployable.columns[0].source.source == ""


def test_exact_names_go_before_patterns() -> None:
    sources = {":*": Source("any"), ":b": Source("exact")}
    assert [source_of(column, sources).source for column in ("a", "b")] == ["any", "exact"]


@pytest.mark.parametrize("code", load_roster(EUROPE).iso3)
def test_every_number_of_the_bundled_roster_has_a_source(code: str) -> None:
    found = evidence(EUROPE, code)
    for covariate in found.covariates:
        assert covariate.source.source, covariate.column
        assert covariate.raw or code == "ISL", covariate.column  # Iceland has no armed forces
    for force in found.deployable.columns:
        assert force.source.source, force.column
    assert found.ratification.source.source


def test_the_netherlands() -> None:
    found = evidence(EUROPE, "netherlands")
    assert found.iso3 == "NLD"
    assert found.missing == ()
    assert [each.variable for each in found.conditions] == ["involvement", "clarity"]
    september = found.positions[1]
    assert (september.position, september.contradicted_by[0].position) == ("conditional", "committed")
    assert september.contradicted_by[0].kinds == ("land",)


def test_the_printed_page_tells_all_of_it() -> None:
    text = " ".join(printed(evidence(EUROPE, "NLD")).split())
    for told in (
        "Stated conditions involvement >= 0.6",
        "capacity, personnel_thousand (at least 0.5, log, standardised): 34.",
        "what Washington does: 0.43 (alignment)",
        "Soldiers that it can send: 242, the largest of stated_contribution_soldiers missing, isaf",
        "isaf_troops_2011: NATO figures reported by AFP",
        "approval takes 2 rounds from declaring soldiers to sending them",
        "names a part: land",
        "Missing nothing",
    ):
        assert told in text, told
    iceland = " ".join(printed(evidence(EUROPE, "ISL")).split())
    assert "missing, counts as the mean of past candidates" in iceland
    assert "what Washington does: 0.50 (alignment is not known)" in iceland


def printed(found: Evidence) -> str:
    """Return what the command prints."""
    console = Console(width=200)
    with console.capture() as capture:
        console.print(rendered(evidence_report(found)))
    return capture.get()
