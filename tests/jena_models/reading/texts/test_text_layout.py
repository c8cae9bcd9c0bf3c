"""Where a text's header stands, and what of the lines around it belongs to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_models.reading.texts.text_layout import Layout, layout_of

NAMES = ("date", "p (mbar)", "T (degC)", "rh (%)")
ROWS = tuple(f"2021-03-{day:02d} {hour:02d}:00:00,1000.03,{hour - 2}.24,83.9" for day in (1, 2) for hour in range(24))
ABOUT = ("Station,Roof", "Lat,50.9", "Lon,11.5", "Elev,150", "Since,2019-01-01")


def layout(*lines: str) -> Layout:
    return layout_of("\n".join([*lines, *ROWS, ""]).encode(), "a.csv")


@given(
    st.lists(st.sampled_from([*ABOUT, "!date,p", "Owner,Weather club"]), max_size=40), st.sampled_from(["", ",", ",,"])
)
def test_lines_about_the_place_above_the_header_are_no_names(above: list[str], filled_up: str) -> None:
    lines = [line + filled_up for line in above]

    found = layout(*lines, ",".join(NAMES))

    assert (found.names, found.first_row, found.above) == (NAMES, len(lines) + 1, tuple(lines))


def test_lines_about_the_place_above_two_columns_are_no_names() -> None:
    rows = [row.split(",")[0] + ",5.2" for row in ROWS]

    found = layout_of("\n".join([*ABOUT, "date,T (degC)", *rows, ""]).encode(), "a.csv")

    assert (found.names, found.first_row) == (("date", "T (degC)"), len(ABOUT) + 1)


@pytest.mark.parametrize(
    ("lines", "names", "units"),
    [
        ((*ABOUT, "date,p,T,rh,", ",mbar,degC,%"), ("date", "p", "T", "rh"), ("", "mbar", "degC", "%")),
        (("Label,p,T,rh", "Unit,mbar,degC,%", "No,1,2,3"), ("Label", "p", "T", "rh"), ("Unit", "mbar", "degC", "%")),
        ((",Roof,Roof,Roof", "date,p,T,rh"), ("date", "Roof p", "Roof T", "Roof rh"), ()),
        (("date,2 m,2 m,10 m", ",T,rh,wv"), ("date", "2 m T", "2 m rh", "10 m wv"), ()),
        (("date,p,T,rh", "by hand,no"), ("date", "p", "T", "rh"), ()),
        (
            ('"TOA5","Roof","12345","Hourly"', '"TS","p","T","rh"', '"","mbar","Deg C","%"', '"","Avg","Avg","Smp"'),
            ("TS", "p", "T", "rh"),
            ("", "mbar", "Deg C", "%"),
        ),
    ],
)
def test_names_in_several_lines_and_units_are_told_apart(
    lines: tuple[str, ...], names: tuple[str, ...], units: tuple[str, ...]
) -> None:
    found = layout(*lines)

    assert (found.names, found.units) == (names, units)


BUOY = """#YY  MM DD hh mm WDIR WSPD   PRES  ATMP
#yr  mo dy hr mn degT m/s     hPa  degC
2021 03 01 00 50  200  5.1 1012.3   6.2
2021 03 01 01 50  210  5.0 1012.1   6.1
2021 03 01 02 50  210  4.8 1012.0   6.0
"""


def test_of_two_comments_above_the_values_the_second_holds_units() -> None:
    found = layout_of(BUOY.encode(), "a.txt")

    assert found.names == ("YY", "MM", "DD", "hh", "mm", "WDIR", "WSPD", "PRES", "ATMP")
    assert found.units == ("yr", "mo", "dy", "hr", "mn", "degT", "m/s", "hPa", "degC")


@pytest.mark.parametrize("above", ["# Roof, at 2 m,by hand,checked\n#\n", "# hPa,%,degC,mm\n", ""])
def test_the_last_comment_above_the_values_holds_the_names_else(above: str) -> None:
    found = layout_of((above + "# " + ",".join(NAMES) + "\n#\n" + "\n".join(ROWS)).encode(), "a.csv")

    assert (found.names, found.units) == (NAMES, ())


@pytest.mark.parametrize(
    ("row", "is_comma"),
    [
        ("2021-03-01 00:00;1000;5,2 °C;83 %", True),
        ("2021-03-01 00:00;1000;5,240 °C;83 %", True),
        ("2021-03-01 00:00;1.000,1 hPa;5;83", True),
        ("01.03.2021 00:00;1000.1;5.2 °C;83.9 %", False),
        ('2021-03-01 00:00,"1,000.1 hPa",5,83', False),
        ('2021-03-01 00:00,1000,"-5,24 °C","83 %"', True),
        ('2021-03-01 00:00,"1,013 hPa",5,83', False),
    ],
)
def test_a_unit_behind_a_number_hides_no_decimal_comma(row: str, is_comma: bool) -> None:
    found = layout_of("\n".join(["date;p;T;rh".replace(";", row[16]), *[row] * 30]).encode(), "a.csv")

    assert found.decimal_comma is is_comma


@pytest.mark.parametrize(
    ("first", "is_header"), [(",0,6,12", True), (",1.0,1.5,2.0", True), (",6,0,12", False), (",0,6,", False)]
)
def test_numbers_beside_an_index_without_a_name_are_names(first: str, is_header: bool) -> None:
    found = layout_of(f"{first}\n2020-01-01,1,2,3\n2020-01-02,2,3,4\n".encode(), "file.csv")

    assert found.names == (tuple(first.split(",")) if is_header else ("",) * 4)
    assert found.first_row == int(is_header)


def test_a_first_row_without_its_time_numbers_nothing_below_names() -> None:
    found = layout_of(b"time,a,b,c\n,0,6,12\n2020-01-01,1,2,3\n", "file.csv")

    assert (found.names, found.first_row) == (("time", "a", "b", "c"), 1)


def test_a_line_that_says_how_wide_columns_are_is_no_part_of_their_names() -> None:
    rows = [f"USGS\t01358000\t2021-03-08 {hour:02}:00\tEST\t{hour}.4\tP" for hour in range(24)]
    head = [
        "# of the USGS",
        "agency_cd\tsite_no\tdatetime\ttz_cd\t69928_00020\t69928_00020_cd",
        "5s\t15s\t20d\t6s\t14n\t10s",
    ]

    found = layout_of("\n".join([*head, *rows, ""]).encode(), "a.rdb")

    assert found.names == ("agency_cd", "site_no", "datetime", "tz_cd", "69928_00020", "69928_00020_cd")
    assert (found.units, found.first_row) == ((), len(head))
