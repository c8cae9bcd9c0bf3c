"""How long after its issue time what a row is for comes, in all the ways that files write it."""

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
