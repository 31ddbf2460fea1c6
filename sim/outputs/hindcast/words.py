"""What a hindcast says, in words: how little it rests on, and what it does not tell."""

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sim.declarations.words import Stance
from sim.experiments.hindcast.baselines import CLIMATOLOGY, MARKOV, PERSISTENCE
from sim.experiments.hindcast.result import (
    CARRIED_FORWARD,
    MECHANISM_FREE,
    MODEL,
    NO_PRESSURE,
    RECORDED,
    HindcastResult,
)
from sim.experiments.hindcast.skill import NATION_SCORES
from sim.experiments.hindcast.waves import Wave
from sim.inputs.roster_file import Actors
from sim.outputs.words import percent, reason_words, signed

if TYPE_CHECKING:
    import pandas as pd

FORECASTS = {
    MODEL: "the model",
    MECHANISM_FREE: "mechanism-free model",
    PERSISTENCE: "persistence",
    CLIMATOLOGY: "climatology",
    MARKOV: "Markov chain",
}
SCORE_NAMES = {"rps": "RPS", "log": "log score", "brier": "Brier score", "crps": "CRPS"}
VARIANTS = {
    NO_PRESSURE: "without decision pressure",
    CARRIED_FORWARD: "without records carried forward",
}
"""Variants in words; other readings are called by their names."""
NOT_IDENTIFIED = "not identified by these data"

MEANINGS = (
    "Mechanism-free: the same anchors, ladder and decision pressure, everything that moves nations but "
    "passing moods switched off. Persistence: nobody moves. Climatology: the shares at the start, the same "
    "for all. Markov chain: changes of rung as counted in the other waves, later ones included, smoothed. "
    "All pass through the coding error."
)


def day(date: dt.date) -> str:
    """Return a date in words."""
    return f"{date:%-d %B %Y}"


def evidence_line(result: HindcastResult) -> str:
    """Return how much was observed and how much of it had changed: what the scores can rest on."""
    waves = result.recorded.waves
    total = sum(wave.number for wave in waves)
    changed = sum(int(wave.has_changed.sum()) for wave in waves)
    parts = "; ".join(_evidence(wave) for wave in waves)
    shared = " All waves share one start: they are no independent tests." if len(waves) > 1 else ""
    start = day(result.case.scenario.start)
    return f"{total} observations, {changed} of a changed rung since {start}: {parts}.{shared}"


def _evidence(wave: Wave) -> str:
    text = f"{wave.number} nations on {day(wave.date)}, {int(wave.has_changed.sum())} changed"
    repeated = int((wave.carried_forward & wave.is_scored).sum())
    return f"{text}, {repeated} of the records carried forward from before" if repeated else text


def fit_line(result: HindcastResult) -> str:
    """Return whether the parameters have seen what they are held against."""
    if result.fitted_to is None:
        return (
            "IN-SAMPLE as far as is known: the parameters are draws that do not say what they were fitted to."
        )
    seen = [day(wave.date) for wave in result.recorded.waves if result.is_in_sample(wave)]
    if seen:
        return f"IN-SAMPLE: the parameters were fitted to the positions of {' and '.join(seen)}."
    if result.fitted_to:
        return f"Out of sample: the parameters were fitted to {', '.join(result.fitted_to)}."
    return "The parameters are set by hand, not fitted to these positions."


def caution(result: HindcastResult) -> str:
    """Return the file's own caution, on one line."""
    return " ".join(result.hindcast.caution.split())


def basis(result: HindcastResult) -> list[str]:
    """Return what stands under every figure: how little it rests on, and on what."""
    runs = (
        f"{result.options.runs:,} runs, seed {result.options.seed}, scenario {result.case.scenario.name}. "
        f"Data: {result.case.roster.title}."
    )
    return [evidence_line(result), f"{fit_line(result)} {caution(result)}".strip(), runs]


def verdict(row: Any) -> str:
    """Return what a paired difference tells."""
    if row.low <= 0.0 <= row.high:
        return NOT_IDENTIFIED
    return "the model is better" if row.high < 0.0 else "the model is worse"


def verdicts(result: HindcastResult, wave: str) -> list[str]:
    """Return what the paired differences of a wave tell: a line a score, and a line for other variants."""
    rows = result.differences[(result.differences["wave"] == wave) & result.differences["low"].notna()]
    recorded = rows[rows["variant"] == RECORDED]
    scores = [score for score in NATION_SCORES if (recorded["score"] == score).any()]
    told = [f"{SCORE_NAMES[score]}: {_told(recorded[recorded['score'] == score])}." for score in scores]
    return [*told, elsewhere(rows, FORECASTS)]


def _told(rows: "pd.DataFrame") -> str:
    """Return what the differences of one score tell, baselines of which they tell the same together."""
    told: dict[str, list[str]] = {}
    row: Any
    for row in rows.itertuples():
        told.setdefault(verdict(row), []).append(FORECASTS[row.baseline])
    return "; ".join(f"against {', '.join(names)} {words}" for words, names in told.items())


def elsewhere(rows: "pd.DataFrame", names: Mapping[str, str]) -> str:
    """Return where another way of scoring tells something else than the records as they are."""
    row: Any
    recorded: dict[tuple[str, str], str] = {}
    told = []
    for row in rows.itertuples():  # the records as they are come first
        usual = recorded.setdefault((row.baseline, row.score), verdict(row))
        if verdict(row) != usual:
            variant = VARIANTS.get(row.variant, row.variant)
            which = f"{SCORE_NAMES[row.score]} against {names[row.baseline]}"
            told.append(f"{variant}, {which}: {verdict(row)}")
    return f"Scored otherwise: {'; '.join(told)}." if told else "Every other way of scoring tells the same."


def interval(row: Any, decimals: int = 3) -> str:
    """Return a difference and its interval, if it has one."""
    if row.low != row.low:
        return signed(row.difference, 2)
    low, high = signed(row.low, decimals), signed(row.high, decimals)
    return f"{signed(row.difference, decimals)} [{low} to {high}]"


def rungs(low: int, high: int) -> str:
    """Return where a nation stands, or is known not to."""
    if low == high:
        return Stance(low).name.lower()
    return "not committed" if high < Stance.COMMITTED else "not known"


def expected(row: Any, least: float = 0.1) -> str:
    """Return what was expected of a nation: the likelier stances with their probabilities."""
    shares = {stance.name.lower(): getattr(row, f"p_{stance.name.lower()}") for stance in Stance}
    ordered = sorted(shares.items(), key=lambda item: -item[1])
    return ", ".join(
        f"{name} {percent(share)}"
        for place, (name, share) in enumerate(ordered)
        if place == 0 or share >= least
    )


def reason(row: Any, actors: Actors) -> str:
    """Return why the model expects what it does: what moved a nation, and what keeps it out if it is in."""
    moved = [
        f"{reason_words(term, actors)} {signed(change, 2)}"
        for term, change in ((row.raised_by, row.raised), (row.lowered_by, row.lowered))
        if term
    ]
    most = f", most by {' and '.join(moved)}" if moved else ""
    parts = [f"propensity {signed(row.propensity_at_start, 2)} to {signed(row.propensity, 2)}{most}"]
    if row.calm_stance not in {"", row.likeliest_stance}:
        parts.append(f"without decision pressure {row.calm_stance} {percent(row.calm_share)}")
    if row.held_back_by and row.recorded_low == Stance.COMMITTED:
        against = reason_words(row.held_back_by, actors)
        parts.append(f"most against joining: {against} ({percent(row.held_back)} of the runs out)")
    return "; ".join(parts)
