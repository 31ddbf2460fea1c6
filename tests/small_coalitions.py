"""A folder of five small coalitions, to break on purpose and to add to."""

from pathlib import Path

EVIDENCE = """\
title = "Small coalitions"
takes_part_from_rung = 2
commands = ["NATO", "nation"]

[prior]
intercept = 1.5
coalition = 1
slope_by_coalition = 0.3
nation = 0.5

[attributes.capacity]
column = "soldiers"
at_least = 1
log = true
standardise = true
missing = "mean"
meaning = "soldiers"
source = "invented"

[attributes.member]
column = "nato"
centre = 0.5
meaning = "member of NATO"
source = "invented"

[levels.clarity]
column = "clarity"
meaning = "how clear the mandate is"

[levels.nato_command]
command = "NATO"
meaning = "1 if NATO commands"

[[terms]]
name = "capacity"
attribute = "capacity"
label = "armed forces"
prior_sd = 0.5

[[terms]]
name = "clarity"
level = "clarity"
centre = 0.5
scale = 2
label = "clarity of the mandate"
prior_sd = 0.5

[[terms]]
name = "command_x_member"
level = "nato_command"
attribute = "member"
label = "NATO command x member"
prior_sd = 0.5

[[baselines]]
name = "members"
attributes = ["member"]
"""

NATIONS = {"AAA": (100, 1), "BBB": (10, 0), "CCC": (30, 1), "DDD": (3, 0)}
RUNGS = {
    ("alpha", "first"): "3010",
    ("alpha", "later"): "3020",
    ("beta", "force"): "2301",
    ("gamma", "force"): "0300",
    ("delta", "ships"): "3130",
}
FAMILIES = {"alpha": "east", "beta": "south", "gamma": "west", "delta": "north"}
TWICE = ("alpha", "gamma")


def write_coalitions(folder: Path) -> Path:
    """Write the folder, and return it."""
    folder.mkdir(parents=True)
    cases = ["case,wave,title,date,family,pool,kind,contribution,lead,command,theatre,candidates,note,source"]
    levels = ["case,wave,coding,clarity,reason,source"]
    took_part = ["case,wave,iso3,rung,status,kind,size,unit,note,source"]
    covariates = ["case,wave,iso3,soldiers,nato"]
    for place, ((case, wave), rungs) in enumerate(RUNGS.items()):
        pool, command = ("first", "NATO") if case in TWICE else ("later", "nation")
        title = f"{case.title()} {wave}"
        cases.append(
            f"{case},{wave},{title},2001,{FAMILIES[case]},{pool},forces,force,AAA,{command},XXX,all,,a book"
        )
        levels.append(f"{case},{wave},first,0.{place + 1},,a book")
        if case in TWICE:
            levels.append(f"{case},{wave},second,0.{place + 3},,another book")
            levels.append(f"{case},{wave},consensus,0.{place + 2},,both books")
        for (iso3, (soldiers, nato)), rung in zip(NATIONS.items(), rungs, strict=True):
            took_part.append(f"{case},{wave},{iso3},{rung},FOUND,troops,,,,a book")
            covariates.append(f"{case},{wave},{iso3},{soldiers},{nato}")
    (folder / "evidence.toml").write_text(EVIDENCE, encoding="utf-8")
    tables = {"cases": cases, "levels": levels, "participation": took_part, "covariates": covariates}
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
