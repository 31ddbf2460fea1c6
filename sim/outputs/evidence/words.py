"""What past coalitions say, in words; the worst reading first."""

import math
from collections.abc import Iterator
from typing import Any

from sim.declarations.words import LEARNED, LIKELY, NOT_TOLD
from sim.experiments.evidence.about import AboutCoalitions
from sim.experiments.evidence.left_out import EVIDENCE, LeftOut
from sim.experiments.evidence.scores import SCORES
from sim.inputs.coalitions.coalitions import Coalition, Coalitions
from sim.inputs.coalitions.declaration import Declaration
from sim.outputs.words import percent
from sim.system.libraries import pd

SCORE_NAMES = {"auc": "AUC", "brier": "Brier score", "log": "log score"}
RUNGS = ("nothing", "words or staff", "means short of combat", "soldiers or the main item")
WORST = 5
"""How many of the coalitions that were forecast worst are named."""

WHAT = (
    "Each family of coalitions (those of one theatre) is left out in turn. All others are fitted, and the "
    "candidates of the family are forecast without anything that they did in it."
)
READ_SCORES = (
    "AUC is the probability that a nation that took part was ranked above one that did not, 0.5 for a guess; "
    "it is the mean over coalitions. Brier and log score: the lower, the better. [ ]: 95 % intervals by "
    "resampling families of coalitions, never nations. Differences are paired."
)
READ_COEFFICIENTS = (
    "Log-odds; all priors allow either sign. SD in a new coalition: what a term is worth differs between "
    "coalitions. Learned: its sign is 95 % sure on all coalitions, and the same by both codings of the first "
    "pool. Likely: 85 % sure, and the same. Not told: everything else."
)


def counted(known: AboutCoalitions) -> str:
    """Return how much there is to learn from."""
    return (
        f"{known.rows:,} candidates of {known.coalitions} coalitions, {known.cases} cases in "
        f"{known.families} families"
    )


def how(declaration: Declaration) -> str:
    """Return what is fitted, with its priors."""
    prior = declaration.prior
    terms = " or ".join(f"{sd:g}" for sd in sorted({term.prior_sd for term in declaration.terms}))
    return (
        "The log-odds that a nation takes part are the sum of an intercept, the terms below, the nation's "
        "habit, what the candidates of a coalition share, and how far terms of nations differ in that "
        "coalition. Before anything is seen all are normal with mean 0; standard deviations: intercept "
        f"{prior.intercept:g}, habit {prior.nation:g}, shared by a coalition {prior.coalition:g}, differing "
        f"by coalition {prior.slope_by_coalition:g}, terms {terms}. The posterior is Laplace's approximation "
        "(`sim.experiments.evidence.posterior`)."
    )


def rungs() -> str:
    """Return what rungs mean."""
    return ", ".join(f"{rung} {meaning}" for rung, meaning in enumerate(RUNGS))


def worst(result: LeftOut) -> "pd.DataFrame":
    """Return the coalitions whose candidates were ranked worst."""
    mine = result.coalitions[result.coalitions["forecast"] == EVIDENCE]
    return mine.nsmallest(WORST, "auc")


def failures(result: LeftOut, known: AboutCoalitions) -> Iterator[str]:
    """Yield where the evidence layer fails, worst first, a sentence a coalition."""
    row: Any
    for row in worst(result).itertuples():
        yield (
            f"{known.titles[row.coalition]}: AUC {row.auc:.2f}, Brier score {row.brier:.2f}. "
            f"{row.took_part * row.candidates:.0f} of {row.candidates} took part, "
            f"{row.expected * row.candidates:.0f} were expected."
        )


def outside(sizes: "pd.DataFrame", known: AboutCoalitions) -> str:
    """Return how often sizes lay within their intervals, and which did not."""
    holds = within(sizes, "low", "high")
    apart = within(sizes, "low_independent", "high_independent")
    missed = [known.titles[name] for name in sizes.loc[~holds, "coalition"]]
    width = ((sizes["high"] - sizes["low"]) / sizes["candidates"]).mean()
    names = f" It misses {', '.join(missed)}." if missed else ""
    return (
        f"The 90 % interval of the size holds {holds.sum()} of {len(sizes)} coalitions, and is "
        f"{percent(width)} of the candidates wide: who takes part is told, how many hardly.{names} "
        f"If nations had nothing in common, it would hold {apart.sum()}."
    )


def within(sizes: "pd.DataFrame", low: str, high: str) -> "pd.Series[bool]":
    """Return which sizes lie within an interval."""
    return (sizes[low] <= sizes["took_part"]) & (sizes["took_part"] <= sizes[high])


def against(result: LeftOut) -> Iterator[str]:
    """Yield the verdict against each baseline, a line a score: what is not told apart first."""
    for score in SCORES:
        rows = result.summary[(result.summary["score"] == score) & (result.summary["forecast"] != EVIDENCE)]
        by_verdict: dict[str, list[str]] = {}
        row: Any
        for row in rows.itertuples():
            by_verdict.setdefault(_better(row, score), []).append(str(row.forecast))
        order = ("worse than", "not told apart from", "better than")
        parts = [f"{verdict} {', '.join(by_verdict[verdict])}" for verdict in order if verdict in by_verdict]
        yield f"{SCORE_NAMES[score]}: the evidence layer is {'; '.join(parts)}."


def _better(row: Any, score: str) -> str:
    if row.difference_low <= 0.0 <= row.difference_high:
        return "not told apart from"
    return "better than" if (row.difference > 0) == (score == "auc") else "worse than"


def calibrated(result: LeftOut) -> str:
    """Return whether probabilities are as sure as they may be."""
    slope, low, high = result.slope
    if low <= 1.0 <= high:
        verdict = "whether they are too sure or not sure enough is not told"
    else:
        verdict = "they are not sure enough" if slope > 1 else "they are too sure"
    return f"Calibration slope {slope:.2f} [{low:.2f}-{high:.2f}]; 1 is right, and {verdict}."


def term_verdicts(table: "pd.DataFrame") -> Iterator[str]:
    """Yield the terms of each verdict, those that past coalitions do not tell first."""
    sentences = {NOT_TOLD: "Not told", LIKELY: "Likely", LEARNED: "Learned"}
    for verdict, word in sentences.items():
        labels = table.loc[table["verdict"] == verdict, "label"].tolist()
        if labels:
            yield f"{word}: {', '.join(labels)}."


def missing(coalitions: Coalitions, coalition: Coalition) -> Iterator[str]:
    """Yield which covariates of candidates are missing and what they count as."""
    for candidate in coalitions.candidates_of(coalition):
        names = [
            name
            for name, attribute in coalitions.declaration.attributes.items()
            if math.isnan(candidate.covariates[attribute.column])
        ]
        if names:
            yield f"{candidate.iso3}: {', '.join(names)} (counts as the mean)"
