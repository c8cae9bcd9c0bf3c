"""Texts become numbers as people and loggers write them, and what stands for none becomes missing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_models.errors import SourceUnreadableError
from jena_models.reading.texts.number_texts import numbers_of_texts

NO_NUMBERS = (
    *("#N/A", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "1.#QNAN", "-1.#IND", r"\N", "n.a.", "ND", "N.D.", "N/D", "n/e"),
    *("--.-", "***", "-.", "/////", "\u2013", "MM", "INOP", "unavailable", "not available", "unknown", "M", "NA", ""),
)


def numbers(*texts: str | None, **told: str | bool) -> np.ndarray:
    return numbers_of_texts(pa.chunked_array([pa.array(texts, pa.string())]), "T (degC)", "a.csv", **told)


@pytest.mark.parametrize("quantity", ["T", "wd", "rain"])
@given(st.sampled_from(NO_NUMBERS), st.sampled_from([str.upper, str.lower, str.title, str]))
def test_what_stands_for_a_missing_value_is_one_in_any_case(
    quantity: str, text: str, case: Callable[[str], str]
) -> None:
    np.testing.assert_array_equal(numbers("5.24", case(text), "-2", quantity=quantity), [5.24, np.nan, -2])


@pytest.mark.parametrize("text", ["warm", "nan a", "5.2x", "no", "1.2.3", "MMM"])
def test_any_other_word_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(SourceUnreadableError, match=rf"^Line 3 of a\.csv holds '{text}' in the column 'T \(degC\)'"):
        numbers("5.24", text)


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


@pytest.mark.parametrize(
    ("texts", "told", "expected"),
    [
        (("0.254", "12,5"), {"decimal_comma": True}, [0.254, 12.5]),
        (("1.234", "0.5"), {"decimal_comma": True}, [1.234, 0.5]),
        (("12.3456", "1"), {"decimal_comma": True}, [12.3456, 1]),
        (("1.234", "567"), {"decimal_comma": True}, [1234, 567]),
        (("1.012,5", "998,1"), {"decimal_comma": True}, [1012.5, 998.1]),
        (("0,254", "1,016"), {"mixed": True}, [0.254, 1.016]),
        (("3,8", "1012,345"), {"mixed": True}, [3.8, 1012.345]),
        (("1,013", "998"), {"mixed": True}, [1013, 998]),
        (("1,013.5", "998.1"), {"mixed": True}, [1013.5, 998.1]),
    ],
)
def test_a_column_has_a_decimal_sign_of_its_own(
    texts: tuple[str, ...], told: dict[str, bool], expected: list[float]
) -> None:
    assert numbers(*texts, **told).tolist() == expected


@pytest.mark.parametrize(("texts", "told"), [(("0,254",), {}), (("+0072,1", "+0103,5"), {"mixed": True})])
def test_a_comma_that_is_neither_a_decimal_sign_nor_between_thousands_is_refused(
    texts: tuple[str, ...], told: dict[str, bool]
) -> None:
    with pytest.raises(SourceUnreadableError, match="which is not a number"):
        numbers(*texts, **told)


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("Wind blowing from the west-northwest", 292.5),
        ("Ветер, дующий с северо-востока", 45),
        ("north-east", 45),
        ("South West", 225),
        ("Northeast", 45),
        ("70º (ENE)", 70),
        ("180° (S)", 180),
        ("270°", 270),
        ("Calm, no wind", np.nan),
        ("VRB", np.nan),
    ],
)
def test_a_direction_in_words_or_with_its_letters_is_one_in_degrees(text: str, degrees: float) -> None:
    np.testing.assert_array_equal(numbers(text, "10", quantity="wd"), [degrees, 10])
