"""What determines results, as digests: two experiments of the same digests have the same results."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from sim.evidence.learned import learned
from sim.inputs.case import Case
from sim.inputs.keys import Key
from sim.inputs.overrides import Overrides
from sim.inputs.roster import Roster
from sim.model.setup import build_setup
from sim.model.sources import source_digest
from sim.system.libraries import pd
from sim.version import __version__

EVIDENCE = Path(__file__).parent.parent / "evidence"
"""What past coalitions teach of a case is worked out here, and is not compiled."""

PACKAGES = ("numpy", "pyarrow")
"""Versions that may change a bit of a table: NumPy computes, pyarrow writes."""


def case_digest(case: Case) -> str:
    """Return a digest of all that determines the runs of a case but the seed: the numbers, not the prose."""
    digest = hashlib.sha256()
    for values in build_setup(case.scenario, case.roster, case.parameters, case.timeline):
        digest.update(np.ascontiguousarray(values).tobytes())
    digest.update(" ".join(case.roster.iso3).encode())
    digest.update(str([case.scenario.start, case.scenario.days_per_round]).encode())
    return digest.hexdigest()


def case_digests(case: Case) -> dict[str, str]:
    """Return a digest each of scenario, roster, past coalitions, parameters: of numbers, not prose."""
    setup = build_setup(case.scenario, case.roster, case.parameters, case.timeline)
    roster = case.roster
    covariates = np.array([list(candidate.covariates.values()) for candidate in roster.candidates])
    coded = (case.timeline.position[0], roster.contributes_on(case.scenario.start))
    further = roster.vocabulary.further_levels.items()
    levers = [f"{name}: {level.past_coalitions}" for name, level in further]
    return {
        "scenario": digest_of(json.dumps(case.scenario.resolved(), sort_keys=True)),
        "roster": digest_of(" ".join(roster.iso3), setup.nations, setup.leads, *coded, covariates, *levers),
        "past coalitions": _learned_digest(roster),
        "parameters": digest_of(setup.behaviour),
    }


def _learned_digest(roster: Roster) -> str:
    """Return a digest of what past coalitions teach of a roster's nations."""
    known = learned(roster.past, roster.posterior)
    words = known.declaration.model_dump_json(), json.dumps(known.scales, sort_keys=True)
    return digest_of(*words, " ".join(known.nations), known.mean, known.covariance)


def points_digest(points: "pd.DataFrame", names: Sequence[Mapping[float, str]] = ()) -> str:
    """Return a digest of the points of a design, and of the names that factors give to numbers."""
    named = [json.dumps(sorted(each.items())) for each in names if each]
    parts = (part for path, column in points.items() for part in (str(path), _content(column)))
    return digest_of(*parts, *named)


def _content(column: "pd.Series[Any]") -> str | np.ndarray:
    values = column.to_numpy()
    return json.dumps(values.tolist()) if values.dtype.kind == "O" else values


def command_options(overrides: Overrides, parameters: Path | None) -> tuple[str, ...]:
    """Return what a command changes, as it says it: that tells commands on the same files apart."""
    if isinstance(overrides, Mapping):
        changed = [f"{Key(key)}={value}" for key, value in overrides.items()]
    else:
        texts = [overrides] if isinstance(overrides, str) else overrides
        changed = ["=".join((Key(key), *value)) for key, *value in (text.split("=", 1) for text in texts)]
    return (*changed, *([f"parameters {parameters.name}"] if parameters else []))


def source_options(source: object, case: Case) -> tuple[str, ...]:
    """Return what tells a case that was made in Python from others of its name; of a file, the name does."""
    return () if isinstance(source, Path | str) else (digest_of(*case_digests(case).values()),)


def code_digests() -> dict[str, str]:
    """Return a digest of the model's source, and the versions that results depend on."""
    evidence = [file.read_text(encoding="utf-8") for file in sorted(EVIDENCE.glob("*.py"))]
    versions = {"coalition-sim": __version__, **{package: version(package) for package in PACKAGES}}
    return {
        "model": digest_of(source_digest(), *evidence),
        **{f"version of {name}": number for name, number in versions.items()},
    }


def digest_of(*parts: str | np.ndarray) -> str:
    """Return a digest of texts and arrays."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else np.ascontiguousarray(part).tobytes()
        digest.update(f"{len(content)} ".encode())
        digest.update(content)
    return digest.hexdigest()[:16]
