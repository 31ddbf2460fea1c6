"""Folders of past coalitions: what they say, and what is said where they are wrong."""

import math
from pathlib import Path

import pytest
from small_coalitions import write_coalitions

from sim.inputs.coalitions.coalitions import FORCES, GIFT, find_coalition, find_folder
from sim.inputs.coalitions.reading import load_coalitions
from sim.inputs.errors import InputError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_coalitions(tmp_path / "small")


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_bundled_coalitions_are_all_there() -> None:
    everything = load_coalitions()
    forces = everything.forces()
    first = forces.first_pool()
    assert len({each.case for each in forces.coalitions}) == 37
    assert (len(forces.coalitions), len(forces.candidates)) == (40, 1378)
    assert len({each.family for each in forces.coalitions}) == 23
    assert (len(first.coalitions), len(first.candidates)) == (17, 611)
    assert len({each.case for each in first.coalitions}) == 15
    gifts = everything.where(lambda each: each.kind == GIFT)
    assert (len(gifts.coalitions), len(gifts.candidates)) == (7, 210)
    assert all(set(each.codings) == {"first", "second", "consensus"} for each in first.coalitions)


def test_a_coalition_says_who_could_have_come_and_who_came(folder: Path) -> None:
    coalitions = load_coalitions(folder)
    (gamma,) = find_coalition(coalitions, "GAMMA")
    assert (gamma.name, gamma.family, gamma.kind, gamma.command) == ("gamma/force", "west", FORCES, "NATO")
    assert gamma.fitted.levels == {"clarity": 0.5}
    assert gamma.coded("second").levels == {"clarity": 0.6}
    assert {each.iso3: each.rung for each in coalitions.candidates_of(gamma)} == {
        "AAA": 0,
        "BBB": 3,
        "CCC": 0,
        "DDD": 0,
    }


def test_a_coalition_coded_once_is_read_that_way_whatever_coding_is_asked_for(folder: Path) -> None:
    (beta,) = find_coalition(load_coalitions(folder), "beta")
    assert beta.coded("second") == beta.fitted == beta.coded("first")


@pytest.mark.parametrize("word", ["alpha/later", "Alpha later", "ALPHA/LATER"])
def test_a_wave_is_found_by_its_name_and_title(folder: Path, word: str) -> None:
    assert [each.name for each in find_coalition(load_coalitions(folder), word)] == ["alpha/later"]


def test_a_case_is_found_with_all_its_waves(folder: Path) -> None:
    found = find_coalition(load_coalitions(folder), "alpha")
    assert [each.name for each in found] == ["alpha/first", "alpha/later"]


def test_an_unknown_coalition_is_answered_with_the_nearest_and_all_cases(folder: Path) -> None:
    with pytest.raises(InputError) as error:
        find_coalition(load_coalitions(folder), "betta")
    assert 'unknown coalition "betta"; did you mean "beta"?' in str(error.value)
    assert "there are alpha, beta, gamma, delta" in str(error.value)


def test_coalitions_are_found_by_name_and_by_folder(folder: Path, tmp_path: Path) -> None:
    bundled = find_folder("coalitions")
    assert bundled is not None
    assert (bundled / "evidence.toml").exists()
    assert find_folder(folder) == folder
    assert find_folder(tmp_path) is None
    assert find_folder("europe-2025") is None


WRONG = {
    "unknown level": (
        "levels.csv",
        "coding,clarity",
        "coding,clarity,clerity",
        ['levels.csv:1: clerity: unknown level; declared are clarity; did you mean "clarity"?'],
    ),
    "level missing": ("levels.csv", "clarity", "clearness", ["levels.csv:1: clarity: the column is missing"]),
    "level empty": (
        "levels.csv",
        "beta,force,first,0.3",
        "beta,force,first,",
        ["levels.csv:8: clarity: is empty"],
    ),
    "level out of range": (
        "levels.csv",
        "first,0.3",
        "first,1.3",
        ["levels.csv:8: clarity: 1.3 is out of range"],
    ),
    "case without levels": (
        "levels.csv",
        "beta,force,first,0.3,,a book\n",
        "",
        ['cases.csv:4: case: "beta/force" has no levels; add a row to levels.csv'],
    ),
    "levels without case": (
        "levels.csv",
        "beta,force,first",
        "betta,force,first",
        ["cases.csv:4", "beta/force"],
    ),
    "unknown command": (
        "cases.csv",
        "NATO",
        "NATP",
        ["cases.csv:2: command: must be one of NATO, nation, not", 'did you mean "NATO"?'],
    ),
    "unknown kind": ("cases.csv", "forces", "force", ["cases.csv:2: kind: must be one of forces, gift"]),
    "case twice": ("cases.csv", "beta,force", "alpha,first", ["cases.csv", "stands in line 2 already"]),
    "rung": ("participation.csv", "AAA,3", "AAA,4", ["participation.csv:2: rung: 4 is out of range"]),
    "half a rung": (
        "participation.csv",
        "AAA,3",
        "AAA,2.5",
        ["participation.csv:2: rung:", "give 0, 1, 2 or 3"],
    ),
    "not observed": (
        "participation.csv",
        "FOUND",
        "MISSING",
        ["participation.csv:2: status: MISSING is no observation; leave the row out"],
    ),
    "no source": ("participation.csv", "a book", "", ["participation.csv:2: source: must not be empty"]),
    "no nation": ("participation.csv", "AAA,3", "Aland,3", ["participation.csv:2: iso3:", "three capitals"]),
    "unknown case": (
        "participation.csv",
        "delta,ships",
        "delta,ship",
        ['participation.csv:18: case: "delta/ship" is not in cases.csv; did you mean "delta/ships"?'],
    ),
    "no covariates": (
        "covariates.csv",
        "alpha,first,BBB,10,0\n",
        "",
        ["participation.csv:3: iso3: BBB has no covariates for alpha/first; add a row to covariates.csv"],
    ),
    "covariate needed": (
        "covariates.csv",
        "BBB,10,0",
        "BBB,10,",
        [
            'covariates.csv:3: nato: is empty, and "member" needs it',
            'missing = "mean" under [attributes.member] in evidence.toml',
        ],
    ),
    "covariate no number": ("covariates.csv", "BBB,10", "BBB,many", ['covariates.csv:3: soldiers: "many"']),
    "unknown attribute": (
        "evidence.toml",
        'attribute = "capacity"',
        'attribute = "capacty"',
        ["evidence.toml:36: terms[0].attribute: must be one of capacity, member", 'did you mean "capacity"?'],
    ),
    "unknown level of a term": (
        "evidence.toml",
        'level = "clarity"',
        'level = "clarify"',
        ["terms[1].level: must be one of clarity, nato_command", 'did you mean "clarity"?'],
    ),
    "two terms of a name": (
        "evidence.toml",
        'name = "clarity"',
        'name = "capacity"',
        ['terms[1].name: there are two terms "capacity"'],
    ),
    "neither attribute nor level": (
        "evidence.toml",
        'attribute = "capacity"\n',
        "",
        ["terms[0]: must have an attribute, a level or both"],
    ),
    "unknown key": (
        "evidence.toml",
        "log = true",
        "logg = true",
        ['unknown key "logg"', 'did you mean "log"?'],
    ),
    "unknown commander": (
        "evidence.toml",
        'command = "NATO"',
        'command = "NAT"',
        ["levels.nato_command.command: must be one of NATO, nation"],
    ),
    "baseline of nothing": ("evidence.toml", '["member"]', '["members"]', ["baselines[0].attributes[0]"]),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_mistake_is_told_with_its_place_and_what_would_mend_it(folder: Path, what: str) -> None:
    name, old, new, told = WRONG[what]
    change(folder / name, old, new)
    if what == "unknown level":
        text = (folder / name).read_text(encoding="utf-8").splitlines()
        (folder / name).write_text("\n".join([text[0], *(f"{line}," for line in text[1:])]), encoding="utf-8")
    with pytest.raises(InputError) as error:
        load_coalitions(folder)
    for part in told:
        assert part in str(error.value)


def test_a_missing_covariate_is_taken_as_unknown_only_where_the_file_says_so(folder: Path) -> None:
    change(folder / "covariates.csv", "BBB,10,0", "BBB,,0")
    bbb = load_coalitions(folder).candidates[1]
    assert math.isnan(bbb.covariates["soldiers"])


def test_a_folder_without_coalitions_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no coalitions \(no evidence.toml\)"):
        load_coalitions(tmp_path)
