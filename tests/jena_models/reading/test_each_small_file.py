"""Small files with one thing changed in each: every one is read right, or refused with a sentence that is true."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jena_models.errors import SourceUnreadableError
from jena_models.reading.reading import read
from jena_models.stations import StationSchema
from jena_models.stations.cleaned.cleaning import clean

P, T, RH, WIND = "p (mbar)", "T (degC)", "rh (%)", "wv (m/s)"

AS_THE_PLAIN_ONE = (
    *("Wetter Größe #2 100%.csv", "ampm.csv", "bom.csv", "both_units.csv", "compass.csv", "constant_optional.csv"),
    *("cr_only.csv", "date_hour.csv", "dmy_mdy.csv", "empty_optional.csv", "german_text_time.parquet", "index.parquet"),
    *("iso_minutes.csv", "metadata_top.csv", "ok.csv", "ok.csv.gz", "ok.txt", "semicolon_comma.csv", "tabs.csv"),
    *("text_time.parquet", "trailing_comma.csv", "two_csv.zip", "txt_in_zip.zip", "us_slash.csv", "utf16.csv"),
    *("fahrenheit_nounit.csv", "fahrenheit_suffix.csv", "wind_kmh_slash.csv", "wind_kph.csv", "wind_kts.csv"),
)
IN_UTC = ("iso_z.csv", "iso_ms_z.csv", "epoch.csv")
IN_TOKYO = ("iso_offset.csv", "tz_tokyo.parquet")
REFUSED = {
    "fahrenheit_winter.csv": "'Temperature' .* does not say what its numbers are in, .* 6.1 to 40.4 fit °C and °F",
    "indoor_outdoor.csv": r"two columns that may be the air temperature: 'Temperature \(indoor\)' and 'Temp",
    "indoor_outdoor2.csv": r"two columns that may be the air temperature: 'Temperature \[Indoor °C\]' and 'Temperatu",
    "rh_fraction.csv": "'Humidity' .* does not say what its numbers are in, .* 0.455 to 0.946 fit % and 0 to 1",
    "two_stations.csv": r"readings of 2 stations, .* 'station': 'A' in 960 rows, 'B' in 960 rows; .*'select: \{stat",
    "two_stations_shuffled.csv": "readings of 2 stations, told apart by the column 'station'",
}
OTHERS = ("jitter5.csv", "m_missing.csv")


@pytest.fixture
def small_file(shared_data: Path) -> Callable[[str], Path]:
    return lambda name: shared_data / "repro" / name


@pytest.fixture
def plain(small_file: Callable[[str], Path]) -> pd.DataFrame:
    """What the plain file holds, by a reader that knows nothing of stations."""
    table = pd.read_csv(small_file("ok.csv"), index_col="date", parse_dates=True)
    return table.set_axis(table.index.tz_localize("Etc/GMT-1").tz_convert(None))


def readings(path: Path, station: StationSchema) -> pd.DataFrame:
    return clean(read(path, station), station)[0]


def test_every_small_file_has_a_verdict(shared_data: Path) -> None:
    known = {*AS_THE_PLAIN_ONE, *IN_UTC, *IN_TOKYO, *REFUSED, *OTHERS}

    assert {path.name for path in (shared_data / "repro").iterdir()} == known


@pytest.mark.parametrize(
    ("name", "ahead"),
    [
        *((name, 1) for name in AS_THE_PLAIN_ONE),
        *((name, 0) for name in IN_UTC),
        *((name, 9) for name in IN_TOKYO),
    ],
)
def test_it_is_read_as_the_plain_one_at_the_time_that_its_clock_says(
    name: str, ahead: int, jena: StationSchema, small_file: Callable[[str], Path], plain: pd.DataFrame
) -> None:
    found = readings(small_file(name), jena)

    then = plain.index + pd.Timedelta(hours=1 - ahead)
    assert (found.index == then).all()
    for column in (P, T, RH, WIND):
        if column in found:
            # Converted values carry the rounding of the unit that the file has them in.
            np.testing.assert_allclose(found[column].to_numpy(), plain[column].to_numpy(), atol=0.06)
    if name.startswith("wind"):
        assert WIND in found


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_certain_is_refused_in_a_true_sentence(
    name: str, jena: StationSchema, small_file: Callable[[str], Path]
) -> None:
    with pytest.raises(SourceUnreadableError, match=REFUSED[name]) as refused:
        readings(small_file(name), jena)

    assert "station file" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("fahrenheit_winter.csv", {"T": {"unit": "degF"}}),
        ("rh_fraction.csv", {"rh": {"unit": "1"}}),
        ("indoor_outdoor.csv", {"T": {"source": "Temperature (outdoor)", "unit": "degC"}}),
        ("indoor_outdoor2.csv", {"T": {"source": "Temperature [Outdoor °C]"}}),
        ("two_stations_shuffled.csv", {}),
    ],
)
def test_what_the_sentence_says_to_write_lets_it_be_read(
    *,
    name: str,
    changes: dict[str, dict[str, str]],
    jena: StationSchema,
    small_file: Callable[[str], Path],
    plain: pd.DataFrame,
) -> None:
    columns = tuple(column.model_copy(update=changes.get(column.quantity, {})) for column in jena.columns)
    select = {"station": ("A",)} if "two_stations" in name else {}
    told = jena.model_copy(update={"columns": columns, "select": select})

    found = readings(small_file(name), told)

    shift = 14.67 if name == "fahrenheit_winter.csv" else 0  # that file is colder than the plain one
    np.testing.assert_allclose(found[RH].to_numpy(), plain[RH].to_numpy(), atol=0.06)
    np.testing.assert_allclose(found[T].to_numpy(), plain[T].to_numpy() - shift, atol=0.3)


def test_an_m_is_a_missing_value(jena: StationSchema, small_file: Callable[[str], Path]) -> None:
    found = readings(small_file("m_missing.csv"), jena)

    text = small_file("m_missing.csv").read_text()
    assert found[P].isna().sum() == text.count(",M,") > 0
    assert len(found) == 960


def test_compass_letters_are_degrees(jena: StationSchema, small_file: Callable[[str], Path]) -> None:
    found = readings(small_file("compass.csv"), jena)

    assert found["wd (deg)"].iloc[:2].tolist() == [225.0, 0.0]


def test_steps_that_waver_by_seconds_are_brought_to_their_cadence(
    jena: StationSchema, small_file: Callable[[str], Path]
) -> None:
    found, report = clean(read(small_file("jitter5.csv"), jena), jena)

    assert report.cadence_minutes == 5
    assert (np.diff(found.index.to_numpy()) == np.timedelta64(5, "m")).mean() > 0.99
    assert found[T].iloc[:2].tolist() == [4.07, 4.56]
    assert any("5 minutes" in note for note in report.notes)
