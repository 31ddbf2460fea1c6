"""What a cross-validation says, in words."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim.experiments.calibration.about import CrossValidationTables
from sim.experiments.calibration.held_out import HAND_SET, PRIOR
from sim.experiments.calibration.splits import HINDCAST, IN_SAMPLE, KINDS, NATIONS, WAVE
from sim.experiments.hindcast.result import MODEL, RECORDED
from sim.outputs.hindcast import words as hindcast_words
from sim.outputs.hindcast.words import SCORE_NAMES, elsewhere, verdict

if TYPE_CHECKING:
    import pandas as pd

NAMES = {
    **hindcast_words.FORECASTS,
    MODEL: "the model, calibrated",
    HAND_SET: "the model, set by hand",
    PRIOR: "the model, draws of the prior",
}
"""Forecasts as tables name them."""

ALSO = {RECORDED: "", **hindcast_words.VARIANTS}
"""Variants as tables name them, but the usual one."""

MEANINGS = {
    IN_SAMPLE: "fitted to all observations, these included.",
    WAVE: "fitted to the other waves; where they share its start, it is no independent test.",
    NATIONS: "fitted to the other nations in all waves; nations are dealt into {folds} parts at random.",
    HINDCAST: "fitted to the other hindcasts.",
}

LEGEND = (
    "Scores: the lower, the better; RPS is the ranked probability score, the sum over the three cut points "
    "of the ladder. [ ]: 95 % bootstrap intervals over nations, each for itself; differences are paired, and "
    "below 0 the calibrated model is better. Mechanism-free: the calibrated model with all that moves "
    "nations but passing moods switched off. The Markov chain is counted in the other waves or, where "
    "nations are held out, in the other nations."
)


def kinds(result: CrossValidationTables) -> Iterator[str]:
    """Yield what each kind of fit has seen."""
    present = set(result.differences["kind"])
    for kind in KINDS:
        if kind in present:
            yield f"{kind.capitalize()}: {MEANINGS[kind].format(folds=result.folds)}"


def verdicts(rows: "pd.DataFrame") -> Iterator[str]:
    """Yield what the paired differences of a wave tell, a line a kind of fit; rows are of one score."""
    recorded = rows[rows["variant"] == RECORDED]
    for kind in KINDS:
        told: dict[str, list[str]] = {}
        row: Any
        for row in recorded[recorded["kind"] == kind].itertuples():
            told.setdefault(verdict(row), []).append(_against(row))
        if told:
            parts = [f"{words} against {', '.join(names)}" for words, names in told.items()]
            yield f"{kind.capitalize()}, {SCORE_NAMES[row.score]}: {'; '.join(parts)}."


def scored_otherwise(rows: "pd.DataFrame") -> Iterator[str]:
    """Yield where other ways of scoring tell something else of a wave, a line a kind of fit."""
    for kind in KINDS:
        part = rows[rows["kind"] == kind]
        if not part.empty:
            yield f"{kind.capitalize()}. {elsewhere(part, NAMES)}"


def generation(number: int) -> str:
    """Return what a generation is called."""
    return "draws of the prior" if number == 0 else f"generation {number}"


def how_far(result: CrossValidationTables) -> str:
    """Return after which generation the mean score over all observations was lowest, by kind of fit."""
    table = result.generations
    weighted = (table["value"] * table["nations"]).groupby([table["kind"], table["generation"]]).sum()
    lowest = [
        f"{kind} {generation(int(weighted[kind].idxmin()))}" for kind in KINDS if kind in weighted.index
    ]
    return (
        f"Fits stop after {generation(result.about.sampling.generations - 1)}. Lowest mean score, over all "
        f"waves: {', '.join(lowest)}. Where scores of what was held out rise again while those of what was "
        "fitted still fall, fits follow accidents of the nations or waves fitted."
    )


def _against(row: Any) -> str:
    """Return the name of a baseline, and which of the two has the lower mean where data do not tell."""
    name = NAMES[row.baseline]
    if not row.low <= 0.0 <= row.high:
        return name
    return f"{name} ({'lower' if row.difference < 0 else 'higher'} by {abs(row.difference):.3f})"


def effort(result: CrossValidationTables) -> str:
    """Return how many fits, particles and runs the scores rest on."""
    about, options = result.about, result.options
    sampling = about.sampling
    fit = f"{sampling.particles:,} particles of {about.runs} runs, {sampling.generations} generations"
    scores = f"{options.runs:,} runs, seed {options.seed}; {options.resamples:,} resamples"
    return f"Each fit: {fit}, seed {sampling.seed}. Each forecast: {scores}."
