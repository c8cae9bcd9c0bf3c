"""When runs were issued, what they are for and when they could be had, in all the ways that files write it."""

import numpy as np
import pandas as pd
import pytest
from told_source import LONG, STATION, told

from jena_models.errors import SourceUnreadableError
from jena_models.weather_service.run_files.run_tables import read_runs


def test_a_column_says_when_each_run_could_be_had(file):
    hours = "issued,lead,t,after\n2020-01-01,6,280,3.5\n2020-01-02,6,280,\n"
    stamps = "issued,lead,t,after\n2020-01-01,6,280,2020-01-01 04:00\n2020-01-01,12,280,2020-01-01 09:00\n"

    late = read_runs(file(hours), told(lead="lead", available="after"), STATION)
    in_parts = read_runs(file(stamps), told(lead="lead", available="after"), STATION)

    assert (late.available_seconds - late.issue_seconds).tolist() == [3.5 * 3600, 5 * 3600]
    # A run counts when all of it is there
    assert (in_parts.available_seconds - in_parts.issue_seconds).tolist() == [9 * 3600]


@pytest.mark.parametrize("before", ["-999", "-1", "-0.5", "2019-12-31 04:00", "2019-12-31 23:59:59"])
def test_a_run_is_never_had_before_it_is_made(file, before):
    text = f"issued,lead,t,had\n2020-01-01,6,280,{before}\n"

    runs = read_runs(file(text), told(lead="lead", available="had", available_after_hours=6), STATION)

    assert (runs.available_seconds - runs.issue_seconds).tolist() == [6 * 3600]


@pytest.mark.parametrize(
    "stamp",
    ["1577851200", "1577851200000", "20200101040000", "2020010104", "2020-01-01T04:00Z", "01.01.2020 04:00", "4"],
)
def test_when_a_run_could_be_had_is_understood_as_other_times_are(file, stamp):
    text = f"issued,lead,t,had\n2020-01-01,6,280,{stamp}\n2020-01-02,6,280,\n"

    runs = read_runs(file(text), told(lead="lead", available="had", available_after_hours=6), STATION)

    assert (runs.available_seconds - runs.issue_seconds).tolist() == [4 * 3600, 6 * 3600]


@pytest.mark.parametrize(("name", "hours"), [("delay_min", 6), ("delay (min)", 6), ("delay_h", 360), ("delay", 360)])
def test_how_long_a_run_is_on_its_way_is_counted_in_what_its_column_says(file, name, hours):
    runs = read_runs(file(f"issued,lead,t,{name}\n2020-01-01,6,280,360\n"), told(lead="lead", available=name), STATION)

    assert (runs.available_seconds - runs.issue_seconds).tolist() == [hours * 3600]


def test_spans_of_parquet_and_decimal_commas_are_understood(file, tmp_path):
    frame = pd.DataFrame({"issued": pd.to_datetime(["2020-01-01"]), "t": [280.15]})
    frame = frame.assign(lead=pd.to_timedelta([6], "h"), had=pd.to_timedelta([330], "min"))
    frame.to_parquet(tmp_path / "runs.parquet")
    source = told(lead="lead", available="had")

    for path in (tmp_path / "runs.parquet", file("issued;lead;t;had\n2020-01-01;6,0;280,15;5,5\n")):
        runs = read_runs(path, source, STATION)
        assert runs.lead_seconds.tolist() == [6 * 3600]
        assert (runs.available_seconds - runs.issue_seconds).tolist() == [5.5 * 3600]


UNCLEAR = "issued,lead,t\n05/04/2020 00:00,6,280.15\n"


DAY_FIRST = "%d/%m/%Y %H:%M"


def first_day(runs):
    return runs.issue_seconds[:1].astype("datetime64[s]").astype(str)[0][:10]


def test_the_source_or_the_station_says_whether_the_day_comes_first(file):
    path, station = file(UNCLEAR), STATION.model_copy(update={"time_formats": (DAY_FIRST,)})

    assert first_day(read_runs(path, told(lead="lead", time_formats=[DAY_FIRST]), STATION)) == "2020-04-05"
    assert first_day(read_runs(path, told(lead="lead", time_formats=["%m/%d/%Y %H:%M"]), station)) == "2020-05-04"
    assert first_day(read_runs(path, told(lead="lead"), station)) == "2020-04-05"
    with pytest.raises(SourceUnreadableError, match="day and month cannot be told apart"):
        read_runs(path, told(lead="lead"), STATION)
    assert first_day(read_runs(file(LONG), told(valid_time="valid", select={"farm": ["1"]}), station)) == "2020-01-01"


@pytest.mark.parametrize(("other", "day"), [("13/04/2020 00:00", "2020-04-05"), ("04/13/2020 00:00", "2020-04-13")])
@pytest.mark.parametrize("end", ["csv", "parquet"])
def test_whether_the_day_comes_first_is_told_by_all_files_of_a_folder(tmp_path, other, day, end):
    for name, issued in (("a", "05/04/2020 00:00"), ("b", other)):
        frame = pd.DataFrame({"issued": [issued], "lead": [6], "t": [280.15]})
        frame.to_csv(tmp_path / f"{name}.csv", index=False) if end == "csv" else frame.to_parquet(
            tmp_path / f"{name}.parquet"
        )

    station = STATION.model_copy(update={"time_formats": (DAY_FIRST,)})
    for asked in (STATION, station):
        assert first_day(read_runs(tmp_path, told(lead="lead"), asked)) == day


def test_files_that_contradict_each_other_tell_nothing(tmp_path):
    for name, issued in (("a", "05/04/2020 00:00"), ("b", "13/04/2020 00:00"), ("c", "04/13/2020 00:00")):
        (tmp_path / f"{name}.csv").write_text(f"issued,lead,t\n{issued},6,280.15\n")

    with pytest.raises(SourceUnreadableError, match="day and month cannot be told apart"):
        read_runs(tmp_path, told(lead="lead"), STATION)


def test_times_that_are_of_no_runs_are_refused_before_they_take_the_memory(tmp_path):
    issued = pd.date_range("2020-01-01", periods=5000, freq="3599s")
    frame = pd.DataFrame({"issued": issued, "valid": issued.ceil("h") + pd.Timedelta(hours=24), "t": 280.0})
    frame.to_parquet(tmp_path / "runs.parquet")

    with pytest.raises(SourceUnreadableError, match="are the issue times those of runs"):
        read_runs(tmp_path / "runs.parquet", told(valid_time="valid"), STATION)


def test_a_stamp_that_cannot_be_read_is_named_by_its_line(file):
    rows = "".join(f"1,2020-01-01,{lead},280\n2,none,,280\n" for lead in range(9))

    with pytest.raises(SourceUnreadableError, match="in line 20: '2020-13-01'"):
        read_runs(
            file(f"farm,issued,lead,t\n{rows}1,2020-13-01,1,280\n"), told(lead="lead", select={"farm": ["1"]}), STATION
        )


def in_berlin(utc):
    return f"{utc.tz_localize('UTC').tz_convert('Europe/Berlin'):%Y-%m-%d %H:%M}"


def local_rows(members=("",), step=1):
    for run in pd.date_range("2020-10-23 06:00", "2020-10-26", freq="12h"):
        for lead in range(0, 49, step):
            for member in members:
                yield f"{in_berlin(run)},{in_berlin(run + pd.Timedelta(hours=lead))},280.15,{lead},{member}"


@pytest.mark.parametrize("step", [1, 3, 6])
def test_an_hour_that_a_clock_shows_twice_is_told_apart_by_a_runs_other_rows(file, step):
    text = "\n".join(["issued,valid,t,lead,member", *local_rows(step=step)])
    column = {"name": "lead", "source": "lead"}

    runs = read_runs(file(text), told(valid_time="valid", clock="Europe/Berlin", columns=[column]), STATION)

    assert (runs.lead_seconds / 3600).tolist() == list(range(0, 49, step))
    assert (runs.values[:, :, 0] == runs.lead_seconds / 3600).all()


def test_an_hour_that_is_shown_twice_and_not_told_apart_is_refused(file):
    text = "\n".join(["issued,valid,t,lead,member", *local_rows(members=("1", "2"))])

    with pytest.raises(SourceUnreadableError, match="Europe/Berlin shows the hour of 2020-10-25 02:00 twice"):
        read_runs(file(text), told(valid_time="valid", clock="Europe/Berlin", member="member"), STATION)


@pytest.mark.parametrize(
    ("issued", "valid"),
    [("init (UTC)", "valid_utc"), ("init GMT+01:00", "valid (Europe/Berlin)"), ("init", "valid_utc")],
)
def test_the_names_of_its_columns_tell_the_clock_that_times_are_in(file, issued, valid):
    hour = {"init (UTC)": 0, "init GMT+01:00": 1, "init": 1}[issued]
    shown = 7 if "Berlin" in valid else 6
    text = f"{issued},{valid},t\n2020-01-01 {hour:02}:00,2020-01-01 {shown:02}:00,280\n"

    runs = read_runs(file(text), told(issue_time=issued, valid_time=valid, clock="Europe/Berlin"), STATION)

    assert runs.issue_seconds.tolist() == [1577836800]
    assert runs.lead_seconds.tolist() == [6 * 3600]


def test_a_file_that_says_how_far_it_is_ahead_of_utc_is_read_so(tmp_path):
    for day, ahead in (("2020-01-01", 3600), ("2020-07-01", 7200)):
        head = f"latitude,longitude,elevation,utc_offset_seconds,timezone\n50.9,11.6,150,{ahead},Europe/Berlin\n\n"
        rows = "".join(f"{day}T{hour:02}:00,{280 + hour}\n" for hour in range(6, 12))
        (tmp_path / f"om_{day}.csv").write_text(f"{head}time,t\n{rows}")
    source = told(issue_time="issue_time", issue_time_in_name="om_%Y-%m-%d", valid_time="time")

    runs = read_runs(tmp_path / "om_*.csv", source, STATION)

    first = [runs.lead_seconds[np.isfinite(runs.values[run, :, 0])][0] // 3600 for run in range(2)]
    assert first == [5, 4]


def test_places_with_several_clocks_in_one_file_are_refused(file):
    head = "location_id,latitude,longitude,elevation,utc_offset_seconds\n0,50.9,11.6,150,3600\n1,40.7,-74,10,-18000\n\n"
    text = f"{head}location_id,time,t\n0,2020-01-01T06:00,280\n1,2020-01-01T06:00,281\n"

    source = told(issue_time="issue_time", issued_at_hours=[0], valid_time="time", select={"location_id": ["0"]})

    with pytest.raises(SourceUnreadableError, match="-18000 and 3600 s ahead of UTC"):
        read_runs(file(text), source, STATION)
