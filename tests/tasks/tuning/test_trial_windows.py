"""What trials are shown holds nothing of the test split."""

import numpy as np
import pandas as pd
import pytest
from small_study import SETTINGS, small_prepared

from tasks.training.fit import fit_architecture
from tasks.tuning.trial_windows import without_test

pytestmark = pytest.mark.slow


def last_row(prepared):
    return int(np.load(prepared.folder / "validation_starts.npy").max()) + prepared.target_offset_rows


def contents(prepared):
    readings = pd.read_parquet(prepared.divided.checked.readings)
    arrays = [np.load(path) for path in sorted(prepared.folder.glob("*.npy"))]
    return [readings.to_numpy(), *arrays]


def test_no_reading_after_the_last_validation_target_is_there(home):
    whole = small_prepared(home / "prepared")
    shown = without_test(whole)

    rows = last_row(whole) + 1
    for name in ("features", "target", "time"):
        assert len(np.load(shown.folder / f"{name}.npy")) == rows
    assert len(pd.read_parquet(shown.divided.checked.readings)) == rows
    assert shown.divided.borders.rows == rows
    assert shown.windows == whole.windows | {"judging": 0, "test": 0}
    assert len(np.load(shown.folder / "test_starts.npy")) == 0
    assert last_row(shown) == rows - 1
    assert rows <= whole.divided.borders.validation


def test_other_readings_in_the_test_split_change_nothing_that_is_shown(tmp_path, home, monkeypatch):
    # Given the same study, and one whose test split is another
    shown = without_test(small_prepared(home / "prepared"))
    other = small_prepared(home / "other", key="otherkey00000000")
    readings = pd.read_parquet(other.divided.checked.readings)
    test = slice(other.divided.borders.judging, None)
    readings.iloc[test] = -99.0
    readings.to_parquet(other.divided.checked.readings)
    for name in ("features", "target"):
        values = np.load(other.folder / f"{name}.npy")
        values[test] = 77.0
        np.save(other.folder / f"{name}.npy", values)

    # When
    shown_of_other = without_test(other)

    # Then
    for first, second in zip(contents(shown), contents(shown_of_other), strict=True):
        np.testing.assert_array_equal(first, second)


def test_train_and_validation_are_scored_as_in_a_study_and_test_not_at_all(home):
    whole = small_prepared(home / "prepared")
    shown = without_test(whole)

    in_study = fit_architecture("ridge", whole, SETTINGS.model_copy(update={"workers": 1}))
    in_search = fit_architecture("ridge", shown, SETTINGS.model_copy(update={"workers": 1}))

    assert in_search.result.val_mae == in_study.result.val_mae
    assert np.isfinite(in_study.result.test_mae)
    for name in ("test_mae", "test_rmse", "test_skill"):
        assert np.isnan(getattr(in_search.result, name))
    assert {score.split for score in in_search.result.intervals} <= {"validation"}
    with np.load(in_search.folder / "predictions.npz") as forecasts:
        assert forecasts.files == ["validation"]
