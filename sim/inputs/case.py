"""A case: a scenario with the roster and the parameters that it is run with."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sim.declarations.kinds import ADVERSARY, PATRON
from sim.declarations.parameters import PARAMETERS
from sim.inputs.doubts import tell_doubts
from sim.inputs.errors import InputError
from sim.inputs.keys import Key
from sim.inputs.overrides import Overrides, overridden
from sim.inputs.parameters import Parameters, load_parameters
from sim.inputs.roster import Roster, load_roster
from sim.inputs.scenario import Scenario, check_nations, check_observed, load_scenario
from sim.inputs.timeline import Timeline, build_timeline


@dataclass(frozen=True, eq=False)
class Case:
    """All inputs of a simulation."""

    scenario: Scenario
    roster: Roster
    parameters: Parameters
    timeline: Timeline

    def with_overrides(self, overrides: Overrides) -> "Case":
        """Return the case with levers, settings and parameters changed; no file is read again.

        Parameters
        ----------
        overrides
            Values by key, as ``--set`` takes them; not the roster.

        Raises
        ------
        InputError
            If a value is not allowed.
        """
        changes = overridden(overrides, self.roster.nations)
        parameters = {key.parameter: value for key, value in changes.items() if key.parameter}
        others = {key: value for key, value in changes.items() if not key.parameter}
        return self._with_parameters(parameters)._with_scenario(others)

    def _with_parameters(self, values: Mapping[str, object]) -> "Case":
        return replace(self, parameters=self.parameters.with_values(values)) if values else self

    def _with_scenario(self, overrides: Mapping[Key, object]) -> "Case":
        if not overrides:
            return self
        scenario = self.scenario.with_overrides(overrides)
        recorded = self.roster.positions_on(scenario.start)
        timeline = build_timeline(scenario, self.roster.iso3, recorded)
        return replace(self, scenario=scenario, timeline=timeline)


def load_case(
    scenario: Scenario | Path | str, overrides: Overrides = (), parameters: Path | None = None
) -> Case:
    """Read all that a scenario is run with.

    Parameters
    ----------
    scenario
        A scenario, its file, or the name of a bundled one.
    overrides
        Changes to a scenario that is read from a file, see `load_scenario`.
    parameters
        File of behavioural parameters, a point (TOML) or a row a run (Parquet); the bundled ones if none.
        What the scenario says of parameters goes before it.

    Returns
    -------
    Case
        The scenario with its roster, parameters and timeline.

    Raises
    ------
    InputError
        For any mistake in any of the files.
    """
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario, overrides)
    roster = load_roster(scenario.roster_folder)
    recorded = roster.positions_on(scenario.start)
    check_nations(scenario, roster.nations)
    check_observed(scenario, roster.nations)
    case = Case(
        scenario=scenario,
        roster=roster,
        parameters=_with_scenario(load_parameters(parameters), scenario),
        timeline=build_timeline(scenario, roster.iso3, recorded),
    )
    tell_doubts(scenario, roster)
    return case


REACTIONS = {
    (PATRON, "policy"): "burden_sharing",
    (PATRON, "reversal"): 0.025,  # once in 40 weeks, as from April 2025 to January 2026
    ("mandate", "policy"): "negotiated",
    (ADVERSARY, "policy"): "reactive",
}
"""Policies under which everybody reacts."""


def reacting(case: Case) -> Case:
    """Return a case in which patron and adversary react to the force, and the mandate is negotiated."""
    keys = case.roster.vocabulary.keys
    return case.with_overrides(
        {f"start.{keys.get(table, table)}.{key}": value for (table, key), value in REACTIONS.items()}
    )


def _with_scenario(parameters: Parameters, scenario: Scenario) -> Parameters:
    """Set the scenario's own parameters, naming the line of the scenario where one is wrong."""
    try:
        return parameters.with_values(scenario.parameters)
    except InputError as error:
        key = error.key or next(name for name in scenario.parameters if name not in PARAMETERS)
        raise scenario.place(("parameters", key)).error(error.problem) from None
