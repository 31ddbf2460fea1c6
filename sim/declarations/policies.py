"""What a scenario prescribes beside levels: which policies are followed, their constants, the purpose."""

from sim.declarations.kinds import ADVERSARY, PATRON
from sim.declarations.words import PURPOSES

KeyPath = tuple[str, ...]

CHOSEN: dict[KeyPath, str] = {
    (PATRON, "policy"): "burden_sharing",
    (ADVERSARY, "policy"): "reactive",
    ("mandate", "policy"): "negotiated",
}
"""The policy that each of these keys chooses, if not to follow the scenario."""

CONSTANTS: dict[str, KeyPath] = {
    **{
        name: (PATRON, name) for name in ("ceiling", "threshold", "width", "speed", "reversal", "restoration")
    },
    **{name: (ADVERSARY, name) for name in ("reaction", "deterred")},
}
"""The constants of policies, and their keys."""

POLICIES: dict[str, KeyPath] = {
    **{policy: key for key, policy in CHOSEN.items()},
    **CONSTANTS,
    **dict.fromkeys(PURPOSES, ("mandate", "purpose")),
}
"""All of these numbers in their order, and their keys: 1 for what is chosen, else 0; constants."""


def policies_set_by(key: KeyPath, value: object) -> dict[str, float]:
    """Return which of `POLICIES` a key sets, and to what; nothing for a key of something else."""
    if key in CHOSEN:
        return {CHOSEN[key]: float(value == CHOSEN[key])}
    if key == ("mandate", "purpose"):
        return {purpose: float(value == purpose) for purpose in PURPOSES}
    return {name: float(value) for name, of in CONSTANTS.items() if of == key}  # type: ignore[arg-type]
