"""The champion's forecasts, their table and their picture."""

from tasks.forecasting.forecast import keep_forecast, make_forecast
from tasks.forecasting.forecast_picture import draw_forecast
from tasks.forecasting.forecast_words import render, sentence
from tasks.forecasting.forecasts_table import forecasts_table, read_forecasts
from tasks.forecasting.made_forecast import Forecast
from tasks.forecasting.station_clock import begun_day, moment, read_time
from tasks.forecasting.tables.forecast_rows import PERSISTENCE_VERSION, TIMES
from tasks.forecasting.tables.unsent_forecasts import forecasts_sent_later, send_forecasts
