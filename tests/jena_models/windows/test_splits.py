"""Splits: by integer parts, in the order of time, every reading in exactly one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_models.windows.splits import borders

shares = st.decimals(min_value="0.01", max_value="0.49", places=2).map(float)


@pytest.mark.parametrize(
    ("rows", "expected"), [(420_451, (210_225, 315_337, 420_451)), (420_551, (210_275, 315_412, 420_551))]
)
def test_both_copies_of_the_official_file_split_as_the_chapter_says(rows, expected):
    assert borders(rows, 0.5, 0.25) == expected


def test_a_share_that_binary_fractions_round_down_still_gives_its_whole_rows():
    # 0.29 * 100 is 28.999… in floating point.
    assert borders(100, 0.29, 0.29) == (29, 58, 100)


@given(rows=st.integers(0, 10**7), train=shares, validation=shares)
def test_splits_are_ordered_and_as_large_as_their_shares(rows, train, validation):
    train_end, validation_end, end = borders(rows, train, validation)

    assert 0 <= train_end <= validation_end <= end == rows
    assert abs(train_end - train * rows) <= 1
    assert abs(validation_end - train_end - validation * rows) <= 1
