"""What draws of past coalitions say, as a normal distribution over the effects of the logit."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from sim.declarations.arrays import Floats
from sim.declarations.words import NOT_TOLD, worst
from sim.evidence.beyond import Ranges, attribute_ranges, level_ranges
from sim.evidence.rows import TOOK_PART, Scales, candidate_table
from sim.inputs.coalitions.declaration import Declaration
from sim.inputs.coalitions.draws_file import ABOUT, DRAWS, EvidenceDraws, load_draws
from sim.inputs.coalitions.reading import load_coalitions
from sim.inputs.errors import InputError
from sim.inputs.stamps import Stamps, stamps

INTERCEPT, HABIT = "intercept", "habit "


@dataclass(frozen=True, eq=False)
class Learned:
    """What past coalitions teach.

    The draws are taken by their mean and covariance, as if they were normal: each reading of the levels was
    fitted with a normal approximation, and the readings differ little.

    Attributes
    ----------
    declaration, scales
        The terms, and by what attributes are standardised.
    nations
        Those whose habits are among the effects.
    mean, covariance
        Of the intercept, the terms in the declared order, and the habits of the nations; log-odds, shapes
        (effects,) and (effects, effects).
    verdicts
        What the coalitions tell of each level that a term has: the worst verdict of its terms.
    base_rate
        Share of past candidates that took part.
    attribute_means
        Of past candidates by attribute, not yet standardised.
    attribute_ranges, level_ranges
        Of past candidates, and of past coalitions.
    """

    declaration: Declaration
    scales: Scales
    nations: tuple[str, ...]
    mean: Floats
    covariance: Floats
    verdicts: dict[str, str]
    base_rate: float
    attribute_means: dict[str, float]
    attribute_ranges: Ranges
    level_ranges: Ranges


def learned(past: Path, posterior: Path) -> Learned:
    """Read past coalitions and draws of what they teach.

    Returns
    -------
    Learned
        The same object as long as no file of the folders changes its name, size or time.

    Raises
    ------
    InputError
        If anything in them is missing, damaged, or does not fit together.
    """
    return _learned(past, posterior, (stamps(past), stamps(posterior)))


@lru_cache(maxsize=8)
def _learned(past: Path, posterior: Path, files: tuple[Stamps, Stamps]) -> Learned:  # noqa: ARG001 - of the key
    forces = load_coalitions(past).forces()
    drawn = load_draws(posterior, forces)
    declaration = forces.declaration
    table = candidate_table(forces)
    nations, effects = _effects(drawn, declaration, posterior / DRAWS)
    by_coalition = table.groupby("coalition", sort=False)
    return Learned(
        declaration=declaration,
        scales=drawn.fitted.scales,
        nations=nations,
        mean=effects.mean(axis=0),
        covariance=np.cov(effects, rowvar=False),
        verdicts=_level_verdicts(declaration, drawn.fitted.verdicts),
        base_rate=float(table[TOOK_PART].mean()),
        attribute_means={
            name: float(by_coalition[f"attribute {name}"].mean().mean()) for name in declaration.attributes
        },
        attribute_ranges=attribute_ranges(table, declaration),
        level_ranges=level_ranges(forces),
    )


def _level_verdicts(declaration: Declaration, verdicts: Mapping[str, str]) -> dict[str, str]:
    """Return the worst verdict of the terms of each level."""
    by_level: dict[str, list[str]] = {}
    for term in declaration.terms:
        if term.level is not None:
            by_level.setdefault(term.level, []).append(verdicts.get(term.name, NOT_TOLD))
    return {level: worst(words) for level, words in by_level.items()}


def _effects(drawn: EvidenceDraws, declaration: Declaration, file: Path) -> tuple[tuple[str, ...], Floats]:
    """Return whose habits were drawn, and the draws of all effects, shape (draws, effects)."""
    habits = [name for name in drawn.draws.columns if str(name).startswith(HABIT)]
    names = [INTERCEPT, *(term.name for term in declaration.terms), *habits]
    try:
        effects = drawn.draws[names].to_numpy(dtype=np.float64)
    except (KeyError, ValueError):
        raise InputError("lacks an effect, or holds one that is no number", file=file) from None
    if len(effects) < 2 or not np.isfinite(effects).all():
        raise InputError("needs two draws or more, all of finite numbers", file=file)
    for name, attribute in declaration.attributes.items():
        if attribute.standardise and name not in drawn.fitted.scales:
            raise InputError(f'says nothing of "{name}"', file=file.with_name(ABOUT), key="scales")
    return tuple(name.removeprefix(HABIT) for name in habits), effects
