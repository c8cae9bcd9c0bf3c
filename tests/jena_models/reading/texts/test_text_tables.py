"""A text table is read as it stands, or refused in a sentence that says where and why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_models.errors import SourceUnreadableError
from jena_models.reading.reading import read
from jena_models.reading.texts.text_tables import TextColumns
from jena_models.stations import StationSchema

Csv = Callable[..., Path]

HEADER = "date,p (mbar),T (degC),rh (%)"
STAMPS = tuple(f"2021-03-{day:02d} {hour:02d}:00:00" for day in (1, 2, 3) for hour in range(24))
PLAIN = tuple(f"{stamp},1000.03,{hour % 24 - 2}.24,83.9" for hour, stamp in enumerate(STAMPS))


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        ("date,T (degC),rh (%)", [f"{stamp},5,2,83" for stamp in STAMPS]),
        ("date,p (mbar),T (degC),rh (%)", [f"{stamp},1000,03,5,24,83,9" for stamp in STAMPS]),
        ("time,p (mbar),T (degC),rh (%)", [f"Mon, {stamp},1000.03,5.24,83.9" for stamp in STAMPS]),
        ("date,p (mbar),T (degC),rh (%)", [f"10501,{row}" for row in PLAIN]),
        ("date,p (mbar),T (degC),rh (%),", [f"{stamp},1000.03,5,24,83.9," for stamp in STAMPS]),
        ("date,p (mbar),T (degC),rh (%)", [*(f"{row}," for row in PLAIN), f"{PLAIN[-1]},9"]),
    ],
)
def test_rows_wider_than_the_header_are_refused(header: str, rows: list[str], jena: StationSchema, csv: Csv) -> None:
    line = len(rows) + 1 if rows[0].endswith("83.9,") and header.endswith(")") else 2

    with pytest.raises(
        SourceUnreadableError, match=rf"^Line {line} of .* has '[\d.]+' behind the last column.*'rh \(%\)"
    ):
        read(csv(*rows, header=header), jena)


@given(st.lists(st.sampled_from(["", " ", ";"]), max_size=12), st.booleans())
def test_separators_at_the_ends_of_rows_change_nothing(behind: list[str], in_header: bool) -> None:
    tail = "".join(f",{each}" for each in behind)
    plain, trailed = (
        TextColumns.of("\n".join([HEADER + (end if in_header else ""), *(row + end for row in PLAIN)]).encode(), "a")
        for end in ("", tail)
    )

    for table in (plain, trailed):
        table.load([0], [1, 2, 3])
    assert trailed.header[:4] == plain.header
    for position in (1, 2, 3):
        np.testing.assert_array_equal(trailed.numbers(position, ""), plain.numbers(position, ""))


@given(
    st.lists(st.integers(1, len(PLAIN)), min_size=1),
    st.sampled_from([",,,", " , ,, ", '"",,"",', ",,,,,", ";;;", "  "]),
)
def test_rows_of_nothing_but_separators_are_none(places: list[int], empty: str) -> None:
    rows = list(PLAIN)
    for place in sorted(places, reverse=True):
        rows.insert(place, empty)

    table = TextColumns.of("\n".join([HEADER, empty, *rows]).encode(), "a.csv")

    table.load([0], [1, 2, 3])
    assert table.texts(0).to_pylist() == list(STAMPS)


def test_a_row_with_values_and_no_time_is_no_empty_one(jena: StationSchema, csv: Csv) -> None:
    with pytest.raises(SourceUnreadableError, match=r"1 unreadable time stamp, the first in line 3: ''"):
        read(csv(PLAIN[0], ",5,4,3", *PLAIN[1:], header=HEADER), jena)


@pytest.mark.parametrize("mark", ["", ".", " ", "'", "\u00a0", "\u202f"])
def test_numbers_with_a_decimal_comma_and_a_unit_behind_are_what_they_say(
    mark: str, jena: StationSchema, csv: Csv
) -> None:
    rows = [f"{stamp};1{mark}000,3 hPa;{hour},240 °C;83,9 %" for hour, stamp in enumerate(STAMPS)]

    table = read(csv(*rows, header="date;p;T;rh"), jena).table

    assert table.iloc[3].tolist() == [1000.3, 3.24, 83.9]


@pytest.mark.parametrize("place", [1, 30, len(STAMPS) * 5])
def test_a_comment_is_none_of_the_rows_wherever_it_stands(place: int) -> None:
    rows = [row.replace("2021", str(year)) for year in range(2015, 2021) for row in PLAIN]

    table = TextColumns.of("\n".join([HEADER, *rows[:place], "# mended, by hand", *rows[place:]]).encode(), "a.csv")

    table.load([0], [1, 2, 3])
    assert table.texts(0).to_pylist() == [row.split(",")[0] for row in rows]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(
    "head",
    [
        HEADER,
        "date,p,T,rh\n,mbar,degC,%",
        "Station,Roof\n\n" + HEADER + " ",
        "# Roof\n" + HEADER,
        '"TOA5","Roof","12345","Hourly"\n"TS","p","T","rh"\n"","mbar","Deg C","%"\n"","Avg","Avg","Smp"',
    ],
)
def test_files_one_below_the_other_are_one(head: str, mark: str) -> None:
    parts = [[row.replace("2021", str(year)) for row in PLAIN] for year in (2019, 2020, 2021)]

    table = TextColumns.of("".join(f"{mark}{head}\n" + "\n".join(rows) + "\n" for rows in parts).encode(), "a.csv")

    table.load([0], [1, 2, 3])
    assert table.texts(0).to_pylist() == [row.split(",")[0] for rows in parts for row in rows]
    assert table.numbers(2, "T")[:3].tolist() == [-2.24, -1.24, 0.24]
    assert table.remarks == ()


def test_rows_that_are_alike_stay_where_a_comment_stands_among_them() -> None:
    rows, comment = [*PLAIN, PLAIN[0], PLAIN[1]], "#".ljust(len(PLAIN[0]), "x")

    table = TextColumns.of("\n".join([HEADER, rows[0], comment, *rows[1:]]).encode(), "a.csv")

    table.load([0], [])
    assert len(table.texts(0)) == len(rows)


@pytest.mark.parametrize("missing", ["NA", "M", "-"])
def test_a_missing_value_behind_the_last_name_is_refused_as_any_other(missing: str) -> None:
    rows = "\n".join(f"{stamp},{stamp},5.2,{missing}" for stamp in STAMPS)

    with pytest.raises(SourceUnreadableError, match=f"Line 2 of a.csv has '{missing}' behind the last column"):
        TextColumns.of(f"date,T (degC),rh (%)\n{rows}".encode(), "a.csv")


def test_a_column_has_decimal_commas_in_quotes_where_another_has_points() -> None:
    rows = "\n".join(f'{stamp},"{hour - 5},4",{hour}.0,"1,234"' for hour, stamp in enumerate(STAMPS))
    table = TextColumns.of(f"date,T (degC),wd (deg),crowd\n{rows}".encode(), "a.csv")
    table.load([0], [1, 2, 3])

    assert table.numbers(1, "T")[8] == 3.4
    assert table.numbers(2, "wd")[8] == 8
    assert table.numbers(3, "")[8] == 1234


def test_a_value_and_its_flag_in_quotes_are_no_decimals_though_another_column_has_points() -> None:
    rows = "\n".join(f'{stamp},47.{hour},"+{hour:04d},1","10132,5"' for hour, stamp in enumerate(STAMPS))
    table = TextColumns.of(f"date,LATITUDE,TMP,SLP\n{rows}".encode(), "a.csv")
    table.load([0], [2, 3])

    for position in (2, 3):
        with pytest.raises(SourceUnreadableError, match="is not a number"):
            table.numbers(position, "")
