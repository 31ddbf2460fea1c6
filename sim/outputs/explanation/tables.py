"""What an explanation says: sentences first, then the tables that they rest on."""

from collections.abc import Iterator
from math import isnan
from typing import Any

from sim.declarations.words import ASSUMED
from sim.experiments.explain.answers import Explanation
from sim.experiments.explain.closure import LEVER, PAIR, Closure
from sim.experiments.explain.frontier import Frontiers, PairAnswers
from sim.experiments.explain.hardened import Hardened
from sim.experiments.explain.levers import (
    COMMITTED_ALREADY,
    NOT_ALONE,
    REACHED,
    UNDECIDED,
    LeverAnswers,
)
from sim.experiments.explain.persuade import Sequences
from sim.experiments.explain.pivotal import Pivots
from sim.experiments.explain.why import Why
from sim.inputs.case import Case
from sim.outputs.explanation.words import (
    condition_words,
    cost,
    drawn_over,
    gain,
    level,
    level_spread,
    lever,
    marked_share,
    nation_sentences,
    observed_sentences,
    part_words,
    persuade_sentences,
    second_level,
    share,
    shown_changes,
    spread,
    who_hardens,
)
from sim.outputs.words import RESTS_ON, counted, mark, signed_with_interval, thousands
from sim.results.document import Block, Cell, Document, Note, Section, Table, nothing, number, word

MOST_EDGES = 15
"""Rows of the influence network that are shown."""

CLOSURE = (
    "Of the {out} in which the nation is out at the end, the share in which it would be in, in the same "
    "draws, with its 95 % interval. Levers are set in round 1 at an end of their ranges, pairs count where "
    "neither alone is enough; the position is that at the start. Of {levers} and {pairs} the most frequent "
    "are shown; closure.parquet has all."
)
WHY = (
    "Log-odds. Mean over {runs} with [the range of 90 % of the runs]; the change with [the 95 % "
    "interval of its mean]. Predisposition and terms add up to the propensity; it must exceed the threshold."
)
CONDITIONS = (
    "Levels: mean with [the range of 90 % of the runs]. Met in: share of the runs with its 95 % interval. "
    "If met: share of the runs in which its propensity would exceed the threshold were this met, all else "
    "as it is."
)
LEVERS = (
    "Each lever alone, set in round 1, later events of the scenario left in. The level nearest to the present"
    " one with P(committed at the end) >= 0.5, with its 95 % interval: the levels at which the interval of P "
    "over {runs} holds 0.5. Again: P at that level in as many other runs, which the search has not seen."
)
FRONTIER = (
    "The least level of the second lever for each of the first, with its 95 % interval as for one lever, "
    "over {runs}. The pair is the one that takes the least effort (changes as shares of the ranges)."
)
PAIRS = (
    "By two: the pair of common levers with the least effort, among a few levels of each, over {runs}; "
    "`--only frontier` with a nation says exactly."
)
PIVOTAL = (
    "What others do with the nation held in the coalition from round 1, less what they do with it held out: "
    "paired differences over {runs} of each with [95 % intervals], each for itself."
)
NETWORK = (
    "P(committed) of the follower at the end with the leader in, less with it out, answers of third nations "
    "included. [ ] is Bonferroni's interval for all {pairs} pairs together: the chance that any edge is "
    "chance alone is at most 5 %. {edges} edges; the strongest {shown}."
)
HARDENED = (
    "Slope: what a unit of pressure adds to the log-odds of any military contribution, as past coalitions "
    "teach of nations like it; [ ] holds 90 % of the runs. Cowed: share of {runs} in which it is "
    "negative [95 %]; on land: in which what reaches its willingness to send soldiers on land is. What "
    "others do in answer is no part of the slope; hardened.parquet has the paired change if pressure rises "
    "{rises} in round 1."
)
PERSUADE = (
    "Greedy: at each step the nation that adds most of the force required per log-odds by which it falls "
    "short of its threshold; not proven to be the cheapest. Who is persuaded is held committed from round 1. "
    "Cost: mean shortfall over {runs} before the step; conditions not met are no part of it, but named. "
    "Intervals: 95 %."
)


LEVELS = (
    "Where something is set, the worse of what the probability rests on there, and its change from now. A "
    "nation reaches others by interaction alone, and numbers of soldiers are in part rules of thumb: both "
    "are assumed."
)


def explain_report(answer: Explanation) -> Document:
    """Return the answers: what is found of the nations asked about in sentences, then all of it."""
    sentences = (sentence for nation in answer.asked for sentence in nation_sentences(answer, nation))
    return Document(
        f"Explained: {answer.case.scenario.title}",
        (*sentences, *_sections(answer), Note(f"{RESTS_ON} {LEVELS}")),
    )


def _sections(answer: Explanation) -> Iterator[Section]:
    for nation in answer.asked:
        yield from _nation(answer, nation)
    if answer.levers is not None and not answer.asked:
        yield _all_levers(answer.levers, answer.pairs)
    if answer.pivotal is not None:
        yield from _pivotal(answer.pivotal)
    if answer.hardened is not None:
        yield _hardened(answer.hardened)
    if answer.persuade is not None:
        yield _persuade(answer.persuade)
    if answer.observed is not None:
        yield _observed(answer)


def _nation(answer: Explanation, nation: int) -> Iterator[Section]:
    """Yield the tables about a nation asked about, if there are any."""
    roster = answer.case.roster
    iso3 = roster.iso3[nation]
    blocks: list[Block] = []
    if answer.closure is not None:
        blocks += _closure(answer.closure, iso3)
    if answer.levers is not None:
        blocks += _levers(answer.levers, iso3)
    if answer.frontier is not None:
        blocks += _frontier(answer.frontier, iso3)
    if answer.why is not None:
        blocks += _why(answer.why, iso3)
    if blocks:
        yield Section(f"{roster.names[nation]} ({iso3})", tuple(blocks))


def _closure(closure: Closure, iso3: str) -> Iterator[Block]:
    """Yield what closes a nation's gap, if it has one."""
    rows = closure.of(iso3)
    if rows.empty:
        return
    most = shown_changes(rows)
    lines = [(word(row["change"]), number(row["p"], marked_share(row))) for _, row in most.iterrows()]
    yield Table(("what closes the gap", "of the runs in which it is out"), tuple(lines))
    of_kind = rows["kind"].value_counts()
    yield Note(
        CLOSURE.format(
            out=counted(int(rows["out"].iloc[0]), "run"),
            levers=counted(int(of_kind.get(LEVER, 0)), "setting"),
            pairs=counted(int(of_kind.get(PAIR, 0)), "pair"),
        )
    )


def _why(why: Why, iso3: str) -> Iterator[Block]:
    """Yield the terms of a nation's propensity, and its conditions."""
    days = (f"{day:%-d %b %Y}" for day in (why.case.scenario.start, why.date))
    rows = why.terms[why.terms["iso3"] == iso3]
    lines = [
        (
            word(part_words(row["term"], why.case.roster.vocabulary)),
            number(row["anchor"], spread(row, "anchor")),
            number(row["value"], spread(row, "value")),
            _difference(row, "change", 2),
        )
        for _, row in rows[rows["value"].abs() + rows["anchor"].abs() > 0].iterrows()
    ]
    yield Table(("what it weighs", *days, "change"), tuple(lines))
    yield Note(WHY.format(runs=counted(why.number_of_runs, "run")))
    conditions = why.conditions
    if not conditions.empty and (conditions["iso3"] == iso3).any():
        yield _conditions(conditions[conditions["iso3"] == iso3], why.case)
        yield Note(CONDITIONS)


def _conditions(rows: Any, case: Case) -> Table:
    lines = [
        (
            word(condition_words(row["condition"], case.roster.vocabulary)),
            *(number(row[name], level_spread(row, name)) for name in ("at_least", "actual")),
            *(_share(row, name) for name in ("p_met", "p_if_met")),
        )
        for _, row in rows.iterrows()
    ]
    return Table(("stated condition", "at least", "actual", "met in", "if met"), tuple(lines))


def _levers(levers: LeverAnswers, iso3: str) -> Iterator[Block]:
    """Yield what each lever alone would do for a nation."""
    lines = [_lever(row) for _, row in levers.of(iso3).iterrows()]
    yield Table(("lever alone", "now", "least change", "P(committed)", "again"), tuple(lines))
    yield Note(LEVERS.format(runs=counted(levers.number_of_runs, "run")))


def _lever(row: Any) -> tuple[Cell, ...]:
    is_reached = row["status"] == REACHED
    chance = f"{'' if is_reached else 'at most '}{marked_share(row)}"
    return (
        word(row["label"]),
        nothing() if isnan(row["present"]) else number(row["present"], f"{row['present']:.2f}"),
        number(row["value"], _least(row)),
        number(row["p"], chance),
        _share(row, "again") if is_reached else nothing(),
    )


def _least(row: Any) -> str:
    words = {
        COMMITTED_ALREADY: "committed already",
        NOT_ALONE: "not by this alone",
        UNDECIDED: "open: P may reach 0.5",
    }
    return words.get(row["status"]) or level(row) or "enough"


def _frontier(frontier: Frontiers, iso3: str) -> Iterator[Block]:
    """Yield the frontier of the best pair of levers for a nation."""
    if frontier.table.empty or not (frontier.table["iso3"] == iso3).any():
        return
    rows = frontier.table[frontier.table["iso3"] == iso3]
    first, second = rows["first"].iloc[0], rows["second"].iloc[0]
    lines = [
        (
            number(row["first_level"], f"{row['first_level']:.2f}"),
            *(
                (nothing("not enough"), nothing())
                if isnan(row["second_level"])
                else (number(row["second_level"], second_level(row)), number(row["p"], marked_share(row)))
            ),
        )
        for _, row in rows.iterrows()
    ]
    yield Table((first, f"least change of {second}", "P(committed)"), tuple(lines))
    yield Note(FRONTIER.format(runs=counted(frontier.number_of_runs, "run")))


def _all_levers(levers: LeverAnswers, pairs: PairAnswers | None) -> Section:
    """Return what would bring in each of all nations."""
    by_two = {} if pairs is None else {row["iso3"]: _by_two(row) for _, row in pairs.table.iterrows()}
    roster = levers.case.roster
    names = dict(zip(roster.iso3, roster.names, strict=True))
    lines = [
        (word(names[iso3]), word(_alone(levers.of(iso3))), word(by_two.get(iso3, "")))
        for iso3 in (roster.iso3[nation] for nation in levers.nations)
    ]
    notes = [LEVERS.format(runs=counted(levers.number_of_runs, "run"))]
    if pairs is not None:
        notes.append(PAIRS.format(runs=counted(int(pairs.table["runs"].iloc[0]), "run")))
    table = Table(("nation", "would join with, alone", "by two"), tuple(lines))
    return Section("What would it take", (table, Note(" ".join(notes))))


def _alone(rows: Any) -> str:
    """Return which levers alone would bring a nation in."""
    if (rows["status"] == COMMITTED_ALREADY).any():
        return f"committed already in {marked_share(rows.iloc[0])}"
    reached = [
        f"{lever(row)} {mark(row['rests_on'])}" for _, row in rows[rows["status"] == REACHED].iterrows()
    ]
    reached += [f"{row['label']}: open" for _, row in rows[rows["status"] == UNDECIDED].iterrows()]
    return ", or ".join(reached) or "not by one alone"


def _by_two(row: Any) -> str:
    if row["status"] != REACHED:
        return "" if row["status"] == COMMITTED_ALREADY else "not by two"
    if not row["both_needed"]:
        return "one is enough"
    both = f"{row['first']} {row['first_level']:.2f}, {row['second']} {row['second_level']:.2f}"
    return f"{both}: {marked_share(row)}"


def _pivotal(pivotal: Pivots) -> Iterator[Section]:
    """Yield who is pivotal, and the strongest edges of the network."""
    lines = [
        (word(row["name"]), _difference(row, "size", 2), _difference(row, "troops", 0))
        for _, row in pivotal.table.iterrows()
    ]
    table = Table(("nation", "other members", "other nations' troops"), tuple(lines))
    note = Note(PIVOTAL.format(runs=counted(pivotal.number_of_runs, "run")))
    yield Section(f"Who is pivotal {mark(ASSUMED)}", (table, note))
    network = pivotal.network
    edges = network[network["is_edge"]]
    key = NETWORK.format(pairs=f"{len(network):,}", edges=len(edges), shown=min(len(edges), MOST_EDGES))
    strongest = (_edges(pivotal, edges),) if len(edges) else ()
    yield Section(f"Who follows whom {mark(ASSUMED)}", (*strongest, Note(key)))


def _edges(pivotal: Pivots, edges: Any) -> Table:
    """Return the strongest edges."""
    names = dict(zip(pivotal.case.roster.iso3, pivotal.case.roster.names, strict=True))
    strongest = edges.loc[edges["difference"].abs().sort_values(ascending=False, kind="stable").index]
    lines = []
    for _, row in strongest.head(MOST_EDGES).iterrows():
        points, low, high = (row[name] * 100 for name in ("difference", "low", "high"))
        cell = number(points, signed_with_interval(points, low, high, 1))
        lines.append((word(names[row["leader"]]), word(names[row["follower"]]), cell))
    return Table(("leader", "follower", "P(committed), points"), tuple(lines))


def _hardened(answers: Hardened) -> Section:
    """Return which way nations answer pressure, in each world."""
    rows = answers.table
    worlds = list(dict.fromkeys(rows["world"]))
    slope, land = (mark(rows[name].iloc[0]) for name in ("rests_on", "land_rests_on"))
    columns = (f"slope {slope}", f"cowed {slope}", f"on land {land}")
    first = rows[rows["world"] == worlds[0]].sort_values("slope", ascending=False, kind="stable")
    lines = []
    for iso3 in first["iso3"]:
        own = [rows[(rows["iso3"] == iso3) & (rows["world"] == world)].iloc[0] for world in worlds]
        lines.append((word(own[0]["name"]), *(cell for row in own for cell in _slope(row))))
    table = Table(("nation", *(f"{what}\n{world}" for world in worlds for what in columns)), tuple(lines))
    rises = rows[["pressure_from", "pressure_to"]].drop_duplicates().to_numpy()
    ranges = " or ".join(f"from {low:g} to {high:g}" for low, high in rises)
    key = HARDENED.format(runs=counted(answers.number_of_runs, "run"), rises=ranges)
    return Section(
        "Hardened or cowed",
        (who_hardens(answers), table, Note(f"{key} {drawn_over(answers.rows_of_parameters)}")),
    )


def _slope(row: Any) -> tuple[Cell, ...]:
    shares = (_share(row, name) for name in ("p_cowed", "p_land_cowed"))
    return number(row["slope"], spread(row, "slope")), *shares


def _persuade(sequences: Sequences) -> Section:
    """Return whom to persuade under each stance of the patron."""
    required = thousands(sequences.case.scenario.force_required)
    headings = ("nation", "cost", "conditions not met", "adds soldiers", "force", f"P(>= {required})")
    tables = (
        Table(headings, tuple(_step(row) for _, row in rows.iterrows()), caption=str(stance))
        for stance, rows in sequences.table.groupby("stance", sort=False)
    )
    note = Note(PERSUADE.format(runs=counted(sequences.number_of_runs, "run")))
    return Section(f"Whom to persuade {mark(ASSUMED)}", (*persuade_sentences(sequences), *tables, note))


def _step(row: Any) -> tuple[Cell, ...]:
    """Return whom a step persuades, what that costs and adds, and what force there is then."""
    is_first = row["step"] == 0
    force = f"{thousands(row['force'])} [{thousands(row['force_low'])}-{thousands(row['force_high'])}]"
    added = (
        (nothing(), nothing(), nothing())
        if is_first
        else (number(row["cost"], cost(row)), _share(row, "p_demands"), number(row["gain"], gain(row)))
    )
    return (
        nothing("(nobody)") if is_first else Cell(f"{row['step']}. {row['name']}", f"{row['step']:02}"),
        *added,
        number(row["force"], force),
        _share(row, "p_enough"),
    )


def _observed(answer: Explanation) -> Section:
    """Return who was not named, in the runs that fit what was reported."""
    return Section("Who was not named", (*observed_sentences(answer), Note("Intervals: 95 %.")))


def _share(row: Any, name: str) -> Cell:
    return number(row[name], share(row, name))


def _difference(row: Any, name: str, decimals: int) -> Cell:
    text = signed_with_interval(row[name], row[f"{name}_low"], row[f"{name}_high"], decimals)
    return number(row[name], text)
