"""Each day of a champion under watch, and the retraining that may follow."""

from tasks.monitoring.champion_history import earlier_years, forecasts_at, load_past
from tasks.monitoring.day_page import render, render_history, show_day
from tasks.monitoring.judged_days import MonitoredDay, last_day_file, last_judged, read_days, watched_model
from tasks.monitoring.promised_scores import Promise, promise_of
from tasks.monitoring.retraining import retrain_if_due
from tasks.monitoring.watch import judge_day, keep_day, promised
