"""The picture of a forecast: drawn once, kept for a while."""

import os
import re
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace

import numpy as np
import pytest
from small_study import STATION, small_readings

from tasks.forecasting.forecast_picture import draw_forecast, forecast_figure
from tasks.forecasting.made_forecast import Forecast

ISSUED = datetime(2012, 3, 20, 6, 10, tzinfo=timezone(timedelta(hours=1)))
PLAIN = ISSUED.replace(tzinfo=None)


def made(issued=ISSUED, **changes) -> Forecast:
    plain = Forecast(
        issue_time=issued,
        valid_time=issued + timedelta(hours=24),
        horizon_hours=24,
        forecast=9.5,
        lower=5.0,
        upper=14.0,
        level=0.9,
        persistence=6.0,
        unit="°C",
        model="jena-temperature-24h",
        version=3,
        rung="champion",
        missing="",
        why="",
        architecture="lstm",
        data_hash="0123456789abcdef",
        written=True,
    )
    return plain.model_copy(update=changes)


@pytest.fixture
def checked(home):
    small_readings().to_parquet(home / "readings.parquet")
    return SimpleNamespace(readings=home / "readings.parquet", cadence_minutes=60.0)


def test_the_picture_lies_beside_the_forecasts_and_is_drawn_once(checked, home):
    drawn = draw_forecast.fn(made(), checked, STATION, 10)

    folder = home / "forecasts" / "jena-temperature-24h" / "pictures"
    assert drawn.picture == folder / "2012-03-20T061000-v3.svg"
    texts = re.findall(r"<text [^>]*>([^<]+)</text>", drawn.picture.read_text(encoding="utf-8"))
    assert {"9.5 °C at 2012-03-21 06:10 +0100", "measured", "same as now", STATION.credit} <= set(texts)
    assert drawn.picture.stat().st_size < 20_000
    before = drawn.picture.stat().st_mtime_ns
    assert draw_forecast.fn(made(), checked, STATION, 10) == drawn
    assert drawn.picture.stat().st_mtime_ns == before
    assert list(folder.iterdir()) == [drawn.picture]


def test_the_pictures_drawn_last_are_kept(checked):
    for hours in (0, 1, -5, 2):
        drawn = draw_forecast.fn(made(ISSUED + timedelta(hours=hours)), checked, STATION, 2)
        os.utime(drawn.picture, (10 + hours, 10 + hours) if hours else (20, 20))

    assert len(list(drawn.picture.parent.iterdir())) == 2
    assert drawn.picture.exists()


def test_with_none_to_keep_none_is_drawn(checked, home):
    assert draw_forecast.fn(made(), checked, STATION, 0).picture is None
    assert not (home / "forecasts").exists()


def test_five_days_the_forecast_and_its_interval_are_drawn():
    target = small_readings()["T (degC)"]
    target = target.drop(target[PLAIN - timedelta(hours=30) : PLAIN - timedelta(hours=20)].index)

    [axes] = forecast_figure(made(), target, 60, STATION).axes

    measured, same_as_now, forecast = axes.get_lines()[:3]
    times = np.asarray(measured.get_xdata(), dtype="datetime64[s]")
    assert (times.min(), times.max()) == (np.datetime64(PLAIN - timedelta(days=5)), np.datetime64(PLAIN))
    assert np.isnan(np.asarray(measured.get_ydata(), dtype=float)).sum() == 1
    assert list(same_as_now.get_ydata()) == [6.0, 6.0]
    assert list(forecast.get_ydata()) == [9.5]
    assert len(axes.collections) == 2
    [without] = forecast_figure(made(lower=None, upper=None), target, 60, STATION).axes
    assert len(without.collections) == 0


def test_a_simulated_station_is_credited_to_nobody():
    target = small_readings()["T (degC)"]

    def credit(model):
        return forecast_figure(made(model=model), target, 60, STATION).get_supxlabel()

    assert credit("jena-temperature-24h") == STATION.credit
    assert "no measurement" in credit("jena-temperature-24h-simulated")
