"""The table of forecasts: each is in it once, whatever happens at the same time."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_forecasts import MODEL, UTC, forecasts, said_by_writers

from jena_models.errors import ForecastsTableError
from jena_models.stations.clock import clock_named
from tasks.forecasting.forecasts_table import forecasts_table, read_forecasts
from tasks.forecasting.tables.forecast_rows import COLUMNS
from tasks.forecasting.tables.parquet_forecasts import forecasts_folder
from tasks.workspace import home_folder

WRITER = """
import sys
import numpy as np
import pandas as pd
from jena_models.stations.clock import clock_named
from tasks.forecasting.forecasts_table import forecasts_table

table = pd.read_pickle(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
kept, utc = forecasts_table(), clock_named("UTC")
print(sum(kept.add("jena-temperature-24h", table.iloc[[row]], utc) for row in range(len(table))))
"""


@pytest.mark.usefixtures("home")
def test_a_table_of_earlier_times_is_read_and_goes_on():
    old = pd.concat([forecasts(["2017-06-30 20:00"]), forecasts(["2017-06-30 21:00"], version=0)])
    file = forecasts_folder(MODEL) / "month=2017-06" / "forecasts.parquet"
    file.parent.mkdir(parents=True)
    old.drop(columns=["rung", "missing", "service_run"]).to_parquet(file, index=False)

    forecasts_table().add(MODEL, forecasts(["2017-06-30 22:00"]).assign(rung="fallback", missing="p (mbar)"), UTC)

    table = read_forecasts(MODEL, UTC)
    assert table["rung"].tolist() == ["champion", "persistence", "fallback"]
    assert table["missing"].tolist() == ["", "", "p (mbar)"]


@pytest.mark.usefixtures("home")
def test_what_was_added_is_read_back_by_issue_time():
    table = forecasts(pd.date_range("2017-06-30 20:00", periods=10, freq="h"), forecast=np.arange(10.0))

    assert forecasts_table().add(MODEL, table.sample(frac=1, random_state=1), UTC) == 10

    back = read_forecasts(MODEL, UTC)
    assert dict(back.dtypes.astype(str)) == COLUMNS
    pd.testing.assert_frame_equal(back, table.astype(COLUMNS))
    between = read_forecasts(MODEL, UTC, datetime(2017, 6, 30, 23), datetime(2017, 7, 1, 1))
    assert list(between["forecast"]) == [3.0, 4.0, 5.0]
    assert list(read_forecasts(MODEL, UTC, start=datetime(2017, 7, 1, 5))["forecast"]) == [9.0]
    assert list(read_forecasts(MODEL, UTC, end=datetime(2017, 6, 30, 20))["forecast"]) == [0.0]


def test_a_month_of_issue_time_is_a_partition(home):
    forecasts_table().add(MODEL, forecasts(["2017-07-31 23:00", "2017-08-01 00:00"]), UTC)

    files = sorted(str(file.relative_to(home)) for file in home.rglob("*.parquet"))
    assert files == [f"forecasts/{MODEL}/month=2017-{month}/forecasts.parquet" for month in ("07", "08")]


@pytest.mark.usefixtures("home")
def test_adding_twice_changes_nothing():
    table = forecasts(["2017-07-01 00:00", "2017-07-01 01:00"])
    forecasts_table().add(MODEL, table, UTC)
    [file] = forecasts_folder(MODEL).rglob("*.parquet")
    before = (file.read_bytes(), file.stat().st_mtime_ns)

    assert forecasts_table().add(MODEL, table.assign(forecast=99.0, data_hash="another"), UTC) == 0

    assert (file.read_bytes(), file.stat().st_mtime_ns) == before


@pytest.mark.usefixtures("home")
def test_persistence_and_each_version_keep_rows_of_their_own():
    for version in (0, 3, 4):
        assert forecasts_table().add(MODEL, forecasts(["2017-07-01"], version=version), UTC) == 1
    assert forecasts_table().add(MODEL, forecasts(["2017-07-01"], horizon_hours=6.0), UTC) == 1

    assert sorted(read_forecasts(MODEL, UTC)["version"]) == [0, 3, 3, 4]


@pytest.mark.usefixtures("home")
def test_without_forecasts_the_table_is_empty_and_typed():
    assert dict(read_forecasts(MODEL, UTC).dtypes.astype(str)) == COLUMNS
    assert len(read_forecasts(MODEL, UTC, datetime(2017, 7, 1), datetime(2017, 7, 2))) == 0


@pytest.mark.usefixtures("home")
def test_models_have_tables_of_their_own():
    forecasts_table().add(MODEL, forecasts(["2017-07-01"]), UTC)

    assert len(read_forecasts(f"{MODEL}-simulated", UTC)) == 0


def test_a_damaged_partition_is_named_and_kept(home):
    forecasts_table().add(MODEL, forecasts(["2017-07-01"]), UTC)
    [file] = home.rglob("*.parquet")
    file.write_bytes(b"PAR1 but no more")

    with pytest.raises(ForecastsTableError, match=r"month=2017-07/forecasts\.parquet cannot be read"):
        forecasts_table().add(MODEL, forecasts(["2017-07-02"]), UTC)
    assert file.read_bytes() == b"PAR1 but no more"


@pytest.mark.parametrize(
    ("column", "changed"), [("issue_time", "yesterday"), ("forecast", "10.3 C"), ("version", float("nan"))]
)
def test_a_partition_that_was_changed_by_hand_is_named(home, column, changed):
    """Such a file ended in what should not have been."""
    forecasts_table().add(MODEL, forecasts(["2017-07-01"]), UTC)
    [file] = home.rglob("*.parquet")
    pd.read_parquet(file).assign(**{column: changed}).to_parquet(file)

    with pytest.raises(ForecastsTableError, match=r"month=2017-07/forecasts\.parquet cannot be read"):
        forecasts_table().add(MODEL, forecasts(["2017-07-02"]), UTC)


def test_a_forecast_that_stands_twice_in_a_partition_counts_once_and_hides_no_other(home):
    """What came next was taken for one that the table holds, and was lost."""
    forecasts_table().add(MODEL, forecasts(["2017-07-01"]), UTC)
    [file] = home.rglob("*.parquet")
    kept = pd.read_parquet(file)
    pd.concat([kept, kept.assign(forecast=99.0)]).to_parquet(file)

    added = forecasts_table().add(MODEL, forecasts(["2017-07-02"]), UTC)

    assert added == 1
    assert read_forecasts(MODEL, UTC)["forecast"].tolist() == [
        *kept["forecast"],
        *forecasts(["2017-07-02"])["forecast"],
    ]


def test_a_write_that_is_cut_short_leaves_the_table_as_it_was(home, monkeypatch):
    forecasts_table().add(MODEL, forecasts(["2017-07-01"]), UTC)

    def cut_short(table, path, **_):
        path.write_bytes(b"half")
        raise OSError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(pd.DataFrame, "to_parquet", cut_short)
        with pytest.raises(OSError, match="disk is full"):
            forecasts_table().add(MODEL, forecasts(["2017-07-02"]), UTC)
    assert len(read_forecasts(MODEL, UTC)) == 1
    assert forecasts_table().add(MODEL, forecasts(["2017-07-02"]), UTC) == 1
    assert [path.name for path in forecasts_folder(MODEL).glob("month=*/*")] == ["forecasts.parquet"]


@pytest.mark.slow
@pytest.mark.usefixtures("home")
@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    batches=st.lists(
        st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 2)), min_size=1, max_size=6), min_size=1, max_size=5
    )
)
def test_however_forecasts_come_each_is_there_once(batches):
    """Given any batches with repeats, when they are added, then the table is the set of what was in them."""
    name = f"m{home_folder().name}{abs(hash(str(batches)))}"
    expected = set()
    for batch in batches:
        table = pd.concat(
            [forecasts([datetime(2017, 7, 1) + pd.Timedelta(hours=hour)], version=version) for hour, version in batch]
        )
        new = set(batch) - expected
        assert forecasts_table().add(name, table, UTC) == len(new)
        expected |= new
    back = read_forecasts(name, UTC)
    hours = (back["issue_time"] - pd.Timestamp(2017, 7, 1)) / pd.Timedelta(hours=1)
    assert set(zip(hours.astype(int), back["version"], strict=True)) == expected
    assert len(back) == len(expected)
    assert back["issue_time"].is_monotonic_increasing


@pytest.mark.slow
def test_two_processes_at_once_lose_no_row(home):
    """Given two processes that add overlapping hours at the same time, then each hour is there once."""
    hours = pd.date_range("2017-07-01", periods=60, freq="h")
    said = said_by_writers(WRITER, [forecasts(hours[:40]), forecasts(hours[20:])], [home, home])

    assert sum(map(int, said)) == 60
    assert list(read_forecasts(MODEL, UTC)["issue_time"]) == list(hours)


@pytest.mark.usefixtures("home")
def test_a_table_of_before_times_were_in_utc_is_converted_from_the_stations_clock():
    jena = clock_named("UTC+01:00")
    old = forecasts(["2017-01-01 00:10"])
    file = forecasts_folder(MODEL) / "month=2017-01" / "forecasts.parquet"
    file.parent.mkdir(parents=True)
    old.to_parquet(file, index=False)

    then, later = datetime(2016, 12, 31, 23, 10), datetime(2017, 1, 2, 0, 10)
    assert list(read_forecasts(MODEL, jena, end=then)["issue_time"]) == [then]
    assert forecasts_table().add(MODEL, forecasts([later]), jena) == 1
    assert list(read_forecasts(MODEL, jena)["issue_time"]) == [then, later]
    # What was written since says that it is in UTC, so that no other clock changes it.
    assert list(read_forecasts(MODEL, clock_named("Asia/Tokyo"))["issue_time"]) == [then, later]


def test_the_newest_forecasts_are_those_of_the_span_over_the_border_of_months(home):
    forecasts_table().add(MODEL, forecasts(pd.date_range("2024-01-01", "2024-03-03", freq="12h")), UTC)

    found = forecasts_table().newest(MODEL, UTC, timedelta(days=9))

    assert list(found["issue_time"]) == list(pd.date_range("2024-02-23", "2024-03-03", freq="12h"))


def test_a_table_that_nobody_wrote_has_no_newest_forecasts_and_no_time(home):
    assert forecasts_table().newest(MODEL, UTC, timedelta(days=9)).empty
    assert forecasts_table().last_written(MODEL) is None


def test_adding_a_forecast_is_seen_without_reading_the_table(home):
    forecasts_table().add(MODEL, forecasts(["2024-03-03T00:00"]), UTC)
    before = forecasts_table().last_written(MODEL)
    forecasts_table().add(MODEL, forecasts(["2024-03-03T01:00"]), UTC)
    again = forecasts_table().last_written(MODEL)
    forecasts_table().add(MODEL, forecasts(["2024-03-03T01:00"]), UTC)

    assert before < again == forecasts_table().last_written(MODEL)
