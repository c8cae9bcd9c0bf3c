"""Fixed columns: names of several words, blanks for what is missing, and what is no such table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jena_models.proposals import propose, station_text
from jena_models.proposals.opened_source import open_source
from jena_models.reading.newest_rows import newest_rows
from jena_models.reading.reading import read
from jena_models.reading.texts.fixed_columns import tabs_between_columns
from jena_models.stations.named_stations import load_station

TIMES = pd.date_range("2021-03-20", periods=24 * 20, freq="h")
T = (8 + 6 * np.cos(2 * np.pi * (TIMES.hour - 15) / 24)).to_numpy().round(1)
HEADER = (
    "FECHA     HORA  TEMP   HUM     PNM   DD   FF     NOMBRE             \n"
    "         [HOA]  [ºC]   [%]   [hPa] [gr] [km/hr]                     \n"
)
STATIONS = {"AEROPARQUE AERO": 0, "AZUL": 4, "EL CALAFATE AERO": -5}
ANSWERS = {"latitude": "-34", "longitude": "-58", "clock": "UTC-03:00", "source:wd": "DD [gr]", "select:NOMBRE": "AZUL"}


def line(t: pd.Timestamp, v: float, place: str) -> str:
    """Give a row as Argentina's weather service writes it; no pressure is known at six, and no wind at seven."""
    p = f"{990 + t.hour / 10:8.1f}" if t.hour != 6 else " " * 8
    wind = f"{10 * t.hour:5d}{t.hour:5d}" if t.hour != 7 else " " * 10
    return f"{t:%d%m%Y}{t.hour:6d}{v + STATIONS[place]:6.1f}   70{p}{wind}     {place:20}\n"


TEXT = HEADER + "".join(line(t, v, place) for t, v in zip(TIMES, T, strict=True) for place in STATIONS)


@pytest.fixture
def station_file(tmp_path: Path) -> Path:
    (tmp_path / "datohorario.txt").write_text(TEXT, encoding="latin-1")
    proposal = propose(open_source(str(tmp_path / "datohorario.txt")), "datohorario", ANSWERS)
    assert proposal.questions == ()
    (tmp_path / "azul.yaml").write_text(station_text(proposal, "datohorario"))
    return tmp_path / "azul.yaml"


def test_names_of_several_words_and_blanks_stand_in_their_columns(tmp_path: Path, station_file: Path) -> None:
    table = read(tmp_path / "datohorario.txt", load_station(str(station_file))).table

    hours = TIMES.hour.to_numpy()
    assert (table.index == TIMES + pd.Timedelta(hours=3)).all()
    np.testing.assert_allclose(table["T (degC)"], T + 4)
    np.testing.assert_allclose(table["p (mbar)"], np.where(hours == 6, np.nan, 990 + hours / 10))
    np.testing.assert_allclose(table["wd (deg)"], np.where(hours == 7, np.nan, 10.0 * hours))
    np.testing.assert_allclose(table["wv (m/s)"], np.where(hours == 7, np.nan, hours / 3.6))


@pytest.mark.parametrize(
    ("head", "asked"),
    [
        ("date       time   temp  hum   press wind\n                  degF  %     hPa   km/h\n", []),
        ("date       time   temp  hum   press wind\n                 [ºF]   [%]   [hPa] [km/h]\n", []),
        ("date time temp hum press wind\ndegF % hPa km/h\n", ["unit:T", "unit:wv"]),
    ],
)
def test_units_stand_below_the_names_of_their_columns_or_are_asked_for(
    tmp_path: Path, head: str, asked: list[str]
) -> None:
    path = tmp_path / "roof.txt"
    aligned = "{:%Y-%m-%d %H:%M}{:7.1f}{:5d}{:8.1f}{:5d}\n".format
    told = aligned if head.startswith("date  ") else "{:%Y-%m-%d %H:%M} {:.1f} {:d} {:.1f} {:d}\n".format
    path.write_text(
        head + "".join(told(t, v, 60 + t.hour, 990.0 + t.hour, t.hour) for t, v in zip(TIMES, T, strict=True))
    )
    place = {"latitude": "50", "longitude": "10", "clock": "UTC"}

    proposal = propose(open_source(str(path)), "roof", place)
    assert [question.key for question in proposal.questions] == asked
    answers = place | {key: {"unit:T": "degF", "unit:wv": "km/h"}[key] for key in asked}
    (tmp_path / "roof.yaml").write_text(station_text(propose(open_source(str(path)), "roof", answers), "roof"))

    table = read(path, load_station(str(tmp_path / "roof.yaml"))).table
    np.testing.assert_allclose(table["T (degC)"], (T - 32) / 1.8)
    np.testing.assert_allclose(table["wv (m/s)"], TIMES.hour / 3.6)


def test_the_newest_rows_are_cut_like_the_whole(tmp_path: Path, station_file: Path) -> None:
    longer = tmp_path / "longer.txt"
    longer.write_text(TEXT * 3, encoding="latin-1")

    newest = newest_rows(longer, load_station(str(station_file)))

    assert newest is not None
    assert 0 < len(newest.table) < len(TIMES)
    assert (newest.table["T (degC)"].to_numpy() == (T + 4)[-len(newest.table) :]).all()


def test_which_station_is_meant_is_asked(tmp_path: Path, station_file: Path) -> None:
    answers = {key: answer for key, answer in ANSWERS.items() if not key.startswith("select")}

    [question] = propose(open_source(str(tmp_path / "datohorario.txt")), "datohorario", answers).questions

    assert question.key == "select:NOMBRE"
    assert "EL CALAFATE AERO (480 rows)" in question.evidence


@pytest.mark.parametrize(
    "text",
    [
        "time temp rh\n" + "".join(f"2021-01-{day:02d} {day} 70\n" for day in range(1, 29)),
        "place date temp\n" + "".join(f"{'x' * day} y 2021-01-{day:02d} {day}.5\n" for day in range(1, 29)),
        "date temp rh place\n" + "".join(f"2021-01-{d:02d} {d} {d} a{' b' * (d % 2)}\n" for d in [*range(10, 29), 1]),
        "time,temp,place\n" + "".join(f"2021-01-{day:02d},{day}.5,a b\n" for day in range(1, 29)),
    ],
    ids=["as many words in each row", "words in no fixed places", "two values in one place", "commas"],
)
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert tabs_between_columns(text.encode()) == text.encode()


def test_a_value_that_reaches_over_its_column_is_not_cut() -> None:
    text = TEXT + TEXT.splitlines()[2].replace("20032021", "1020032021", 1)

    assert tabs_between_columns(text.encode()) == text.encode()
