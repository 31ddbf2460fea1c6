"""Tables of the bundled roster: nations, candidates, positions, conditions, sources."""

import datetime as dt
from collections import Counter
from functools import cache

import numpy as np
from pieces import code, number, safe, table, together

from sim.declarations.levels import CONDITIONS
from sim.declarations.words import POSITIONS, PURPOSES
from sim.inputs.bundled import find_roster
from sim.inputs.csv_file import read_csv
from sim.inputs.roster import Roster, load_roster
from sim.inputs.statements import UNKNOWN, StatedCondition

ROSTER = find_roster("europe-2025")


def candidates() -> str:
    """Return what past coalitions ask of each nation; (mean): it counts as that of past candidates."""
    roster = _roster()
    columns = tuple(roster.candidates[0].covariates)
    rows = [
        (
            code(each.iso3),
            *("(mean)" if np.isnan(value) else number(value) for value in each.covariates.values()),
        )
        for each in roster.candidates
    ]
    return table(("nation", *map(code, columns)), rows)


def nations() -> str:
    """Return what else a nation is: soldiers, approval at home, preferred mandate, first position."""
    roster = _roster()
    stated = roster.positions_on(_waves()[0])
    rows = []
    for index, (iso3, name) in enumerate(zip(roster.iso3, roster.names, strict=True)):
        wants = roster.preferred_mandate[index].tolist()
        rows.append(
            (
                f"{code(iso3)} {together(name)}{' (lead)' if index in roster.leads else ''}",
                f"{roster.deployable[index]:,.0f}",
                int(roster.ratification_rounds[index]),
                *(f"{share:.2f}" for share in wants),
                stated[index],
            )
        )
    header = ("nation", "can send", "rounds of approval", *PURPOSES, f"position on {_day(_waves()[0])}")
    return table(header, rows)


def positions() -> str:
    """Return how many nations were recorded in each position, wave by wave."""
    recorded = [
        Counter(said.position for said in _roster().positions if said.wave == wave) for wave in _waves()
    ]
    rows: list[tuple[object, ...]] = [
        (code(position), *(found[position] for found in recorded))
        for position in POSITIONS
        if position != UNKNOWN
    ]
    nothing = [_count() - found.total() + found[UNKNOWN] for found in recorded]
    return table(("position", *map(_day, _waves())), [*rows, ("nothing found", *nothing)])


def contributions() -> str:
    """Return how many nations named or refused a military part in the mission, and which kinds, by wave."""
    waves = [[said for said in _roster().positions if said.wave == wave] for wave in _waves()]
    rows: list[tuple[object, ...]] = [
        (words, *(sum(said.contributes is coded for said in stated) for stated in waves))
        for words, coded in (("names a part", True), ("refuses any", False), ("neither", None))
    ]
    rows += [
        (code(kind), *(sum(kind in said.kinds for said in stated) for stated in waves))
        for kind in _roster().kinds
    ]
    return table(("part in the mission", *map(_day, _waves())), rows)


def sourced() -> str:
    """Return how many nations have a position with a source in two waves, wave by wave."""
    found = {wave: set(_roster().sourced_positions(wave)) for wave in _waves()}
    rows = [
        (_day(wave), *(len(found[wave] & found[other]) if wave <= other else "" for other in _waves()))
        for wave in _waves()
    ]
    return table(("with a source on", *(f"and on {_day(wave)}" for wave in _waves())), rows)


def second_reading() -> str:
    """Return the statements of the second reading, nation by nation."""
    rows = [
        (
            code(said.iso3),
            _day(said.day),
            said.position,
            safe(said.row.text("statement_in_own_words")),
            safe(said.row.text("source")),
            said.row.text("quality"),
            said.row.text("status"),
        )
        for said in sorted(_roster().readings, key=lambda said: (said.iso3, said.day))
    ]
    return table(("nation", "day", "position", "what was said", "source", "quality", "status"), rows)


def later_events() -> str:
    """Return the dated events of the second reading."""
    rows = [
        (
            together(event.day),
            safe(event.kind),
            safe(event.event),
            safe(event.row.text("source")),
            event.status,
        )
        for event in _roster().later_events
    ]
    return table(("day or month", "kind", "event", "source", "status"), rows)


def conditions() -> str:
    """Return the thresholds of stated conditions."""
    stated = sorted(
        _roster().conditions, key=lambda said: (said.known_from, said.iso3, CONDITIONS.index(said.variable))
    )
    rows = [
        (
            code(said.iso3),
            code(said.variable),
            _threshold(said),
            _day(said.known_from),
            safe(said.row.text("status")),
            safe(said.row.text("statement")),
        )
        for said in stated
    ]
    return table(("nation", "level", "at least", "known from", "status", "what was said"), rows)


def sources() -> str:
    """Return where every column comes from; columns with all the same share a row."""
    facts = ("source", "year", "licence", "status", "note")
    columns: dict[tuple[str, ...], list[str]] = {}
    for row in read_csv(ROSTER / "sources.csv").rows:
        columns.setdefault(tuple(map(row.text, facts)), []).append(row.text("column"))
    rows = [
        (", ".join(map(code, alike)), "; ".join(safe(fact) for fact in about if fact))
        for about, alike in columns.items()
    ]
    return table(("columns", "; ".join(facts)), rows)


def _threshold(said: StatedCondition) -> str:
    uncertain = f" ± {number(said.half_width)}" if said.half_width else ""
    return together(f"{number(said.at_least)}{uncertain}")


def _day(date: dt.date) -> str:
    return together(f"{date.day} {date:%b %Y}")


def _count() -> int:
    return len(_roster().iso3)


@cache
def _waves() -> tuple[dt.date, ...]:
    return tuple(sorted({said.wave for said in _roster().positions}))


@cache
def _roster() -> Roster:
    return load_roster(ROSTER)
