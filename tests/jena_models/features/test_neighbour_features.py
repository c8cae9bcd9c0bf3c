"""What learners are shown of a neighbour: what it measured by then, and how it differs from the station's own."""

from dataclasses import replace

import numpy as np
import pytest

from jena_models.features.feature_builder import FeatureBuilder, fit_features
from jena_models.features.feature_settings import FeatureSettings
from jena_models.features.histories import Histories
from jena_models.stations.neighbour_columns import with_neighbours
from jena_models.stations.schema import Neighbour
from jena_models.windows.silence import sensors

ROWS, STEPS = 2000, 72
ONLY = FeatureSettings(**dict.fromkeys(FeatureSettings.model_fields, False) | {"neighbours": True})
COLUMNS = ("p (mbar)", "T (degC)", "wv (m/s)")


@pytest.fixture(scope="module")
def station(jena):
    return with_neighbours(jena, [Neighbour(station="west.yaml", name="west", described=jena)])


@pytest.fixture(scope="module")
def readings(station):
    generator = np.random.default_rng(4)
    columns = (*COLUMNS, *(c.name for c in station.columns if c.neighbour))
    return columns, generator.normal(0, 3, (ROWS, len(columns))).cumsum(axis=0) * 0.1 + 10


def histories_of(columns, values, last_rows, horizon_minutes=1440.0):
    rows = np.asarray(last_rows)[:, None] + np.arange(1 - STEPS, 1)
    return Histories(values, columns, np.arange(ROWS) * 3600, rows, 60.0, horizon_minutes)


def builder_of(station, columns, values, settings=ONLY):
    return fit_features(settings, histories_of(columns, values, [ROWS - 1]), "T (degC)", station)


def built(builder, histories):
    return dict(zip(builder.names(histories), builder.build(histories).T, strict=True))


def test_anomalies_differences_tendencies_pressure_and_wind_are_there(station, readings):
    columns, values = readings
    builder, histories = builder_of(station, columns, values), histories_of(*readings, [500, 900])

    found = built(builder, histories)

    theirs = values[[500, 900]][:, columns.index("west: T (degC)")]
    ours = values[[500, 900]][:, columns.index("T (degC)")]
    usual = [builder.climatologies[name].at(np.array([500, 900]) * 3600) for name in ("west: T (degC)", "T (degC)")]
    np.testing.assert_allclose(found["west: T (degC) anomaly 0 h ago"], theirs - usual[0], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(
        found["west: T (degC) anomaly above ours 0 h ago"],
        (theirs - usual[0]) - (ours - usual[1]),
        rtol=1e-3,
        atol=1e-3,
    )
    pressure = values[[500, 900]][:, [columns.index("west: p (mbar)"), columns.index("p (mbar)")]]
    np.testing.assert_allclose(found["west pressure above ours"], pressure[:, 0] - pressure[:, 1], rtol=1e-3, atol=1e-3)
    assert {"west: T (degC) anomaly change 24 h", "west wind to the east 0 h ago", "west: rh (%) now"} <= set(found)


def test_a_silent_neighbour_leaves_only_its_own_features_missing(station, readings):
    columns, values = readings
    histories = histories_of(columns, values, [500, 900])
    builder = builder_of(station, columns, values, FeatureSettings())
    dead = values.copy()
    dead[:, [n for n, name in enumerate(columns) if name.startswith("west")]] = np.nan

    alive, silent = built(builder, histories), built(builder, replace(histories, readings=dead))

    for name in alive:
        if name.startswith("west"):
            assert np.isnan(silent[name]).all(), name
        else:
            np.testing.assert_array_equal(silent[name], alive[name])
    assert any(name.startswith("west") for name in alive)


def test_nothing_of_a_neighbour_after_the_issue_time_changes_a_digit(station, readings):
    columns, values = readings
    builder = builder_of(station, columns, values)
    changed = values.copy()
    changed[901:] += 5

    before, after = (builder.build(histories_of(columns, each, [500, 900])) for each in (values, changed))

    np.testing.assert_array_equal(before, after)


def test_a_builder_of_before_there_were_neighbours_is_read_and_gives_what_it_gave(jena, readings):
    columns, values = readings
    builder = builder_of(jena, COLUMNS, values[:, :3], FeatureSettings())
    told = builder.model_dump(mode="json")
    del told["neighbours"], told["settings"]["neighbours"]
    histories = histories_of(columns, values, [500, 900])

    np.testing.assert_array_equal(FeatureBuilder.model_validate(told).build(histories), builder.build(histories))


def test_a_whole_neighbour_counts_as_one_sensor(station, readings):
    found = sensors(readings[0], "T (degC)", station)

    assert list(found) == ["p (mbar)", "wv (m/s)", "neighbour west"]
    assert found["neighbour west"] == tuple(name for name in readings[0] if name.startswith("west"))
