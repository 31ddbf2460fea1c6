"""What the runs of a scenario say: the coalition, then nation by nation."""

from collections.abc import Iterator
from typing import Any

from sim.declarations.words import ASSUMED
from sim.experiments.rests_on import FORCE_MET, verdicts
from sim.experiments.results import RunTables
from sim.inputs.roster_file import Vocabulary
from sim.model.rules import IN_THE_FIELD
from sim.outputs.course import UNTOLD, WORTH_NAMING, ever_enough, peak, who_left
from sim.outputs.headline import by_likelihood, headline
from sim.outputs.levels_over_time import flat_figures
from sim.outputs.words import (
    OUTSIDE,
    RESTS_ON,
    counted,
    date_words,
    enough,
    kinds_in_words,
    mark,
    parameter_block,
    percent,
    percent_with_interval,
    reason_words,
    signed,
    thousands,
    without_addresses,
)
from sim.results.about import AboutCase
from sim.results.document import (
    Cell,
    Details,
    Document,
    Fact,
    Facts,
    Note,
    Table,
    nothing,
    number,
    points,
    word,
)
from sim.system.libraries import pd

INTERVALS = (
    "[ ] is the 95 % interval of an estimate from so many runs; for numbers of nations and for soldiers, the "
    f"range of 90 % of the runs. {RESTS_ON}"
)
LEGEND = (
    "P(land): declares soldiers on land; P(any): contributes any military means. "
    "Joined: median date of declaring soldiers, among the runs in which the nation did, where these are a "
    "tenth or more. Soldiers if in: mean of what it pledges in the runs in which it is in. Held back by: "
    "what alone would let it in if it were gone, demands first; else its own position; share of the runs "
    "in which the nation is out. Range of a kind: all nations at the low, or the high, end of what is known "
    "of them. In the field at a time, once a ceasefire holds: "
    f"{percent(IN_THE_FIELD)} of what is pledged and firm, for as many prepare and as many recover; a rule "
    "of thumb. What a number of another day than the last rests on is not analysed: the worst is named."
)
MOST_ROWS = 9
"""Nations that stand on the first screen."""

ASIDE = ("position", "P(any)", "soldiers if in")
"""What of a nation does not stand there."""


def run_report(result: RunTables) -> Document:
    """Return what the runs of a scenario say: the coalition first, then nation by nation."""
    about = result.about
    return Document(
        about.title,
        (
            *headline(result),
            Facts(tuple(_coalition(result))),
            Details(tuple(_by_kind(result))),
            *((events_table(result),) if len(result.events) else ()),
            nations_table(result),
            Note(f"{counted(about.runs, 'run')}, seed {about.seed}. {INTERVALS}{_beyond(result)}"),
            parameter_block(about.draws),
            Details((Note(f"{LEGEND}{_not_drawn(result)}"),)),
        ),
    )


def _not_drawn(result: RunTables) -> str:
    """Return which figures are left out, and what flat lines they would show."""
    flat = [f"{name} ({levels})" for name, levels in flat_figures(result).items()]
    return f" Not drawn, for nothing moves: {', '.join(flat)}." if flat else ""


def events_table(result: RunTables) -> Table:
    """Return a row an event that happens in some runs only: in which share of them, and when."""
    head = ("event in some runs", "when", "P(happens)", "date, median (quartiles)")
    rows: Any = result.events.itertuples()
    return Table(head, tuple(map(_event, rows)))


def _event(row: Any) -> tuple[Cell, ...]:
    chance = f"P = {row.probability:g}" if row.probability < 1.0 else ""
    when = ", ".join(part for part in (row.when, chance) if part)
    share = number(row.p, percent_with_interval(row.p, row.p_low, row.p_high))
    if not row.p:
        return word(row.title), word(when), share, nothing("-")
    low, middle, high = (date_words(date) for date in (row.happened_q25, row.happened, row.happened_q75))
    dates = middle if low == high else f"{middle} ({low} to {high})"
    return word(row.title), word(when), share, Cell(dates, row.happened.date().isoformat())


def _beyond(result: RunTables) -> str:
    """Return what lies beyond all past coalitions."""
    beyond = result.about.past_coalitions["extrapolated"]
    return f" Extrapolated: {'; '.join(beyond)}." if beyond else ""


def _coalition(result: RunTables) -> Iterator[Fact]:
    """Yield size, force and whether it is enough, at the end and on the day on which they were largest."""
    end, rests_on = result.rounds.iloc[-1], verdicts(result.rests_on)
    yield Fact("at the end", f"{date_words(end.date)}, after {counted(result.about.rounds, 'round')}")
    for name, label in LABELS.items():
        yield Fact(label, _range(end, name), mark(rests_on[name]))
        top = peak(result.rounds, name)
        if top is not None:
            yield Fact(f"  most, on {date_words(top.date)}", _range(top, name), UNTOLD)
    required = thousands(result.about.force_required)
    met = enough(result.about, end.p_force_met, end.p_force_met_low, end.p_force_met_high)
    yield Fact(f"P(pledged >= {required})", met, mark(rests_on[FORCE_MET]))
    yield Fact("... at any time", ever_enough(result), UNTOLD)
    source = without_addresses(result.about.force_required_source) or "no source is named"
    yield Fact(f"why {required}", source)
    yield from _out_of_reach(result.about, required)
    if left := who_left(result):
        names = ", ".join(f"{name} {percent(share)}" for name, share in left)
        yield Fact("were in, and out at the end", names, UNTOLD)


def _out_of_reach(about: AboutCase, required: str) -> Iterator[Fact]:
    """Say that what is required cannot be kept in the field, if that is so by all that is coded."""
    if about.most_fielded is not None and about.most_fielded < about.force_required:
        most = f"all nations together keep {thousands(about.most_fielded)} there at most"
        yield Fact(f"{required} in the field", f"{OUTSIDE}: {most}", mark(ASSUMED))


def _by_kind(result: RunTables) -> Iterator[Facts]:
    if by_kind := kinds_in_words(result.kinds):
        yield Facts((Fact("contribute, by kind", by_kind, mark(ASSUMED)),))


LABELS = {
    "size": "declare soldiers on land",
    "contributors": "contribute any military means",
    "force": "soldiers pledged on land",
    "fielded": "of them in the field at a time",
}
SOLDIERS = ("force", "fielded")

NUMBER_WORDS = {
    "size": "nations that declare soldiers on land",
    "contributors": "nations that contribute any military means",
    "force": "soldiers pledged",
    "fielded": "soldiers in the field at a time",
}


def _range(row: Any, name: str) -> str:
    """Return the mean of a number over the runs, with the range of 90 % of them."""
    mean, low, high = (row[f"{name}_{column}"] for column in ("mean", "q05", "q95"))
    if name in SOLDIERS:
        return f"{thousands(mean)} [{thousands(low)}-{thousands(high)}]"
    return f"{mean:.1f} [{low:.0f}-{high:.0f}] nations"


def added_report(added: "pd.DataFrame") -> Document:
    """Return what assumed mechanisms add, a line a mechanism and number."""
    rows: list[Any] = list(added.itertuples())
    lines = [
        f"of which {row.mechanism}: {signed(row.mean, 1)} [{signed(row.q05)} to {signed(row.q95)}] "
        f"{NUMBER_WORDS[row.number]} {mark(ASSUMED)}"
        for row in rows
    ]
    note = Note("The same runs with and without it; [ ]: 90 % of the runs.")
    return Document("What assumed mechanisms add", (points(lines), note))


def nations_table(result: RunTables) -> Table:
    """Return a row a nation, the surest members first."""
    headings = (
        "nation",
        "position",
        "P(land)",
        "P(any)",
        "joined",
        "soldiers if in",
        "P(land) rests on",
        "held back by",
    )
    rests_on, rows = verdicts(result.rests_on), by_likelihood(result).itertuples()
    lines = tuple(_nation(row, result, rests_on[str(row.Index)]) for row in rows)
    return Table(headings, lines, most=MOST_ROWS, aside=ASIDE)


def _nation(row: Any, result: RunTables, rests_on: str) -> tuple[Cell, ...]:
    return (
        word(str(row.name)),
        word(row.position),
        _share(row, "p_committed"),
        _share(row, "p_contributes"),
        _joined(row, result),
        _troops(row),
        word(rests_on),
        word(_reasons(row.held_back_by, result.about.vocabulary)),
    )


def _share(row: Any, name: str) -> Cell:
    share, low, high = (getattr(row, f"{name}{end}") for end in ("", "_low", "_high"))
    return number(share, percent_with_interval(share, low, high))


def _joined(row: Any, result: RunTables) -> Cell:
    """Return when a nation joined, unless it hardly ever did."""
    if row.p_ever_joined < WORTH_NAMING:
        return nothing("-")
    day = row.joined.date()
    return Cell("at the start" if day == result.about.start else date_words(day), day.isoformat())


def _troops(row: Any) -> Cell:
    """Return what a nation pledges where it is in, with the interval; nothing where it never is."""
    if not row.troops_mean:
        return nothing("-")
    low, high = thousands(row.troops_if_in_low), thousands(row.troops_if_in_high)
    return number(row.troops_if_in, f"{thousands(row.troops_if_in)} [{low}-{high}]")


def _reasons(held_back_by: Any, vocabulary: Vocabulary) -> str:
    return "; ".join(f"{reason_words(name, vocabulary)} ({percent(share)})" for name, share in held_back_by)


def scenarios_report(rows: list[tuple[str, str, str]]) -> Document:
    """Return the bundled scenarios: name, title, description."""
    table = Table(("name", "title", "description"), tuple(tuple(map(word, row)) for row in rows))
    return Document("Bundled scenarios", (table,))
