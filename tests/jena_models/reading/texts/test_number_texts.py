"""Texts become numbers as people and loggers write them, and what stands for none becomes missing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jena_models.errors import SourceUnreadableError
from jena_models.reading.texts.number_texts import numbers_of_texts

NO_NUMBERS = (
    *("#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "1.#QNAN", "-1.#IND", r"\N", "n.a.", "ND", "N.D.", "N/D"),
    *("--.-", "***", "-.", "/////", "\u2013", "MM", "INOP", "unavailable", "not available", "unknown", "M", "NA", ""),
)


def numbers(*texts: str | None, **told: str | bool) -> np.ndarray:
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


@settings(deadline=None)
@given(
    st.integers(-(10**9), 10**9),
    st.sampled_from([",", " ", "'", "\u2019", "\u00a0", "\u2009", "\u202f"]),
    st.booleans(),
)
def test_marks_between_thousands_change_nothing(hundredths: int, mark: str, decimal_comma: bool) -> None:
    value = hundredths / 100
    text = f"{value:,.2f}".replace(",", "." if decimal_comma and mark == "," else mark)
    if decimal_comma:
        text = text[:-3] + "," + text[-2:]

    assert numbers(text, "2", decimal_comma=decimal_comma).tolist() == [value, 2]


@pytest.mark.parametrize("text", ["1 01", "1 0132", "12 34.5", "2021 03 01", "1  013"])
def test_a_space_elsewhere_is_no_mark_between_thousands(text: str) -> None:
    with pytest.raises(SourceUnreadableError, match="which is not a number"):
        numbers(text)
