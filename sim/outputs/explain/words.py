"""The answers of `explain` in plain sentences."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from sim.declarations.levels import LEVELS
from sim.declarations.terms import TERMS
from sim.declarations.words import POSITIONS
from sim.experiments.explain.answers import Explanation
from sim.experiments.explain.closure import LEVER, NO_LEVER, ONLY_POSITION, PAIR, Closure
from sim.experiments.explain.frontier import Frontiers
from sim.experiments.explain.hardened import COWED, EITHER, HARDENED, Hardened
from sim.experiments.explain.levers import COMMITTED_ALREADY, REACHED, UNDECIDED, LeverAnswers
from sim.experiments.explain.persuade import ENOUGH, Sequences
from sim.experiments.explain.pivotal import Pivots
from sim.experiments.explain.result import AboutExplanation, Answers
from sim.experiments.explain.why import Why
from sim.experiments.results import reason
from sim.inputs.roster_file import Vocabulary
from sim.outputs.words import (
    counted,
    date_words,
    mark,
    percent_with_interval,
    reason_words,
    signed_with_interval,
    thousands,
)
from sim.system.libraries import pd

PARTS = {
    "predisposition": "predisposition",
    **{name: term.words for name, term in TERMS.items()},
    "propensity": "propensity",
    "threshold": "threshold",
    "gap": "short of the threshold",
}
"""What a propensity is made of, as readers know it, the actors' names left open."""

VERDICTS = {
    HARDENED: "hardens it",
    COWED: "cows it",
    EITHER: "may move it either way",
}

REFUSAL = "its own refusal"
"""What holds a nation back that has said no."""

MOST_NAMED = 5
"""Nations named in a sentence."""

MOST_EDGES_NAMED = 2
"""Pairs of which one follows the other that are named in a sentence."""

MOST_CHANGES = 4
"""Levers, and pairs of them, that are shown of what closes a gap."""


def part_words(part: str, vocabulary: Vocabulary) -> str:
    """Return what a part of a propensity is called."""
    return vocabulary.in_words(PARTS[part])


def condition_words(condition: str, vocabulary: Vocabulary) -> str:
    """Return what a stated condition is about."""
    return vocabulary.in_words(LEVELS[condition].words)


def share(row: Any, name: str = "p") -> str:
    """Return a share of the runs with its interval: ``49 % [46-52]``."""
    return percent_with_interval(row[name], row[f"{name}_low"], row[f"{name}_high"])


def level(row: Any) -> str:
    """Return the least level of a lever with its interval: ``>= 0.44 [0.43-0.45]``, or its setting."""
    if math.isnan(row["value"]):
        return ""
    sign = ">=" if row["value"] > row["present"] else "<="
    return f"{sign} {row['value']:.2f} {level_interval(row['value_low'], row['value_high'])}"


def level_interval(low: float, high: float) -> str:
    """Return the interval of a level; a bound beyond the lever's range is left open."""
    if math.isnan(high):
        return f"[from {low:.2f}]"
    return f"[to {high:.2f}]" if math.isnan(low) else f"[{low:.2f}-{high:.2f}]"


def lever(row: Any) -> str:
    """Return a lever with what is needed of it: ``clarity >= 0.44 [0.43-0.45]``, ``Germany joins``."""
    return f"{row['label']} {level(row)}".strip()


def marked_share(row: Any, name: str = "p") -> str:
    """Return a share of the runs with its interval and what it rests on."""
    return f"{share(row, name)} {mark(row['rests_on'])}"


def nation_sentences(answer: Explanation, nation: int) -> Iterator[str]:
    """Return what is found about a nation, a sentence at a time."""
    iso3 = answer.case.roster.iso3[nation]
    if answer.why is not None:
        yield _committed(answer.why, nation)
    if answer.closure is not None:
        yield from closure_sentences(answer.closure, nation)
    if answer.levers is not None:
        yield _what_it_takes(answer.levers, iso3)
    if answer.frontier is not None:
        yield from _pair(answer.frontier, iso3)
    if answer.hardened is not None:
        yield _hardened(answer.hardened, iso3)


def _committed(why: Why, nation: int) -> str:
    """Say how often a nation is committed, and what holds it back."""
    row: Any = why.summary.iloc[why.nations.index(nation)]
    reasons = why.reasons[why.reasons["iso3"] == row["iso3"]]
    vocabulary = why.case.roster.vocabulary
    held = "; ".join(
        f"{reason_words(reason['reason'], vocabulary)} ({share(reason)})" for _, reason in reasons.iterrows()
    )
    return (
        f"{row['name']}: committed on {date_words(why.date)} in {marked_share(row, 'p_committed')} of "
        f"{counted(why.number_of_runs, 'run')}{f'; held back by: {held}' if held else ''}."
    )


def distance_sentences(why: Why, nation: int) -> Iterator[str]:
    """Say how far a nation's propensity is from its threshold, and what keeps it below."""
    row: Any = why.summary.iloc[why.nations.index(nation)]
    vocabulary = why.case.roster.vocabulary
    terms = why.terms[why.terms["iso3"] == row["iso3"]].set_index("term")
    yield (
        f"Its propensity is on average {distance(terms.loc['gap'])} its threshold (log-odds); in "
        f"{marked_share(row, 'p_willing')} of the runs it is above."
    )
    against = terms.loc[list(TERMS)].sort_values("p_without", ascending=False, kind="stable").iloc[0]
    if against["p_without"] > row["p_willing"]:
        words = part_words(str(against.name), vocabulary)
        above = share(against, "p_without")
        yield f"What keeps it below most often is {words}: without, it is above in {above}."


def distance(gap: Any) -> str:
    """Return how far a propensity lies from its threshold: ``0.72 [0.71 to 0.74] short of``."""
    if gap["value"] > 0:
        return f"{gap['value']:.2f} [{gap['value_low']:.2f} to {gap['value_high']:.2f}] short of"
    return f"{-gap['value']:.2f} [{-gap['value_high']:.2f} to {-gap['value_low']:.2f}] above"


def spread(row: Any, name: str) -> str:
    """Return a mean in log-odds with the range of 90 % of the runs."""
    return signed_with_interval(row[name], row[f"{name}_q05"], row[f"{name}_q95"], 2)


def level_spread(row: Any, name: str) -> str:
    """Return the mean of a level with the range of 90 % of the runs."""
    return f"{row[name]:.2f} [{row[f'{name}_q05']:.2f}-{row[f'{name}_q95']:.2f}]"


def closure_sentences(closure: Closure, nation: int) -> Iterator[str]:
    """Say in how many of the runs in which a nation is out something would bring it in."""
    roster, timeline = closure.case.roster, closure.case.timeline
    rows = closure.of(roster.iso3[nation])
    if rows.empty:
        yield f"{roster.names[nation]} is in at the end of all runs: there is no gap to close."
        return
    best: dict[str, Any] = {row["kind"]: row for _, row in rows.iloc[::-1].iterrows()}
    none, only = best[NO_LEVER], best[ONLY_POSITION]
    has_refused = POSITIONS[timeline.position[0, nation]] == "opposed"
    position = reason("predisposition", bool(timeline.has_statement[nation]))
    own = REFUSAL if has_refused else reason_words(position, roster.vocabulary)
    runs = f"{none['out']:,} of {counted(none['runs'], 'run')}"
    yield (
        f"Of the {runs} in which {roster.names[nation]} is out at the end, in {marked_share(none)} "
        "no lever or pair of levers brings it in."
    )
    if only["p"] > 0.0:
        yield f"In {marked_share(only)} what holds it back is {own}: only another position would bring it in."
    most_often = [
        f"{row['change']} in {marked_share(row)}"
        for kind in (LEVER, PAIR)
        if (row := best.get(kind)) is not None and row["p"] > 0.0
    ]
    if most_often:
        yield f"What brings it in most often: {'; of pairs of which neither is enough, '.join(most_often)}."


def shown_changes(rows: "pd.DataFrame") -> "pd.DataFrame":
    """Return what is shown of what closes the gap of a nation: the most frequent changes of each kind."""
    return rows.groupby("kind", sort=False).head(MOST_CHANGES)


def _what_it_takes(levers: LeverAnswers, iso3: str) -> str:
    """Say which lever alone would bring a nation in."""
    rows = levers.of(iso3)
    if (rows["status"] == COMMITTED_ALREADY).any():
        rests_on = mark(rows["rests_on"].iloc[0])
        return f"It is committed at the end as things are, in half of the runs or more {rests_on}."
    reached = [
        f"{lever(row)} {mark(row['rests_on'])}" for _, row in rows[rows["status"] == REACHED].iterrows()
    ]
    unclear = [row["label"] for _, row in rows[rows["status"] == UNDECIDED].iterrows()]
    text = (
        f"It would join with {', or '.join(reached)}"
        if reached
        else "No lever alone brings it in in half of the runs"
    )
    left_open = f"; the runs leave open {', '.join(unclear)}" if unclear else ""
    return f"{text}{left_open}."


def _pair(frontier: Frontiers, iso3: str) -> Iterator[str]:
    """Say which two levers would bring a nation in with the least effort."""
    row: Any = frontier.cheapest(iso3)
    if row is None:
        status = frontier.pairs.table.set_index("iso3")["status"].loc[iso3]
        if status != COMMITTED_ALREADY:
            yield "No two of the levers that all nations share bring it in in half of the runs."
        return
    yield f"With two levers it would join with {pair(row)}, P(committed) {marked_share(row)}."


def pair(row: Any) -> str:
    """Return a point of a frontier: ``US involvement 0.60 and clarity >= 0.35 [0.34-0.36]``."""
    return f"{row['first']} {row['first_level']:.2f} and {row['second']} {second_level(row)}"


def second_level(row: Any) -> str:
    """Return the least change of the second lever at a point of a frontier, with its interval."""
    at = f"{row['second_level']:.2f}"
    if row["second_level"] == row["second_present"]:
        return f"{at} as it is"
    sign = ">=" if row["second_level"] > row["second_present"] else "<="
    return f"{sign} {at} {level_interval(row['second_level_low'], row['second_level_high'])}"


def _hardened(answers: Hardened, iso3: str) -> str:
    """Say which way a nation answers pressure, in each world."""
    rows = answers.table[answers.table["iso3"] == iso3]
    own = {row["world"]: row for _, row in rows.iterrows()}
    parts = (
        f"{VERDICTS[row['verdict']]} ({world}: cowed in {marked_share(row, 'p_cowed')}; its willingness to "
        f"send soldiers on land in {share(row, 'p_land_cowed')} {mark(row['land_rests_on'])})"
        for world, row in own.items()
    )
    return f"Pressure {'; '.join(parts)}."


def who_hardens(answers: Hardened) -> str:
    """Say whether it is the nations near the adversary that harden, in the first world."""
    row = answers.table.iloc[0]
    adversary = answers.case.roster.vocabulary.actors.adversary.name
    return (
        f"The nearer to {adversary}, the more pressure hardens: in {marked_share(row, 'p_nearer')} of the "
        "runs; in the others the nearer are cowed more, or hardened less."
    )


def drawn_over(rows: int) -> str:
    """Say what the probabilities of signs are over."""
    over = "Probabilities are over draws of what past coalitions teach"
    if rows == 1:
        return f"{over}; the parameters are a point."
    return f"{over}, and {counted(rows, 'row')} of parameters."


def observed_sentences(result: Answers) -> Iterator[str]:
    """Return what the runs that fit a report say about who was not named."""
    report, runs = result.about.report, counted(result.about.runs_of_answers["observed"], "run")
    of_totals, unnamed = (result.table(f"observed-{name}") for name in ("totals", "unnamed"))
    named, (least, most) = len(report.named), report.total
    matched = int(of_totals["matched"].sum()) if len(of_totals) else 0
    totals: list[Any] = list(of_totals.itertuples())
    yield (
        f"Reported on {date_words(report.date)}: {counted(named, 'member')} by name, "
        f"{least} to {most} in all. "
        f"{matched:,} of {runs} fit on that day: "
        + ", ".join(f"{row.matched:,} with {counted(row.total, 'member')}" for row in totals)
        + "."
    )
    if matched == 0:
        yield "No run fits, so the runs do not say who was not named."
    elif not unnamed["p"].max() > 0.0:
        at_start = (
            " It starts from what governments have said by then." if result.about.round_of_report == 0 else ""
        )
        yield (
            "In all of these the members are the named ones: on that day the model knows of no other."
            + at_start
        )
    else:
        yield f"Who was not named, in these: {_likeliest(unnamed)}."


def next_sentences(result: Answers) -> Iterator[str]:
    """Return who is likeliest to be the first, from the day of a report on, that was not named."""
    first, runs = result.table("observed-next"), counted(result.about.runs_of_answers["observed"], "run")
    if not first.empty:
        times = f"{int(first['matched'].iloc[0]):,}"
        yield (
            f"The first time, from that day on, that an unnamed one is among them (in {times} of "
            f"{runs}, within the total reported), "
            f"it is {_likeliest(first)}."
        )


def _likeliest(table: Any) -> str:
    rows = table[table["p"] > 0.0].head(MOST_NAMED)
    return ", ".join(f"{row['name']} {marked_share(row)}" for _, row in rows.iterrows())


def strongest_edges(pivotal: Pivots) -> "pd.DataFrame":
    """Return who follows whom beyond chance, the strongest first."""
    edges = pivotal.network[pivotal.network["is_edge"]]
    return edges.loc[edges["difference"].abs().sort_values(ascending=False, kind="stable").index]


def points_of(row: Any) -> str:
    """Return what a leader changes for a follower, in percentage points with the interval."""
    points, low, high = (row[name] * 100 for name in ("difference", "low", "high"))
    return signed_with_interval(points, low, high, 1)


def network_sentence(pivotal: Pivots) -> str:
    """Say in how many pairs one follows the other beyond chance, and which follow most."""
    roster, edges = pivotal.case.roster, strongest_edges(pivotal)
    names = dict(zip(roster.iso3, roster.names, strict=True))
    pairs = f"Of {len(pivotal.network):,} pairs of nations, taken together (Bonferroni),"
    if edges.empty:
        return f"{pairs} in none does one follow the other beyond chance."
    strongest = ", ".join(
        f"{names[row['follower']]} follows {names[row['leader']]} by {points_of(row)}"
        for _, row in edges.head(MOST_EDGES_NAMED).iterrows()
    )
    return (
        f"{pairs} one follows the other beyond chance in {len(edges)}. In percentage points of "
        f"P(committed): {strongest}."
    )


def persuade_sentences(sequences: Sequences) -> Iterator[str]:
    """Return whom to persuade under each stance of the patron."""
    required = thousands(sequences.case.scenario.force_required)
    for stance, rows in sequences.table.groupby("stance", sort=False):
        order, last = rows["name"].iloc[1:].tolist(), rows.iloc[-1]
        enough = marked_share(last, "p_enough")
        if not order and last["p_enough"] >= ENOUGH:
            yield f"{stance}: nobody, the coalition has {required} soldiers in {enough}."
            continue
        names = _first_of(order) if order else "nobody who could be adds any"
        ends = "then" if last["p_enough"] >= ENOUGH else "that is not enough:"
        yield f"{stance}: {names}; {ends} P(pledged >= {required}) is {enough}."


def _first_of(names: Sequence[str]) -> str:
    """Return the first names of a list, and how many more there are."""
    left = len(names) - MOST_NAMED
    return ", ".join([*names[:MOST_NAMED], *([f"and {left} more"] if left > 0 else [])])


def cost(row: Any) -> str:
    """Return the cost of persuading a nation, with its interval."""
    return f"{row['cost']:.2f} [{row['cost_low']:.2f}-{row['cost_high']:.2f}]"


def gain(row: Any) -> str:
    """Return the soldiers that a step adds, with the interval."""
    return signed_with_interval(row["gain"], row["gain_low"], row["gain_high"])


def source(about: AboutExplanation, section: str) -> str:
    """Return how many runs of what an answer rests on."""
    return (
        f"{counted(about.runs_of_answers[section], 'run')}, seed {about.seed}, scenario {about.name}, "
        f"{counted(about.rounds, 'round')}. Data: {about.roster}."
    )
