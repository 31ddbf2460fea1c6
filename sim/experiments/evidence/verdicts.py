"""The verdict on each term: learned, likely or not told; computed from fits, never set by hand."""

from collections.abc import Mapping, Sequence
from operator import methodcaller

import numpy as np
from scipy.stats import norm

from sim.declarations.words import LEARNED, LIKELY, NOT_TOLD
from sim.evidence.rows import candidate_table
from sim.experiments.evidence.posterior import Posterior, fit
from sim.inputs.coalitions.coalitions import FIRST, SECOND, Coalitions
from sim.system.libraries import pd

LEARNED_FROM, LIKELY_FROM = 0.95, 0.85

ALL, FIRST_CODING, SECOND_CODING = "all", "first coding", "second coding"


def fits_for_verdicts(coalitions: Coalitions) -> dict[str, Posterior]:
    """Return the fit of all coalitions, and of those coded twice a fit for each of the two codings."""
    declaration, twice = coalitions.declaration, coalitions.first_pool()
    fits = {ALL: fit(candidate_table(coalitions), declaration)}
    if twice.candidates:
        for name, coding in ((FIRST_CODING, FIRST), (SECOND_CODING, SECOND)):
            read = twice.recoded(methodcaller("coded", coding))
            fits[name] = fit(candidate_table(read), declaration)
    return fits


def verdict(p_positive: float, codings: Sequence[float]) -> str:
    """Return the verdict of a term.

    Parameters
    ----------
    p_positive
        Probability that it is positive, on all coalitions.
    codings
        Its mean on the coalitions coded twice, by either coding. With one of the other sign the term is not
        told; where none was coded twice, nothing is more than likely.
    """
    probability = max(p_positive, 1.0 - p_positive)
    if any((value > 0) != (p_positive > 0.5) for value in codings):
        return NOT_TOLD
    if codings and probability >= LEARNED_FROM:
        return LEARNED
    return LIKELY if probability >= LIKELY_FROM else NOT_TOLD


def coefficient_table(fits: Mapping[str, Posterior]) -> "pd.DataFrame":
    """Return a row a term, the intercept left out.

    Returns
    -------
    DataFrame
        `term`, `label`, `kind`; `mean`, `sd` (log-odds, all coalitions), `sd_new` (in a coalition that was
        not fitted), `p_positive`; `first_coding`, `second_coding` (means of the coalitions coded twice, NaN
        where there are none); `verdict`.
    """
    whole = fits[ALL]
    declaration, deviations = whole.declaration, np.sqrt(np.diag(whole.covariance))
    rows = []
    for place, term in enumerate(declaration.terms, 1):
        mean, sd = float(whole.coefficients[place]), float(deviations[place])
        codings = [
            float(fits[name].coefficients[place]) for name in (FIRST_CODING, SECOND_CODING) if name in fits
        ]
        positive = float(norm.cdf(mean / sd))
        slope = declaration.prior.slope_by_coalition if term.attribute is not None else 0.0
        rows.append(
            {
                "term": term.name,
                "label": term.label,
                "kind": term.kind,
                "mean": mean,
                "sd": sd,
                "sd_new": float(np.hypot(sd, slope)),
                "p_positive": positive,
                "first_coding": codings[0] if codings else float("nan"),
                "second_coding": codings[1] if codings else float("nan"),
                "verdict": verdict(positive, codings),
            }
        )
    return pd.DataFrame(rows)
