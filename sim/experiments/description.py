"""What manifests tell of a case, and of the program that computed it: for people, and for reports."""

import contextlib
import hashlib
import json
import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np

from sim.declarations.parameters import PARAMETERS
from sim.inputs.case import Case

PACKAGES = ("coalition-sim", "mesa", "numba", "numpy", "pandas", "pyarrow")


def case_digest(case: Case) -> str:
    """Return a digest of all that determines the runs of a case but the seed: the numbers, not the prose."""
    from sim.model.setup import build_setup

    digest = hashlib.sha256()
    for values in build_setup(case.scenario, case.roster, case.parameters, case.timeline):
        digest.update(np.ascontiguousarray(values).tobytes())
    digest.update(" ".join(case.roster.iso3).encode())
    digest.update(str([case.scenario.start, case.scenario.days_per_round]).encode())
    return digest.hexdigest()


def shown_digest(case: Case) -> str:
    """Return a digest of all that results show of a case, the prose too: their folder is named by it."""
    shown = json.dumps(describe_case(case), sort_keys=True).encode()
    return hashlib.sha256(shown + case.timeline.position.tobytes()).hexdigest()


def describe_case(case: Case) -> dict[str, Any]:
    """Return what a case is, for a manifest."""
    rows = case.parameters.values
    return {
        "title": case.scenario.title,
        "description": " ".join(case.scenario.description.split()),
        "scenario": {"name": case.scenario.name, **case.scenario.resolved()},
        "events": [
            {
                "round": item.round,
                "date": str(item.date),
                "title": item.event.title,
                "source": item.event.source or "",
            }
            for item in case.scenario.schedule()
        ],
        "set": list(case.scenario.options),
        "roster": case.roster.title,
        "vocabulary": case.roster.vocabulary.model_dump(),
        "cautions": list(case.roster.cautions),
        "past_coalitions": _drawn(case),
        "nations": dict(case.roster.nations.names),
        "aliases": dict(case.roster.nations.aliases),
        "parameters": dict(zip(PARAMETERS, rows[0].tolist(), strict=True))
        if len(rows) == 1
        else "a row a run",
        "digest": case_digest(case),
    }


def _drawn(case: Case) -> dict[str, Any]:
    """Return what draws of past coalitions are worth, and what lies beyond all of these."""
    from sim.model.setup import drawn_case, extrapolated

    given = case.scenario, case.roster, case.timeline
    return {"effective_size": round(drawn_case(*given).effective_size), "extrapolated": extrapolated(*given)}


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that results are made with."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            found[package] = version(package)
    return found
