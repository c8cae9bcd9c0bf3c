"""A version carries its curve, which passes through what its own model says, from training to a request's answer."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from small_study import SETTINGS, STATION, opened_run, small_prepared, small_readings

from jena_models.architectures.curve_boosting import CurveBoostingHyperparameters
from jena_models.curves.past_curves import PastCurves
from jena_models.errors import HistoryIncompleteError, SettingsError
from tasks.registry.curves.curve_comparison import curves_beside_champion
from tasks.registry.registering import registration
from tasks.registry.rescoring import Reloaded, Rescored, reload
from tasks.studies.curve_scores import by_lead, curve_skill, score_curve
from tasks.tracking.sqlite_store import prepare_database
from tasks.tracking.store import client
from tasks.training.fit import fit_architecture, fit_curve

pytestmark = pytest.mark.slow

LEADS = (1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 30.0)
NAME = "jena-temperature-24h"
CHOSEN = SETTINGS.model_copy(
    update={
        "leads_hours": LEADS,
        "workers": 1,
        "architectures": ("persistence", "ridge"),
        "hyperparameters": SETTINGS.hyperparameters.model_copy(
            update={
                "curve_boosting": CurveBoostingHyperparameters(rounds=20, windows_in_leaf=10, centres_hours=(3, 24))
            }
        ),
    }
)


@pytest.fixture(scope="module")
def home_of_all(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("curves")
        patch.setenv("JENA_HOME", str(folder))
        patch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
        prepare_database(f"sqlite:///{folder / 'mlflow.db'}")
        yield folder


@pytest.fixture(scope="module")
def registered(home_of_all):
    """Ridge with its curve and without, as two versions."""
    prepared = small_prepared(home_of_all / "prepared")
    fit, curve = fit_architecture("ridge", prepared, CHOSEN), fit_curve(prepared, CHOSEN)
    run_id = opened_run(prepared, "ridge", CHOSEN)

    def version(curve):
        return registration.register_version(
            fit, prepared, STATION, run_id=run_id, name=NAME, settings=CHOSEN, curve=curve
        )

    numbers = version(curve), version(None)
    assert (version(curve), version(None)) == numbers == (1, 2)
    loaded = [reload(client(), NAME, number) for number in numbers]
    return SimpleNamespace(prepared=prepared, fit=fit, curve=curve, run_id=run_id, whole=loaded[0], headline=loaded[1])


def test_the_curve_of_a_version_passes_through_its_forecast_and_has_bounds_around_each_lead(registered):
    forecaster, readings = registered.whole.forecaster, small_readings()

    curve, said = forecaster.curve(readings), forecaster.forecast(readings)

    assert list(curve["horizon_hours"]) == list(LEADS)
    assert (curve["valid_time"] - curve["issue_time"] == pd.to_timedelta(LEADS, unit="h")).all()
    pd.testing.assert_frame_equal(curve.iloc[[5]][list(said.columns)].reset_index(drop=True), said, check_dtype=False)
    for level in (80, 90):
        assert (curve[f"lower_{level}"] <= curve["forecast"]).all()
        assert (curve["forecast"] <= curve[f"upper_{level}"]).all()


def test_many_curves_at_once_are_those_of_each_alone(registered):
    forecaster, readings = registered.whole.forecaster, small_readings()
    times = readings.index[[300, 301, 5]]

    many = forecaster.curves_at(readings, times)

    alone = forecaster.curve(readings[readings.index <= times[0]])
    np.testing.assert_allclose(many["forecast"].to_numpy()[:7], alone["forecast"], atol=1e-6)
    assert many["forecast"].to_numpy()[14:].tolist() == pytest.approx([math.nan] * 7, nan_ok=True)
    every = forecaster.curves(readings[readings.index <= times[1]])
    np.testing.assert_allclose(every["forecast"].to_numpy()[-14:], many["forecast"].to_numpy()[:14], atol=1e-6)


def test_a_version_without_a_curve_gives_its_one_lead(registered):
    forecaster, readings = registered.headline.forecaster, small_readings()

    curve = forecaster.curve(readings)

    assert forecaster.leads_hours == (24,)
    assert list(curve["horizon_hours"]) == [24]
    assert curve["forecast"].tolist() == forecaster.forecast(readings)["forecast"].tolist()


def test_too_old_readings_are_refused_as_for_a_forecast(registered):
    readings = small_readings()
    readings.iloc[-60:, readings.columns.get_loc("T (degC)")] = np.nan

    with pytest.raises(HistoryIncompleteError, match="newest value"):
        registered.whole.forecaster.curve(readings)


def test_the_registered_model_gives_the_leads_that_it_is_asked_for(registered):
    import mlflow

    model = mlflow.pyfunc.load_model(client().get_model_version_download_uri(NAME, "1"))
    readings = small_readings().reset_index().astype({"time": str})

    one, every, some = (model.predict(readings, params=asked) for asked in (None, {"leads": "all"}, {"leads": "24,3"}))

    assert (len(one), "horizon_hours" in one) == (1, False)
    assert list(every["horizon_hours"]) == list(LEADS)
    assert list(some["horizon_hours"]) == [3, 24]
    assert some["forecast"].iloc[1] == one["forecast"].iloc[0]


def test_skill_by_lead_is_told_beside_the_row_and_is_the_headlines_own_there(registered):
    found = curve_skill(registered.fit, registered.curve, registered.prepared, STATION)
    score_curve(registered.fit, registered.curve, registered.prepared, STATION, registered.run_id)

    told = by_lead(client().get_run(registered.run_id).data.metrics)
    assert told == found
    assert [skill.lead_hours for skill in found] == [1, 2, 3, 6, 12, 24, 30]
    headline, hour = found[5], found[0]
    assert (headline.val_mae, headline.test_mae) == (registered.fit.result.val_mae, registered.fit.result.test_mae)
    target, past = np.load(registered.prepared.folder / "target.npy"), PastCurves.load(registered.curve.folder)
    issued = np.arange(450, 565)[past.positions["test"]] + 11
    persistence = np.abs(target[issued + 1].astype(float) - target[issued]).mean()
    assert hour.test_skill == pytest.approx(1 - hour.test_mae / persistence, abs=1e-4)
    assert hour.test_skill_lower <= hour.test_skill <= hour.test_skill_upper


def test_curves_of_challenger_and_champion_are_compared_on_what_neither_has_seen(registered):
    whole, readings = registered.whole, small_readings()
    issued = readings.index.to_numpy()[470:570]
    windows = SimpleNamespace(
        issue_times=issued, where=None, valid_times=issued + np.timedelta64(24, "h"), positions=None
    )
    challenger = Rescored.__new__(Rescored)
    for name, value in {
        "windows": windows,
        "chosen_on_these": False,
        "chosen_until": whole.chosen_until,
        "preparation": whole.forecaster.preparation,
        "readings": readings,
    }.items():
        object.__setattr__(challenger, name, value)

    class Worse:
        preparation, leads_hours = whole.forecaster.preparation, LEADS

        def curves_at(self, readings, issued):
            made = whole.forecaster.curves_at(readings, issued)
            return made.assign(forecast=made["forecast"] + 5.0 * (made["horizon_hours"] > 24))

    worse = Reloaded("Version 9", Worse(), whole.trained_until, whole.chosen_until)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tasks.registry.curves.curve_comparison.after", lambda *_: np.ones(100, bool))
        errors = curves_beside_champion(worse, whole, challenger)
        none = curves_beside_champion(registered.headline, whole, challenger)

    assert none == {}
    assert list(errors) == ["1 to 6 h", "7 to 24 h", "beyond 24 h"]
    assert errors["1 to 6 h"].challenger == errors["1 to 6 h"].champion
    assert errors["beyond 24 h"].champion > errors["beyond 24 h"].challenger + 1
    assert errors["1 to 6 h"].windows == 100


def test_a_lead_that_no_reading_has_is_refused_before_anything_is_trained(home_of_all):
    prepared = small_prepared(home_of_all / "refused")

    with pytest.raises(SettingsError, match=r"lead of 0\.3 hours"):
        fit_curve(prepared, CHOSEN.model_copy(update={"leads_hours": (0.3,)}))
    assert fit_curve(prepared, CHOSEN.model_copy(update={"leads_hours": ()})) is None
