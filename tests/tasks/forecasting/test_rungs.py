"""The ladder: each rung is asked only where those above it cannot speak, and what it says is told apart."""

from datetime import timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from small_study import small_readings

from jena_models.errors import DataInvalidError, HistoryIncompleteError, RescoringError
from tasks.forecasting.rungs import speak
from tasks.registry.champion import Champion, NoChampion

MODEL = "jena-temperature-24h"
READINGS = small_readings(48)
DAY = timedelta(hours=24)


class Version:
    """A forecaster that says a number, or why not, and may know what is usual."""

    def __init__(self, says, usual=None):
        self.says, self.known = says, usual

    def forecast(self, readings):
        if isinstance(self.says, Exception):
            raise self.says
        issued = readings.index[-1]
        return pd.DataFrame([{"issue_time": issued, "valid_time": issued + DAY, "forecast": self.says, "missing": ""}])

    def usual(self, valid_times):
        return None if self.known is None else np.full(len(valid_times), self.known)


def version(number, says, usual=None):
    return Champion(MODEL, number, "ensemble", Version(says, usual))


def spoken(champion, fallback=None, readings=READINGS, leads_hours=()):
    def load(model):
        assert model == MODEL
        if isinstance(fallback, Exception):
            raise fallback
        return fallback

    return speak(readings, "T (degC)", champion, load, DAY, leads_hours=leads_hours)


GAP = HistoryIncompleteError("The newest value of 'T (degC)' is too old.")
GONE = NoChampion("Version 3 cannot be loaded", MODEL, has_one=True)


@pytest.mark.parametrize(
    ("champion", "fallback", "expected"),
    [
        (version(3, 9.5), version(2, 8.0), ("champion", 9.5, 3)),
        (version(3, GAP), version(2, 8.0), ("fallback", 8.0, 2)),
        (version(3, ValueError("weights")), version(2, 8.0), ("fallback", 8.0, 2)),
        (version(3, np.nan), version(2, 8.0), ("fallback", 8.0, 2)),
        (GONE, version(2, 8.0), ("fallback", 8.0, 2)),
        (version(3, GAP, usual=5.0), version(2, GAP, usual=4.0), ("climatology", 5.0, 3)),
        (GONE, version(2, GAP, usual=4.0), ("climatology", 4.0, 2)),
        (version(3, GAP, usual=5.0), RescoringError("Version 2 cannot be loaded."), ("climatology", 5.0, 3)),
        (version(3, GAP), None, ("persistence", READINGS["T (degC)"].iloc[-1], None)),
        (GONE, RescoringError("Version 2 cannot be loaded."), ("persistence", READINGS["T (degC)"].iloc[-1], None)),
    ],
)
def test_the_highest_rung_that_can_speaks(champion, fallback, expected):
    said = spoken(champion, fallback)

    number = said.version.version if said.version else None
    assert (said.rung, said.forecast, number) == expected
    assert said.valid_time - said.issue_time == DAY
    assert bool(said.why) == (said.rung != "champion")


class WithCurve(Version):
    """One that gives three leads."""

    preparation = SimpleNamespace(horizon_minutes=1440.0)

    def curve(self, readings):
        row = self.forecast(readings)
        leads = [(1, 7.0), (24, self.says), (48, 11.0)]
        rows = [row.assign(horizon_hours=float(hours), forecast=said) for hours, said in leads]
        table = pd.concat(rows, ignore_index=True)
        return table.assign(valid_time=table["issue_time"] + pd.to_timedelta(table["horizon_hours"], unit="h"))


def test_every_rung_gives_a_curve_with_its_forecast_in_it():
    said = {
        "champion": spoken(Champion(MODEL, 3, "ensemble", WithCurve(9.5)), leads_hours=(1, 48)),
        "fallback": spoken(GONE, Champion(MODEL, 2, "partial", WithCurve(8.0)), leads_hours=(1, 48)),
        "climatology": spoken(version(3, GAP, usual=5.0), leads_hours=(1, 48)),
        "persistence": spoken(GONE, None, leads_hours=(1, 48)),
    }

    for rung, each in said.items():
        assert each.rung == rung
        assert list(each.curve["horizon_hours"]) == [1, 24, 48]
        assert each.curve["forecast"].iloc[1] == each.forecast
        assert (each.curve["valid_time"] - each.issue_time == pd.to_timedelta([1, 24, 48], unit="h")).all()


def test_a_version_of_earlier_times_gives_its_one_lead():
    said = spoken(version(3, 9.5), leads_hours=(1, 48))

    assert said.curve[["horizon_hours", "forecast"]].to_numpy().tolist() == [[24, 9.5]]


def test_nothing_registered_speaks_before_the_gates_have_let_a_champion_through():
    said = spoken(NoChampion("there is no champion yet", MODEL, has_one=False), version(2, 8.0))

    assert (said.rung, said.version, said.why) == ("persistence", None, "there is no champion yet")


def test_every_reason_is_told():
    said = spoken(version(3, GAP), RescoringError("Version 2 cannot be loaded."))

    assert said.why == "The newest value of 'T (degC)' is too old; Version 2 cannot be loaded"


def test_one_reason_for_champion_and_fallback_is_told_once():
    said = spoken(GONE, RescoringError(f"{GONE.why}."))

    assert (said.rung, said.why) == ("persistence", GONE.why)


def test_persistence_is_the_last_value_however_old():
    readings = READINGS.copy()
    readings.iloc[-30:, readings.columns.get_loc("T (degC)")] = np.nan

    said = spoken(GONE, None, readings)

    assert said.forecast == READINGS["T (degC)"].iloc[-31]
    assert said.issue_time == readings.index[-1]
    assert said.missing == "T (degC)"
    assert spoken(GONE, None, READINGS).missing == ""


def test_without_anything_to_speak_from_it_is_an_error():
    readings = READINGS.assign(**{"T (degC)": np.nan})

    with pytest.raises(DataInvalidError, match=r"No reading of T \(degC\) is there to forecast from, and Version 3"):
        spoken(GONE, None, readings)
