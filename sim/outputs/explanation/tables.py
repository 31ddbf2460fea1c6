"""The tables of an explanation for the terminal."""

from math import isnan
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from sim.declarations.words import ASSUMED
from sim.experiments.explain.answers import Explanation
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
    spread,
    who_hardens,
)
from sim.outputs.whole_table import WholeTable
from sim.outputs.words import RESTS_ON, counted, mark, signed, thousands

MOST_EDGES = 15
"""Rows of the influence network that are printed."""

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


def explain_report(answer: Explanation) -> RenderableType:
    """Return the answers: what is found in sentences first, then the tables."""
    parts: list[RenderableType] = [Text(answer.case.scenario.title, style="bold")]
    for nation in answer.asked:
        parts += _nation(answer, nation)
    if answer.levers is not None and not answer.asked:
        parts += _all_levers(answer.levers, answer.pairs)
    if answer.pivotal is not None:
        parts += _pivotal(answer.pivotal)
    if answer.hardened is not None:
        parts += _hardened(answer.hardened)
    if answer.persuade is not None:
        parts += _persuade(answer.persuade)
    if answer.observed is not None:
        parts += _observed(answer)
    parts.append(_note(f"\n{RESTS_ON} {LEVELS}"))
    return Group(*parts)


def _nation(answer: Explanation, nation: int) -> list[RenderableType]:
    """Return what is found about a nation asked about."""
    roster = answer.case.roster
    iso3 = roster.iso3[nation]
    parts: list[RenderableType] = [Text(f"\n{roster.names[nation]} ({iso3})", style="bold")]
    parts += [Text(sentence) for sentence in nation_sentences(answer, nation)]
    if answer.why is not None:
        parts += _why(answer.why, iso3)
    if answer.levers is not None:
        parts += _levers(answer.levers, iso3)
    if answer.frontier is not None:
        parts += _frontier(answer.frontier, iso3)
    return parts


def _why(why: Why, iso3: str) -> list[RenderableType]:
    """Return the terms of a nation's propensity, and its conditions."""
    start = why.case.scenario.start
    table = _table("what it weighs", f"{start:%-d %b %Y}", f"{why.date:%-d %b %Y}", "change")
    rows = why.terms[why.terms["iso3"] == iso3]
    for _, row in rows[rows["value"].abs() + rows["anchor"].abs() > 0].iterrows():
        cells = [spread(row, "anchor"), spread(row, "value"), _difference(row, "change", 2)]
        table.add_row(part_words(row["term"], why.case.roster.vocabulary), *cells)
    parts: list[RenderableType] = [Text(), table, _note(WHY.format(runs=counted(why.number_of_runs, "run")))]
    conditions = why.conditions
    if not conditions.empty and (conditions["iso3"] == iso3).any():
        rows = conditions[conditions["iso3"] == iso3]
        parts += [Text(), _conditions(rows, why.case), _note(CONDITIONS)]
    return parts


def _conditions(rows: Any, case: Case) -> WholeTable:
    table = _table("stated condition", "at least", "actual", "met in", "if met")
    for _, row in rows.iterrows():
        cells = [level_spread(row, "at_least"), level_spread(row, "actual")]
        cells += [share(row, "p_met"), share(row, "p_if_met")]
        table.add_row(condition_words(row["condition"], case.roster.vocabulary), *cells)
    return table


def _levers(levers: LeverAnswers, iso3: str) -> list[RenderableType]:
    """Return what each lever alone would do for a nation."""
    table = _table("lever alone", "now", "least change", "P(committed)", "again")
    for _, row in levers.of(iso3).iterrows():
        now = "" if isnan(row["present"]) else f"{row['present']:.2f}"
        is_reached = row["status"] == REACHED
        again = share(row, "again") if is_reached else ""
        table.add_row(
            row["label"], now, _least(row), f"{'' if is_reached else 'at most '}{marked_share(row)}", again
        )
    return [Text(), table, _note(LEVERS.format(runs=counted(levers.number_of_runs, "run")))]


def _least(row: Any) -> str:
    words = {
        COMMITTED_ALREADY: "committed already",
        NOT_ALONE: "not by this alone",
        UNDECIDED: "open: P may reach 0.5",
    }
    return words.get(row["status"]) or level(row) or "enough"


def _frontier(frontier: Frontiers, iso3: str) -> list[RenderableType]:
    """Return the frontier of the best pair of levers for a nation."""
    if frontier.table.empty or not (frontier.table["iso3"] == iso3).any():
        return []
    rows = frontier.table[frontier.table["iso3"] == iso3]
    first, second = rows["first"].iloc[0], rows["second"].iloc[0]
    table = _table(first, f"least change of {second}", "P(committed)")
    for _, row in rows.iterrows():
        needed = "not enough" if isnan(row["second_level"]) else second_level(row)
        chance = "" if isnan(row["second_level"]) else marked_share(row)
        table.add_row(f"{row['first_level']:.2f}", needed, chance)
    return [Text(), table, _note(FRONTIER.format(runs=counted(frontier.number_of_runs, "run")))]


def _all_levers(levers: LeverAnswers, pairs: PairAnswers | None) -> list[RenderableType]:
    """Return what would bring in each of all nations."""
    by_two = {} if pairs is None else {row["iso3"]: _by_two(row) for _, row in pairs.table.iterrows()}
    table = WholeTable()
    for column in ("nation", "would join with, alone", "by two"):
        table.add_column(column, no_wrap=column == "nation")
    roster = levers.case.roster
    for nation in levers.nations:
        rows = levers.of(roster.iso3[nation])
        if (rows["status"] == COMMITTED_ALREADY).any():
            text = f"committed already in {marked_share(rows.iloc[0])}"
        else:
            reached = [
                f"{lever(row)} {mark(row['rests_on'])}"
                for _, row in rows[rows["status"] == REACHED].iterrows()
            ]
            reached += [f"{row['label']}: open" for _, row in rows[rows["status"] == UNDECIDED].iterrows()]
            text = ", or ".join(reached) or "not by one alone"
        table.add_row(Text(roster.names[nation]), Text(text), Text(by_two.get(roster.iso3[nation], "")))
    notes = [LEVERS.format(runs=counted(levers.number_of_runs, "run"))]
    if pairs is not None:
        notes.append(PAIRS.format(runs=counted(int(pairs.table["runs"].iloc[0]), "run")))
    return [Text("\nWhat would it take", style="bold"), table, _note(" ".join(notes))]


def _by_two(row: Any) -> str:
    if row["status"] != REACHED:
        return "" if row["status"] == COMMITTED_ALREADY else "not by two"
    if not row["both_needed"]:
        return "one is enough"
    both = f"{row['first']} {row['first_level']:.2f}, {row['second']} {row['second_level']:.2f}"
    return f"{both}: {marked_share(row)}"


def _pivotal(pivotal: Pivots) -> list[RenderableType]:
    """Return who is pivotal, and the strongest edges of the network."""
    table = _table("nation", "other members", "other nations' troops")
    for _, row in pivotal.table.iterrows():
        table.add_row(row["name"], _difference(row, "size", 2), _difference(row, "troops", 0))
    network, told = pivotal.network, mark(ASSUMED)
    edges = network[network["is_edge"]]
    strongest = edges.loc[edges["difference"].abs().sort_values(ascending=False, kind="stable").index]
    edge_table = _table("leader", "follower", "P(committed), points")
    names = dict(zip(pivotal.case.roster.iso3, pivotal.case.roster.names, strict=True))
    for _, row in strongest.head(MOST_EDGES).iterrows():
        points = [signed(row[name] * 100, 1) for name in ("difference", "low", "high")]
        edge_table.add_row(
            names[row["leader"]], names[row["follower"]], f"{points[0]} [{points[1]} to {points[2]}]"
        )
    edge_table.columns[1].justify = "left"
    key = NETWORK.format(pairs=f"{len(network):,}", edges=len(edges), shown=min(len(edges), MOST_EDGES))
    return [
        Text(f"\nWho is pivotal {told}", style="bold"),
        table,
        _note(PIVOTAL.format(runs=counted(pivotal.number_of_runs, "run"))),
        Text(f"\nWho follows whom {told}", style="bold"),
        *([edge_table] if len(edges) else []),
        _note(key),
    ]


def _hardened(found: Hardened) -> list[RenderableType]:
    """Return which way nations answer pressure, in each world."""
    rows = found.table
    worlds = list(dict.fromkeys(rows["world"]))
    slope, land = (mark(rows[name].iloc[0]) for name in ("rests_on", "land_rests_on"))
    columns = (f"slope {slope}", f"cowed {slope}", f"on land {land}")
    table = _table("nation", *(f"{what}\n{world}" for world in worlds for what in columns))
    first = rows[rows["world"] == worlds[0]].sort_values("slope", ascending=False, kind="stable")
    for iso3 in first["iso3"]:
        own = [rows[(rows["iso3"] == iso3) & (rows["world"] == world)].iloc[0] for world in worlds]
        cells = [
            cell
            for row in own
            for cell in (spread(row, "slope"), share(row, "p_cowed"), share(row, "p_land_cowed"))
        ]
        table.add_row(own[0]["name"], *cells)
    rises = rows[["pressure_from", "pressure_to"]].drop_duplicates().to_numpy()
    told = " or ".join(f"from {low:g} to {high:g}" for low, high in rises)
    key = HARDENED.format(runs=counted(found.number_of_runs, "run"), rises=told)
    return [
        Text("\nHardened or cowed", style="bold"),
        Text(who_hardens(found)),
        table,
        _note(f"{key} {drawn_over(found.rows_of_parameters)}"),
    ]


def _persuade(found: Sequences) -> list[RenderableType]:
    """Return whom to persuade under each stance of the patron."""
    required = thousands(found.case.scenario.force_required)
    parts: list[RenderableType] = [Text(f"\nWhom to persuade {mark(ASSUMED)}", style="bold")]
    parts += [Text(sentence) for sentence in persuade_sentences(found)]
    table = _table("nation", "cost", "conditions not met", "adds soldiers", "force", f"P(>= {required})")
    for stance, rows in found.table.groupby("stance", sort=False):
        table.add_row(Text(str(stance), style="italic"))
        for _, row in rows.iterrows():
            is_first = row["step"] == 0
            added = ["", "", ""] if is_first else [cost(row), share(row, "p_demands"), gain(row)]
            force = (
                f"{thousands(row['force'])} [{thousands(row['force_low'])}-{thousands(row['force_high'])}]"
            )
            name = "  (nobody)" if is_first else f"{row['step']:2}. {row['name']}"
            table.add_row(name, *added, force, share(row, "p_enough"))
    return [*parts, Text(), table, _note(PERSUADE.format(runs=counted(found.number_of_runs, "run")))]


def _observed(answer: Explanation) -> list[RenderableType]:
    """Return who was not named, in the runs that fit what was reported."""
    sentences = [Text(sentence) for sentence in observed_sentences(answer)]
    return [Text("\nWho was not named", style="bold"), *sentences, _note("Intervals: 95 %.")]


def _difference(row: Any, name: str, decimals: int) -> str:
    value, low, high = (signed(row[column], decimals) for column in (name, f"{name}_low", f"{name}_high"))
    return f"{value} [{low} to {high}]"


def _table(*columns: str) -> WholeTable:
    table = WholeTable()
    for place, column in enumerate(columns):
        table.add_column(column, justify="right" if place else "left", no_wrap=True)
    return table


def _note(text: str) -> Text:
    return Text(text, style="dim")
