"""Normalization: by the training rows alone, and never from the future."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from jena_models.errors import DataInvalidError
from jena_models.windows.normalization import carried_forward, column_statistics, normalized

readings = arrays(
    np.float64,
    st.tuples(st.integers(2, 30), st.just(3)),
    elements=st.one_of(st.just(np.nan), st.floats(-1e4, 1e4)),
)


def test_statistics_are_those_of_pandas_with_missing_values_left_out():
    # Given
    values = np.random.default_rng(0).normal(5, 3, (200, 3))
    values[::7, 1] = np.nan

    # When
    mean, deviation = column_statistics(values, ("a", "b", "c"))

    # Then
    oracle = pd.DataFrame(values)
    np.testing.assert_allclose(mean, oracle.mean())
    np.testing.assert_allclose(deviation, oracle.std(ddof=0))


def test_a_column_that_never_changes_normalizes_to_zero():
    values = np.full((50, 1), 0.1)

    mean, deviation = column_statistics(values, ("calm",))

    assert deviation == [1.0]
    np.testing.assert_allclose(normalized(values, mean, deviation), 0, atol=1e-6)


def test_a_column_without_training_values_is_named():
    values = np.array([[1.0, np.nan], [2.0, np.nan]])

    with pytest.raises(DataInvalidError, match=r"'wv \(m/s\)' has no value in the 2 training rows"):
        column_statistics(values, ("T (degC)", "wv (m/s)"))


@given(values=readings)
def test_missing_values_become_the_last_reading_before_them(values):
    np.testing.assert_array_equal(carried_forward(values), pd.DataFrame(values).ffill().to_numpy())


@given(values=readings)
def test_features_are_whole_and_missing_ones_before_the_first_reading_are_the_mean(values):
    features = normalized(values, np.full(3, 2.0), np.full(3, 4.0))

    assert features.dtype == np.float32
    assert np.isfinite(features).all()
    before_first = np.isnan(pd.DataFrame(values).ffill().to_numpy())
    assert (features[before_first] == 0).all()


@given(values=readings, data=st.data())
def test_no_later_reading_changes_the_features_up_to_a_row(values, data):
    # Given a row, and other readings after it
    row = data.draw(st.integers(0, len(values) - 1))
    other = values.copy()
    other[row + 1 :] = data.draw(arrays(np.float64, other[row + 1 :].shape, elements=st.floats(-1e4, 1e4)))

    # When
    features, other_features = (normalized(v, np.ones(3), np.full(3, 2.0)) for v in (values, other))

    # Then
    np.testing.assert_array_equal(features[: row + 1], other_features[: row + 1])


@given(values=readings, data=st.data())
def test_no_reading_after_the_training_rows_changes_the_statistics(values, data):
    border = data.draw(st.integers(1, len(values)))
    values = np.nan_to_num(values, nan=1.5)
    other = values.copy()
    other[border:] += 1000

    for ours, theirs in zip(
        column_statistics(values[:border], ("a", "b", "c")),
        column_statistics(other[:border], ("a", "b", "c")),
        strict=True,
    ):
        np.testing.assert_array_equal(ours, theirs)
