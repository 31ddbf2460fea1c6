"""The unnamed members: runs conditioned on what was reported."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from explain_worlds import STILL, same, small_world

import sim
from sim.experiments.explain.observed import Unnamed, who_was_unnamed
from sim.experiments.runs import Runs
from sim.inputs.case import Case, load_case
from sim.inputs.errors import InputError

NUMBER = 100
REPORT = {"date": "2025-04-24", "named": ["AAX"], "total": [2, 2]}  # round 2


def reported(folder: Path, report: dict[str, Any], **scenario: Any) -> Case:
    """AAX is in; BBX joins in round 2 in about half of the runs, CCX in round 4 in all; DDX never does."""
    nations = {
        "AAX": {"position": "committed"},
        "BBX": {"position": "undecided"},
        "CCX": {"position": "opposed"},
        "DDX": {"position": "opposed"},
    }
    held = {"AAX": {"held": "committed"}, "CCX": {"held": "out"}, "DDX": {"held": "out"}}
    events = [
        {"round": 1, "title": "a ceasefire in parts", "ceasefire": 0.5},
        {"round": 4, "title": "suppose", "nations": {"CCX": {"held": "committed"}}},
    ]
    return small_world(
        folder,
        nations,
        conditions=[("BBX", "ceasefire", 0.6, 0.4)],  # a threshold anywhere from 0.2 to 1
        nations=held,
        events=events,
        parameters=STILL,
        observed=report,
        **scenario,
    )


def asked(case: Case, number: int = NUMBER) -> Unnamed:
    return who_was_unnamed(case, Runs(number))


def test_who_was_not_named_is_who_is_in_where_the_report_fits(tmp_path: Path) -> None:
    found = asked(reported(tmp_path, REPORT))
    trajectories = sim.run(found.case, runs=NUMBER, trajectories=True).trajectories
    joined = trajectories.query("round == 2 and iso3 == 'BBX'")["stance"] == 3
    assert found.round == 2
    assert 20 < joined.sum() < 80
    assert found.fits.tolist() == joined.tolist()  # without BBX there is one member, not two
    (total,) = found.totals.itertuples()
    assert (total.total, total.matched, total.runs) == (2, joined.sum(), NUMBER)
    rows = found.unnamed.set_index("iso3")
    assert rows.index.tolist() == ["BBX", "CCX", "DDX"]  # AAX was named
    assert rows["p"].tolist() == [1, 0, 0]
    assert (rows["matched"] == joined.sum()).all()
    assert rows.loc["CCX", "p_high"] > 0


def test_a_range_of_totals_counts_each_of_them(tmp_path: Path) -> None:
    found = asked(reported(tmp_path, {**REPORT, "total": [0, 3]}))
    assert found.totals["total"].tolist() == [1, 2, 3]  # not fewer than are named
    assert found.totals["matched"].sum() == NUMBER
    assert found.totals["matched"].iloc[2] == 0
    shares = found.unnamed.set_index("iso3")["p"]
    assert shares["BBX"] == found.totals["share"].iloc[1]


def test_where_no_run_fits_nobody_is_guessed(tmp_path: Path) -> None:
    found = asked(reported(tmp_path, {**REPORT, "total": [4, 4]}))
    assert found.totals["matched"].tolist() == [0]
    assert found.unnamed.empty
    assert found.next.empty


def test_the_first_time_that_there_is_an_unnamed_member(tmp_path: Path) -> None:
    found = asked(reported(tmp_path, {**REPORT, "date": "2025-04-10", "total": [1, 2]}))
    assert (found.round, found.fits.all()) == (0, True)
    assert found.unnamed["p"].max() == 0  # on that day there is none
    # BBX is it in round 2, a rung a round, or in 1 where it is read a rung up; else CCX is, in round 4.
    assert set(found.followed_in) <= {1, 2, 4}
    shares = found.next.set_index("iso3")["p"]
    assert shares["BBX"] == (found.followed_in < 4).mean()
    assert shares["CCX"] == pytest.approx(1 - shares["BBX"])


def test_a_named_nation_that_is_not_in_makes_a_run_unfit(tmp_path: Path) -> None:
    assert not asked(reported(tmp_path, {**REPORT, "named": ["AAX", "DDX"]}), 10).fits.any()


def test_a_report_changes_no_run_and_no_digest(tmp_path: Path) -> None:
    from sim.results.identity import case_digests

    with_it, without = (reported(tmp_path / name, report) for name, report in (("a", REPORT), ("b", None)))
    assert without.scenario.observed is None
    digests = [case_digests(case) | {"scenario": ""} for case in (with_it, without)]
    assert digests[0] == digests[1]
    assert "observed" not in with_it.scenario.resolved()


def test_a_scenario_that_does_not_say_what_was_observed(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"does not say what was observed; add \[observed\]"):
        asked(reported(tmp_path, None), 2)


@pytest.mark.parametrize("date", ["2025-04-09", "2025-05-23"])
def test_a_report_of_a_day_on_which_the_scenario_does_not_run(tmp_path: Path, date: str) -> None:
    with pytest.raises(InputError, match=f"must be from 2025-04-10 to 2025-05-22, .* not {date}"):
        asked(reported(tmp_path, {**REPORT, "date": date}), 2)


def test_april_2025_a_reading_of_words_may_be_a_rung_off() -> None:
    # Five were named and start committed, each but for one run in thirty; others may be read as in.
    case = load_case("brussels-2025-04")
    assert case.scenario.observed is not None
    assert case.scenario.observed.date == dt.date(2025, 4, 10)
    found = asked(case)
    matched = found.totals.set_index("total")["matched"]
    assert matched.index.tolist() == [5, 6, 7]
    assert 0 < matched.sum() < NUMBER
    members = found.members[found.fits]
    named = np.isin(case.roster.iso3, case.scenario.observed.named)
    assert members[:, named].all()
    assert 0 < found.next["matched"].iloc[0] < NUMBER
    one, two = (who_was_unnamed(case, Runs(150, threads=threads)) for threads in (1, 2))
    assert same(one.next, two.next)
