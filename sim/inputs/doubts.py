"""What is allowed in a scenario but likely a slip: a warning in one line, once, and then done as it says."""

import logging
from functools import cache

from sim.inputs.columns import suspects
from sim.inputs.errors import InputError
from sim.inputs.roster import Roster, read_source
from sim.inputs.roster_file import ROSTER_FILE
from sim.inputs.scenario import Scenario


def tell_doubts(scenario: Scenario, roster: Roster) -> None:
    """Warn where positions are recorded but none by the start, and of events after the last round."""
    _tell_early_start(scenario, roster)
    _tell_late_events(scenario)


def tell_imputed(roster: Roster) -> None:
    """Warn of nations of which past coalitions ask more than is known."""
    for iso3, columns in roster.as_candidates.imputed.items():
        problem = f"of {iso3} is not known: {', '.join(columns)}; counts as the mean of past candidates"
        _warn(str(InputError(problem, file=roster.folder / ROSTER_FILE, key="candidates.imputed")))


def tell_closed_kinds(roster: Roster) -> None:
    """Warn of statements that name a kind of contribution that the nation cannot give."""
    closed = dict(zip(roster.iso3, roster.closed_kinds, strict=True))
    for statement in roster.positions:
        for kind in statement.kinds:
            if kind in closed[statement.iso3]:
                _warn(
                    str(statement.row.error("kinds", f"{statement.iso3} names {kind}, which is closed to it"))
                )


def tell_suspects(roster: Roster) -> None:
    """Warn of numbers that may be codes for what is missing, in columns of which nothing is declared."""
    source = read_source(roster.folder)
    declared = source.declaration.columns
    of_nations = {column for _, column in source.declaration.nation_columns()}
    of_nations -= {source.declaration.ratification_rounds.column, *declared}
    of_candidates = {*roster.candidates[0].covariates} - {*declared}
    for table, columns in ((source.nations, of_nations), (source.candidates, of_candidates)):
        for suspect in suspects(table, columns):
            number = suspect.row.text(suspect.column)
            problem = (
                f"{number} stands apart from the other numbers: a code for what is missing? Leave the cell "
                f"empty, or say so in {ROSTER_FILE}: columns.{suspect.column}.missing = [{number}]"
            )
            _warn(str(suspect.row.error(suspect.column, problem)))


def _tell_early_start(scenario: Scenario, roster: Roster) -> None:
    """Warn that nations are taken as unknown because the scenario starts before anything was recorded."""
    waves = [statement.wave for statement in roster.positions]
    if waves and scenario.start < min(waves) and _positions_given(scenario) < {*roster.iso3}:
        problem = f'no position is recorded by then, the first are of {min(waves)}; nations are "unknown"'
        _warn(str(scenario.place(("start",)).error(problem)))


def _positions_given(scenario: Scenario) -> set[str]:
    return {iso3 for iso3, nation in scenario.nations.items() if nation.position is not None}


def _tell_late_events(scenario: Scenario) -> None:
    """Warn of events that change nothing, unless an option has moved the end."""
    if any(scenario.place((key,)).option for key in ("start", "rounds", "days_per_round")):
        return
    late = [item for item in scenario.all_events() if item.round > scenario.rounds]
    if late:
        last = scenario.calendar.date_of(scenario.rounds)
        others = f" (nor do {len(late) - 1} after it)" if len(late) > 1 else ""
        problem = f"is after the last round, {last}, so it changes nothing{others}: is the date right?"
        _warn(str(late[0].place.error(problem)))


@cache
def _warn(problem: str) -> None:
    """Say it once a process, however often the scenario is read."""
    logging.getLogger("sim").warning(problem)
