"""What the model computes, as digests: every machine and every version of Python, Mesa and NumPy gives these.

    python tests/model/fingerprints.py > tests/model/fingerprints.json

Run it by hand where numbers are meant to change, and say in CHANGELOG.md what moved and why. The parameters
are the declared point, so that other draws move nothing here.
"""

import json
import sys

from worlds import ensemble, setup_of

from sim.inputs.bundled import bundled_scenarios
from sim.inputs.case import load_case
from sim.inputs.parameters import DECLARED
from sim.model.ensemble import Execution
from sim.results.identity import digest_of

RUNS = range(64)


def fingerprints(execution: Execution) -> dict[str, dict[str, str]]:
    """Return digests of every bundled scenario: of draws at load, of how runs end, of all rounds."""
    return {name: _fingerprint(name, execution) for name in sorted(bundled_scenarios())}


def _fingerprint(name: str, execution: Execution) -> dict[str, str]:
    case = load_case(name, parameters=DECLARED)
    setup, records = setup_of(case), ensemble(case, 1, RUNS, execution=execution)[1]
    return {
        "draws": digest_of(setup.disposition, setup.slopes),
        "runs": digest_of(records.runs),
        "trajectories": digest_of(records.stance, records.propensity),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(fingerprints(Execution(threads=1)), indent=2) + "\n")
