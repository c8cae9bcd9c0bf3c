"""Tables as public sources of weather, air and energy write them: their values at their times, or a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jena_models.errors import SourceUnreadableError
from jena_models.proposals import Proposal, propose, station_text
from jena_models.proposals.opened_source import open_source
from jena_models.reading.reading import read
from jena_models.stations.named_stations import load_station

TIMES = pd.date_range("2021-03-10", periods=24 * 20, freq="h")
RNG = np.random.default_rng(1)
T = (12 + 7 * np.cos(2 * np.pi * (TIMES.hour - 15) / 24) + RNG.normal(0, 0.5, len(TIMES))).to_numpy().round(1)
PLACE = {"latitude": "50", "longitude": "10", "clock": "UTC"}


def proposed(folder: Path, text: str, **answers: str) -> Proposal:
    path = folder / "table.csv"
    path.write_text(text)
    given = PLACE | {key.replace("__", ":"): value for key, value in answers.items()}
    return propose(
        open_source(str(path), [each for each in given.get("file_columns", "").split(",") if each]), "a", given
    )


def read_back(folder: Path, text: str, **answers: str) -> pd.DataFrame:
    proposal = proposed(folder, text, **answers)
    assert proposal.questions == ()
    file = folder / f"{len(list(folder.iterdir()))}.yaml"
    file.write_text(station_text(proposal, "a"))
    return read(folder / "table.csv", load_station(str(file))).table


def by_year(header: str) -> str:
    """Give two stations' days as the daily network of climatology has them: words, and dates of digits alone."""
    days = pd.date_range("2019-01-01", periods=200)
    rows = [
        f"{station},{day:%Y%m%d},{element},{20 + i + more},,,W,"
        for i, day in enumerate(days)
        for station, more in (("US1FLSL0019", 0), ("USW00094728", 300))
        for element in ("TAVG", "PRCP")
    ]
    return "\n".join([*([header] if header else []), *rows, ""])


NETWORK = "ID,DATE,ELEMENT,DATA_VALUE,M_FLAG,Q_FLAG,S_FLAG,OBS_TIME"


@pytest.mark.parametrize("header", ["", NETWORK], ids=["named by an answer", "named"])
def test_no_row_is_lost_where_words_and_a_date_of_digits_begin_each(tmp_path: Path, header: str) -> None:
    answers = {"select__ID": "US1FLSL0019", "unit__T": "0.1 degC", "unit__rain": "0.1 mm"}
    names = {} if header else {"file_columns": NETWORK}

    table = read_back(tmp_path, by_year(header), **answers, **names)

    assert table.index[0] == pd.Timestamp("2019-01-01")
    np.testing.assert_allclose(table["T (degC)"], np.arange(20, 220) / 10)


def test_a_text_whose_first_lines_hold_no_row_is_refused(tmp_path: Path) -> None:
    text = "place,said,how,what\n" + "here,something,as it is,so\n" * 250 + "here,2021-01-01,3,4\n"

    with pytest.raises(SourceUnreadableError, match="it is not certain where the readings begin"):
        proposed(tmp_path, text)


@pytest.mark.parametrize("place", ["city", "location"])
def test_rows_of_quantities_that_are_no_weather_are_brought_side_by_side(tmp_path: Path, place: str) -> None:
    rows = [
        f"{place} A,{time.isoformat()}Z,{(time + pd.Timedelta('1h')).isoformat()}+01:00,{kind},{value + more},µg/m³"
        for time, value in zip(TIMES, T, strict=True)
        for kind, more in (("pm25", 0), ("no2", 100))
    ]

    text = "\n".join([f"{place},utc,local,parameter,value,unit", *rows, ""])
    table = read_back(tmp_path, text, target="pm25")

    assert (table.index == TIMES).all()
    np.testing.assert_allclose(table["pm25"], T)
    np.testing.assert_allclose(table["no2"], T + 100)
    assert (read_back(tmp_path, text, select__parameter="no2")["value"] > 90).all()


def test_beside_a_stations_name_what_tells_its_rows_apart_is_asked_for(tmp_path: Path) -> None:
    rows = [
        f"roof,{depth},{time},{value + more}"
        for time, value in zip(TIMES, T, strict=True)
        for depth, more in (("low", 0), ("high", 9))
    ]

    asked = proposed(tmp_path, "\n".join(["station,depth,time,reading of it", *rows, ""]))

    assert [question.key for question in asked.questions] == ["select:depth"]
