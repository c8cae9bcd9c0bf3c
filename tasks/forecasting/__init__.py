"""The champion's forecasts, their table and their picture."""

from tasks.forecasting.forecast import Forecast, keep_forecast, make_forecast, render, sentence
from tasks.forecasting.forecast_picture import draw_forecast
from tasks.forecasting.forecasts_table import PERSISTENCE_VERSION, last_written, newest_forecasts, read_forecasts
from tasks.forecasting.station_clock import midnight, moment

__all__ = [
    "PERSISTENCE_VERSION",
    "Forecast",
    "draw_forecast",
    "keep_forecast",
    "last_written",
    "make_forecast",
    "midnight",
    "moment",
    "newest_forecasts",
    "read_forecasts",
    "render",
    "sentence",
]
