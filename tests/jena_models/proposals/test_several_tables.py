"""A station whose quantities, or months, stand in files of their own gets one station file."""

from __future__ import annotations

import sqlite3
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jena_models.proposals import Proposal, propose, station_text
from jena_models.proposals.opened_source import open_source, source_name
from jena_models.reading.reading import read
from jena_models.stations.named_stations import load_station
from jena_models.stations.schema import StationSchema

PLACE = {"latitude": "49.9", "longitude": "11.6"}
HOURS = 24 * 60


def proposed(source: object, **answers: str) -> Proposal:
    return propose(open_source(str(source)), source_name(str(source)), PLACE | answers)


def station_of(proposal: Proposal, folder: Path) -> StationSchema:
    file = folder / "station.yaml"
    file.write_text(station_text(proposal, "tables"))
    return load_station(str(file))


def day() -> np.ndarray:
    return np.sin(2 * np.pi * np.arange(HOURS) / 24)


@pytest.fixture
def weather_service(tmp_path: Path) -> Path:
    """As the German weather service gives them: temperature, pressure and wind in a zip each, beside metadata."""
    folder = tmp_path / "00320"
    folder.mkdir()
    stamps = pd.date_range("2018-09-15", periods=HOURS, freq="h").strftime("%Y%m%d%H")
    products = {
        "tu": {"TT_TU": 10 + 5 * day(), "RF_TU": 70 - 10 * day()},
        "p0": {"   P": 1013 + day(), "  P0": 950 + day()},
        "ff": {"   F": 3 + day(), "   D": 180 + 90 * day()},
    }
    for name, columns in products.items():
        known = {"STATIONS_ID": 320, "MESS_DATUM": stamps, "QN_9": 3}
        table = pd.DataFrame({**known, **{key: np.round(values, 1) for key, values in columns.items()}, "eor": "eor"})
        if name == "ff":
            table.loc[:9, "   F"] = -999
        with zipfile.ZipFile(folder / f"stundenwerte_{name}_00320.zip", "w") as archive:
            archive.writestr("Metadaten_Geographie_00320.txt", "Stations_id;Stationshoehe\n320;454\n")
            archive.writestr(f"produkt_{name}_stunde_00320.txt", table.to_csv(sep=";", index=False))
    return folder


def test_a_file_a_quantity_gives_one_station_with_all_of_them(weather_service: Path, tmp_path: Path) -> None:
    proposal = proposed(weather_service)
    station = station_of(proposal, tmp_path)
    table = read(weather_service, station).table

    assert (proposal.format, proposal.questions) == ("dwd", ())
    assert station.name == "00320"
    assert [column.quantity for column in station.columns if column.kind == "required"] == ["p", "T", "rh"]
    assert len(table) == HOURS
    assert table[["p (mbar)", "T (degC)", "rh (%)"]].iloc[6].tolist() == [951.0, 15.0, 60.0]
    assert read(weather_service, station).notes == ()
    assert (table["wv (m/s)"].iloc[:10] == -999).all()
    assert -999 in station.sentinels


def test_the_largest_and_smallest_of_all_files_make_the_limits(tmp_path: Path) -> None:
    folder = tmp_path / "river"
    folder.mkdir()
    for month, level in enumerate((100, 900, 400), start=1):
        times = pd.date_range(f"2020-0{month}-01", periods=600, freq="h")
        table = pd.DataFrame({"time": times, "level_cm": level + np.arange(600) % 24})
        table.to_csv(folder / f"2020-0{month}.csv", index=False)

    station = station_of(proposed(folder, clock="UTC"), tmp_path)

    [level] = station.columns
    assert (level.minimum <= 100, level.maximum >= 923) == (True, True)
    assert station.week
    assert len(read(folder, station).table) == 1800


def test_a_database_and_a_query_are_sources_too(tmp_path: Path) -> None:
    table = pd.DataFrame({"epoch": 1_600_000_000 + 3600 * np.arange(HOURS), "outTemp (degF)": 50 + 9 * day()})
    with sqlite3.connect(tmp_path / "roof.sdb") as connection:
        table.to_sql("archive", connection, index=False)
        table.to_sql("other", connection, index=False)

    for wanted in ("", "::archive", '::select epoch, "outTemp (degF)" from archive'):
        proposal = proposed(f"sqlite:///{tmp_path}/roof.sdb{wanted}", clock="Europe/Berlin")

        assert proposal.questions == ()
        assert proposal.station["name"] == "roof"
        assert proposal.station["columns"][0]["unit"] == "degF"


def two_years(folder: Path, later: str, start: str = "2021-01-01") -> Path:
    """A folder whose second file, the shorter one, calls the temperature otherwise, and perhaps gives it in °F."""
    folder.mkdir()
    celsius = (10 + 5 * day()).round(2)
    for name, begin, values, hours in (("T (degC)", "2020-01-01", celsius, HOURS), (later, start, celsius, HOURS // 2)):
        given = values * 1.8 + 32 if "F)" in name else values
        times = pd.date_range(begin, periods=HOURS, freq="h")
        table = pd.DataFrame({"time": times, name: given, "rh (%)": 60 + 9 * day()})
        table.head(hours).to_csv(folder / f"{begin}-{hours}.csv", index=False)
    return folder


@pytest.mark.parametrize("later", ["Temperature (degC)", "T (degF)", "Air temperature (°F)"])
def test_a_column_that_is_renamed_in_a_later_file_goes_on(later: str, tmp_path: Path) -> None:
    folder = two_years(tmp_path / "roof", later)

    table = read(folder, station_of(proposed(folder, clock="UTC"), tmp_path)).table

    expected = np.concatenate([10 + 5 * day(), 10 + 5 * day()[: HOURS // 2]])
    np.testing.assert_allclose(table["T (degC)"], expected, atol=0.01)


@pytest.mark.parametrize(("longer", "shorter"), [("temp_f", "temp"), ("temp", "temp (degF)"), ("temp (degC)", "temp")])
@pytest.mark.parametrize("unsaid", ["degC", "degF"])
def test_of_files_of_which_one_says_no_unit_it_is_asked_for(
    longer: str, shorter: str, unsaid: str, tmp_path: Path
) -> None:
    folder, celsius = tmp_path / "roof", (10 + 5 * day()).round(2)
    folder.mkdir()
    for name, begin, hours in ((longer, "2020-01-01", HOURS), (shorter, "2021-01-01", HOURS // 2)):
        is_warm = "f" in name.casefold() or (name == "temp" and unsaid == "degF")
        times = pd.date_range(begin, periods=HOURS, freq="h")
        table = pd.DataFrame({"time": times, name: celsius * 1.8 + 32 if is_warm else celsius})
        table.head(hours).to_csv(folder / f"{begin}.csv", index=False)

    asked = proposed(folder, clock="UTC").questions
    answered = proposed(folder, clock="UTC", **{"unit:T": unsaid})

    assert [question.key for question in asked] == ["unit:T"]
    expected = np.concatenate([celsius, celsius[: HOURS // 2]])
    np.testing.assert_allclose(read(folder, station_of(answered, tmp_path)).table["T (degC)"], expected, atol=0.01)


@pytest.mark.parametrize("later", ["Temperature", "Wärme (degC)"])
def test_a_file_that_may_lack_a_column_is_named_with_what_was_ignored(later: str, tmp_path: Path) -> None:
    folder = two_years(tmp_path / "roof", later)
    proposal = proposed(folder, clock="UTC")

    raw = read(folder, station_of(proposal, tmp_path))

    assert any(f"'{later}' of " in remark and "was left" in remark for remark in proposal.remarks) == ("ä" not in later)
    [note] = raw.notes
    assert note.endswith(f"2021-01-01-720.csv has no air temperature (T (degC)); its columns '{later}' were ignored")


def test_a_column_of_the_same_times_is_no_renamed_one(tmp_path: Path) -> None:
    folder = two_years(tmp_path / "roof", "Temperature (degC)", start="2020-01-01")

    station = station_of(proposed(folder, clock="UTC"), tmp_path)

    assert station.column("T (degC)").aliases == ()
