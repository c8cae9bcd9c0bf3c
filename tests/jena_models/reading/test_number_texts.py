"""Texts become numbers as people and loggers write them, and what stands for none becomes missing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jena_models.errors import SourceUnreadableError
from jena_models.reading.number_texts import numbers_of_texts

NO_NUMBERS = (
    *("#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "1.#QNAN", "-1.#IND", r"\N", "n.a.", "ND", "N.D.", "N/D"),
    *("--.-", "***", "-.", "/////", "\u2013", "MM", "INOP", "unavailable", "not available", "unknown", "M", "NA", ""),
)


def numbers(*texts: str | None, **told: str) -> np.ndarray:
    return numbers_of_texts(pa.chunked_array([pa.array(texts, pa.string())]), "T (degC)", "a.csv", **told)


@pytest.mark.parametrize("quantity", ["T", "wd", "rain"])
@settings(deadline=None)
@given(st.sampled_from(NO_NUMBERS), st.sampled_from([str.upper, str.lower, str.title, str]))
def test_what_stands_for_a_missing_value_is_one_in_any_case(
    quantity: str, text: str, case: Callable[[str], str]
) -> None:
    np.testing.assert_array_equal(numbers("5.24", case(text), "-2", quantity=quantity), [5.24, np.nan, -2])


@pytest.mark.parametrize("text", ["warm", "nan a", "5.2x", "no", "1.2.3", "MMM"])
def test_any_other_word_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(SourceUnreadableError, match=rf"^Line 3 of a\.csv holds '{text}' in the column 'T \(degC\)'"):
        numbers("5.24", text)
