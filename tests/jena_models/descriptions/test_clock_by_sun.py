"""A clock is found wrong by the light that is measured, and a right one is not, whatever clouds and hills do."""

import time

import numpy as np
import pandas as pd
import pytest
from measured_light import LIGHT, later, measured, station_at

from jena_models.descriptions.clock_by_sun import ClockBySun, clock_by_sun
from jena_models.stations.schema import StationSchema

JENA = (50.91, 11.569)


def found(readings: pd.DataFrame, station: StationSchema, step: float = 10) -> ClockBySun:
    told = clock_by_sun(readings, station, step)
    assert told is not None
    return told


@pytest.mark.parametrize(
    ("place", "sky"),
    [
        (JENA, {}),
        (JENA, {"clouds": 0.9}),
        (JENA, {"start": "2015-12-01"}),
        (JENA, {"night": 8.0}),
        (JENA, {"hill": 15.0}),
        ((35.0, -110.0), {"hill": 30.0, "clouds": 0.1}),
        ((1.0, 30.0), {"afternoon": 0.8, "clouds": 0.2}),
        ((-34.0, 150.0), {}),
        ((69.7, 18.9), {"start": "2015-05-20"}),
        ((-1.0, 179.9), {}),
        ((52.0, 359.0), {}),
    ],
    ids=str,
)
@pytest.mark.parametrize(("step", "stamped"), [(5, "right"), (10, "right"), (30, "left"), (60, "right"), (60, "left")])
def test_a_right_clock_is_right_and_one_an_hour_off_is_not(place, sky, step, stamped):
    readings, station = measured(*place, step=step, stamped=stamped, **sky), station_at(*place)

    right = found(readings, station, step)
    assert right.cause == ""
    # An hour towards the side on which the stamps lie already; towards the other it would be a step stamped otherwise.
    side = 60 if stamped == "right" else -60
    wrong = found(later(readings, side), station, step)
    assert wrong.cause
    assert wrong.spans[0].ahead_minutes - right.spans[0].ahead_minutes == pytest.approx(side, abs=6)


def test_an_hour_of_instantaneous_hourly_readings_is_told_either_way():
    readings = measured(*JENA, step=5)
    hourly = readings[readings.index.minute == 0]

    assert found(hourly, station_at(*JENA), 60).cause == ""
    for minutes in (-60, 60):
        assert found(later(hourly, minutes), station_at(*JENA), 60).cause


def test_how_far_the_clock_is_from_the_sun_is_told_to_some_minutes():
    span = found(later(measured(*JENA), 75), station_at(*JENA)).spans[0]

    assert span.ahead_minutes == pytest.approx(75 + 5, abs=4)  # the means lie 5 minutes before their stamps
    assert span.off_minutes == pytest.approx(75, abs=4)
    assert span.error_minutes < 2
    assert (str(span.first), str(span.last), span.days) == ("2015-03-01", "2015-04-29", 60)
    assert span.in_words() == f"{span.ahead_minutes:.0f} min ahead of the sun from 2015-03-01 to 2015-04-29"


@pytest.mark.parametrize(
    ("minutes", "clock", "cause"),
    [
        (60, "UTC+01:00", "it fits 'clock: UTC+02:00'"),
        (-60, "UTC+01:00", "it fits 'clock: UTC'"),
        (-120, "Europe/Berlin", "it fits a clock 2 h behind Europe/Berlin"),
        (720, "UTC+01:00", "it fits AM and PM that were exchanged or left out"),
        (-90, "UTC+01:00", "it fits 'longitude: -11.569'"),
        (150, "UTC+01:00", "it fits 'clock: UTC+03:30'"),
        (45 - 720, "UTC+01:00", "it fits 'clock: UTC-10:00' or 'clock: UTC+14:00'"),
    ],
)
def test_the_cause_is_named(minutes, clock, cause):
    # A wrong sign of the longitude: the place is mirrored, so that the sun is 93 minutes later than the file has it.
    place = (JENA[0], -JENA[1]) if "longitude" in cause else JENA
    shift = 0 if "longitude" in cause else minutes
    station = station_at(*JENA, clock=clock)

    told = found(later(measured(*place), shift), station).cause

    assert told == cause


def test_daylight_saving_shows_two_values_and_is_named_with_its_days():
    saved = later(later(measured(*JENA, days=330, start="2015-01-15"), 60, "2015-03-29 01:00"), -60, "2015-10-25 02:00")

    told = found(saved, station_at(*JENA, clock="UTC+01:00"))

    assert [round(span.off_minutes / 60) for span in told.spans] == [0, 1, 0]
    for span, day in zip(told.spans[1:], ("2015-03-29", "2015-10-25"), strict=True):
        assert abs(np.datetime64(span.first) - np.datetime64(day)) <= np.timedelta64(2, "D")
    assert told.cause == "it fits daylight saving: name the zone in place of 'clock: UTC+01:00'"


def test_standard_time_read_by_a_zone_with_daylight_saving_is_named():
    misread = later(later(measured(*JENA, days=330, start="2015-01-15"), -60, "2015-03-29"), 60, "2015-10-25")

    told = found(misread, station_at(*JENA, clock="Europe/Berlin"))

    assert told.cause == "it fits standard time all the year: write 'clock: UTC+01:00' in place of Europe/Berlin"


@pytest.mark.parametrize("minutes", [-60, 60, 600])
def test_a_logger_that_was_set_anew_is_told_with_the_day(minutes):
    readings = later(measured(*JENA, days=90, start="2015-05-01"), minutes, "2015-06-20")

    told = found(readings, station_at(*JENA))

    assert len(told.spans) == 2
    assert told.cause == f"the clock was set anew about {told.spans[1].first}"
    assert abs(np.datetime64(told.spans[1].first) - np.datetime64("2015-06-20")) <= np.timedelta64(1, "D")
    off = told.off_at(readings.index.to_numpy())
    assert np.nanmax(np.abs(off[:7000])) < 10
    np.testing.assert_allclose(off[7400:-200], minutes, atol=10)


def test_of_many_changes_the_first_are_told():
    readings = measured(*JENA, days=330, start="2015-01-01")
    for number, month in enumerate(range(2, 12)):
        readings = later(readings, 60 if number % 2 else -60, f"2015-{month:02}-01 02:00")

    told = found(readings, station_at(*JENA))

    assert len(told.spans) == 11
    assert told.in_words()[8] == "and 3 more spans"
    assert told.cause.startswith("the clock was set anew about 2015-0")
    assert told.cause.endswith(" and 7 times later")


def test_a_few_wrong_days_are_no_other_clock():
    readings = measured(*JENA, days=60)
    noise = readings.copy()
    noise.loc["2015-03-20":"2015-03-23", LIGHT] = np.roll(readings.loc["2015-03-20":"2015-03-23", LIGHT], 12)

    assert len(found(noise, station_at(*JENA)).spans) == 1


@pytest.mark.parametrize("quantity", ["PAR", "illuminance", "Global Radiation", "sunshine"])
def test_whatever_follows_the_sun_tells(quantity):
    station, readings = station_at(*JENA, quantity=quantity), measured(*JENA, sunshine=quantity == "sunshine")

    assert found(readings, station).cause == ""
    assert found(later(readings, 720), station).cause


def test_sunshine_behind_a_hill_is_not_taken_for_a_wrong_clock():
    readings = measured(35.0, -110.0, hill=20.0, clouds=0.2, sunshine=True)

    told = found(readings, station_at(35.0, -110.0, quantity="sunshine"))
    assert told.spans[0].ahead_minutes > 40
    assert told.cause == ""


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda light: light * np.nan,
        lambda light: light * 0,
        lambda light: light * 0 + 5,
        lambda light: light[::-1].to_numpy() * 0 + np.random.default_rng(1).normal(0, 2, len(light)),
        lambda light: light.groupby(light.index.date).cumsum(),
        lambda light: light.where(light.index.hour < 11),
        lambda light: light.where(light.index < "2015-03-04"),
    ],
    ids=["missing", "dark", "stuck", "noise", "summed up", "half days", "three days"],
)
def test_what_tells_no_time_is_passed_over(spoiled):
    readings = measured(*JENA)
    readings[LIGHT] = spoiled(readings[LIGHT])

    assert clock_by_sun(readings, station_at(*JENA), 10) is None


def test_half_days_are_passed_over_and_the_others_tell():
    readings = later(measured(*JENA), 60)
    readings.loc[(readings.index.day % 2 == 0) & (readings.index.hour < 13), LIGHT] = np.nan

    assert found(readings, station_at(*JENA)).spans[0].off_minutes == pytest.approx(60, abs=5)


def test_the_polar_night_tells_nothing_and_a_station_without_light_neither():
    night = measured(78.2, 15.6, start="2015-11-20", night=2.0)
    assert clock_by_sun(night, station_at(78.2, 15.6), 10) is None
    assert clock_by_sun(measured(*JENA)[["T (degC)"]], station_at(*JENA), 10) is None
    assert clock_by_sun(measured(*JENA, step=180), station_at(*JENA), 180) is None


def test_ten_years_of_ten_minutes_take_less_than_a_second():
    year = measured(*JENA, days=366)
    readings = pd.concat([year.set_axis(year.index + pd.Timedelta(days=366 * number)) for number in range(10)])
    readings = readings[~readings.index.duplicated()]

    begun = time.process_time()
    found(readings, station_at(*JENA))

    assert time.process_time() - begun < 1
