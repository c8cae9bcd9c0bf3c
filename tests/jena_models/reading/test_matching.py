from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_models.errors import SourceUnreadableError
from jena_models.reading.matching import Matched, match
from jena_models.stations import StationSchema, load_station
from jena_models.stations.schema import Column

PLACE = "file.csv"


def positions(matched: Matched) -> dict[str, int]:
    return {name: found.position for name, found in matched.columns.items()}


def with_source(schema: StationSchema, quantity: str, source: str, unit: str = "") -> StationSchema:
    columns = tuple(
        column.model_copy(update={"source": source, "unit": unit}) if column.quantity == quantity else column
        for column in schema.columns
    )
    return schema.model_copy(update={"columns": columns})


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
    matched = match(header, jena, PLACE)

    assert positions(matched) == {"p (mbar)": 1, "T (degC)": 2, "rh (%)": 3}


@given(st.permutations(range(16)))
def test_the_order_of_columns_does_not_matter(order: list[int]) -> None:
    schema = load_station("jena")
    names = ["Date Time", *schema.names, "rain (mm)"]

    matched = match([names[i] for i in order], schema, PLACE)

    assert list(matched.columns) == list(schema.names)
    assert all(names[order[position]] == name for name, position in positions(matched).items())


def test_an_exact_name_goes_before_a_like_one(jena: StationSchema) -> None:
    matched = match(["date", "p", "t", "T (degC)", "rh", "Tlog (degC)"], jena, PLACE)

    assert positions(matched)["T (degC)"] == 3


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
        match([name for name in ("date", "p", "T", "rh") if name != left_out], jena, PLACE)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("T (K)", "kelvin"),
        ("T (degF)", "degF"),
        ("Temperature °F", "degF"),
        ("Temperature°F", "degF"),
        ("temperature [Outdoor °C]", "degC"),
        ("T", None),
        ("T (�C)", "degC"),
    ],
)
def test_the_unit_is_what_the_header_says(name: str, unit: str | None, jena: StationSchema) -> None:
    plain = jena if "Outdoor" not in name else with_source(jena, "T", name)

    assert match(["date", "p", name, "rh"], plain, PLACE).columns["T (degC)"].unit == unit


@pytest.mark.parametrize("sign", ["º", "˚", "° ", "?", "Â°", "\ufffd", "\\xb0", "deg. "])
def test_a_spoilt_sign_of_degrees_does_not_hide_which_degrees_they_are(sign: str, jena: StationSchema) -> None:
    units = [
        match(["Date Time", "p (mbar)", f"T ({sign}{letter})", "rh (%)"], jena, "a.csv", taken=[0])
        .columns["T (degC)"]
        .unit
        for letter in "CF"
    ]

    assert units == ["degC", "degF"]


def test_a_spoilt_unit_that_may_be_any_is_left_to_the_values(jena: StationSchema) -> None:
    found = match(["Date Time", "p (mbar)", "T (?)", "rh (%)"], jena, "a.csv", taken=[0])

    assert found.columns["T (degC)"].unit is None


@pytest.mark.parametrize("names", [("T (in)", "T (out)"), ("Temperature (indoor)", "T (shade)"), ("T", "temperature")])
def test_two_columns_that_may_be_meant_are_refused_until_one_is_named(
    names: tuple[str, str], jena: StationSchema
) -> None:
    header = ["date", "p (hPa)", *names, "rh (%)"]
    with pytest.raises(
        SourceUnreadableError, match=f"two columns that may be the air temperature.*{re.escape(names[1])}"
    ):
        match(header, jena, PLACE)

    assert positions(match(header, with_source(jena, "T", names[1]), PLACE))["T (degC)"] == 3


def test_a_column_that_says_where_it_was_measured_is_asked_for(jena: StationSchema) -> None:
    with pytest.raises(SourceUnreadableError, match=r"a column that may be the air temperature: 'T .indoor"):
        match(["date", "p (hPa)", "T (indoor)", "rh (%)"], jena, PLACE)


def test_of_two_units_of_the_same_the_stations_own_is_taken(jena: StationSchema) -> None:
    matched = match(["date", "p (inHg)", "p (hPa)", "T (°F)", "T (°C)", "rh"], jena, PLACE)

    assert positions(matched) == {"p (mbar)": 2, "T (degC)": 4, "rh (%)": 5}
    assert matched.twins == ("p (inHg)", "T (°F)")


def test_what_the_station_file_says_of_a_unit_goes_before_the_header_that_it_names(jena: StationSchema) -> None:
    told = with_source(jena, "T", "T", unit="degF")
    seen = with_source(jena, "T", "Temp (degC)", unit="degF")

    assert match(["date", "p", "Temp (degC)", "rh"], seen, PLACE).columns["T (degC)"].unit == "degF"

    assert match(["date", "p", "T", "rh"], told, PLACE).columns["T (degC)"].unit == "degF"
    with pytest.raises(SourceUnreadableError, match="no unit that is known"):
        match(["date", "p", "T", "rh"], with_source(jena, "T", "T", unit="warm"), PLACE)


def test_a_unit_that_nobody_knows_may_be_that_of_the_column_itself(jena: StationSchema) -> None:
    load = Column(name="load (MW)", quantity="load", unit="MW", minimum=0, maximum=9000, kind="optional")
    told = jena.model_copy(update={"columns": (*jena.columns, load)})

    assert match(["date", "p", "T (degC)", "rh", "load"], told, PLACE).columns["load (MW)"].unit == "MW"


@pytest.mark.parametrize(
    ("named", "later", "found"),
    [
        ("T (degC)", "T (degF)", True),
        ("temp_c", "temp_f", True),
        ("Temperature (out) °C", "temperature (out) °F", True),
        ("T (in)", "T (out)", False),
        ("T (in)", "T", False),
        ("T (out)", "Temperature (in)", False),
        ("T_roof (degC)", "Temperature (degF)", True),  # which the station file gives as another name
    ],
)
def test_a_column_that_is_named_is_known_in_another_unit_but_not_of_another_place(
    named: str, later: str, found: bool, jena: StationSchema
) -> None:
    columns = match(["date", "p", later, "rh"], with_source(jena, "T", named), PLACE, partial=True).columns

    assert ("T (degC)" in columns) == found


def test_a_column_that_another_one_names_is_not_taken_for_it_in_another_unit(jena: StationSchema) -> None:
    station = with_source(with_source(jena, "wv", "wind (m/s)"), "max_wv", "wind (km/h)")

    matched = match(["date", "p", "T", "rh", "wind (km/h)"], station, PLACE)

    assert "wv (m/s)" not in matched.columns
    assert positions(matched)["max. wv (m/s)"] == 4
