"""The page of the documentation that says what past coalitions teach, and where that fails."""

from collections.abc import Iterator
from operator import methodcaller
from typing import Any

from sim.experiments.evidence.about import about
from sim.experiments.evidence.left_out import LeftOut, leave_families_out
from sim.experiments.evidence.posterior import Posterior
from sim.experiments.evidence.results import LeftOutResult
from sim.experiments.evidence.verdicts import coefficient_table as coefficients_of
from sim.experiments.evidence.verdicts import fits_for_verdicts
from sim.inputs.coalitions.coalitions import FIRST, GIFT, SECOND, Coalitions
from sim.outputs.document.markdown import markdown
from sim.outputs.evidence import words
from sim.outputs.evidence.tables import coding_table, coefficient_table, comparisons, failures_and_scores
from sim.results.document import Document, Note, Section, points
from sim.system.libraries import pd

SURE = 0.95


def evidence_page(result: LeftOutResult) -> str:
    """Return the page in Markdown: what fails first, then scores, then what was learned."""
    taught, coalitions = result.taught, result.coalitions
    return markdown(
        Document(
            "Past coalitions",
            (
                "Made by `coalition cross-validate`; do not edit it by hand.",
                *failures_and_scores(result.left_out, coalitions),
                *_first_pool(result.left_out, coalitions),
                _learned(taught.posterior, taught.coefficients, coalitions),
                *_gifts(taught.coefficients, coalitions),
            ),
        )
    )


def _first_pool(result: LeftOut, coalitions: Coalitions) -> Iterator[Section]:
    """Yield the scores of the coalitions coded twice when they alone are learned from."""
    first = coalitions.forces().first_pool()
    if len({each.family for each in first.coalitions}) < 2:
        return
    alone, known = leave_families_out(first, result.seed), about(first)
    by_coding = {"consensus": alone}
    for coding in (FIRST, SECOND):
        read = first.recoded(methodcaller("coded", coding))
        by_coding[f"{coding} coding"] = leave_families_out(read, result.seed)
    counted = f"{words.counted(known)}; their levels were coded twice. {words.outside(alone.sizes, known)}"
    yield Section("The first pool alone", (counted, *comparisons(alone), coding_table(by_coding)))


def _learned(posterior: Posterior, coefficients: "pd.DataFrame", coalitions: Coalitions) -> Section:
    return Section(
        "What was learned",
        (
            words.how(coalitions.declaration),
            points([*words.term_verdicts(coefficients)]),
            f"Log evidence {posterior.log_evidence:.2f}.",
            coefficient_table(coefficients),
            Note(words.READ_COEFFICIENTS),
        ),
    )


def _gifts(coefficients: "pd.DataFrame", coalitions: Coalitions) -> Iterator[Section]:
    """Yield what the gifts say otherwise: who gives is another question than who sends."""
    gifts = coalitions.where(lambda each: each.kind == GIFT)
    if not gifts.candidates:
        return
    what = (
        f"{words.counted(about(gifts))} were asked for tanks, aircraft, shells or money. They are fitted "
        "apart, and nothing above rests on them. Where their sign is 95 % sure and not that of soldiers and "
        "ships:"
    )
    others = points([*_otherwise(coefficients, coefficients_of(fits_for_verdicts(gifts)))] or ["none."])
    yield Section("Gifts are another question", (what, others))


def _otherwise(coefficients: "pd.DataFrame", gifts: "pd.DataFrame") -> Iterator[str]:
    """Yield the terms whose sign is sure of gifts, and another than that of soldiers and ships."""
    table = gifts.set_index("term")
    row: Any
    for row in coefficients.itertuples():
        gift = table.loc[row.term]
        sure = max(gift["p_positive"], 1 - gift["p_positive"]) >= SURE
        if sure and gift["mean"] * row.mean < 0:
            yield (
                f"{row.label}: {gift['mean']:+.2f} ({gift['sd']:.2f}) for gifts, {row.mean:+.2f} "
                f"({row.sd:.2f}) for soldiers and ships."
            )
