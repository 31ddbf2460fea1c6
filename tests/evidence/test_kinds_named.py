"""Which kinds nations give: what they named, else what others named; nothing that is closed to them."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import beta

import sim
from sim.evidence.kinds_named import BESIDE_LAND, INSTEAD_OF_LAND, kind_shares
from sim.inputs.bundled import scenarios_folder
from sim.inputs.roster import Roster, load_roster

JANUARY = date(2026, 1, 7)


@pytest.fixture(scope="module")
def roster() -> Roster:
    return load_roster(scenarios_folder() / "rosters" / "europe-2025")


def share_of(roster: Roster, iso3: str, group: str, day: date = JANUARY) -> list[float]:
    shares = kind_shares(roster, day)
    column = shares.groups[1:].index(group)
    return [float(each) for each in shares.instead_of_land[:, roster.iso3.index(iso3), column]]


def test_groups_stand_in_the_order_of_the_roster_soldiers_first(roster: Roster) -> None:
    groups = ("soldiers on land", "air and sea", "training", "logistics and hosting", "command and staff")
    assert kind_shares(roster, JANUARY).groups == groups


def test_before_anything_was_named_each_kind_is_as_likely_as_not(roster: Roster) -> None:
    shares = kind_shares(roster, date(2025, 1, 1))
    assert not shares.named.any()
    open_to_all = [group not in ("air and sea",) for group in shares.groups[1:]]
    assert shares.beside_land[0][:, open_to_all] == pytest.approx(0.5)


def test_the_share_of_canada_is_worked_by_hand(roster: Roster) -> None:
    # Without soldiers on land Canada named training three times, and nothing else. In April three more
    # statements named no soldiers: logistics twice, ships once. So one of four named training.
    pooled = (1 + 0.5) / (4 + 1)
    named = INSTEAD_OF_LAND * pooled + 1, INSTEAD_OF_LAND * (1 - pooled)
    mean, low, high = share_of(roster, "CAN", "training", date(2025, 4, 10))
    assert mean == pytest.approx(named[0] / sum(named))
    assert (low, high) == pytest.approx(tuple(beta.ppf((0.05, 0.95), *named)))


def test_who_has_named_a_kind_gives_it_more_often_than_who_has_named_nothing(roster: Roster) -> None:
    own, others, silent = (share_of(roster, code, "training")[0] for code in ("CAN", "POL", "CZE"))
    assert own > silent > others


def test_of_who_has_named_nothing_next_to_nothing_is_known(roster: Roster) -> None:
    mean, low, high = share_of(roster, "CZE", "training")
    assert low < 0.05 < mean < 0.95 < high


def test_with_soldiers_on_land_nations_hardly_differ(roster: Roster) -> None:
    shares = kind_shares(roster, JANUARY).beside_land[0]
    assert BESIDE_LAND > 10 * INSTEAD_OF_LAND
    assert np.ptp(shares[:, 1]) < 0.2


def test_a_row_a_nation_and_kind_adds_up_to_what_it_contributes() -> None:
    result = sim.run("paris-2026-01", runs=200)
    kinds = result.kinds.pivot(index="iso3", columns="kind", values="p").loc[result.summary.index]
    assert kinds["soldiers on land"].tolist() == result.summary["p_committed"].tolist()
    alone = result.summary["p_supports"] - result.summary["p_contributes"]
    assert kinds["words or staff officers"].to_numpy() == pytest.approx(alone.to_numpy())
    beside = kinds.drop(columns=["soldiers on land", "words or staff officers"])
    assert (beside.le(result.summary["p_contributes"], axis=0)).all(axis=None)
    assert (result.kinds["p_low"] <= result.kinds["p"]).all()
    assert (result.kinds["p"] <= result.kinds["p_high"]).all()
    assert result.kinds.query("named")["iso3"].nunique() > 20


def test_a_closed_kind_is_not_given(tmp_path: Path) -> None:
    import shutil

    folder = tmp_path / "roster"
    shutil.copytree(scenarios_folder() / "rosters" / "europe-2025", folder)
    declared = folder / "roster.toml"
    text = declared.read_text(encoding="utf-8")
    shut = text.replace('{ group = "training" }', '{ group = "training", none_where_zero = "navy_0_1" }')
    shut = shut.replace('candidates.csv"', f'candidates.csv", past = "{scenarios_folder() / "coalitions"}"')
    declared.write_text(shut, encoding="utf-8")
    landlocked = load_roster(folder)
    assert share_of(landlocked, "AUT", "training") == [0.0, 0.0, 0.0]
    assert share_of(landlocked, "CAN", "training")[0] > 0
