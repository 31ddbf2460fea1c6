"""Model terms as readers know them."""

import datetime as dt
import math
from typing import Any

from sim.declarations.levels import CONDITIONS, LEVELS
from sim.declarations.terms import TERMS
from sim.inputs.roster_file import Vocabulary
from sim.results.about import AboutCase
from sim.results.document import Block, Details, Note
from sim.system.libraries import pd

REASONS = {
    "nothing_to_send": "has no known soldiers to send",
    "held_out": "held out, by assumption",
    **{f"demands_{name}": f"demands {LEVELS[name].demand}" for name in CONDITIONS},
    "waiting": "willing, but not for long enough",
    "predisposition": "its own position",
    "no_statement": "its position, of which no statement is known",
    **{name: term.holds_back for name, term in TERMS.items()},
}
"""What holds a nation back, the actors' names left open."""


def reason_words(reason: str, vocabulary: Vocabulary) -> str:
    """Return what holds a nation back: "demands US involvement"."""
    return vocabulary.in_words(REASONS[reason])


WORST_OF = (
    "the worst of what decides it: learned from past coalitions, likely, not told by them, fitted to what "
    "governments said in three waves, or assumed."
)
RESTS_ON = f"In brackets, what a number rests on, {WORST_OF}"


def mark(verdict: str) -> str:
    """Return what stands behind a number to say what it rests on: ``(assumed)``."""
    return f"({verdict})"


def counted(number: int, what: str) -> str:
    """Return how many of something: ``1 round``, ``1,000 runs``."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def date_words(date: dt.date) -> str:
    """Return a date as all that is shown has it: ``7 Jan 2027``."""
    return f"{date:%-d %b %Y}"


def percent(share: float) -> str:
    """Return a share as a percentage: 100 % and 0 % only where they are exact."""
    if 0.0 < share < 0.01:
        return "<1 %"
    if 0.99 < share < 1.0:
        return ">99 %"
    return f"{share * 100:.0f} %"


def percent_interval(low: float, high: float) -> str:
    """Return an interval of shares in percent, with a decimal near 0 and 100 where it matters."""
    return f"{_bound(low)}-{_bound(high)}"


def percent_with_interval(share: float, low: float, high: float) -> str:
    """Return a share in percent with its interval: ``49 % [46-52]``."""
    return f"{percent(share)} [{percent_interval(low, high)}]"


def enough(about: AboutCase, share: float, low: float, high: float) -> str:
    """Return in which share of the runs the force required is pledged; that no data allow it is no 0 %."""
    if is_out_of_reach(about):
        return f"{OUTSIDE}: all nations together pledge {thousands(about.most_pledged or 0.0)} at most"
    return percent_with_interval(share, low, high)


OUTSIDE = "outside the coded data"


def is_out_of_reach(about: AboutCase) -> bool:
    """Return whether no data allow that the force required is pledged, as far as a result says."""
    return about.most_pledged is not None and about.most_pledged < about.force_required


def without_addresses(text: str) -> str:
    """Return a text without web addresses: reports make links of them, terminals have little room."""
    return " ".join(part for part in text.split() if not part.startswith(("https://", "http://")))


def _bound(share: float) -> str:
    near_an_end = 0.0 < share < 0.01 or 0.99 < share < 1.0
    return f"{share * 100:.1f}" if near_an_end else f"{share * 100:.0f}"


def kinds_in_words(kinds: "pd.DataFrame") -> str:
    """Return how many nations give something of each kind beside soldiers: "training 12 [4-29], ...".

    Parameters
    ----------
    kinds
        As `RunResult.kinds`. The range is that of all nations at the low, or the high, end of theirs: what
        is not known of one kind is not known of it in all nations alike.
    """
    beside = kinds[kinds["kind"].isin(kinds["kind"].unique()[1:-1])]
    numbers = beside.groupby("kind")[["p", "p_low", "p_high"]].sum().sort_values("p", ascending=False)
    rows: list[Any] = list(numbers.itertuples())
    return ", ".join(f"{row.Index} {row.p:.0f} [{row.p_low:.0f}-{row.p_high:.0f}]" for row in rows)


def thousands(number: float, decimals: int = 0) -> str:
    """Return a number with a comma for thousands; what is not known is a question mark."""
    return "?" if math.isnan(number) else f"{number:,.{decimals}f}"


def signed(number: float, decimals: int = 0) -> str:
    """Return a difference with its sign, and a comma for thousands; 0 has none. What is not known is "?"."""
    if math.isnan(number):
        return "?"
    text = f"{number:+,.{decimals}f}"
    return text if text.strip("+-0.,") else text[1:]


def signed_with_interval(difference: float, low: float, high: float, decimals: int = 0) -> str:
    """Return a difference with its interval: ``+1.05 [+0.74 to +1.36]``."""
    return f"{signed(difference, decimals)} [{signed(low, decimals)} to {signed(high, decimals)}]"


def parameter_note(draws: int) -> str:
    """Return whether what is shown includes how little is known of the behavioural parameters.

    Parameters
    ----------
    draws
        How many draws of the parameters the runs take in turn; 1 for a point.
    """
    if draws == 1:
        return "Parameters are a point: nothing shown includes how little is known of them."
    return (
        f"Each run has its own draw of the parameters, of {draws:,}: shares and ranges of runs include what "
        "is not known of them; intervals of estimates count on no more runs than there are draws, and do not "
        "say how these differ from draw to draw."
    )


def parameter_block(draws: int) -> Block:
    """Return the note on parameters; that they are a point qualifies all numbers, so it is no detail."""
    note = Note(parameter_note(draws))
    return note if draws == 1 else Details((note,))
