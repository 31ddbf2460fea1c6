"""`coalition schema`."""

import json

from sim.cli.options import RosterFolder
from sim.inputs.bundled import find_roster
from sim.inputs.roster_file import vocabulary_of
from sim.inputs.scenario import scenario_type


def schema(roster: RosterFolder = "europe-2025") -> None:
    """Print the JSON Schema of scenario files of a roster, for editors."""
    print(json.dumps(scenario_type(vocabulary_of(find_roster(roster))).model_json_schema(), indent=2))
