"""Rain that is told as what fell since midnight, or since ever, is not taken for what fell in each step."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jena_models.proposals import propose
from jena_models.proposals.evidence import hours_of_overlapping_sums, is_running_total
from jena_models.proposals.opened_source import open_source

TIMES = pd.date_range("2021-06-01", periods=24 * 60, freq="h")
RNG = np.random.default_rng(1)
AMOUNTS = np.where(np.repeat(RNG.random(240) < 0.2, 6), RNG.gamma(1, 1, 1440), 0).round(1)
TOTALS = {
    "of the day": pd.Series(AMOUNTS).groupby(np.arange(1440) // 24).cumsum().to_numpy(),
    "since ever": AMOUNTS.cumsum() + 300,
    "the newest first": AMOUNTS.cumsum()[::-1],
}


@pytest.mark.parametrize("way", TOTALS)
def test_running_totals_are_known(way: str) -> None:
    assert is_running_total(TOTALS[way])


@pytest.mark.parametrize("coarse", [0.1, 0.2, 1.0])
def test_amounts_are_no_running_totals(coarse: float) -> None:
    assert not is_running_total(np.floor(AMOUNTS / coarse) * coarse)
    assert not is_running_total(np.zeros(1000))


def test_a_running_total_is_left_and_that_is_said_unless_it_is_asked_for(tmp_path: Path) -> None:
    rows = zip(TIMES, TOTALS["of the day"], strict=True)
    (tmp_path / "roof.csv").write_text("time,temp,rain (mm)\n" + "".join(f"{t},{t.hour},{r:.1f}\n" for t, r in rows))
    answers = {"latitude": "50", "longitude": "10", "clock": "UTC", "unit:T": "degC"}
    tables = open_source(str(tmp_path / "roof.csv"))

    left, taken = (propose(tables, "roof", answers | more) for more in ({}, {"source:rain": "rain (mm)"}))

    assert [column["quantity"] for column in left.station["columns"]] == ["T"]
    assert any("'rain (mm)' was left: it is a running total" in remark for remark in left.remarks)
    assert [column["quantity"] for column in taken.station["columns"]] == ["T", "rain"]


@pytest.mark.parametrize("hours", [3, 6, 12, 24])
@pytest.mark.parametrize("minutes", [10, 60])
def test_sums_of_the_last_hours_in_each_row_are_known(hours: int, minutes: int) -> None:
    steps = hours * 60 // minutes
    times = pd.date_range("2021-06-01", periods=len(AMOUNTS), freq=f"{minutes}min").to_numpy("datetime64[s]")
    is_wet = (np.arange(1440) // (2 * steps) % 2 == 0) & (RNG.random(1440) < 0.3)
    sums = pd.Series(np.where(is_wet, AMOUNTS + 0.2, 0)).rolling(steps, min_periods=1).sum().round(1)
    sums[700:703] = np.nan

    assert hours_of_overlapping_sums(times, sums.to_numpy()) == hours


@pytest.mark.parametrize("coarse", [0.1, 0.254, 1.0])
def test_what_fell_in_each_step_is_no_sum_of_the_last_hours(coarse: float) -> None:
    times = TIMES.to_numpy("datetime64[s]")

    for amounts in (AMOUNTS, np.where(RNG.random(1440) < 0.3, AMOUNTS, 0), np.zeros(1440), AMOUNTS[::-1]):
        assert hours_of_overlapping_sums(times, np.ceil(amounts / coarse) * coarse) is None


def test_over_how_many_hours_overlapping_sums_are_is_asked_for(tmp_path: Path) -> None:
    sums = pd.Series(np.where(RNG.random(1440) < 0.1, AMOUNTS + 0.2, 0)).rolling(24, min_periods=1).sum()
    rows = zip(TIMES, sums, strict=True)
    (tmp_path / "roof.csv").write_text("time,temp,rain (mm)\n" + "".join(f"{t},{t.hour},{r:.1f}\n" for t, r in rows))
    answers = {"latitude": "50", "longitude": "10", "clock": "UTC", "unit:T": "degC"}

    [question] = propose(open_source(str(tmp_path / "roof.csv")), "roof", answers).questions

    assert (question.key, question.proposed) == ("amount_hours", "24")
    assert "each is the sum of the last 24 hours by its values" in question.evidence
