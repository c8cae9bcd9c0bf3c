"""Places and instruments in a line above the names of columns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from proposed_stations import station_of

from jena_models.proposals import Proposal, propose
from jena_models.proposals.columns.places_in_names import without_places
from jena_models.proposals.opened_source import open_source
from jena_models.reading.matching import taken_apart
from jena_models.reading.reading import read

TIMES = pd.date_range("2021-04-10", periods=24 * 10, freq="h")
T = (12 + 7 * np.cos(2 * np.pi * (TIMES.hour - 15) / 24)).to_numpy().round(1)
PLACE = {"latitude": "35", "longitude": "139", "clock": "UTC+09:00"}
POINTS = (
    *("北", "北北東", "北東", "東北東", "東", "東南東", "南東", "南南東"),
    *("南", "南南西", "南西", "西南西", "西", "西北西", "北西", "北北西"),
)


def of_japan(*places: str) -> bytes:
    """Give a file as Japan's weather service has it to be downloaded, with flags of quality beside each value."""
    names = ["気温(℃)", "気温(℃)", "風速(m/s)", "風速(m/s)", "風速(m/s)", "相対湿度(％)", "相対湿度(％)"]
    winds, flags = ["", "", "", "", "風向", "", ""], ["", "品質情報", "", "品質情報", "", "", "品質情報"]
    lines = [
        "ダウンロードした時刻：2026/08/20 10:20:49",
        "",
        ",".join(["", *(place for place in places for _ in names)]),
    ]
    lines += [",".join([first, *each * len(places)]) for first, each in (("年月日時", names), ("", winds), ("", flags))]
    for time, value in zip(TIMES, T, strict=True):
        held = [f"{value + 3 * k:.1f},8,2.5,8,{POINTS[time.hour % 16]},70,8" for k in range(len(places))]
        lines.append(",".join([f"{time.year}/{time.month}/{time.day} {time.hour}:00:00", *held]))
    return "\n".join([*lines, ""]).encode("cp932")


def proposed(folder: Path, content: bytes, **answers: str) -> Proposal:
    (folder / "readings.csv").write_bytes(content)
    told = PLACE | {key.replace("__", ":"): value for key, value in answers.items()}
    return propose(open_source(str(folder / "readings.csv")), "readings", told)


def read_back(folder: Path, proposal: Proposal) -> pd.DataFrame:
    return read(folder / "readings.csv", station_of(proposal)).table


def test_of_one_place_nothing_is_asked(tmp_path: Path) -> None:
    table = read_back(tmp_path, proposed(tmp_path, of_japan("東京")))

    assert (table.index == TIMES - pd.Timedelta(hours=9)).all()
    np.testing.assert_allclose(table["T (degC)"], T)
    np.testing.assert_allclose(table["wd (deg)"], 22.5 * (TIMES.hour % 16))


def test_of_several_places_the_temperature_says_which(tmp_path: Path) -> None:
    asked = {each.key for each in proposed(tmp_path, of_japan("東京", "大阪")).questions}
    chosen = proposed(tmp_path, of_japan("東京", "大阪"), source__T="大阪 気温(℃)")

    assert asked == {"source:T", "source:rh", "source:wv", "source:wd"}
    np.testing.assert_allclose(read_back(tmp_path, chosen)["T (degC)"], T + 3)
    assert all(column.get("source", "大阪").startswith("大阪") for column in chosen.station["columns"])


def test_a_unit_may_stand_between_an_instrument_and_a_quantity(tmp_path: Path) -> None:
    text = (
        "z6-01234,Port1,Port1,Port1,Port8,Port8\nRecords: 9,ATMOS 41,ATMOS 41,ATMOS 41,Battery,Battery\n"
        "Timestamps,°C Air Temperature,kPa Atmospheric Pressure,m/s Wind Speed,% Battery Percent,mV Battery Voltage\n"
    ) + "".join(
        f"{t:%Y-%m-%d %H:%M:%S},{v},95.{t.hour:02d},{t.hour / 4},100,7000\n" for t, v in zip(TIMES, T, strict=True)
    )

    table = read_back(tmp_path, proposed(tmp_path, text.encode()))

    np.testing.assert_allclose(table["T (degC)"], T)
    np.testing.assert_allclose(table["p (mbar)"], 950 + TIMES.hour / 10)


def test_soil_extremes_and_words_of_the_quantity_are_no_places() -> None:
    for names in (["Soil Temp", "Soil Moisture"], ["Max Temp", "Max Hum"], ["Air Temp", "Wind Speed"], ["Temp", "x y"]):
        taken = [taken_apart(name) for name in names]
        assert without_places(taken, ()) == taken
