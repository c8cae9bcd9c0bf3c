"""Forecasts of others as they come: long and wide, members and quantiles, winds, late runs, other units."""

import logging

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


def test_members_and_quantiles_become_mean_and_spread(file):
    text = "issued,lead,m1,m2,m3,q10,q50,q90\n2020-01-01,6,1,2,3,-1.2816,0,1.2816\n"
    columns = [
        {"name": "members", "members": ["m*"]},
        {"name": "quantiles", "quantiles": {"q90": 0.9, "q10": 0.1, "q50": 0.5}},
    ]

    runs = read_runs(file(text), told(lead="lead", columns=columns), STATION)

    np.testing.assert_allclose(runs.values[0, 0], [2, 0], atol=1e-9)
    np.testing.assert_allclose(runs.spread[0, 0], [1, 1], atol=1e-4)


@pytest.mark.parametrize("members", [["t[1]", "t[2]"], ["t[*"], ["t[*]", "t[1]"]])
def test_members_may_have_brackets_in_their_names(file, members):
    column = {"name": "t", "members": members}

    runs = read_runs(
        file("issued,lead,t[1],t[2],t1\n2020-01-01,6,1,3,99\n"), told(lead="lead", columns=[column]), STATION
    )

    assert (runs.values[0, 0, 0], runs.spread[0, 0, 0]) == (2, pytest.approx(np.sqrt(2)))


def test_a_member_a_row_becomes_mean_and_spread(file):
    text = "issued,lead,member,t\n2020-01-01,6,1,280.15\n2020-01-01,6,2,282.15\n"

    runs = read_runs(file(text), told(lead="lead", member="member"), STATION)

    assert runs.values[0, 0, 0] == pytest.approx(8)
    assert runs.spread[0, 0, 0] == pytest.approx(np.sqrt(2))


def test_a_wide_table_may_have_a_row_a_member(file):
    source = told(layout="wide", member="m", columns=[COLUMN | {"source": "t_{lead}"}])
    rows = "2020-01-01,1,280.15,281.15\n2020-01-01,2,282.15,283.15\n"

    runs = read_runs(file("issued,m,t_6,t_12\n" + rows), source, STATION)

    np.testing.assert_allclose(runs.values[0, :, 0], [8, 9])


@pytest.mark.parametrize("key", [{}, {"member": "m"}])
def test_a_row_that_is_there_twice_counts_once(tmp_path, key):
    rows = ["2020-01-01,6,1,280.15", "2020-01-01,12,1,281.15", "2020-01-02,6,1,", "2020-01-02,6,1,"]
    for number, part in enumerate((rows[:3], rows[1:])):
        (tmp_path / f"{number}.csv").write_text("\n".join(["issued,lead,m,t", *part]))

    runs = read_runs(tmp_path, told(lead="lead", **key), STATION)

    np.testing.assert_allclose(runs.values[:, :, 0], [[7, 8], [np.nan, np.nan]])


def test_a_run_that_was_issued_again_otherwise_costs_a_forecast_that_run_alone(file, caplog, monkeypatch):
    monkeypatch.setattr(logging.getLogger("jena"), "propagate", True)
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


@pytest.mark.parametrize("rows", [[("A", 1, 0), ("B", 1, 20)], [("A", 1, 0), ("A", 1, 1), ("A", 2, 9)]])
def test_two_rows_of_one_member_are_not_averaged(file, rows):
    text = "".join(f"2020-01-01,6,{farm},{member},{value}\n" for farm, member, value in rows)

    with pytest.raises(SourceUnreadableError, match="2 rows for the run of 2020-01-01T00:00 at 6 h and the member '1'"):
        read_runs(file("issued,lead,farm,member,t\n" + text), told(lead="lead", member="member"), STATION)


@pytest.mark.parametrize(
    ("header", "beneath"), [("t [K]", ""), ("t (K)", ""), ("air temperature [K]", ""), ("t", "UTC,h,K\n")]
)
def test_a_unit_that_the_file_says_is_used_and_not_contradicted(file, header, beneath):
    rows = "2020-01-01,6,280.15\n2020-01-01,12,281.15\n"
    path = file(f"issued,lead,{header}\n{beneath}{rows}")
    column = COLUMN | {"source": header}

    unsaid = read_runs(path, told(lead="lead", columns=[column | {"unit": ""}]), STATION)
    same = read_runs(path, told(lead="lead", columns=[column | {"unit": "kelvin"}]), STATION)

    np.testing.assert_allclose(unsaid.values[0, :, 0], [7, 8])
    np.testing.assert_array_equal(unsaid.values, same.values)
    with pytest.raises(SourceUnreadableError, match=r"is in 'K', and 't2m' of the forecast source 's' in 'degC'"):
        read_runs(path, told(lead="lead", columns=[column | {"unit": "degC"}]), STATION)


def test_files_and_members_that_say_different_units_are_refused(tmp_path):
    for name, header in (("a", "t [K],u [°C]"), ("b", "t [°C],u [°C]")):
        (tmp_path / f"{name}.csv").write_text(f"issued,lead,{header}\n2020-01-01,6,7,8\n")
    members = told(lead="lead", columns=[{"name": "m", "members": ["t*", "u*"], "of": "T (degC)"}])

    with pytest.raises(SourceUnreadableError, match="mend one of them"):
        read_runs(tmp_path / "a.csv", members, STATION)
    assert read_runs(tmp_path / "b.csv", members, STATION).values[0, 0, 0] == 7.5


def test_a_unit_that_cannot_be_converted_to_is_refused(file):
    power = STATION.columns[0].model_copy(update={"name": "power", "minimum": 0, "maximum": 100})
    station = STATION.model_copy(update={"columns": (*STATION.columns, power)})
    column = {"name": "pw", "source": "t", "of": "power", "unit": "%"}

    with pytest.raises(SourceUnreadableError, match="does not say in parentheses which unit it is in"):
        read_runs(file("issued,lead,t\n2020-01-01,6,50\n"), told(lead="lead", columns=[column]), station)


@pytest.mark.parametrize(("blows", "east", "north"), [("to", 0.0, 5.0), ("from", 0.0, -5.0)])
def test_a_direction_is_of_the_way_that_is_told(file, blows, east, north):
    wind = {"name": "wind", "speed": "ws", "direction": "wd", "blows": blows}
    source = told(lead="lead", columns=[], winds=[wind])

    runs = read_runs(file("issued,lead,ws,wd\n2020-01-01,6,5,0\n"), source, STATION)

    assert runs.columns == ("wind speed", "wind east", "wind north")
    np.testing.assert_allclose(runs.values[0, 0], [5, east, north], atol=1e-12)


def test_a_calm_has_a_vector_though_it_has_no_direction(file):
    path = file("issued,lead,ws,wd\n2020-01-01,0,0,\n2020-01-01,6,4,90\n")
    wind = {"name": "wind", "speed": "ws", "direction": "wd", "blows": "to"}

    runs = read_runs(path, told(lead="lead", columns=[], winds=[wind]), STATION)

    assert runs.values[0].round(6).tolist() == [[0.0, 0.0, 0.0], [4.0, 4.0, 0.0]]


def test_a_vector_gives_its_speed_in_the_unit_of_what_is_measured(file):
    wind = {"name": "wind", "east": "u", "north": "v", "of": "wv (m/s)", "unit": "km/h"}

    runs = read_runs(
        file("issued,lead,u,v\n2020-01-01,6,10.8,14.4\n"), told(lead="lead", columns=[], winds=[wind]), STATION
    )

    np.testing.assert_allclose(runs.values[0, 0], [5, 3, 4])


def test_sums_since_the_issue_time_become_rates(file):
    column = {"name": "rain", "source": "r", "accumulated": True}

    runs = read_runs(
        file("issued,lead,r\n2020-01-01,3,6\n2020-01-01,6,6\n2020-01-01,12,18\n"),
        told(lead="lead", columns=[column]),
        STATION,
    )

    assert runs.values[0, :, 0].tolist() == [2, 0, 2]


def test_quantiles_that_cross_have_the_spread_of_those_that_do_not(file):
    column = {"name": "t", "quantiles": {"a": 0.1, "b": 0.5, "c": 0.9}}
    text = "issued,lead,a,b,c\n2020-01-01,6,9,5,1\n2020-01-01,12,1,5,9\n"

    runs = read_runs(file(text), told(lead="lead", columns=[column]), STATION)

    assert runs.spread[0, 0, 0] == runs.spread[0, 1, 0] > 0


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


@pytest.mark.parametrize(
    ("column", "is_refused"),
    [
        ({"source": "t", "of": "wd (deg)", "unit": "deg"}, True),
        ({"source": "t", "unit": "deg"}, True),
        ({"source": "wind_direction_10m"}, True),
        ({"source": "dir"}, True),
        ({"source": "dir", "unit": "W/m²"}, False),
        ({"source": "t", "of": "wv (m/s)"}, False),
    ],
)
def test_a_direction_is_to_be_a_wind(file, column, is_refused):
    path = file("issued,lead,t,wind_direction_10m,dir\n2020-01-01,0,35,350,350\n2020-01-01,6,35,10,10\n")
    source = told(lead="lead", columns=[{"name": "d"} | column])

    if not is_refused:
        assert len(read_runs(path, source, STATION)) == 1
        return
    with pytest.raises(SourceUnreadableError, match="write it with its speed under 'winds'"):
        read_runs(path, source, STATION)


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
        ({"lead": "a", "winds": [{"name": "w", "east": "s"}]}, "one of east and north alone"),
        ({"lead": "a", "columns": [COLUMN | {"unit": "parsec"}]}, "no unit that is known"),
        ({"lead": "a", "columns": [COLUMN | {"members": ["m"]}]}, "one of source, members and quantiles"),
        ({"lead": "a", "available_after_hours": None}, "available_after_hours"),
        ({"lead": "a", "strange": 1}, "strange"),
        ({"lead": "a", "columns": [{"name": "q", "quantiles": {"a": 0.5, "b": 0.5}}]}, "two quantiles of one level"),
    ],
)
def test_a_station_file_that_contradicts_itself_is_refused(more, sentence):
    with pytest.raises(ValidationError, match=sentence):
        told(**more)
