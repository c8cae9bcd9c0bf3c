"""Issue times that no single column tells: in several columns, in a file's name, by the hours of runs, by a lead."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from told_source import COLUMN, STATION, told

from jena_models.errors import SourceUnreadableError
from jena_models.stations.forecast_sources import ForecastSource
from jena_models.weather_service.run_files.issue_times import _last_before
from jena_models.weather_service.run_files.run_tables import read_runs


def source(**more):
    plain = {"name": "s", "source": "x", "available_after_hours": 5, "columns": [COLUMN]}
    return ForecastSource.model_validate(plain | more)


def issued(runs):
    return np.datetime_as_string(runs.issue_seconds.astype("datetime64[s]"), "m").tolist()


@pytest.mark.parametrize(
    ("header", "rows", "names"),
    [
        ("date,hour", ["2020-01-01,0", "2020-01-01,12"], ["date", "hour"]),
        ("date,cycle", ["2020-01-01,00Z", "2020-01-01,12Z"], ["date", "cycle"]),
        ("dataDate,dataTime", ["20200101,0", "20200101,1200"], ["dataDate", "dataTime"]),
        ("year,month,day,run", ["2020,1,1,0", "2020,1,1,12"], ["year", "month", "day", "run"]),
    ],
)
def test_a_date_and_an_hour_tell_the_issue_time_together(file, header, rows, names):
    text = "\n".join([f"{header},lead,t", *(f"{row},{lead},280" for row in rows for lead in (6, 12))])

    runs = read_runs(file(text), source(issue_time=names, lead="lead"), STATION)

    assert issued(runs) == ["2020-01-01T00:00", "2020-01-01T12:00"]
    assert runs.lead_seconds.tolist() == [6 * 3600, 12 * 3600]


def test_a_date_and_an_hour_tell_the_valid_time_together(file):
    text = "run,date,hour,t\n2020-01-01,2020-01-01,6,280\n2020-01-01,2020-01-02,0,281\n"

    runs = read_runs(file(text), source(issue_time="run", valid_time=["date", "hour"]), STATION)

    assert runs.lead_seconds.tolist() == [6 * 3600, 24 * 3600]


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("icon_2020010112.csv", "%Y%m%d%H"),
        ("gfs.20200101_t12z.csv", "gfs.%Y%m%d_t%Hz"),
        ("run 2020-01-01T12:00.csv", "%Y-%m-%dT%H:%M"),
    ],
)
def test_a_file_a_run_has_its_issue_time_in_its_name(tmp_path, name, pattern):
    (tmp_path / name).write_text("lead,t\n6,280.15\n")

    runs = read_runs(tmp_path, source(issue_time_in_name=pattern, lead="lead", clock="UTC+01:00"), STATION)

    assert issued(runs) == ["2020-01-01T11:00"]


@pytest.mark.parametrize("name", ["icon.csv", "icon_2020010199.csv", "icon_2020010100_2020010112.csv"])
def test_a_file_whose_name_tells_no_one_issue_time_is_refused(tmp_path, name):
    (tmp_path / name).write_text("lead,t\n6,280.15\n")

    with pytest.raises(SourceUnreadableError, match="mend 'issue_time_in_name'"):
        read_runs(tmp_path, source(issue_time_in_name="%Y%m%d%H", lead="lead"), STATION)


def test_of_a_table_of_the_newest_runs_alone_a_row_is_of_the_last_run_before_it(file):
    text = "valid,t\n" + "".join(f"2020-01-0{1 + hour // 24} {hour % 24}:00,{270.15 + hour}\n" for hour in range(1, 49))

    runs = read_runs(file(text), source(issued_at_hours=[0], valid_time="valid"), STATION)

    assert issued(runs) == ["2020-01-01T00:00", "2020-01-02T00:00"]
    assert (runs.lead_seconds / 3600).tolist() == list(range(1, 25))
    np.testing.assert_allclose(runs.values[1, :, 0], -3 + np.arange(25, 49))


@given(st.integers(0, 10**9), st.sets(st.integers(0, 47), min_size=1))
def test_no_row_counts_as_issued_when_it_is_for_or_later_nor_before_another_run(seconds, halves):
    valid, hours = np.array([seconds], "datetime64[s]"), tuple(half / 2 for half in sorted(halves))

    run = int(_last_before(valid, hours)[0].astype(int))

    runs = [
        day * 86_400 + round(hour * 3600)
        for day in range(seconds // 86_400 - 1, seconds // 86_400 + 1)
        for hour in hours
    ]
    assert run == max(each for each in runs if each < seconds)


def test_columns_of_days_before_are_issued_so_many_days_before_their_valid_time(file):
    text = "time,t_previous_day1,t_previous_day2\n2020-01-03T00:00,280.15,281.15\n2020-01-04T00:00,282.15,\n"
    column = COLUMN | {"source": "t_previous_day{lead}"}

    runs = read_runs(file(text), source(layout="wide", valid_time="time", columns=[column]), STATION)

    assert issued(runs) == ["2020-01-01T00:00", "2020-01-02T00:00", "2020-01-03T00:00"]
    assert runs.lead_seconds.tolist() == [24 * 3600, 48 * 3600]
    np.testing.assert_allclose(runs.values[:, :, 0], [[np.nan, 8], [7, np.nan], [9, np.nan]])
    assert (runs.available_seconds - runs.issue_seconds).tolist() == [5 * 3600] * 3


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"issued_at_hours": [0], "lead": "lead"}, "a valid_time beside issued_at_hours"),
        ({"issued_at_hours": [0], "valid_time": "valid", "issue_time": "run"}, "in issue_time and in issued_at_hours"),
        ({"issue_time_in_name": "%H", "lead": "lead"}, "a year, a month and a day"),
        ({"issue_time_in_name": "%Q", "lead": "lead"}, "issue_time_in_name"),
        ({"layout": "wide", "valid_time": "valid", "issue_time": "run"}, "in issue_time and in valid_time"),
        ({"layout": "wide", "valid_time": "valid", "available": "had"}, "leave 'available' out"),
    ],
)
def test_issue_times_that_are_told_twice_are_refused(more, sentence):
    column = COLUMN | {"source": "t_{lead}"}

    with pytest.raises(ValidationError, match=sentence):
        source(columns=[column], **more)


def test_a_column_of_the_issue_time_is_given_by_its_name_alone():
    assert told(lead="lead").issue_time == ("issued",)


@pytest.mark.parametrize(
    "more",
    [
        {"issued_at_hours": [0], "valid_time": "valid"},
        {"issue_time_in_name": "%Y%m%d", "lead": "lead"},
        {"layout": "wide", "valid_time": "valid", "columns": [COLUMN | {"source": "t_{lead}"}]},
        {"issue_time": ["date", "hour"], "lead": "lead"},
    ],
)
def test_a_source_is_the_same_after_it_was_kept(more):
    kept = source(**more)

    assert ForecastSource.model_validate_json(kept.model_dump_json()) == kept


def downloaded(file, minutes):
    """Give runs of downloads at minutes after midnight, each with the temperature at every hour of two days."""
    text = "issued,valid,t\n"
    for number, minute in enumerate(minutes):
        issued = pd.Timestamp("2020-01-01") + pd.Timedelta(minutes=minute)
        for valid in pd.date_range(issued.ceil("h"), periods=48, freq="h"):
            text += f"{issued},{valid},{273.15 + number}\n"
    return read_runs(file(text), told(valid_time="valid"), STATION)


def test_downloads_at_any_minute_share_their_leads_and_are_none_earlier(file):
    minutes = [365 * number + 7 for number in range(20)]

    runs = downloaded(file, minutes)

    issued = np.array(minutes) * 60 + 1577836800
    assert (np.diff(runs.lead_seconds) == 3600).all()
    assert (runs.issue_seconds % 3600 == 0).all()
    assert (runs.issue_seconds >= issued).all()
    assert (runs.issue_seconds < issued + 3600).all()
    # A run is had as long after it was made as is told, whatever its hour counts as
    assert (runs.available_seconds == issued + 5 * 3600).all()


def test_of_downloads_within_a_step_the_newest_counts(file):
    runs = downloaded(file, [7, 22, 51, *(365 * number + 7 for number in range(1, 20))])

    assert len(runs) == 20
    assert set(runs.values[0][np.isfinite(runs.values[0])].round(6)) == {2}
    assert runs.available_seconds[0] == 1577836800 + 51 * 60 + 5 * 3600


def test_an_issue_time_that_stands_once_beside_a_json_table_is_that_of_its_rows(tmp_path):
    for day in (1, 2):
        hours = [{"time": f"2020-01-0{day}T{hour:02d}:00:00Z", "data": {"t": 270 + hour + day}} for hour in (6, 12)]
        told = {"meta": {"updated_at": f"2020-01-0{day}T01:00:00+01:00"}, "timeseries": hours}
        (tmp_path / f"{day}.json").write_text(json.dumps({"properties": told}))
    columns = [{"name": "t2m", "source": "data.t", "of": "T (degC)", "unit": "K"}]
    beside = {"issue_time": "properties.meta.updated_at", "valid_time": "time", "columns": columns}

    runs = read_runs(tmp_path, source(**beside), STATION)

    assert issued(runs) == ["2020-01-01T00:00", "2020-01-02T00:00"]
    assert runs.lead_seconds.tolist() == [6 * 3600, 12 * 3600]
    with pytest.raises(SourceUnreadableError, match=r"no column 'properties\.meta'"):
        read_runs(tmp_path, source(**(beside | {"issue_time": "properties.meta"})), STATION)


@pytest.mark.parametrize(
    ("issued_at", "step_hours", "is_told"),
    [("2020-01-{:02d}", 3, True), ("2020-01-{:02d}", 24, False), ("2020-01-{:02d} 00:00", 3, False)],
)
@pytest.mark.parametrize("how", ["valid_time", "lead", "wide"])
def test_runs_whose_issue_time_is_a_day_are_told_to_count_as_made_at_midnight(  # noqa: PLR0917  (a row of the table)
    tmp_path, caplog, issued_at, step_hours, is_told, how
):
    for day in (1, 2):
        rows, run = [], issued_at.format(day)
        for lead in (12, 12 + step_hours) if step_hours < 24 else (24, 48):
            valid = pd.Timestamp(2020, 1, day) + pd.Timedelta(hours=lead)
            rows.append(f"{run},{valid if how == 'valid_time' else lead},280")
        text = "issued,valid,t\n" + "\n".join(rows)
        if how == "wide":
            leads, values = zip(*(row.split(",")[1:] for row in rows), strict=True)
            text = f"issued,{','.join(f't_{lead}' for lead in leads)}\n{run},{','.join(values)}"
        (tmp_path / f"{day}.csv").write_text(text)
    column = COLUMN | {"source": "t_{lead}"} if how == "wide" else COLUMN
    ways = {"layout": "wide"} if how == "wide" else {how: "valid"}

    read_runs(tmp_path, source(issue_time="issued", columns=[column], **ways), STATION)

    said = [each.message for each in caplog.records if "the day alone" in each.message]
    assert len(said) == is_told
    assert all("begins 12 h after it" in each for each in said)


def test_a_files_name_that_has_the_day_alone_is_told_of_too(tmp_path, caplog):
    (tmp_path / "run_20200101.csv").write_text("lead,t\n6,280\n12,281\n")

    read_runs(tmp_path, source(issue_time="", issue_time_in_name="run_%Y%m%d", lead="lead"), STATION)

    assert "its issue times tell the day alone" in caplog.text
