"""Sums since the issue time: what came in each step, by member, in what the station counts, for all of the step."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from told_source import rainy as station
from told_source import told

from jena_models.errors import SourceUnreadableError
from jena_models.reading.matching import taken_apart
from jena_models.stations.forecast_sources import ForecastColumn, ForecastSource
from jena_models.stations.units import known_forecast_unit, known_unit
from jena_models.weather_service.run_files.run_sums import hourly_rates
from jena_models.weather_service.run_files.run_tables import read_runs
from jena_models.weather_service.service import Service
from jena_models.weather_service.service_runs import known_then


def runs_of(tmp_path, text, column=None, schema=None, **more):
    path = tmp_path / "runs.csv"
    path.write_text(text)
    columns = [{"name": "r", "source": "r", "accumulated": True} | (column or {})]
    plain = {"name": "s", "source": "x", "issue_time": "issued", "lead": "lead", "available_after_hours": 0}
    source = ForecastSource.model_validate(plain | {"columns": columns} | more)
    return read_runs(path, source, schema or station())


def rows(sums, hours=6):
    return "issued,lead,r\n" + "".join(f"2020-01-01,{hours * step},{given}\n" for step, given in enumerate(sums))


steps = st.lists(st.floats(0.01, 50), min_size=1, max_size=12)


@given(steps, st.sets(st.integers(1, 11)), st.booleans())
def test_rates_give_back_what_came_wherever_sums_begin_anew(came, anew, is_negative):
    sums, total = [], 0.0
    for step, part in enumerate(came):
        total = part if step in anew and part < 0.9 * total else total + part
        sums.append(total)
    sign = -1 if is_negative else 1
    hours = np.arange(1, len(came) + 1) * 3.0

    rates = hourly_rates(sign * np.array(sums)[:, None], np.zeros(len(came), np.int64), hours)

    np.testing.assert_allclose(rates[:, 0] * 3, sign * np.array(came), rtol=1e-6, atol=1e-9)


def test_a_balance_may_fall_and_digits_that_are_lost_are_no_new_sum():
    hours, run = np.array([6.0, 12, 18]), np.zeros(3, np.int64)

    balance = hourly_rates(np.array([[-60.0], [60], [30]]), run, hours)
    packed = hourly_rates(np.array([[100.0], [99.9], [106]]), run, hours)

    assert balance[:, 0].tolist() == [-10, 20, -5]
    np.testing.assert_allclose(packed[:, 0], [100 / 6, 0, 6.1 / 6])


def test_a_member_that_is_missing_makes_no_rain_of_the_others(tmp_path):
    text = "issued,lead,m,r\n" + "".join(
        f"2020-01-01,{lead},{member},{given}\n"
        for lead, member, given in [(6, 1, 0), (6, 2, 6), (12, 1, 0), (12, 2, ""), (18, 1, 0), (18, 2, 12)]
    )
    in_rows = runs_of(tmp_path, text, member="m")
    text = "issued,lead,r1,r2\n2020-01-01,6,0,6\n2020-01-01,12,0,\n2020-01-01,18,0,12\n"
    in_columns = runs_of(tmp_path, text, {"source": "", "members": ["r*"]})

    for runs in (in_rows, in_columns):
        assert runs.values[0, :, 0].tolist() == [0.5, 0, 0.25]


def test_a_rate_holds_for_all_of_its_step_from_the_issue_time_on(tmp_path):
    whole = runs_of(tmp_path, rows([0, 0, 6, 6]))
    without_nought = runs_of(tmp_path, rows(["", 3, 6]))
    valid = np.arange(20) * 3600 + whole.issue_seconds[0]
    issued = np.full(20, whole.issue_seconds[0])

    said, early = (known_then(runs, issued, valid).values[:, 0] for runs in (whole, without_nought))

    assert said[1:19].tolist() == [0] * 6 + [1] * 6 + [0] * 6
    assert np.isnan(said[[0, 19]]).all()
    assert early[1:13].tolist() == [0.5] * 12


def test_steps_that_are_too_far_apart_say_nothing_between_them(tmp_path):
    runs = runs_of(tmp_path, rows([0, "", 12, 18]), interpolate_hours=6)
    at = runs.issue_seconds[0] + np.array([6, 9, 12, 15]) * 3600

    said = known_then(runs, np.full(4, runs.issue_seconds[0]), at).values[:, 0]

    np.testing.assert_array_equal(said, [np.nan, np.nan, 1, 1])


def test_what_holds_for_a_step_does_so_after_it_was_kept(tmp_path):
    runs = runs_of(tmp_path, rows([0, 0, 6, 6]))

    Service((runs,)).save(tmp_path)

    assert Service.load(tmp_path).sources[0].step_means == runs.step_means == (True,)


@pytest.mark.parametrize(
    ("sums", "column", "more", "expected"),
    [
        ([0, 6, 12], {"of": "rain (mm)", "unit": "mm"}, {}, 1 / 6),
        ([0, 6, 12], {"of": "rain (mm)"}, {"cadence_minutes": 60}, 1),
        ([0, 6, 12], {"of": "rain (mm)", "unit": "kg m**-2"}, {"resample_minutes": 30}, 0.5),
        ([0, 0.006, 0.012], {"of": "rain (mm)", "unit": "m"}, {"cadence_minutes": 60}, 1),
        ([0, 2.16e6, 4.32e6], {"of": "SWDR (W/m²)", "unit": "J/m²"}, {}, 100),
        ([0, 2160, 4320], {"of": "SWDR (W/m²)", "unit": "kJ m**-2"}, {}, 100),
        ([0, 600, 1200], {"of": "SWDR (W/m²)", "unit": "Wh/m²"}, {}, 100),
        ([0, 2.16, 4.32], {"of": "SWDR (W/m²)", "unit": "MJ/m²"}, {}, 100),
    ],
)
def test_sums_become_what_the_station_counts(tmp_path, sums, column, more, expected):
    runs = runs_of(tmp_path, rows(sums), column, station(**{"cadence_minutes": 10} | more))

    np.testing.assert_allclose(runs.values[0, 1:, 0], [expected, expected])


def test_a_metre_of_rain_is_no_unit_in_headers_of_readings_which_write_heights_so():
    assert known_forecast_unit("m") == "meter"
    assert known_unit("m") is None
    assert taken_apart("T (2 m)").unit == ""


def test_limits_are_of_what_came_in_a_step_and_not_of_the_sum(tmp_path):
    runs = runs_of(tmp_path, rows([0, 90, 180, 9000]), {"of": "rain (mm)"}, station(cadence_minutes=60))

    np.testing.assert_array_equal(runs.values[0, :, 0], [np.nan, 15, 15, np.nan])


@given(later=st.lists(st.floats(-1e6, 1e6), min_size=4, max_size=4))
def test_what_one_run_says_changes_no_rate_of_another(later):
    sums = np.array([0.0, 6.0, 2.0, 5.0, *later])[:, None]
    run, hours = np.repeat([0, 1], 4), np.tile([0.0, 6.0, 12.0, 18.0], 2)

    rates = hourly_rates(sums, run, hours)

    np.testing.assert_allclose(rates[1:4, 0], [1.0, 2 / 6, 0.5])


HOURLY = "issued,lead,r\n" + "".join(f"2020-01-01,{lead},{lead}\n" for lead in range(1, 7))


def test_an_amount_of_some_hours_becomes_what_falls_in_a_step_of_the_station(tmp_path):
    rain = {"accumulated": False, "of": "rain (mm)"}
    in_3_hours = runs_of(tmp_path, rows([3, 6, 1.5], hours=3).replace("01-01,0", "01-01,9"), rain | {"amount_hours": 3})
    in_1_hour = runs_of(tmp_path, HOURLY, rain | {"amount_hours": 1, "unit": "inch"})
    beside_24 = runs_of(tmp_path, HOURLY, rain | {"amount_hours": 24})

    assert in_3_hours.values[0, :, 0].tolist() == pytest.approx([6 / 18, 1.5 / 18, 3 / 18])
    assert in_3_hours.step_means == (True,)
    assert in_1_hour.values[0, :, 0].tolist() == pytest.approx([lead * 25.4 / 6 for lead in range(1, 7)])
    assert beside_24.step_means == (False,)


def by_valid_time(tmp_path, column, schema):
    """Read a table of what was forecast of each hour one day and two days before."""
    text = "valid,day1,day2\n" + "".join(f"2020-01-03 0{hour}:00,{hour},\n" for hour in range(6))
    told = {"layout": "wide", "valid_time": "valid", "lead": "", "issue_time": "issue_time"}
    return runs_of(tmp_path, text, column | {"source": "day{lead}"}, schema, **told)


def test_an_amount_of_other_steps_than_the_stations_is_asked_for(tmp_path):
    rain = {"accumulated": False, "of": "rain (mm)"}

    with pytest.raises(SourceUnreadableError, match=r"amount each 60 min, .* one each 10 min: write 'amount_hours: 1'"):
        runs_of(tmp_path, HOURLY, rain)
    with pytest.raises(SourceUnreadableError, match="write 'amount_hours: 1'"):
        by_valid_time(tmp_path, rain, station())
    previous = by_valid_time(tmp_path, rain, station(cadence_minutes=60))
    hourly = runs_of(tmp_path, HOURLY, rain, station(cadence_minutes=60))

    assert sorted(previous.values[np.isfinite(previous.values)]) == [0, 1, 2, 3, 4, 5]

    assert hourly.values[0, :, 0].tolist() == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize(("every", "is_asked"), [("D", True), ("h", False)])
def test_an_amount_a_day_is_asked_for_where_runs_have_one_row_each(tmp_path, every, is_asked):
    valid = pd.date_range("2020-01-01", periods=40, freq=every).strftime("%Y-%m-%dT%H:%M")
    text = "\n".join(["issued,lead,r", *(f"{time},24,2.4" for time in valid)])
    rain, schema = {"accumulated": False, "of": "rain (mm)"}, station(cadence_minutes=60)

    if is_asked:
        with pytest.raises(SourceUnreadableError, match=r"amount each 1440 min, .* write 'amount_hours: 24'"):
            runs_of(tmp_path, text, rain, schema)
        assert runs_of(tmp_path, text, rain | {"amount_hours": 24}, schema).values[0, 0, 0] == pytest.approx(0.1)
    else:
        assert runs_of(tmp_path, text, rain, schema).values[0, 0, 0] == 2.4


def test_amounts_and_sums_since_the_issue_time_are_not_both_told():
    with pytest.raises(ValueError, match="one of accumulated and amount_hours"):
        ForecastColumn(name="r", source="r", accumulated=True, amount_hours=1)


BY_HOUR = station(cadence_minutes=60)
FALLEN = {"name": "rain", "of": "rain (mm)"}


def of_hours(file, name, values=(0, 1, 6), **more):
    rows = "".join(f"2020-01-01,{lead},{value}\n" for lead, value in enumerate(values))
    return read_runs(
        file(f"issued,lead,{name}\n{rows}"), told(lead="lead", columns=[FALLEN | {"source": name} | more]), BY_HOUR
    )


@pytest.mark.parametrize("name", ["precip_6h", "rain.6h", "last_6_hours", "tp6h", "APCP 6hr", "RR_6H"])
def test_an_amount_that_is_called_after_other_hours_is_asked_for(file, name):
    with pytest.raises(SourceUnreadableError, match=r"an amount of 6 h, and .* 60 min: write 'amount_hours: 6'"):
        of_hours(file, name)

    assert of_hours(file, name, amount_hours=6).values[0, 2, 0] == 1


@pytest.mark.parametrize("name", ["precip_1h", "rain", "rain_60", "last_hour", "rain_2m", "r6hash"])
def test_one_that_is_not_is_read_as_that_of_a_step(file, name):
    assert of_hours(file, name).values[0, :, 0].tolist() == [0, 1, 6]


def test_a_lead_in_a_wide_tables_names_is_no_time_that_an_amount_is_of(file):
    source = told(layout="wide", columns=[FALLEN | {"source": "tp_{lead}h"}])

    runs = read_runs(file("issued,tp_1h,tp_2h,tp_3h\n2020-01-01,0,1,6\n"), source, BY_HOUR)

    assert runs.values[0, :, 0].tolist() == [0, 1, 6]


def test_an_amount_of_the_hours_ahead_counts_at_their_end(file):
    with pytest.raises(SourceUnreadableError, match="'amount_ahead: true' and 'amount_hours: 1'"):
        of_hours(file, "next_1_hours")
    ahead = of_hours(file, "next_1_hours", amount_hours=1, amount_ahead=True)
    before = of_hours(file, "next_1_hours", amount_hours=1, amount_ahead=False)

    assert ahead.lead_seconds.tolist() == [0, 3600, 7200, 10800]
    np.testing.assert_array_equal(ahead.values[0, :, 0], [np.nan, 0, 1, 6])
    assert before.values[0, :, 0].tolist() == [0, 1, 6]
    assert ahead.step_means == (True,)


def test_what_stands_beside_an_amount_of_the_hours_ahead_stays_at_its_time(file):
    columns = [
        FALLEN | {"source": "next_6_hours", "amount_hours": 6, "amount_ahead": True},
        {"name": "t2m", "source": "t", "of": "T (degC)"},
    ]
    text = "issued,lead,m,t,next_6_hours\n2020-01-01,0,a,5,12\n2020-01-01,0,b,7,24\n2020-01-01,6,a,8,\n"

    runs = read_runs(file(text), told(lead="lead", member="m", columns=columns), BY_HOUR)

    np.testing.assert_array_equal(runs.values[0, :, 0], [np.nan, 3])
    assert runs.values[0, :, 1].tolist() == [6, 8]


def test_hours_ahead_are_so_many():
    with pytest.raises(ValidationError, match="'rain' is to say with 'amount_hours'"):
        told(lead="lead", columns=[FALLEN | {"source": "r", "amount_ahead": True}])
