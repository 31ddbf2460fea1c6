"""A day may be given as data frames, spreadsheets and TOML hold days: as a moment at midnight."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.experiments.explain.answers import ExplainOptions
from sim.inputs.csv_file import read_csv
from sim.inputs.days import day_of
from sim.inputs.errors import InputError
from sim.inputs.scenario import load_scenario

BASE = "brussels-2025-04"
DAY = dt.date(2025, 5, 1)
MIDNIGHTS = [
    DAY,
    dt.datetime(2025, 5, 1),
    dt.datetime(2025, 5, 1, tzinfo=dt.UTC),
    pd.Timestamp("2025-05-01"),
    pd.Timestamp("2025-05-01", tz="Europe/Paris"),
    np.datetime64("2025-05-01"),
    np.datetime64("2025-05-01T00:00", "ns"),
    "2025-05-01",
    "2025-05-01 00:00:00",
    "2025-05-01T00:00:00Z",
]
NO_DAYS = [
    pd.Timestamp("2025-05-01 12:00"),
    pd.Timestamp("2025-05-01 00:00:00.000000001"),
    dt.datetime(2025, 5, 1, 0, 0, 1),
    np.datetime64("2025-05-01T00:01"),
    "2025-05-01 13:00",
    pd.NaT,
    np.datetime64("NaT"),
    np.datetime64("2025-05"),
    "May 2025",
    20250501.5,
]


@pytest.mark.parametrize("given", MIDNIGHTS, ids=repr)
def test_a_moment_at_midnight_is_a_day(given: Any) -> None:
    assert load_scenario(BASE, {"start": given}).start == DAY
    assert ExplainOptions(date=given).date == DAY


@pytest.mark.parametrize("given", NO_DAYS, ids=repr)
def test_what_is_no_day_is_refused_in_one_line(given: Any) -> None:
    for read in (lambda: load_scenario(BASE, {"start": given}), lambda: ExplainOptions(date=given)):
        with pytest.raises(InputError, match="must be a date such as 2025-04-10") as mistake:
            read()
        assert "\n" not in str(mistake.value)


@given(st.dates())
def test_a_day_is_the_same_however_it_is_given(day: dt.date) -> None:
    moment = dt.datetime.combine(day, dt.time())
    assert day_of(day) == day_of(moment) == day_of(str(day)) == day_of(str(moment)) == day
    assert day_of(np.datetime64(day)) == day


def test_a_file_may_hold_moments_at_midnight(tmp_path: Path) -> None:
    file = tmp_path / "case.toml"
    file.write_text(f'extends = "{BASE}"\nstart = 2025-05-01T00:00:00\n', "utf-8")
    assert load_scenario(file).start == DAY
    file.write_text(f'extends = "{BASE}"\nstart = 2025-05-01T12:00:00\n', "utf-8")
    with pytest.raises(InputError) as mistake:
        load_scenario(file)
    assert str(mistake.value).startswith(
        f"{file}:2: start: must be a date such as 2025-04-10, without a time"
    )


def test_a_table_may_hold_moments_at_midnight(tmp_path: Path) -> None:
    file = tmp_path / "days.csv"
    file.write_text("day\n2025-05-01\n2025-05-01 00:00:00\n2025-05-01 12:00\nMay\n", "utf-8")
    one, same, noon, may = read_csv(file).rows
    assert one.day("day") == same.day("day") == DAY
    for row, line in ((noon, 4), (may, 5)):
        with pytest.raises(InputError, match=rf"days.csv:{line}: day: .* date"):
            row.day("day")
