"""Small worlds, written as users write theirs: a roster, what its nations said, a scenario."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

CANDIDATES = 'candidates = { table = "candidates.csv" }'
"""What every roster.toml must say of its nations as candidates."""

LEAST = (
    f"""\
title = "A small world"
nations = {{ table = "nations.csv" }}
{CANDIDATES}
"""
    """\
actors.patron = { key = "washington", name = "the patron" }
actors.adversary = { key = "moscow", name = "the adversary" }
levels.involvement = { none = 0, diplomatic = 0.25, enablers = 0.5, backstop = 0.75, troops = 1 }
levels.pressure = { calm = 0.2, warnings = 0.5, threats = 0.7, hybrid_attacks = 0.9 }
deployable = { largest_of = [{ column = "sent" }] }
ratification_rounds = { column = "approval", rounds = { no = 0 }, empty = 1 }
preferred_mandate = { peacekeeping = { base = 1 }, deterrence = { base = 1 }, reassurance = { base = 1 } }
"""
)
"""A roster.toml without all else that may be left out; its nations need iso3, name, sent and approval."""

SCENARIO = """\
title = "{title}"
roster = "roster"
start = 2025-04-10
rounds = {rounds}
[washington]
involvement = 0.6
[mandate]
purpose = "reassurance"
clarity = 0.6
[moscow]
pressure = "warnings"
"""


COVARIATES = (
    "iso3,personnel_thousand,democracy,ideal_point_distance_to_us,"
    "distance_to_theatre_km,distance_to_adversary_km,nato,eu,neutral"
)
ALIKE = "30,0.85,1.5,1000,1000,1,1,0"
"""Covariates of a usual candidate of a past coalition."""


def write_candidates(
    folder: Path, nations: Iterable[str], given: Mapping[str, Mapping[str, object]] | None = None
) -> None:
    """Write candidates.csv of some nations, all alike but for the covariates that are given."""
    columns = COVARIATES.split(",")[1:]
    usual = dict(zip(columns, ALIKE.split(","), strict=True))
    lines = [COVARIATES]
    for code in nations:
        row = {**usual, **(given or {}).get(code, {})}
        lines.append(",".join([code, *(str(row[column]) for column in columns)]))
    (folder / "candidates.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def codes(count: int) -> list[str]:
    """Return so many different nation codes, in the order of the alphabet."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return [f"{letters[n // 26 % 26]}{letters[n % 26]}X" for n in range(count)]


def write_roster(
    folder: Path, rows: Sequence[str], positions: Mapping[str, str], *, leads: Sequence[str] = ()
) -> None:
    """Write a roster: iso3, name, sent and approval of each nation, and where nations stand at the start."""
    folder.mkdir(parents=True)
    said = [
        f"{code},2025-04-10,2025-04-10,{position},The Times,FOUND" for code, position in positions.items()
    ]
    tables = {
        "nations": ["iso3,name,sent,approval", *rows],
        "positions": ["iso3,date,statement_date,position,source,status", *said],
    }
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    write_candidates(folder, [row.split(",")[0] for row in rows])
    more = f'leads = {list(leads)}\npositions = {{ table = "positions.csv" }}\n'
    (folder / "roster.toml").write_text(more + LEAST, encoding="utf-8")
