"""`coalition scenarios`."""

from sim.inputs.bundled import bundled_scenarios
from sim.inputs.scenario import load_scenario
from sim.outputs.document.terminal import print_document
from sim.outputs.tables import scenarios_report


def scenarios() -> None:
    """List the bundled scenarios."""
    loaded = {name: load_scenario(path) for name, path in bundled_scenarios().items()}
    rows = [
        (name, scenario.title, " ".join(scenario.description.split())) for name, scenario in loaded.items()
    ]
    print_document(scenarios_report(rows))
