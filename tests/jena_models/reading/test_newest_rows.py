"""The end of a file says what all of it says of its last rows."""

import zipfile

import numpy as np
import pandas as pd
import pytest

from jena_models.errors import DayUncertainError
from jena_models.reading.newest_rows import HEAD_BYTES, TAIL_BYTES, newest_file, newest_rows
from jena_models.reading.reading import read
from jena_models.stations import load_station

STATION = load_station("jena")
HOURS = 9000


@pytest.fixture(scope="module")
def readings():
    generator = np.random.default_rng(3)
    times = pd.date_range("2020-01-01", periods=HOURS, freq="h", name="Date Time")
    air, warmth = (generator.normal(mean, 4, HOURS).round(2) for mean in (990, 5))
    return pd.DataFrame({"p (mbar)": air, "T (degC)": warmth, "rh (%)": 80.0}, index=times)


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_the_end_of_a_large_table_is_read_as_all_of_it_would_be(readings, tmp_path, ends):
    file = tmp_path / "station.csv"
    file.write_bytes(readings.to_csv(date_format="%d.%m.%Y %H:%M:%S", lineterminator=ends).encode())
    assert file.stat().st_size > HEAD_BYTES + TAIL_BYTES

    end, whole = newest_rows(file, STATION).table, read(file, STATION).table

    assert 500 < len(end) < len(whole) / 2
    pd.testing.assert_frame_equal(end, whole.iloc[-len(end) :], check_freq=False)


@pytest.mark.parametrize("order", ["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"])
def test_the_order_of_day_and_month_is_told_by_all_of_the_file(readings, tmp_path, order):
    file, until = tmp_path / "station.csv", pd.Timestamp("2020-11-12 23:00")
    minutes = readings.resample("5min").ffill().loc[:until]  # so that the last rows are of the first days of a month
    minutes.to_csv(file, date_format=order)

    end = newest_rows(file, STATION).table

    assert end.index[0] > until - pd.Timedelta(days=15)
    pd.testing.assert_frame_equal(end, read(file, STATION).table.iloc[-len(end) :], check_freq=False)


def test_rows_whose_date_stands_above_the_last_ones_are_read_with_it(readings, tmp_path):
    file = tmp_path / "station.csv"
    dates = np.where(readings.index.hour == 0, readings.index.strftime("%d.%m.%Y"), "")
    table = readings.reset_index(drop=True)
    table.insert(0, "Date", dates)
    table.insert(1, "Time", readings.index.strftime("%H:%M"))
    table.to_csv(file, index=False)
    station = STATION.model_copy(update={"time_columns": ("Date", "Time")})

    assert newest_rows(file, station).table.index[-1] == read(file, station).table.index[-1]


def test_rows_of_values_are_brought_side_by_side(readings, tmp_path):
    file = tmp_path / "station.csv"
    readings.melt(ignore_index=False).sort_index(kind="stable").to_csv(file)

    end = newest_rows(file, STATION).table

    pd.testing.assert_frame_equal(end.iloc[1:], read(file, STATION).table.iloc[1 - len(end) :], check_freq=False)


def test_an_order_that_no_row_tells_is_not_guessed(readings, tmp_path):
    file = tmp_path / "station.csv"
    early = readings[(readings.index.day < 12) & (readings.index.month < 12)]
    pd.concat([early] * 2).to_csv(file, date_format="%d/%m/%Y %H:%M")

    with pytest.raises(DayUncertainError):
        newest_rows(file, STATION)


def test_units_and_lines_above_the_header_stay_where_they_are(readings, tmp_path):
    file = tmp_path / "station.csv"
    text = readings.to_csv().replace("T (degC)", "T").replace("p (mbar)", "p").replace("rh (%)", "rh")
    header, _, rows = text.partition("\n")
    file.write_text(f"# of the roof\n{header}\n,hPa,degF,%\n{rows}")

    end = newest_rows(file, STATION).table

    np.testing.assert_allclose(end["T (degC)"].iloc[-1], (readings["T (degC)"].iloc[-1] - 32) / 1.8)


def test_a_small_file_and_a_zip_are_read_whole_and_a_large_zip_is_left(readings, tmp_path):
    small, packed = tmp_path / "small.csv", tmp_path / "station.zip"
    readings.iloc[:20].to_csv(small)
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("station.csv", readings.to_csv())

    assert len(newest_rows(small, STATION).table) == 20
    assert len(newest_rows(packed, STATION).table) == HOURS
    assert newest_rows(packed, STATION, most_whole=packed.stat().st_size - 1) is None


def test_of_several_files_the_one_that_changed_last_counts(readings, tmp_path):
    import os

    for number, name in enumerate(("b.csv", "a.csv", "c.csv")):
        readings.iloc[:20].to_csv(tmp_path / name)
        os.utime(tmp_path / name, (1000 - number % 2, 1000 - number % 2))
    os.utime(tmp_path / "a.csv", (2000, 2000))

    assert newest_file(tmp_path).name == "a.csv"
