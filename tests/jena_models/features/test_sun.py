"""The sun's elevation, against what an almanac and plain geometry say."""

import numpy as np
import pytest

from jena_models.features.almanac.sun import noon_elevation, sun_elevation

JENA = (50.91, 11.569)


def seconds(text: str) -> np.ndarray:
    return np.array([np.datetime64(text, "s")]).astype(np.int64)


def day(text: str) -> np.ndarray:
    return seconds(text) + np.arange(0, 86_400, 60)


@pytest.mark.parametrize(
    ("date", "declination"),
    [("2012-03-20", 0.0), ("2012-06-20", 23.44), ("2012-09-22", 0.1), ("2012-12-21", -23.44)],
)
def test_noon_is_as_high_as_the_declination_of_the_date_says(date, declination):
    elevations = sun_elevation(day(date), *JENA, 1.0)

    assert elevations.max() == pytest.approx(90 - JENA[0] + declination, abs=0.25)
    assert elevations.min() == pytest.approx(JENA[0] + declination - 90, abs=0.35)
    assert noon_elevation(seconds(f"{date}T12:00"), JENA[0], 1.0)[0] == pytest.approx(elevations.max(), abs=0.1)


def test_noon_comes_when_the_meridian_and_the_equation_of_time_say():
    # 15° east is Central European Time's own meridian; on 11 February the sun is 14.2 minutes late, on 3 November 16.4
    # minutes early.
    for date, equation_minutes in (("2015-02-11", -14.2), ("2015-11-03", 16.4)):
        minute = int(sun_elevation(day(date), *JENA, 1.0).argmax())
        assert minute == pytest.approx(720 + (15 - JENA[1]) * 4 - equation_minutes, abs=1.5)


def test_at_the_equinox_the_sun_stands_above_the_equator():
    assert sun_elevation(day("2012-03-20"), 0.0, 0.0, 0.0).max() == pytest.approx(90, abs=0.3)


def test_the_sun_follows_the_clock_that_the_station_names_and_not_its_longitude():
    lincoln = (40.8, -96.7)

    in_utc = sun_elevation(day("2012-06-20"), *lincoln, 0.0)
    in_central_time = sun_elevation(day("2012-06-20"), *lincoln, -6.0)

    assert in_utc[18 * 60 + 27] == pytest.approx(90 - 40.8 + 23.44, abs=0.2)
    np.testing.assert_allclose(in_utc[6 * 60 :], in_central_time[: 18 * 60], atol=1e-9)


def test_the_southern_summer_is_in_december():
    assert noon_elevation(seconds("2012-12-21"), -34.0, 2.0)[0] == pytest.approx(90 - 34 + 23.44, abs=0.1)
