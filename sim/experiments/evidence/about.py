"""What was learned from, as results folders keep it."""

from sim.inputs.coalitions.coalitions import Coalitions
from sim.results.about import Frozen


class AboutCoalitions(Frozen):
    """How much there was to learn from.

    Attributes
    ----------
    title
        What the coalitions are.
    rows, coalitions, cases, families
        How many candidates, coalitions, cases and families there are.
    titles
        Of the coalitions, by name.
    """

    title: str
    rows: int
    coalitions: int
    cases: int
    families: int
    titles: dict[str, str]


def about(coalitions: Coalitions) -> AboutCoalitions:
    """Return how much there is to learn from coalitions."""
    return AboutCoalitions(
        title=coalitions.declaration.title,
        rows=len(coalitions.candidates),
        coalitions=len(coalitions.coalitions),
        cases=len({each.case for each in coalitions.coalitions}),
        families=len({each.family for each in coalitions.coalitions}),
        titles={each.name: each.title for each in coalitions.coalitions},
    )
