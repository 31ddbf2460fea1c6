"""A roster of four nations, small enough to work every number out by hand."""

from collections.abc import Callable
from pathlib import Path

import pytest
from small_worlds import LEAST, write_candidates

TINY = {
    "nations.csv": """\
iso3,name,role,army,us_pct,imports,nato,veto,border,approval,sent
BBB,Bland,nation,10000,20,100,1,0,1,no,0
AAA,Aland,nation,1000,80,100,1,1,0,yes,49
CCC,Cland,nation,100,90,10,0,,0,,4
DDD,Dland,nation,0,,,0,0.5,0,convention,4
XXX,Xland,actor,999999,100,999,1,1,1,yes,999
""",
    "positions.csv": """\
iso3,date,statement_date,position,condition,source,url,status,source_quality,primary
AAA,2025-04-10,2025-04-01,conditional,a clear mandate,The Times,https://example.org/1,FOUND,A,1
AAA,2025-04-10,2025-02-01,committed,,The Sun,https://example.org/2,FOUND,B,0
BBB,2025-04-10,2025-04-02,committed,,The Post,https://example.org/3,FOUND,A,1
CCC,2025-04-10,,,,,,MISSING,,1
AAA,2025-09-04,2025-09-04,committed,,The Times,https://example.org/4,FOUND,A,1
XXX,2025-04-10,2025-04-03,opposed,,The Globe,,FOUND,A,1
""",
    "conditions.csv": """\
iso3,variable,at_least,half_width,known_from,status,statement
AAA,clarity,0.4,0.1,2025-09-04,ASSUMED,clearer still
AAA,clarity,0.3,0.15,2025-04-10,ASSUMED,a clear mandate
AAA,involvement,0.45,0.15,2025-04-10,ASSUMED,the Americans
XXX,ceasefire,1,0,2025-04-10,as stated,peace
""",
    "candidates.csv": """\
iso3,personnel_thousand,democracy,ideal_point_distance_to_us,distance_to_theatre_km,distance_to_adversary_km,nato,eu,neutral
BBB,10,0.9,0.5,0,0,1,1,0
AAA,1,0.8,1.5,500,600,1,1,0
CCC,0,0.7,2.5,1000,1400,0,0,1
DDD,0,,,700,600,0,1,0
XXX,999,0.1,9,0,0,0,0,0
""",
    "sources.csv": """\
column,source,year,licence,where_found,status,note
us_pct,Arms register,2024,free,,FOUND,small totals are unstable
veto,Constitutions,2003,facts,,KNOWN,
candidates.csv:dist*,Atlas,1999,facts,,FOUND,borders
conditions.csv:at*,Own reading,1999,facts,,FOUND,
army sent,Almanac,2025,public domain,,FOUND,
""",
    "roster.toml": """\
title = "Four nations"
nations = { table = "nations.csv", where = { role = "nation" } }
leads = ["BBB", "AAA"]
positions = { table = "positions.csv", where = { primary = "1" } }
conditions = { table = "conditions.csv" }
sources = { table = "sources.csv" }
candidates = { table = "candidates.csv", imputed = ["DDD"] }
[preferred_mandate]
peacekeeping = { base = 0.1, weight = 0.8, mean_of = [
  { column = "us_pct", where_above = { imports = 50 } },
  { column = "nato", reversed = true },
] }
deterrence = { base = 0.1, weight = 0.6, mean_of = [{ column = "army", log = true, times = "border" }] }
reassurance = { base = 0.5 }

[deployable]
largest_of = [{ column = "sent" }, { column = "army", share = 0.01 }]
zero_where_zero = "army"

[kinds]
land = { group = "soldiers" }
air = { group = "air and sea" }
sea = { group = "air and sea" }
training = { group = "training" }

[ratification_rounds]
column = "approval"
rounds = { yes = 3, convention = 2, no = 0 }
empty = 1
""",
}


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """The folder of the roster of four nations."""
    for name, text in TINY.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def least(tmp_path: Path) -> Callable[[str], Path]:
    """Write a roster with the least that must be declared, given its nations.csv."""

    def write(nations: str) -> Path:
        (tmp_path / "roster.toml").write_text(LEAST, encoding="utf-8")
        (tmp_path / "nations.csv").write_text(nations, encoding="utf-8")
        write_candidates(tmp_path, [row.split(",")[0] for row in nations.splitlines()[1:]])
        return tmp_path

    return write
