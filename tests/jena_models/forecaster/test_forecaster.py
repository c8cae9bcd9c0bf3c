"""What a forecaster promises to whoever calls it with raw readings."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_study import COLUMNS, STATION, STEPS, small_readings

from jena_models.errors import HistoryIncompleteError, RegistryError
from jena_models.forecaster import Forecaster, speakers
from jena_models.models import network
from jena_models.reading.user_tables import user_readings


def value(forecast: pd.DataFrame) -> float:
    assert list(forecast.columns) == [
        *("issue_time", "valid_time", "forecast", "missing"),
        *("lower_80", "upper_80", "lower_90", "upper_90"),
    ]
    assert len(forecast) == 1
    return float(forecast["forecast"].iloc[0])


@pytest.mark.parametrize("split", ["validation", "test"])
def test_raw_readings_give_what_the_model_gives_on_prepared_arrays(trained, split):
    prepared, predictions, forecaster = trained
    starts = np.load(prepared.folder / f"{split}_starts.npy")
    issue_times = np.load(prepared.folder / "time.npy")[starts + STEPS - 1]
    forecasts = forecaster.forecast_at(small_readings(), issue_times)
    np.testing.assert_allclose(forecasts, predictions[split], atol=1e-4)


def test_batches_change_nothing(trained, monkeypatch):
    prepared, predictions, forecaster = trained
    monkeypatch.setattr(network, "BATCH", 32)
    monkeypatch.setattr(network, "SIZES", (1, 32))
    monkeypatch.setattr(speakers, "AT_A_TIME", 50)
    starts = np.load(prepared.folder / "test_starts.npy")
    issue_times = np.load(prepared.folder / "time.npy")[starts + STEPS - 1]
    np.testing.assert_allclose(forecaster.forecast_at(small_readings(), issue_times), predictions["test"], atol=1e-4)


def test_missing_values_are_those_that_training_saw(trained):
    prepared, _, forecaster = trained
    readings = small_readings()
    rng = np.random.default_rng(0)
    for column in COLUMNS:
        readings.iloc[rng.choice(600, 60, replace=False), readings.columns.get_loc(column)] = np.nan
    from jena_models.windows.normalization import normalized

    preparation = prepared.preparation
    features = normalized(readings.to_numpy(), np.array(preparation.mean), np.array(preparation.standard_deviation))
    windows = features[np.arange(100, 500)[:, None] + np.arange(STEPS)]
    issue_times = readings.index[np.arange(100, 500) + STEPS - 1]
    forecasts = forecaster.model_forecast_at(readings, issue_times)
    np.testing.assert_allclose(forecasts, forecaster.model.keras_model.predict(windows, verbose=0)[:, 0], atol=1e-4)


def test_the_forecast_is_made_at_the_last_reading_for_a_day_later(forecaster, readings):
    forecast = forecaster.forecast(readings)
    assert forecast["issue_time"].iloc[0] == readings.index[-1]
    assert forecast["valid_time"].iloc[0] == readings.index[-1] + pd.Timedelta(hours=24)
    assert value(forecast) == pytest.approx(forecaster.forecast_at(readings, readings.index[-1:])[0], abs=1e-5)


def test_a_forecast_comes_with_the_intervals_of_its_valid_time(forecaster, readings):
    row = forecaster.forecast(readings).iloc[0]

    for level, name in ((0.8, "80"), (0.9, "90")):
        valid = np.array([(row["valid_time"] + STATION.local.standard_offset).to_datetime64()])
        [lower], [upper] = forecaster.intervals.bounds(np.array([row["forecast"]]), valid, level)
        assert (row[f"lower_{name}"], row[f"upper_{name}"]) == (lower, upper)
    assert row["lower_90"] <= row["lower_80"] < row["forecast"] < row["upper_80"] <= row["upper_90"]


def test_intervals_of_many_forecasts_are_those_of_each(forecaster, readings):
    issue_times = readings.index[[STEPS - 4, STEPS, -1]]
    forecasts = forecaster.forecast_at(readings, issue_times)

    lower, upper = forecaster.interval_at(forecasts, issue_times, 0.9)

    row = forecaster.forecast(readings).iloc[0]
    assert np.isnan([lower[0], upper[0]]).all()
    assert (lower[-1], upper[-1]) == pytest.approx((row["lower_90"], row["upper_90"]), abs=1e-5)


def test_a_model_registered_without_intervals_forecasts_without_them(trained, readings, tmp_path):
    # Given the files that a version had before there were intervals
    _, _, forecaster = trained
    for name, text in (("preparation", forecaster.preparation), ("station", forecaster.station)):
        (tmp_path / f"{name}.json").write_text(text.model_dump_json())
    forecaster.model.keras_model.save(tmp_path / "model.keras")

    # When
    old = Forecaster.load(tmp_path)

    # Then
    forecast = old.forecast(readings)
    assert list(forecast.columns) == ["issue_time", "valid_time", "forecast", "missing"]
    assert forecast["forecast"].iloc[0] == pytest.approx(value(forecaster.forecast(readings)), abs=1e-5)
    with pytest.raises(RegistryError, match="without intervals"):
        old.interval_at(np.zeros(1), readings.index[-1:], 0.9)


def test_later_readings_do_not_change_earlier_forecasts(forecaster, readings):
    changed = readings.copy()
    changed.iloc[-10:] = 0
    issue_times = readings.index[STEPS:-10]
    before, after = forecaster.forecast_at(readings, issue_times), forecaster.forecast_at(changed, issue_times)
    np.testing.assert_array_equal(before, after)


def as_column(readings: pd.DataFrame, name: str, texts: str | None) -> pd.DataFrame:
    table = readings.reset_index(names=name)
    if texts:
        table[name] = table[name].dt.strftime(texts)
    return table


@pytest.mark.parametrize(
    "shaped",
    [
        lambda t: t,
        lambda t: t.sample(frac=1, random_state=1),
        lambda t: pd.concat([t, t * 2]),
        lambda t: t.assign(**{"CO2 (ppm)": 400.0})[[*reversed(t.columns), "CO2 (ppm)"]],
        lambda t: t.astype(np.float64).astype(object),
        lambda t: as_column(t, "time", None),
        lambda t: as_column(t, "Date Time", "%d.%m.%Y %H:%M:%S"),
        lambda t: as_column(t, "time", "%Y-%m-%dT%H:%M:%S"),
        lambda t: as_column(t, "date", "%Y-%m-%d %H:%M:%S"),
        lambda t: t.drop(columns="VPmax (mbar)"),
        lambda t: t.assign(**{"VPmax (mbar)": np.nan}),
        lambda t: t.tz_localize("Etc/GMT-1").tz_convert("Asia/Tokyo"),
        lambda t: as_column(t.tz_localize("Etc/GMT-1"), "DateTime", "%Y-%m-%dT%H:%M:%S%z"),
        lambda t: as_column(t.tz_localize("Etc/GMT-1").tz_convert("UTC"), "timestamp", "%Y-%m-%dT%H:%M:%SZ"),
        lambda t: t.resample("10min").interpolate(),
    ],
    ids=[
        "plain",
        "shuffled",
        "repeated",
        "extra",
        "objects",
        "column",
        "german",
        "iso",
        "date",
        "derived",
        "empty",
        "zone",
        "offset",
        "zulu",
        "ten-minute",
    ],
)
def test_the_same_readings_in_another_dress_give_the_same_forecast(forecaster, readings, shaped):
    plain = value(forecaster.forecast(user_readings(readings, STATION)))

    assert value(forecaster.forecast(user_readings(shaped(readings), STATION))) == pytest.approx(plain, abs=1e-4)


def test_a_sentinel_is_a_missing_value(forecaster, readings):
    sentinel, missing = readings.copy(), readings.copy()
    sentinel.iloc[-3, 4], missing.iloc[-3, 4] = -9999.0, np.nan
    assert value(forecaster.forecast(sentinel)) == value(forecaster.forecast(missing))
    assert value(forecaster.forecast(sentinel)) != value(forecaster.forecast(readings))


@pytest.mark.parametrize("gone", ["the row", "its values"])
@pytest.mark.parametrize("steps_ago", [0, 1, 4])
def test_a_missing_row_and_a_row_without_values_are_the_same(forecaster, readings, gone, steps_ago):
    place = readings.index[-1 - steps_ago]
    spoiled = readings.drop(place) if gone == "the row" else readings.assign()
    spoiled.loc[[place] if gone == "its values" else []] = np.nan
    carried = readings.copy()
    carried.loc[place] = carried.loc[place - pd.Timedelta(hours=1)].to_numpy()

    forecasts = forecaster.forecast_at(spoiled, readings.index[-1:])

    assert forecasts[0] == pytest.approx(forecaster.forecast_at(carried, readings.index[-1:])[0], abs=1e-4)
    newest = forecaster.forecast(spoiled)["issue_time"].iloc[0]
    assert newest == readings.index[-1] - pd.Timedelta(hours=int(steps_ago == 0))


def test_forecasts_are_made_while_the_target_is_young_and_most_of_the_history_known(forecaster, readings):
    gap = readings.drop(readings.index[30:40])

    spoken = np.isfinite(forecaster.forecast_at(gap, readings.index[20:60]))

    # The target may be three hours old; then ten missing steps, of which six are carried into, must leave the history.
    assert spoken.tolist() == [step < 33 or step >= 40 + 12 - 1 - 3 + 2 for step in range(20, 60)]


@pytest.mark.parametrize(
    ("spoiled", "says"),
    [
        (lambda t: t.iloc[:0], "There are no readings; the model needs the last 12 hours."),
        (lambda t: t.iloc[-8:], "the model needs 'T (degC)' at 90% of the 12 steps of the last 12 hours, the last"),
        (lambda t: t.drop(t.index[-11:-1]), "the last among them, and it is known at 8; give the readings"),
        (lambda t: t.drop(columns="wv (m/s)"), "needs 'wv (m/s)' at 90%"),
        (lambda t: t.drop(columns="T (degC)"), "no column 'T (degC)', which the model needs"),
        (lambda t: t.drop(columns=["rh (%)", "VPmax (mbar)"]), "no column 'VPmax (mbar)'"),
        (lambda t: t.assign(**{"T (degC)": np.nan}), "The newest value of 'T (degC)' is not among them"),
        (
            lambda t: t.assign(**{"T (degC)": t["T (degC)"].where(t.index <= t.index[-6])}),
            "The newest value of 'T (degC)' is of 2012-03-25 18:10 +0100; to forecast from 2012-03-25 23:10 +0100 it",
        ),
        (lambda t: t.assign(**{"wv (m/s)": [1.0, *[np.nan] * (len(t) - 1)]}), "needs 'wv (m/s)' at 90%"),
        (lambda t: t.reset_index(drop=True), "The readings have no time stamps"),
        (
            lambda t: as_column(t, "time", "%Y-%m-%d %H:%M:%S").replace("2012-03-25 23:10:00", "yesterday"),
            "1 unreadable time stamp, the first in row 72: 'yesterday'",
        ),
        (lambda t: t.reset_index(drop=True).assign(time=range(len(t))), "72 unreadable time stamps"),
    ],
    ids=[
        "nothing",
        "short",
        "gap",
        "optional",
        "column",
        "formula",
        "empty",
        "old",
        "dead",
        "no-time",
        "unreadable",
        "numbers",
    ],
)
def test_readings_that_do_not_cover_the_history_are_refused_in_one_sentence(forecaster, readings, spoiled, says):
    with pytest.raises(HistoryIncompleteError) as refused:
        forecaster.forecast(user_readings(spoiled(readings), STATION))
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_importing_the_forecaster_imports_nothing_heavy():
    code = "import sys, jena_models.forecaster; print(*sys.modules)"
    root = Path(speakers.__file__).parents[2]
    loaded = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert not {"tensorflow", "keras", "mlflow", "prefect", "matplotlib"} & set(loaded.stdout.split())
