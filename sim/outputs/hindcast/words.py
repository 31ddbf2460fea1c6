"""What a hindcast says, in words: how little it rests on, and what it does not tell."""

from collections.abc import Mapping
from typing import Any

from sim.declarations.words import Stance
from sim.experiments.hindcast.baselines import CLIMATOLOGY, MARKOV, PERSISTENCE
from sim.experiments.hindcast.result import (
    MECHANISM_FREE,
    MODEL,
    NO_INTERACTION,
    PRIOR,
    RECORDED,
    STATEMENT,
)
from sim.experiments.hindcast.skill import NATION_SCORES
from sim.experiments.hindcast.tables import HindcastTables
from sim.experiments.hindcast.waves import Wave
from sim.inputs.roster_file import Vocabulary
from sim.outputs.words import counted, date_words, percent, reason_words, signed, signed_with_interval
from sim.system.libraries import pd

FORECASTS = {
    MODEL: "the model",
    STATEMENT: "last statement + noise",
    PERSISTENCE: "persistence",
    MARKOV: "Markov chain",
    MECHANISM_FREE: "mechanism-free model",
    PRIOR: "draws of the prior",
    CLIMATOLOGY: "climatology",
}
SCORE_NAMES = {"rps": "RPS", "log": "log score", "brier": "Brier score", "crps": "CRPS"}
VARIANTS = {RECORDED: "as recorded", NO_INTERACTION: "without interaction"}
"""Variants in words; other readings are called by their names."""
NOT_IDENTIFIED, BETTER, WORSE = "not identified by these data", "the model is better", "the model is worse"
VERDICTS = (WORSE, NOT_IDENTIFIED, BETTER)
"""What a paired difference may tell, the worst first."""

MEASURED = "Scores and their differences are measured: they rest on what was recorded."
MEANINGS = (
    "Last statement + noise: anchors, ladder and wandering words with parameters drawn from the prior, and "
    "nothing else that moves nations. Mechanism-free: the same with the model's own parameters. Persistence: "
    "nobody moves. Climatology: the shares at the start, the same for all. Markov chain: changes of rung as "
    "counted in the other waves, later ones included, smoothed. All pass through the error of readings."
)


def span(wave: Wave) -> str:
    """Return from which day to which a wave is predicted."""
    return f"{date_words(wave.since)} to {date_words(wave.date)}"


def evidence_line(result: HindcastTables) -> str:
    """Return how much was observed and how much of it had changed: what the scores can rest on."""
    waves = result.observed_waves
    total = sum(wave.number for wave in waves)
    changed = sum(int(wave.has_changed.sum()) for wave in waves)
    parts = "; ".join(_evidence(wave) for wave in waves)
    shared = " Waves that share a day are no independent tests." if len(waves) > 1 else ""
    return f"{counted(total, 'observation')}, {changed} of a changed rung: {parts}.{shared}"


def _evidence(wave: Wave) -> str:
    return f"{counted(wave.number, 'nation')} from {span(wave)}, {int(wave.has_changed.sum())} changed"


def fit_line(result: HindcastTables) -> str:
    """Return whether the parameters have seen what they are held against."""
    about = result.about
    if about.fitted_to is None:
        return (
            "IN-SAMPLE as far as is known: the parameters are draws that do not say what they were fitted to."
        )
    seen = [span(wave) for wave in result.observed_waves if about.is_in_sample(wave)]
    if seen:
        return f"IN-SAMPLE: the parameters were fitted to the changes from {', and from '.join(seen)}."
    if about.fitted_to:
        return f"Out of sample: the parameters were fitted to {', '.join(about.fitted_to)}."
    return "The parameters are set by hand, not fitted to these positions."


def caution(result: HindcastTables) -> str:
    """Return the file's own caution, on one line."""
    return " ".join(result.about.hindcast.caution.split())


def basis(result: HindcastTables) -> list[str]:
    """Return what stands under every figure: how little it rests on, and on what."""
    about = result.about
    runs = (
        f"{counted(about.runs, 'run')}, seed {about.seed}, hindcast {about.hindcast.name}. "
        f"Data: {about.roster}."
    )
    return [evidence_line(result), f"{fit_line(result)} {caution(result)}".strip(), runs]


def verdict(row: Any) -> str:
    """Return what a paired difference tells."""
    if row.low <= 0.0 <= row.high:
        return NOT_IDENTIFIED
    return BETTER if row.high < 0.0 else WORSE


def verdicts(rows: "pd.DataFrame") -> list[str]:
    """Return verdicts on the paired differences of a wave, a line a score: the worst verdict first."""
    by_score = {score: rows[(rows["score"] == score) & rows["low"].notna()] for score in NATION_SCORES}
    known = sorted(
        (score for score in by_score if len(by_score[score])), key=lambda score: _worst(by_score[score])
    )
    return [f"{SCORE_NAMES[score]}: {_verdicts(by_score[score])}" for score in known]


def _worst(rows: "pd.DataFrame") -> int:
    """Return the place among VERDICTS of the worst verdict of one score."""
    return min(VERDICTS.index(verdict(row)) for row in rows.itertuples())


def _verdicts(rows: "pd.DataFrame") -> str:
    """Return the verdicts on the differences of one score: at worst, and as recorded where that differs."""
    worst: dict[str, Any] = {}
    usual: dict[str, Any] = {}
    row: Any
    for row in rows.itertuples():
        before = worst.get(row.baseline)
        if before is None or _badness(row) > _badness(before):
            worst[row.baseline] = row
        if row.variant == RECORDED:
            usual[row.baseline] = row
    at_worst = f"at worst {_grouped(worst)}."
    otherwise = {name: row for name, row in usual.items() if verdict(row) != verdict(worst[name])}
    return (
        f"{at_worst} As recorded {_grouped(otherwise)}." if otherwise else f"{at_worst} As recorded the same."
    )


def _badness(row: Any) -> tuple[int, float]:
    return -VERDICTS.index(verdict(row)), row.difference


def _grouped(rows: Mapping[str, Any]) -> str:
    """Return verdicts, the worst first, each with the baselines that it is about."""
    groups: list[str] = []
    for words in VERDICTS:
        names = [_against(row) for row in rows.values() if verdict(row) == words]
        if names:
            groups.append(f"{words} against {', '.join(names)}")
    return "; ".join(groups)


def _against(row: Any) -> str:
    """Return the name of a baseline, and how it was scored if not as recorded."""
    name = FORECASTS[row.baseline]
    return name if row.variant == RECORDED else f"{name} ({VARIANTS.get(row.variant, row.variant)})"


def interval(row: Any, decimals: int = 3) -> str:
    """Return a difference and its interval, if it has one."""
    if row.low != row.low:
        return signed(row.difference, 2)
    return signed_with_interval(row.difference, row.low, row.high, decimals)


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


def reason(row: Any, vocabulary: Vocabulary) -> str:
    """Return why the model expects what it does: what moved a nation, and what keeps it out if it is in."""
    moved = [
        f"{reason_words(term, vocabulary)} {signed(change, 2)}"
        for term, change in ((row.raised_by, row.raised), (row.lowered_by, row.lowered))
        if term
    ]
    most = f", most by {' and '.join(moved)}" if moved else ""
    parts = [f"propensity {signed(row.propensity_at_start, 2)} to {signed(row.propensity, 2)}{most}"]
    if row.held_back_by and row.recorded_low == Stance.COMMITTED:
        against = reason_words(row.held_back_by, vocabulary)
        parts.append(f"most against joining: {against} ({percent(row.held_back)} of the runs out)")
    return "; ".join(parts)
