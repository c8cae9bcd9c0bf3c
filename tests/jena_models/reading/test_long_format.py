"""Readings and forecasts in Nixtla's long format, out and in again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from proposed_stations import station_of

from jena_models.errors import SourceUnreadableError
from jena_models.proposals import propose
from jena_models.proposals.opened_source import open_source
from jena_models.reading.long_format import long_forecasts, long_readings
from jena_models.reading.reading import read
from jena_models.stations.named_stations import load_station

JENA = load_station("jena")


def readings(hours: int = 240) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    index = pd.date_range("2016-01-01", periods=hours, freq="h", name="time", unit="us")
    columns = {"p (mbar)": rng.normal(990, 5, hours), "T (degC)": rng.normal(8, 5, hours)}
    return pd.DataFrame(columns | {"rh (%)": rng.uniform(40, 99, hours)}, index=index)


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_readings_go_out_and_come_in_again(suffix: str, tmp_path: Path) -> None:
    table = long_readings(readings(), JENA)
    path = tmp_path / f"long{suffix}"
    table.to_parquet(path) if suffix == ".parquet" else table.to_csv(path, index=False)
    answers = {"clock": "UTC+01:00", "latitude": "50.9", "longitude": "11.6", "source:T": "y", "unit:T": "degC"}

    back = read(path, station_of(propose(open_source(str(path)), "long", answers))).table

    assert list(table.columns[:3]) == ["unique_id", "ds", "y"]
    assert table["ds"].iloc[0] == pd.Timestamp("2016-01-01 01:00"), "by the station's clock"
    pd.testing.assert_frame_equal(back[readings().columns], readings(), check_freq=False)


def test_of_several_series_one_is_chosen(tmp_path: Path) -> None:
    path = tmp_path / "loads.csv"
    one = long_readings(readings(), JENA)[["unique_id", "ds", "y"]]
    pd.concat([one.assign(unique_id="north"), one.assign(unique_id="south", y=one["y"] + 50)]).to_csv(path, index=False)
    answers = {"clock": "UTC", "latitude": "50.9", "longitude": "11.6"}

    asked = propose(open_source(str(path)), "loads", answers)
    chosen = propose(open_source(str(path)), "loads", answers | {"select:unique_id": "south"})
    station = station_of(chosen)

    assert [question.key for question in asked.questions] == ["select:unique_id"]
    assert station.target == "y"
    assert read(path, station).table["y"].min() > 30
    with pytest.raises(SourceUnreadableError, match="readings of 2 stations"):
        read(path, station.model_copy(update={"select": {}}))


def test_forecasts_stand_side_by_side_where_all_have_a_window() -> None:
    times = pd.date_range("2016-01-01", periods=5, freq="h")
    table = pd.DataFrame(
        {"issue_time": times, "valid_time": times + pd.Timedelta("24h"), "measured": range(5), "forecast": 1.0}
    )

    whole = long_forecasts({"ridge": table, "lstm": table[1:].assign(forecast=2.0)}, "jena")

    assert list(whole.columns) == ["unique_id", "ds", "cutoff", "y", "ridge", "lstm"]
    assert whole["y"].tolist() == [1, 2, 3, 4]
    assert (whole["ds"] - whole["cutoff"]).unique().tolist() == [pd.Timedelta("24h")]
    assert set(whole["unique_id"]) == {"jena"}
    assert whole["lstm"].tolist() == [2.0] * 4
