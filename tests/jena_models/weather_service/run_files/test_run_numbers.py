"""What stands for no number, and what no reading can be, is no forecast."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from told_source import COLUMN, STATION, told

from jena_models.errors import ForecastsImpossibleError
from jena_models.weather_service.run_files.run_tables import read_runs


def test_pressure_of_another_height_is_missing_and_no_unit_is_made_up_for_it(file, caplog):
    rows = "".join(f"2020-01-01,{lead},1255\n" for lead in range(40))
    column = {"name": "p", "source": "t", "of": "p (mbar)"}

    runs = read_runs(file("issued,lead,t\n" + rows), told(lead="lead", columns=[column]), STATION)

    assert np.isnan(runs.values).all()
    assert "says nothing of 'p'" in caplog.text


@pytest.mark.parametrize("fill", ["-9999", "-999", "inf", "-inf", "9.96921e36", "1e20", "-99", "NA"])
@pytest.mark.parametrize("of", [{}, {"of": "T (degC)", "unit": "degC"}])
def test_what_stands_for_a_missing_value_is_no_forecast_nor_part_of_a_mean(file, fill, of):
    columns = [{"name": "one", "source": "m1", **of}, {"name": "all", "members": ["m*"], **of}]
    station = STATION.model_copy(update={"sentinels": (-99.0,)})

    text = f"issued,lead,m1,m2,m3\n2020-01-01,6,{fill},4,6\n"
    runs = read_runs(file(text), told(lead="lead", columns=columns), station)

    assert np.isnan(runs.values[0, 0, 0])
    assert runs.values[0, 0, 1] == 5
    assert runs.spread[0, 0, 1] == pytest.approx(np.sqrt(2))


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=20))
def test_no_forecast_is_what_no_reading_can_be(file, celsius):
    rows = "".join(f"2020-01-01,{lead},{value!r}\n" for lead, value in enumerate(celsius))
    column = COLUMN | {"unit": "degC"}

    runs = read_runs(file(f"issued,lead,t\n{rows}"), told(lead="lead", columns=[column]), STATION)

    limits = STATION.column("T (degC)")
    said, nearest = runs.values[0, :, 0], np.clip(celsius, limits.minimum, limits.maximum)
    is_hardly_beyond = np.abs(celsius - nearest) < 0.02 * (limits.maximum - limits.minimum)
    np.testing.assert_array_equal(said, np.where(is_hardly_beyond, nearest, np.nan))


def test_a_humidity_hardly_above_what_can_be_measured_is_the_most_that_can(file):
    column = {"name": "rh", "source": "rh", "of": "rh (%)", "unit": "%"}

    runs = read_runs(
        file("issued,lead,rh\n2020-01-01,0,101.7\n2020-01-01,6,97\n"), told(lead="lead", columns=[column]), STATION
    )

    assert runs.values[0, :, 0].tolist() == [STATION.column("rh (%)").maximum, 97]


def test_a_forecast_that_no_reading_can_be_is_missing_and_told_of(file, caplog):
    wind = {"name": "wind", "east": "u", "north": "v", "of": "wv (m/s)", "unit": "m/s"}

    runs = read_runs(
        file("issued,lead,u,v\n2020-01-01,6,300,400\n2020-01-01,12,3,4\n"),
        told(lead="lead", columns=[], winds=[wind]),
        STATION,
    )

    assert np.isnan(runs.values[0, 0]).all()
    assert runs.values[0, 1].tolist() == [5, 3, 4]
    assert "s, wind: 1 of 2 numbers cannot be of wv (m/s)" in caplog.text


def test_a_unit_that_changes_with_a_day_is_found_by_what_cannot_be(file):
    rows = [f"2020-01-{day:02},{lead},{5 if day < 8 else 278}" for day in range(1, 16) for lead in range(8)]
    source = told(lead="lead", columns=[COLUMN | {"unit": "degC"}])

    with pytest.raises(ForecastsImpossibleError, match="as K taken for °C is: write 'unit: K'"):
        read_runs(file("issued,lead,t\n" + "\n".join(rows)), source, STATION)
