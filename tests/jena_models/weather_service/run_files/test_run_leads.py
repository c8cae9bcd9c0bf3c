"""How long after its issue time what a row is for comes, in all the ways that files write it."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from told_source import COLUMN, STATION, told

from jena_models.errors import SourceUnreadableError
from jena_models.weather_service.run_files.run_leads import seconds_of
from jena_models.weather_service.run_files.run_tables import read_runs

WAYS = ["6", "6.0", "+006", "6h", "6 h", "6H", "06:00", "06:00:00", "PT6H", "P0DT6H", "0 days 06:00:00", "6 hours"]
COUNTED = ["T+6", "f006", "+6", "lead_006", "step 6", "H+6", "6 hrs"]


@pytest.mark.parametrize(
    ("text", "hours"), [("36H", 36), ("2d", 48), ("1d 3H", 27), ("90 MIN", 1.5), ("PT3H", 3), ("3M", None)]
)
def test_units_in_another_case_are_understood_without_a_warning_to_silence(text, hours):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = seconds_of(text, 3600)

    assert np.isnan(found) if hours is None else found == hours * 3600


@pytest.mark.parametrize("lead", [*WAYS, *COUNTED])
def test_a_lead_is_understood_as_people_and_programs_write_it(file, lead):
    runs = read_runs(file(f"issued,lead,t\n2020-01-01,{lead},280\n2020-01-02,30,280\n"), told(lead="lead"), STATION)

    assert runs.lead_seconds.tolist() == [6 * 3600, 30 * 3600]


@given(st.integers(-1000, 9000), st.sampled_from(["h", "iso", "pandas", "clock", "number"]))
def test_a_span_has_the_seconds_that_it_was_written_of(minutes, way):
    span, (hours, rest) = pd.Timedelta(minutes=minutes), divmod(abs(minutes), 60)
    sign = "-" if minutes < 0 else ""
    texts = {
        "h": f"{sign}{hours}h {rest}min",
        "iso": span.isoformat(),
        "pandas": str(span),
        "clock": f"{sign}{hours:02}:{rest:02}:00",
        "number": repr(minutes / 60),
    }

    assert seconds_of(texts[way], 3600) == pytest.approx(minutes * 60)


@pytest.mark.parametrize(
    ("name", "hours"),
    [
        *(("lead_min", 1), ("lead (min)", 1), ("leadMinutes", 1), ("forecast_hour", 60), ("lead [h]", 60)),
        *(("lead_days", 24 * 60), ("lead time (d)", 24 * 60), ("seconds", 1 / 60), ("lead", 60), ("minimum", 60)),
    ],
)
def test_leads_are_counted_in_what_their_column_says(file, name, hours):
    runs = read_runs(file(f"issued,{name},t\n2020-01-01,60,280\n2020-01-02,60,281\n"), told(lead=name), STATION)

    assert runs.lead_seconds.tolist() == [round(hours * 3600)]


def test_leads_are_counted_in_what_the_row_beneath_their_name_says(file):
    runs = read_runs(
        file("issued,lead,t\nUTC,min,K\n2020-01-01,60,280\n2020-01-02,60,281\n"), told(lead="lead"), STATION
    )

    assert runs.lead_seconds.tolist() == [3600]


@pytest.mark.parametrize(
    ("name", "lead", "seconds"), [("lead_s", 3600, 3600), ("step (s)", 3600, 3600), ("lead(s)", 6, 21600)]
)
def test_leads_may_be_counted_in_seconds_but_a_plural_counts_nothing(file, name, lead, seconds):
    runs = read_runs(file(f"issued,{name},t\n2020-01-01,{lead},280\n2020-01-02,{lead},281\n"), told(lead=name), STATION)

    assert runs.lead_seconds.tolist() == [seconds]


def test_leads_that_a_name_and_the_station_file_count_in_different_units_are_refused(file):
    with pytest.raises(SourceUnreadableError, match=r"'lead_min' .* in minutes by their name, and in hours"):
        read_runs(file("issued,lead_min,t\n2020-01-01,60,280\n"), told(lead="lead_min", lead_unit="hours"), STATION)


@pytest.mark.parametrize(
    ("header", "pattern", "hours"),
    [
        ("t_060min,t_120min", "t_{lead}min", [1, 2]),
        ("t_day1,t_day2", "t_day{lead}", [24, 48]),
        ("1d,2d", "{lead}d", [24, 48]),
        ("t_6_min,t_12_min", "t_{lead}_min", [6, 12]),
        ("t_6hPa,t_12hPa", "t_{lead}hPa", [6, 12]),
        ("0 days 06:00:00,1 days 12:00:00", "{lead}", [6, 36]),
        ("t PT6H,t PT36H", "t {lead}", [6, 36]),
    ],
)
def test_leads_of_a_wide_table_are_counted_in_what_stands_beside_them(file, header, pattern, hours):
    source = told(layout="wide", columns=[COLUMN | {"source": pattern}])

    runs = read_runs(file(f"issued,{header}\n2020-01-01,280,281\n"), source, STATION)

    assert runs.lead_seconds.tolist() == [each * 3600 for each in hours]


@pytest.mark.parametrize("of_another", ["none,6", ",6", "2020-01-01,analysis", "2020-01-01,"])
def test_rows_that_are_not_selected_may_hold_anything(file, of_another):
    text = f"farm,issued,lead,t\n1,2020-01-01,6,280\n2,{of_another},280\n1,2020-01-02,6,281\n"

    runs = read_runs(file(text), told(lead="lead", select={"farm": ["1"]}), STATION)

    assert (len(runs), runs.lead_seconds.tolist()) == (2, [6 * 3600])


def rows_of(leads, every="6h"):
    issued = pd.date_range("2020-01-01", periods=3, freq=every)
    return "issued,lead,t\n" + "".join(f"{at},{lead},280\n" for at in issued for lead in leads)


@pytest.mark.parametrize(
    ("leads", "every"),
    [
        (range(0, 2881, 60), "6h"),
        (range(180, 2881, 180), "6h"),
        ((360, 720), "12h"),
        ((1440, 2880), "24h"),
        (range(15, 121, 15), "1h"),
        (range(5, 61, 5), "5min"),
        (range(6, 121, 6), "6min"),
        ((1440,), "24h"),
        ((3600, 7200), "6h"),
    ],
)
def test_minutes_under_a_plain_name_are_not_taken_for_hours(file, leads, every):
    text = rows_of(leads, every)

    with pytest.raises(SourceUnreadableError, match=r"Nothing says what the leads in 'lead' .*'lead_unit: minutes'"):
        read_runs(file(text), told(lead="lead"), STATION)
    read = read_runs(file(text), told(lead="lead", lead_unit="minutes"), STATION).lead_seconds
    assert read.tolist() == [60 * each for each in leads]


@pytest.mark.parametrize(
    "leads", [range(1, 49), range(3, 385, 3), (6, 12), (24, 48, 72, 96, 120), (24,), (60,), range(0, 1105, 6), (12, 36)]
)
def test_leads_that_can_be_hours_are_read_as_hours(file, leads):
    runs = read_runs(file(rows_of(leads)), told(lead="lead"), STATION)

    assert runs.lead_seconds.tolist() == [3600 * each for each in leads]


def test_days_under_a_plain_name_are_not_taken_for_hours_of_a_station_of_daily_readings(file):
    daily = STATION.model_copy(update={"cadence_minutes": 1440.0})

    with pytest.raises(SourceUnreadableError, match="Nothing says what the leads"):
        read_runs(file(rows_of(range(1, 11), "24h")), told(lead="lead"), daily)


def test_minutes_in_the_names_of_a_wide_table_are_not_taken_for_hours(file):
    text = "issued,t_60,t_120\n2020-01-01,280,281\n2020-01-02,280,281\n"
    source = told(layout="wide", columns=[COLUMN | {"source": "t_{lead}"}])

    with pytest.raises(SourceUnreadableError, match=r"Nothing says what the leads in 't_\{lead\}'"):
        read_runs(file(text), source, STATION)
    minutes = source.model_copy(update={"lead_unit": "minutes"})
    assert read_runs(file(text), minutes, STATION).lead_seconds.tolist() == [3600, 7200]
