"""Ukraine, any contribution: how past coalitions alone rank who names a military part by January 2026.

With no line to pass: the numbers are those of docs/acceptance.inc. Lead nations are left out, and Iceland,
of which past coalitions do not tell; with statements of April, those that these tell of are left out too.
"""

import datetime as dt

import numpy as np
import pytest

from sim.evidence.case_draws import case_draws
from sim.experiments.evidence.scores import auc
from sim.inputs.case import Case, load_case
from sim.model.setup import case_levels

BY = dt.date(2026, 1, 8)


@pytest.fixture(scope="module")
def april() -> Case:
    return load_case("brussels-2025-04")


def probabilities(case: Case, coded: np.ndarray) -> dict[str, float]:
    """Return the share of draws in which each nation contributes at the start, told what is coded."""
    levels = case_levels(case.timeline, case.roster.vocabulary.all_levels)
    drawn = case_draws(case.roster, levels, "nation", coded, levers=())
    return dict(zip(case.roster.iso3, (drawn.disposition > 0).mean(axis=0).tolist(), strict=True))


def in_first_reading(case: Case) -> dict[str, bool]:
    """Return what January's rows with a source say, blank as no part."""
    rows = (said for said in case.roster.positions if said.wave == dt.date(2026, 1, 6))
    return {said.iso3: bool(said.contributes) for said in rows if said.row.text("status") == "FOUND"}


def in_second_reading(case: Case) -> dict[str, bool]:
    """Return what the second reading found by then, words and staff as no part."""
    found = (said for said in case.roster.readings if said.in_source and said.day <= BY)
    return {said.iso3: bool(said.contributes) for said in found}


def in_any_wave(case: Case) -> dict[str, bool]:
    """Return of all nations whether either reading has them name a part by then; nothing found as no part."""
    first = (said for said in case.roster.positions if said.row.text("status") == "FOUND")
    second = (said for said in case.roster.readings if said.in_source and said.day <= BY)
    named = {said.iso3 for said in (*first, *second) if said.contributes}
    return {iso3: iso3 in named for iso3 in case.roster.iso3}


@pytest.mark.parametrize(
    ("coding", "number", "alone", "number_left", "with_april"),
    [
        (in_first_reading, 17, 0.67, 13, 0.64),
        (in_second_reading, 17, 0.70, 11, 0.80),
        (in_any_wave, 35, 0.89, 27, 0.90),
    ],
)
def test_who_contributes_is_ranked_as_documented(
    april: Case, coding: object, number: int, alone: float, number_left: int, with_april: float
) -> None:
    roster = april.roster
    gave = coding(april)  # type: ignore[operator]
    leads = {roster.iso3[lead] for lead in roster.leads}
    nobody = np.full(len(roster.iso3), np.nan)
    coded = roster.contributes_on(april.scenario.start)
    untold = {iso3 for iso3, said in zip(roster.iso3, coded, strict=True) if np.isnan(said)}
    for given, among, size, documented in (
        (nobody, {*roster.iso3}, number, alone),
        (coded, untold, number_left, with_april),
    ):
        asked = sorted(({*gave} & among) - leads - {"ISL"})
        forecast = probabilities(april, given)
        found = auc(np.array([gave[iso3] for iso3 in asked]), np.array([forecast[iso3] for iso3 in asked]))
        assert len(asked) == size
        assert found == pytest.approx(documented, abs=0.006)
