"""The levels of every world, each declared once. Arrays and draws are in their order.

A roster may declare further ones for its crisis (`sim.inputs.roster_file.FurtherLevel`).
"""

from sim.declarations.kinds import ADVERSARY, PATRON, CasesLevel, Level, by_name

LEVELS = by_name(
    (
        Level(
            "involvement",
            key=(PATRON, "involvement"),
            meaning="What {patron} gives, from 0 to 1: from nothing to troops of its own.",
            words="{patron} involvement",
            at_start=None,
            demand="{patron} involvement",
            moved=True,
            # A backstop is nearer to enabling than to taking part.
            cases=CasesLevel("us_involvement", ((0, 0), (0.5, 0.5), (0.75, 0.65), (1, 1))),
            perceived=True,
        ),
        Level(
            "pressure",
            key=(ADVERSARY, "pressure"),
            meaning="How hard {adversary} presses, from 0 to 1.",
            words="{adversary} pressure",
            at_start=None,
            moved=True,
            cases=CasesLevel("threat"),
            perceived=True,
        ),
        Level(
            "clarity",
            key=("mandate", "clarity"),
            meaning="How clear the mandate is: 0 anything goes, 1 a single purpose.",
            words="clarity of the mandate",
            at_start=None,
            ends="0: the mission may be anything; 1: it has a single purpose.",
            demand="a clear mandate",
            moved=True,
            cases=CasesLevel("clarity", ((0, 0.5), (1, 1))),  # past coalitions run from 0.35 to 1
        ),
        Level(
            "authority",
            key=("mandate", "authority"),
            meaning="Who authorises the mission: 0 nobody, 1 the highest authority that anybody asks for.",
            words="authority of the mandate",
            demand="a mandate of higher authority",
            cases=CasesLevel("authority"),
        ),
        Level(
            "ceasefire",
            key=("ceasefire",),
            meaning="How far a ceasefire holds: 0 war, 1 a ceasefire that holds.",
            words="ceasefire",
            ends="0: war; 1: a ceasefire that holds.",
            demand="a ceasefire",
            cases=CasesLevel("danger", ((0, 1), (1, 0.5)), lever=False),
        ),
    )
)

LEVERS = tuple(name for name, level in LEVELS.items() if level.cases and level.cases.lever)
"""What moves willingness when it changes, by as much as past coalitions teach of it."""

PERCEIVED = tuple(name for name in LEVERS if LEVELS[name].perceived)
"""The levers that nations come to see in time; the others they see at once."""

CONDITIONS = tuple(name for name, level in LEVELS.items() if level.demand)
"""What a nation may demand before it commits: the actual value must reach a threshold."""

MOST_FURTHER_LEVELS = 16
"""How many levels a roster may declare beside these."""

MOVED = tuple(name for name, level in LEVELS.items() if level.moved)
"""What policies and negotiations may move away from what the scenario prescribes."""
