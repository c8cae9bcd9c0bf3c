"""Forecasts of others as they come: long and wide, in one file or many."""

import numpy as np
import pandas as pd
import pytest
from pydantic import ValidationError
from told_source import COLUMN, LONG, STATION, told

from jena_models.errors import SourceUnreadableError
from jena_models.weather_service.run_files.run_tables import read_runs


def test_a_long_table_becomes_runs_in_the_unit_of_what_is_measured(file):
    runs = read_runs(file(LONG), told(valid_time="valid", select={"farm": ["1"]}), STATION)

    assert (len(runs), runs.lead_seconds.tolist()) == (2, [6 * 3600, 12 * 3600])
    assert runs.values[:, :, 0].round(6).tolist()[0] == [7.0, 8.0]
    assert runs.values[1, 0, 0] == pytest.approx(9.0)
    assert np.isnan(runs.values[1, 1, 0])
    assert (runs.available_seconds - runs.issue_seconds).tolist() == [5 * 3600] * 2


def test_a_wide_table_has_its_leads_in_its_columns(file):
    text = "issued,t_06,t_12,sd_06\n2020-01-01,280.15,281.15,0.5\n"
    column = {"name": "t2m", "source": "t_{lead}", "spread": "sd_{lead}", "of": "T (degC)", "unit": "K"}

    runs = read_runs(file(text), told(layout="wide", columns=[column]), STATION)

    assert runs.lead_seconds.tolist() == [6 * 3600, 12 * 3600]
    np.testing.assert_allclose(runs.values[0, :, 0], [7, 8])
    assert runs.spread[0, 0, 0] == 0.5
    assert np.isnan(runs.spread[0, 1, 0])


def test_leads_of_a_wide_table_may_be_minutes(file):
    column = COLUMN | {"source": "t_{lead}"}
    source = told(layout="wide", lead_unit="minutes", columns=[column])

    runs = read_runs(file("issued,t_60,t_090\n2020-01-01,280,281\n"), source, STATION)

    assert runs.lead_seconds.tolist() == [3600, 5400]


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("t_6,t_06", "two columns for 6 h, 't_6' and 't_06'"),
        ("t_-6,t_6", "issued after what it is for"),
        ("t_6,t_6", "more than one column 't_6'"),
    ],
)
def test_columns_of_a_wide_table_that_contradict_each_other_are_refused(file, header, sentence):
    source = told(layout="wide", columns=[COLUMN | {"source": "t_{lead}"}])

    with pytest.raises(SourceUnreadableError, match=sentence):
        read_runs(file(f"issued,{header}\n2020-01-01,280,281\n"), source, STATION)


def test_a_table_that_pandas_wrote_has_a_first_column_without_a_name(file):
    path, column = (
        file(",0,6,12\n2020-01-01,280.15,281.15,283.15\n2020-01-02,,279.15,280.15\n"),
        COLUMN | {"source": ""},
    )

    leads = read_runs(
        path, told(layout="wide", issue_time="Unnamed: 0", columns=[COLUMN | {"source": "{lead}"}]), STATION
    )
    members = read_runs(
        path, told(issue_time="Unnamed: 0", lead_hours=24, columns=[column | {"members": ["*"]}]), STATION
    )

    np.testing.assert_allclose(leads.values[:, :, 0], [[7, 8, 10], [np.nan, 6, 7]])
    np.testing.assert_allclose(members.values[:, 0, 0], [25 / 3, 6.5])


def test_what_is_left_of_a_file_is_told_of(file, caplog):
    rows = "2020-01-01,6,280.15\n2020-01-02,6,281.15\n"

    runs = read_runs(file(f"issued,lead,t\n{rows}end of the run\n"), told(lead="lead"), STATION)

    assert len(runs) == 2
    assert "are no readings and were left: 'end of the run'" in caplog.text


def test_a_table_without_names_has_those_that_the_source_gives(file):
    path = file("2020-01-01,6,280.15\n2020-01-01,12,281.15\n")

    runs = read_runs(path, told(lead="lead", file_columns=["issued", "lead", "t"]), STATION)

    np.testing.assert_allclose(runs.values[0, :, 0], [7, 8])


@pytest.mark.parametrize("key", [{}, {"member": "m"}])
def test_a_row_that_is_there_twice_counts_once(tmp_path, key):
    rows = ["2020-01-01,6,1,280.15", "2020-01-01,12,1,281.15", "2020-01-02,6,1,", "2020-01-02,6,1,"]
    for number, part in enumerate((rows[:3], rows[1:])):
        (tmp_path / f"{number}.csv").write_text("\n".join(["issued,lead,m,t", *part]))

    runs = read_runs(tmp_path, told(lead="lead", **key), STATION)

    np.testing.assert_allclose(runs.values[:, :, 0], [[7, 8], [np.nan, np.nan]])


def test_a_run_that_was_issued_again_otherwise_costs_a_forecast_that_run_alone(file, caplog):
    rows = [("2020-01-01", 6, 280.15), ("2020-01-02", 6, 281.15), ("2020-01-02", 12, 9), ("2020-01-02", 6, 283.15)]
    path = file("issued,lead,t\n" + "".join(f"{run},{lead},{value}\n" for run, lead, value in rows))

    runs = read_runs(path, told(lead="lead"), STATION, all_needed=False)

    assert (len(runs), runs.values[0, 0, 0].round(6), len(runs.available_seconds)) == (1, 7, 1)
    assert "1 runs of the weather service 's' are left out" in caplog.text
    with pytest.raises(SourceUnreadableError, match="2 rows for the run of 2020-01-02"):
        read_runs(path, told(lead="lead"), STATION)


@pytest.mark.parametrize("order", [1, -1])
def test_what_one_download_lacks_the_next_one_adds(tmp_path, order):
    parts = ("2020-01-01,6,280.15,\n2020-01-01,12,,\n", "2020-01-01,6,,1\n2020-01-01,12,281.15,2\n")
    for number, part in enumerate(parts[::order]):
        (tmp_path / f"{number}.csv").write_text("issued,lead,t,u\n" + part)

    runs = read_runs(tmp_path, told(lead="lead", columns=[COLUMN, {"name": "u", "source": "u"}]), STATION)

    np.testing.assert_allclose(runs.values[0], [[7, 1], [8, 2]])


def test_sums_since_the_issue_time_become_rates(file):
    column = {"name": "rain", "source": "r", "accumulated": True}

    runs = read_runs(
        file("issued,lead,r\n2020-01-01,3,6\n2020-01-01,6,6\n2020-01-01,12,18\n"),
        told(lead="lead", columns=[column]),
        STATION,
    )

    assert runs.values[0, :, 0].tolist() == [2, 0, 2]


def test_a_folder_may_have_a_file_a_place(tmp_path):
    for place in ("A", "B"):
        (tmp_path / f"{place}.csv").write_text(f"issued,lead,place,t\n2020-01-01,6,{place},280.15\n")

    assert len(read_runs(tmp_path, told(lead="lead", select={"place": ["A"]}), STATION)) == 1
    with pytest.raises(SourceUnreadableError, match="no row whose 'place' is C"):
        read_runs(tmp_path, told(lead="lead", select={"place": ["C"]}), STATION)


def test_a_lead_may_be_a_column_too(file):
    source = told(lead="lead", columns=[COLUMN, {"name": "ahead", "source": "lead"}])

    assert read_runs(file("issued,lead,t\n2020-01-01,6,280.15\n"), source, STATION).values[0, 0, 1] == 6


def test_files_of_a_folder_are_one_source(tmp_path):
    for day in (1, 2):
        (tmp_path / f"run{day}.csv").write_text(f"issued,lead,t\n2020-01-0{day},6,280.15\n")

    assert len(read_runs(tmp_path, told(lead="lead"), STATION)) == 2


def test_a_parquet_file_and_times_with_a_zone_are_understood(tmp_path):
    frame = pd.DataFrame(
        {"issued": pd.to_datetime(["2020-01-01"]).tz_localize("Europe/Berlin"), "lead": [6], "t": [280.15]}
    )
    frame.to_parquet(tmp_path / "runs.parquet")

    runs = read_runs(tmp_path / "runs.parquet", told(lead="lead"), STATION)

    assert runs.issue_seconds.astype("datetime64[s]")[0] == np.datetime64("2019-12-31T23:00")


def test_a_parquet_file_may_have_its_times_as_its_index(tmp_path):
    issued = pd.to_datetime(["2020-01-01", "2020-01-02"])
    index = pd.MultiIndex.from_arrays([issued, issued + pd.Timedelta(hours=6)], names=["issued", "valid"])
    pd.DataFrame({"t": [280.15, 281.15]}, index).to_parquet(tmp_path / "runs.parquet")

    runs = read_runs(tmp_path / "runs.parquet", told(valid_time="valid"), STATION)

    assert runs.values[:, 0, 0].round(6).tolist() == [7.0, 8.0]


@pytest.mark.parametrize(
    ("text", "more", "sentence"),
    [
        ("issued,lead,x\n2020-01-01,6,1\n", {"lead": "lead"}, "no column 't'"),
        ("run,lead,t\n2020-01-01,6,1\n", {"lead": "lead"}, "no column 'issued'"),
        ("issued,lead,t,t\n2020-01-01,6,1,2\n", {"lead": "lead"}, "more than one column 't'"),
        ("issued,lead,t\n2020-01-01,6,1\n2020-01-01,6,2\n", {"lead": "lead"}, "has 2 rows for the run"),
        ("issued,valid,t\n2020-01-02,2020-01-01,1\n", {"valid_time": "valid"}, "issued after what it is for"),
        ("issued,lead,t\n2020-01-01,,1\n", {"lead": "lead"}, "no lead in row 1"),
        (
            "issued,lead,t\n2020-01-01,6,1\n2020-01-01,5 6,1\n",
            {"lead": "lead"},
            "the lead '5 6', which is none in row 2",
        ),
        ("issued,lead,t\n2020-01-01,1e15,1\n", {"lead": "lead"}, "the lead '1e15'"),
        (
            "issued,lead,t,after\n2020-01-01,6,1,04:00\n",
            {"lead": "lead", "available": "after"},
            "holds '04:00', which is neither",
        ),
        ("issued,lead,t,farm\n2020-01-01,6,1,3\n", {"lead": "lead", "select": {"farm": ["1"]}}, "it holds 3"),
        (
            "issued,lead,t,after\n2020-01-01,6,1,soon\n",
            {"lead": "lead", "available": "after"},
            "neither a number of hours",
        ),
        (
            "issued,lead,t,after\n2020-01-01,6,1,745\n",
            {"lead": "lead", "available": "after"},
            "holds '745', which is neither a number of hours up to 744",
        ),
        ("issued,lead,t\n2020-01-01,6,1\n", {"lead": "lead", "columns": [COLUMN | {"unit": "hPa"}]}, "no unit of"),
    ],
)
def test_what_is_not_certain_is_refused_in_a_sentence(file, text, more, sentence):
    with pytest.raises(SourceUnreadableError, match=sentence):
        read_runs(file(text), told(**more), STATION)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({}, "one of valid_time, lead and lead_hours"),
        ({"lead": "a", "valid_time": "b"}, "one of valid_time, lead and lead_hours"),
        ({"layout": "wide"}, "{lead}"),
        ({"lead": "a", "columns": []}, "names no columns"),
        ({"lead": "a", "winds": [{"name": "w", "speed": "s", "direction": "d"}]}, "'blows'"),
        (
            {"lead": "a", "winds": [{"name": "w", "east": "s", "north": "t", "direction_unit": "radian"}]},
            "is to name its direction",
        ),
        (
            {
                "lead": "a",
                "winds": [{"name": "w", "speed": "s", "direction": "d", "blows": "to", "direction_unit": "%"}],
            },
            "no unit of one",
        ),
        ({"lead": "a", "winds": [{"name": "w", "east": "s"}]}, "one of east and north alone"),
        ({"lead": "a", "columns": [COLUMN | {"unit": "parsec"}]}, "no unit that is known"),
        ({"lead": "a", "columns": [COLUMN | {"members": ["m"]}]}, "one of source, members and quantiles"),
        ({"lead": "a", "available_after_hours": None}, "available_after_hours"),
        ({"lead": "a", "strange": 1}, "strange"),
        ({"lead": "a", "issue_time": ""}, "'Unnamed: 0'"),
        ({"lead": "a", "columns": [{"name": "q", "quantiles": {"a": 0.5, "b": 0.5}}]}, "two quantiles of one level"),
    ],
)
def test_a_station_file_that_contradicts_itself_is_refused(more, sentence):
    with pytest.raises(ValidationError, match=sentence):
        told(**more)


def downloads(hours, early=None):
    """Give runs of three days, issued at hours, each with a row every three hours from midnight, or so much before."""
    text = "issued,valid,t\n"
    for day, hour in enumerate(hours, 1):
        issued = pd.Timestamp(f"2020-01-0{day}") + pd.Timedelta(hours=hour)
        first = issued.normalize() if early is None else issued - pd.Timedelta(hours=early)
        times = pd.date_range(first, periods=16, freq="3h")
        text += "".join(f"{issued},{valid},{280 + (valid - issued).total_seconds() / 3600}\n" for valid in times)
    return text


def test_hours_that_were_over_when_a_download_came_are_left_out(file, caplog):
    runs = read_runs(file(downloads([7, 19, 13])), told(valid_time="valid"), STATION)

    # Each number says its own lead
    leads = np.broadcast_to(runs.lead_seconds / 3600, runs.values.shape[:2])
    known = np.isfinite(runs.values[:, :, 0])
    np.testing.assert_allclose(runs.values[:, :, 0][known] - (280 - 273.15), leads[known])
    assert known.sum(axis=1).tolist() == [16 - 3, 16 - 7, 16 - 5]
    assert "15 of 48 rows are of times before their run was issued" in caplog.text


def test_the_step_under_way_when_a_download_came_is_left_out(file):
    runs = read_runs(file(downloads([6.6, 12.6, 1.6], 0.6)), told(valid_time="valid"), STATION)

    assert np.isfinite(runs.values).sum() == 3 * 15


@pytest.mark.parametrize(("hours", "early"), [([6, 6, 6], None), ([0, 12, 6], 6), ([0, 0, 0], 5)])
def test_runs_that_all_begin_as_long_before_their_issue_time_are_refused(file, hours, early):
    with pytest.raises(SourceUnreadableError, match="issued after what it is for"):
        read_runs(file(downloads(hours, early)), told(valid_time="valid"), STATION)


def test_hours_that_were_over_are_left_out_where_the_station_file_says_so(file):
    runs = [
        f"2020-01-{day:02d}T06:00,2020-01-{day:02d}T{hour:02d}:00,280.15" for day in (1, 2, 3) for hour in (0, 6, 12)
    ]
    path = file("\n".join(["issued,valid,t", *runs]))

    with pytest.raises(SourceUnreadableError, match="'leave_past_rows: true'"):
        read_runs(path, told(valid_time="valid"), STATION)
    found = read_runs(path, told(valid_time="valid", leave_past_rows=True), STATION)

    assert (len(found), found.lead_seconds.tolist()) == (3, [0, 6 * 3600])
    late = file("issued,valid,t\n2020-01-01T06:00,2020-01-01T00:00,280.15\n")
    with pytest.raises(SourceUnreadableError, match="issued after what it is for"):
        read_runs(late, told(valid_time="valid", leave_past_rows=True), STATION)


def test_days_of_a_station_are_told_days_of_an_hourly_service(file):
    rows = [f"2020-01-0{day} 00:00,{lead},{270 + (day + lead) % 24}" for day in (1, 2) for lead in range(1, 49)]
    path = file("\n".join(["issued,lead,t", *rows]) + "\n")

    runs = read_runs(path, told(lead="lead", columns=[COLUMN]), STATION.model_copy(update={"resample_minutes": 1440}))

    assert runs.lead_seconds[0] == 24 * 3600
    np.testing.assert_allclose(runs.values[:, :, 0], 270 + 11.5 - 273.15)
