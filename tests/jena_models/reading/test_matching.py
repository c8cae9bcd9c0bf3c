from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_models.errors import SourceUnreadableError
from jena_models.reading.matching import match
from jena_models.stations import StationSchema, load_station

PATH = Path("file.csv")


@pytest.mark.parametrize(
    "header",
    [
        ["Date Time", "p (mbar)", "T (degC)", "rh (%)"],
        ["date", "P(hPa)", "t (°C)", "RH"],
        ["TIMESTAMP", "Pressure", " temperature [C] ", "Relative Humidity (�)"],
        ["date_time", "p", "T", "rh(percent)"],
    ],
)
def test_names_match_whatever_their_case_spaces_and_unit_signs(header: list[str], jena: StationSchema) -> None:
    matched = match(header, jena, PATH)

    assert (matched.time, matched.columns) == (0, {"p (mbar)": 1, "T (degC)": 2, "rh (%)": 3})


@given(st.permutations(range(16)))
def test_the_order_of_columns_does_not_matter(order: list[int]) -> None:
    schema = load_station("jena")
    names = ["Date Time", *schema.names, "rain (mm)"]

    matched = match([names[i] for i in order], schema, PATH)

    assert matched.time == order.index(0)
    assert list(matched.columns) == list(schema.names)
    assert all(names[order[position]] == name for name, position in matched.columns.items())
    assert matched.ignored == ("rain (mm)",)


def test_an_exact_name_goes_before_a_like_one_and_a_second_one_is_ignored(jena: StationSchema) -> None:
    matched = match(["date", "p", "t", "T (degC)", "rh", "Tlog (degC)"], jena, PATH)

    assert matched.columns["T (degC)"] == 3
    assert matched.ignored == ("t", "Tlog (degC)")


def test_a_missing_time_column_is_refused_and_the_nearest_named(jena: StationSchema) -> None:
    with pytest.raises(
        SourceUnreadableError,
        match=r"^The file file\.csv has no column of time stamps \(Date Time or date\); is it 'DateTim'\? Rename it\.$",
    ):
        match(["DateTim", "p", "T", "rh"], jena, PATH)


@pytest.mark.parametrize(
    ("left_out", "sentence"),
    [
        ("T", r"has no column of air temperature \(T \(degC\)\); its columns are: date, p, rh\.$"),
        ("p", r"has no column of air pressure \(p \(mbar\)\); its columns are: date, T, rh\.$"),
        ("rh", r"has no column of relative humidity \(rh \(%\)\); its columns are: date, p, T\.$"),
    ],
)
def test_a_missing_required_column_is_refused_by_name(left_out: str, sentence: str, jena: StationSchema) -> None:
    with pytest.raises(SourceUnreadableError, match=sentence):
        match([name for name in ("date", "p", "T", "rh") if name != left_out], jena, PATH)


@pytest.mark.parametrize("name", ["T (K)", "T (degF)"])
def test_another_unit_is_refused_rather_than_misread(name: str, jena: StationSchema) -> None:
    with pytest.raises(SourceUnreadableError, match=r"is in another unit than the station 'jena' expects"):
        match(["date", "p", name, "rh"], jena, PATH)
