"""The page of the documentation that says what past coalitions teach, and where that fails."""

from collections.abc import Iterator
from operator import methodcaller
from typing import TYPE_CHECKING, Any

from sim.experiments.evidence.about import about
from sim.experiments.evidence.left_out import LeftOut, leave_families_out
from sim.experiments.evidence.posterior import Posterior
from sim.experiments.evidence.results import LeftOutResult
from sim.experiments.evidence.verdicts import coefficient_table, fits_for_verdicts
from sim.inputs.coalitions.coalitions import FIRST, GIFT, SECOND, Coalitions
from sim.outputs.evidence import words
from sim.outputs.evidence.tables import (
    calibration_grid,
    coalition_grid,
    coding_grid,
    coefficient_grid,
    difference_grid,
    score_grid,
)
from sim.outputs.grids import as_markdown

if TYPE_CHECKING:
    import pandas as pd

SURE = 0.95


def evidence_page(result: LeftOutResult) -> str:
    """Return the page in Markdown: what fails first, then scores, then what was learned."""
    taught, coalitions = result.taught, result.coalitions
    lines = [
        "# Past coalitions",
        "",
        "Made by `coalition cross-validate`; do not edit it by hand.",
        "",
        *forecast_sections(result.left_out, coalitions),
        *_first_pool(result.left_out, coalitions),
        *_learned(taught.posterior, taught.coefficients, coalitions),
    ]
    return "\n".join(lines).rstrip() + "\n"


def forecast_sections(result: LeftOut, coalitions: Coalitions) -> Iterator[str]:
    """Yield what was forecast of coalitions that were never seen: failures, scores, calibration, sizes.

    Parameters
    ----------
    result
        Coalitions of soldiers and ships, each family left out.
    coalitions
        All that were read.
    """
    known = about(coalitions.forces())
    yield from (f"{words.counted(known)}. {words.WHAT}", "", "## Where it fails", "")
    yield from (f"- {line}" for line in words.failures(result, known))
    yield from (f"- {words.outside(result.sizes, known)}", "")
    yield from (f"- {line}" for line in coalitions.declaration.cautions)
    yield from ("", "## What it is worth", "")
    yield from (*as_markdown(score_grid(result)), "", *as_markdown(difference_grid(result)), "")
    yield from (f"- {line}" for line in words.against(result))
    yield from (
        "",
        words.READ_SCORES,
        "",
        "## Are its probabilities right?",
        "",
        words.calibrated(result),
        "",
    )
    yield from (*as_markdown(calibration_grid(result)), "", "## Coalition by coalition", "")
    yield from ("The worst first. Expected: mean and 90 % interval of how many take part.", "")
    yield from (*as_markdown(coalition_grid(result, known)), "")


def _first_pool(result: LeftOut, coalitions: Coalitions) -> Iterator[str]:
    """Yield the scores of the coalitions coded twice when they alone are learned from."""
    first = coalitions.forces().first_pool()
    if len({each.family for each in first.coalitions}) < 2:
        return
    alone, known = leave_families_out(first, result.seed), about(first)
    yield from ("## The first pool alone", "")
    yield from (
        f"{words.counted(known)}; their levels were coded twice. {words.outside(alone.sizes, known)}",
        "",
    )
    yield from (*as_markdown(score_grid(alone)), "", *as_markdown(difference_grid(alone)), "")
    yield from (f"- {line}" for line in words.against(alone))
    by_coding = {"consensus": alone}
    for coding in (FIRST, SECOND):
        read = first.recoded(methodcaller("coded", coding))
        by_coding[f"{coding} coding"] = leave_families_out(read, result.seed)
    yield from ("", *as_markdown(coding_grid(by_coding)), "")


def _learned(posterior: Posterior, coefficients: "pd.DataFrame", coalitions: Coalitions) -> Iterator[str]:
    yield from ("## What was learned", "", words.how(coalitions.declaration), "")
    yield from (f"- {line}" for line in words.told(coefficients))
    yield from (
        "",
        f"Log evidence {posterior.log_evidence:.2f}.",
        "",
        *as_markdown(coefficient_grid(coefficients)),
    )
    yield from ("", words.READ_COEFFICIENTS, "")
    yield from _gifts(coefficients, coalitions)


def _gifts(coefficients: "pd.DataFrame", coalitions: Coalitions) -> Iterator[str]:
    """Yield what the gifts say otherwise: who gives is another question than who sends."""
    gifts = coalitions.where(lambda each: each.kind == GIFT)
    if not gifts.candidates:
        return
    table = coefficient_table(fits_for_verdicts(gifts)).set_index("term")
    yield from ("## Gifts are another question", "")
    yield (
        f"{words.counted(about(gifts))} were asked for tanks, aircraft, shells or money. They are fitted "
        "apart, and nothing above rests on them. Where their sign is 95 % sure and not that of soldiers and "
        "ships:"
    )
    yield ""
    row: Any
    found = False
    for row in coefficients.itertuples():
        gift = table.loc[row.term]
        sure = max(gift["p_positive"], 1 - gift["p_positive"]) >= SURE
        if sure and gift["mean"] * row.mean < 0:
            found = True
            yield (
                f"- {row.label}: {gift['mean']:+.2f} ({gift['sd']:.2f}) for gifts, {row.mean:+.2f} "
                f"({row.sd:.2f}) for soldiers and ships."
            )
    if not found:
        yield "- none."
    yield ""
