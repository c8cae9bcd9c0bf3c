"""A day under watch, for the tests of what is done with it."""

from datetime import date

from jena_models.monitoring.check import Check
from jena_models.monitoring.decision import Alarm, Decision
from tasks.monitoring.judged_days import MonitoredDay
from tasks.monitoring.promised_scores import Promise

MODEL = "jena-temperature-24h"
DAY = date(2017, 9, 10)


def a_day(day: date = DAY, action: str = "retrain", mae: float = 3.0, **decided) -> MonitoredDay:
    check = Check(group="scores", subject="forecasts", figure="MAE", unit="°C", window_days=30, value=mae, limit=2.0)
    unknown = Check(group="scores", subject="forecasts", figure="coverage", window_days=30, value=None, limit=None)
    alarms = (Alarm(check=check, days=3),) if action != "nothing" else ()
    decision = Decision(action=action, sentence="A retraining is due: MAE.", alarms=alarms, **decided)
    return MonitoredDay(
        model=MODEL,
        version=4,
        architecture="lstm",
        day=day,
        source="station.csv",
        promise=Promise(val_mae=2.3, val_skill=0.05, profile="best"),
        checks=(check, unknown),
        decision=decision,
    )
