"""What an explanation says: sentences first, then the tables that they rest on."""

from collections.abc import Iterator, Sequence
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
from sim.outputs.explain.notes import (
    CLOSURE,
    CONDITIONS,
    FRONTIER,
    GREEDY,
    HARDENED,
    INTERVALS,
    LEVELS,
    LEVERS,
    NETWORK,
    PAIRS,
    PERSUADE,
    PIVOTAL,
    PIVOTAL_KEY,
    WHY,
)
from sim.outputs.explain.words import (
    condition_words,
    cost,
    distance_sentences,
    drawn_over,
    gain,
    level,
    level_spread,
    lever,
    marked_share,
    nation_sentences,
    network_sentence,
    next_sentences,
    observed_sentences,
    part_words,
    persuade_sentences,
    points_of,
    second_level,
    share,
    shown_changes,
    spread,
    strongest_edges,
    who_hardens,
)
from sim.outputs.words import RESTS_ON, counted, date_words, mark, signed_with_interval, thousands
from sim.results.document import Block, Cell, Details, Document, Note, Section, Table, nothing, number, word

MOST_EDGES = 15
"""Rows of the influence network that are shown."""

MOST_ROWS, MOST_PIVOTAL = 4, 3
"""Rows that stand on the first screen: nations and levers, pivotal nations."""


def explain_report(answer: Explanation) -> Document:
    """Return the answers: what is found of the nations asked about in sentences, then all of it."""
    sentences = (sentence for nation in answer.asked for sentence in nation_sentences(answer, nation))
    return Document(
        f"Explained: {answer.case.scenario.title}",
        (*sentences, *_sections(answer), Note(f"{INTERVALS} {RESTS_ON}"), Details((Note(LEVELS),))),
    )


def _sections(answer: Explanation) -> Iterator[Block]:
    for nation in answer.asked:
        yield from _nation(answer, nation)
    if answer.levers is not None and not answer.asked:
        yield _all_levers(answer.levers, answer.pairs)
    if answer.pivotal is not None:
        yield _pivotal(answer.pivotal)
    if answer.hardened is not None:
        section = _hardened(answer.hardened)
        yield Details((section,)) if answer.asked else section
    if answer.persuade is not None:
        yield _persuade(answer.persuade)
    if answer.observed is not None:
        yield _observed(answer)


def _nation(answer: Explanation, nation: int) -> Iterator[Section]:
    """Yield the tables about a nation asked about, if there are any."""
    roster = answer.case.roster
    iso3 = roster.iso3[nation]
    blocks: list[Block] = []
    details: list[Block] = []
    if answer.closure is not None:
        blocks += _closure(answer.closure, iso3)
    if answer.levers is not None:
        details += _levers(answer.levers, iso3)
    if answer.frontier is not None:
        details += _frontier(answer.frontier, iso3)
    if answer.why is not None:
        details += [*distance_sentences(answer.why, nation), *_why(answer.why, iso3)]
    blocks += [Details(tuple(details))] if details else []
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
    yield _key(
        CLOSURE.format(
            out=counted(int(rows["out"].iloc[0]), "run"),
            levers=counted(int(of_kind.get(LEVER, 0)), "setting"),
            pairs=counted(int(of_kind.get(PAIR, 0)), "pair"),
        )
    )


def _key(text: str) -> Details:
    """Return how to read a table, which does not stand on the first screen."""
    return Details((Note(text),))


def _why(why: Why, iso3: str) -> Iterator[Block]:
    """Yield the terms of a nation's propensity, and its conditions."""
    days = (date_words(day) for day in (why.case.scenario.start, why.date))
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
    ease = {iso3: _ease(levers.of(iso3), by_two.get(iso3, "")) for iso3 in levers.table["iso3"].unique()}
    codes = sorted(ease, key=lambda iso3: EASE.index(ease[iso3]))
    lines = [(word(names[iso3]), word(_alone(levers.of(iso3))), word(by_two.get(iso3, ""))) for iso3 in codes]
    notes = [LEVERS.format(runs=counted(levers.number_of_runs, "run"))]
    if pairs is not None:
        notes.append(PAIRS.format(runs=counted(int(pairs.table["runs"].iloc[0]), "run")))
    by_two_words = "by two"
    headings = ("nation", "would join with, alone", by_two_words)
    table = Table(headings, tuple(lines), most=MOST_ROWS, aside=(by_two_words,))
    return Section("What would it take", (_how_many(list(ease.values())), table, _key(" ".join(notes))))


EASE = (BY_ONE, BY_BOTH, OPEN, BY_NONE, IN) = (
    "in with one lever alone",
    "in with two",
    "perhaps in with one",
    "out with any of these",
    "in as things are",
)
"""Where nations are at the end in half of the runs or more, and with what, in the order of the table."""


def _ease(rows: Any, by_two: str) -> str:
    """Return where a nation is, by the statuses of its levers and what two of them do."""
    statuses = set(rows["status"])
    if COMMITTED_ALREADY in statuses:
        return IN
    if REACHED in statuses:
        return BY_ONE
    if by_two not in {"", NOT_BY_TWO}:
        return BY_BOTH
    return OPEN if UNDECIDED in statuses else BY_NONE


def _how_many(eases: Sequence[str]) -> str:
    """Say how many nations are in or out, and with what."""
    each = (f"{eases.count(ease)} {ease}" for ease in EASE if ease in eases)
    return (
        f"Of {counted(len(eases), 'nation')}, at the end of half of the runs or more: {', '.join(each)} "
        f"{mark(ASSUMED)}."
    )


def _alone(rows: Any) -> str:
    """Return which levers alone would bring a nation in."""
    if (rows["status"] == COMMITTED_ALREADY).any():
        return f"committed already in {marked_share(rows.iloc[0])}"
    reached = [
        f"{lever(row)} {mark(row['rests_on'])}" for _, row in rows[rows["status"] == REACHED].iterrows()
    ]
    unclear = ", ".join(rows.loc[rows["status"] == UNDECIDED, "label"])
    by_one = [", or ".join(reached)] if reached else []
    return "; ".join([*by_one, *([f"open: {unclear}"] if unclear else [])]) or "not by one alone"


NOT_BY_TWO = "not by two"


def _by_two(row: Any) -> str:
    if row["status"] != REACHED:
        return "" if row["status"] == COMMITTED_ALREADY else NOT_BY_TWO
    if not row["both_needed"]:
        return "one is enough"
    both = f"{row['first']} {row['first_level']:.2f}, {row['second']} {row['second_level']:.2f}"
    return f"{both}: {marked_share(row)}"


def _pivotal(pivotal: Pivots) -> Section:
    """Return who is pivotal, and who follows whom."""
    lines = [
        (word(row["name"]), _difference(row, "size", 2), _difference(row, "troops", 0))
        for _, row in pivotal.table.iterrows()
    ]
    soldiers = "soldiers of other nations"
    headings = ("nation", "other members", soldiers)
    table = Table(headings, tuple(lines), most=MOST_PIVOTAL, aside=(soldiers,))
    key = _key(PIVOTAL_KEY.format(runs=counted(pivotal.number_of_runs, "run")))
    edges = strongest_edges(pivotal)
    note = Note(NETWORK.format(shown=min(len(edges), MOST_EDGES)))
    network = (_edges(pivotal, edges.head(MOST_EDGES)), note) if len(edges) else ()
    return Section(
        f"Who is pivotal {mark(ASSUMED)}",
        (table, Note(PIVOTAL), key, network_sentence(pivotal), Details(network)),
    )


def _edges(pivotal: Pivots, edges: Any) -> Table:
    """Return edges of the network."""
    names = dict(zip(pivotal.case.roster.iso3, pivotal.case.roster.names, strict=True))
    lines = (
        (word(names[row["leader"]]), word(names[row["follower"]]), number(row["difference"], points_of(row)))
        for _, row in edges.iterrows()
    )
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
        (who_hardens(answers), Details((table, Note(f"{key} {drawn_over(answers.rows_of_parameters)}")))),
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
    return Section(
        f"Whom to persuade {mark(ASSUMED)}",
        (*persuade_sentences(sequences), Note(GREEDY), Details((*tables, note))),
    )


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
    sentences = observed_sentences(answer)
    return Section("Who was not named", (*sentences, Details(tuple(next_sentences(answer)))))


def _share(row: Any, name: str) -> Cell:
    return number(row[name], share(row, name))


def _difference(row: Any, name: str, decimals: int) -> Cell:
    text = signed_with_interval(row[name], row[f"{name}_low"], row[f"{name}_high"], decimals)
    return number(row[name], text)
