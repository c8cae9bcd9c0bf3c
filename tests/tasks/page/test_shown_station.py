"""Which stations are shown, and which of their models."""

import os

import pytest

from jena_models.errors import RequestError
from jena_models.settings import Settings
from tasks.page import shown_stations

REAL, SIMULATED = "jena-temperature-24h", "jena-temperature-24h-simulated"


def partition(home, model: str, changed: int) -> None:
    file = home / "forecasts" / model / "month=2024-03" / "forecasts.parquet"
    file.parent.mkdir(parents=True)
    file.touch()
    os.utime(file, (changed, changed))


def test_the_station_of_the_settings_is_shown(home):
    (shown,) = shown_stations(Settings(source="readings.csv"))().stations

    assert (shown.name, shown.model, shown.title) == ("jena", REAL, "Weather station Beutenberg, Jena")


def test_simulated_readings_have_a_model_of_their_own(home):
    (shown,) = shown_stations(Settings(source="simulated"))().stations

    assert shown.model == SIMULATED


def test_where_the_source_does_not_say_it_is_the_model_that_forecast_last(home):
    now = shown_stations(Settings())
    assert now().stations[0].model == REAL
    partition(home, SIMULATED, changed=1000)
    assert now().stations[0].model == SIMULATED
    partition(home, REAL, changed=2000)
    assert now().stations[0].model == REAL


def test_two_stations_of_one_name_are_refused(home):
    with pytest.raises(RequestError, match="called 'jena'"):
        shown_stations(Settings(), ["jena", "jena"])
