from __future__ import annotations

import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from jena_models.errors import SourceUnreadableError
from jena_models.proposals.opened_source import open_source
from jena_models.reading.reading import is_simulated, read, write_simulated
from jena_models.stations import StationSchema
from jena_models.stations.simulated import simulate

Csv = Callable[..., Path]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_same_readings_come_out_of_every_dress(
    encoding: str, line_end: str, jena: StationSchema, tmp_path: Path
) -> None:
    plain = tmp_path / "plain.csv"
    plain.write_text(
        "Date Time,p (mbar),T (degC),rh (%)\n"
        "01.01.2009 00:10:00,996.52,-8.02,93.30\n02.01.2009 00:20:00,996.57,,93.40\n"
    )
    dressed = tmp_path / "dressed.csv"
    dressed.write_bytes(
        line_end.join(
            [
                '"PAR (µmol/m²/s)","rh (%)","T (°C)","date","p (hPa)"',
                "   1.00,  93.30,   -8.02, 2009-01-01 00:10:00,  996.52",
                " text!,   93.4,        , 2009-01-02 00:20:00,  996.57",
                "",
            ]
        ).encode(encoding)
    )

    expected, found = read(plain, jena), read(dressed, jena)

    pd.testing.assert_frame_equal(found.table, expected.table)
    assert found.ignored == ("PAR (µmol/m²/s)",)
    assert found.table.index[1] == datetime(2009, 1, 1, 23, 20)
    assert found.table["T (degC)"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("file", "rows", "columns", "first", "ignored"),
    [
        ("jena_hourly_2009_2016.csv", 70_038, 6, "2009-01-01 00:10", 0),
        ("jena_10min_2009_2010.csv.zip", 106_727, 14, "2009-01-01 00:10", 0),
        ("mpi_roof_2017b.zip", 26_496, 14, "2017-07-01 00:10", 7),
        ("jena_10min_2020.csv.zip", 52_696, 14, "2020-01-01 00:10", 7),
    ],
)
def test_each_of_the_four_shapes_is_read_whole(
    *, file: str, rows: int, columns: int, first: str, ignored: int, jena: StationSchema, shared_data: Path
) -> None:
    raw = read(shared_data / file, jena)

    assert raw.table.shape == (rows, columns)
    assert jena.local.shown(raw.table.index[0]) == datetime.fromisoformat(f"{first}+01:00")
    assert len(raw.ignored) == ignored


def test_the_values_are_those_another_reader_finds(jena: StationSchema, shared_data: Path) -> None:
    path = shared_data / "mpi_roof_2017b.zip"
    with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as file:
        oracle = pd.read_csv(file, encoding="latin-1", skipinitialspace=True)

    table = read(path, jena).table

    for name in table.columns:
        assert (table[name].to_numpy() == oracle[name].to_numpy()).all()
    assert (table.index == pd.to_datetime(oracle["Date Time"], dayfirst=True) - jena.local.standard_offset).all()


def test_what_is_no_table_is_refused(jena: StationSchema, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    for content in (b"just a letter\nto you\n", b"\x00\x01\x02,\x00\n1,2\n", b"<!doctype html>\n<p>404</p>"):
        path.write_bytes(content)
        with pytest.raises(SourceUnreadableError, match=r"^The file .*a\.csv is not a CSV: .*\.$"):
            read(path, jena)


def test_a_header_without_rows_is_refused(csv: Csv, jena: StationSchema) -> None:
    with pytest.raises(SourceUnreadableError, match="holds a header but no row"):
        read(csv(" "), jena)


@pytest.mark.parametrize("content", ["", "  \r\n\n"])
def test_an_empty_file_is_refused_alone_and_in_a_zip(content: str, jena: StationSchema, tmp_path: Path) -> None:
    plain = tmp_path / "a.csv"
    plain.write_text(content)
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as packed:
        packed.writestr("a.csv", content)

    with pytest.raises(SourceUnreadableError, match=r"The file .*a\.csv is empty"):
        read(plain, jena)
    with pytest.raises(SourceUnreadableError, match=r"The file a\.csv in .*b\.zip is empty"):
        read(tmp_path / "b.zip", jena)


BEGUN = {
    "nothing": "",
    "blank lines": "\n \n",
    "a header": "Date Time,T\n",
    "a header and a note": "Date Time,T\n# begun\n",
}


@pytest.mark.parametrize("content", BEGUN.values(), ids=BEGUN.keys())
@pytest.mark.parametrize("name", ["0.csv", "z.csv"])
def test_of_several_tables_one_that_just_began_is_left_and_named(
    content: str, name: str, csv: Csv, jena: StationSchema, tmp_path: Path
) -> None:
    alone = read(csv(), jena)
    (tmp_path / name).write_text(content)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as packed:
        for file in tmp_path.glob("*.csv"):
            packed.write(file, file.name)

    for source in (tmp_path / "all.zip", tmp_path / "*.csv"):
        found = read(source, jena)
        pd.testing.assert_frame_equal(found.table, alone.table)
        assert [note for note in found.notes if name in note and "holds no row of readings and was left" in note]
    assert open_source(str(tmp_path / "*.csv"))[0].columns.header == open_source(str(csv()))[0].columns.header


def test_several_tables_that_all_just_began_are_refused(csv: Csv, jena: StationSchema, tmp_path: Path) -> None:
    csv(" ", name="a.csv")
    csv(" ", name="b.csv")

    with pytest.raises(SourceUnreadableError, match=r"None of the 2 tables of .* holds a row of readings"):
        read(tmp_path, jena)


def test_what_is_left_of_several_tables_has_the_required_columns(csv: Csv, jena: StationSchema, tmp_path: Path) -> None:
    csv("2021-03-01 00:00:00,5.1", header="date,T (degC)", name="a.csv")
    csv(" ", name="b.csv")

    with pytest.raises(SourceUnreadableError, match=r"None of the .* has a column of air pressure"):
        read(tmp_path, jena)


def test_text_where_a_number_is_due_is_named_with_line_and_column(csv: Csv, jena: StationSchema) -> None:
    path = csv("01.01.2009 00:10:00,996.52,-8.02,93.3,1", "01.01.2009 00:20:00,996.52,warm,93.3,1")

    with pytest.raises(
        SourceUnreadableError,
        match=r"^Line 3 of .*readings\.csv holds 'warm' in the column 'T \(degC\)', which is not a number; mend it\.$",
    ):
        read(path, jena)


def test_a_row_with_too_few_values_is_named_with_its_line(csv: Csv, jena: StationSchema) -> None:
    path = csv("01.01.2009 00:10:00,996.52,-8.02,93.3,1", "01.01.2009 00:20:00,996.52")

    with pytest.raises(SourceUnreadableError, match=r"^Line 3 of .* has 2 values where the header names 5 columns"):
        read(path, jena)


def test_simulated_readings_come_back_and_stay_known_as_simulated(
    csv: Csv, jena: StationSchema, tmp_path: Path
) -> None:
    readings = simulate(jena, 0.02, seed=1)
    path = tmp_path / "renamed.bin"

    write_simulated(readings, path)

    in_utc = readings.set_axis(readings.index - jena.local.standard_offset)
    pd.testing.assert_frame_equal(read(path, jena).table, in_utc, check_freq=False)
    assert is_simulated(path)
    assert not is_simulated(csv())


def test_a_truncated_parquet_file_is_refused(jena: StationSchema, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    write_simulated(simulate(jena, 0.02, seed=1), path)
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(SourceUnreadableError, match="truncated or damaged"):
        read(path, jena)


@pytest.mark.parametrize("ending", ["\r", "\r\n", "\n"])
def test_whatever_ends_lines_there_is_no_traceback(jena: StationSchema, csv: Csv, ending: str) -> None:
    path = csv()
    path.write_bytes(path.read_bytes().replace(b"\n", ending.encode()))

    with suppress(SourceUnreadableError):
        assert len(read(path, jena).table) == 4


def test_a_header_of_megabytes_is_refused(jena: StationSchema, csv: Csv) -> None:
    with pytest.raises(SourceUnreadableError, match="first line"):
        read(csv(header=f"Date Time,{'x' * 5_000_000},T (degC)"), jena)


def test_a_row_of_units_that_cannot_be_is_not_believed(csv: Csv, jena: StationSchema) -> None:
    columns = [c.model_copy(update={"unit": "1"}) if c.quantity == "rh" else c for c in jena.columns]
    station = jena.model_copy(update={"columns": tuple(columns)})
    units, first, second = ",hPa,degC,%", "01.01.2009 00:10:00,996.5,-8.0,0.933", "01.01.2009 00:20:00,996.6,-8.4,0.934"

    raw = read(csv(units, first, second, header="Date Time,p,T,rh"), station)

    assert raw.table["rh (%)"].tolist() == pytest.approx([93.3, 93.4])
    assert "'rh' was read in 1, as the station file says" in raw.notes[0]


def test_directions_that_are_hardly_degrees_are_refused_until_the_station_file_says_what_they_are(
    csv: Csv, jena: StationSchema
) -> None:
    turned = [i % 37 for i in range(300)]
    rows = (f"{1 + i // 24:02d}.01.2009 {i % 24:02d}:00:00,996.5,-8.0,93.3,{wd}" for i, wd in enumerate(turned))
    path = csv(*rows, header="Date Time,p (mbar),T (degC),rh (%),wd (deg)")

    def told(unit: str) -> StationSchema:
        columns = [c.model_copy(update={"unit": unit}) if c.quantity == "wd" else c for c in jena.columns]
        return jena.model_copy(update={"columns": tuple(columns)})

    with pytest.raises(SourceUnreadableError, match=r"from 0 to 36, as in '10 deg', in .*; write 'unit: 10 deg', or"):
        read(path, jena)
    assert read(path, told("10 deg")).table["wd (deg)"].tolist() == [10 * wd for wd in turned]
    as_said = read(path, told("deg"))
    assert as_said.table["wd (deg)"].tolist() == turned
    assert "'wd (deg)' holds directions from 0 to 36, as in '10 deg', and was read in deg" in as_said.notes[0]
