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


def test_days_of_a_station_in_a_line_for_each_month_are_read(tmp_path: Path) -> None:
    days = pd.date_range("2019-01-01", "2020-12-31")
    values = {day: -45 + i % 300 for i, day in enumerate(days)}
    lines = [
        f"USW00094728{month:%Y%m}{element}"
        + "".join(
            f"{(values[month + pd.Timedelta(days=k)] * sign if k < month.days_in_month else -9999):5d}  W"
            for k in range(31)
        )
        for month in pd.date_range("2019-01-01", "2020-12-01", freq="MS")
        for element, sign in (("TAVG", 1), ("SNWD", 2))
    ]

    table = read_back(tmp_path, "\n".join([*lines, ""]), unit__T="0.1 degC", target="T")

    assert (table.index == days).all()
    np.testing.assert_allclose(table["T (degC)"], [value / 10 for value in values.values()])
    assert "0.1 degC" in proposed(tmp_path, "\n".join([*lines, ""])).questions[0].evidence


@pytest.mark.parametrize("missing", [0, 30, 210])
@pytest.mark.parametrize("head", ["sensor,ts", "sensor,year,month,day,hour", "sensor,said,more,quality,as,ts"])
def test_no_row_is_lost_among_words_and_values_that_are_missing_at_first(
    tmp_path: Path, head: str, missing: int
) -> None:
    def begins(time: pd.Timestamp) -> str:
        if "year" in head:
            return f"roof,{time.year},{time.month},{time.day},{time.hour}"
        return ",".join(["roof", *["good"] * (head.count(",") - 1), str(int(time.timestamp()))])

    rows = [f"{begins(t)},{'NA,NA,NA' if i < missing else f'{T[i]},50,NA'}" for i, t in enumerate(TIMES)]
    table = read_back(tmp_path, "\n".join([f"{head},temp (°C),humidity (%),gusts (m/s)", *rows, ""]))

    assert (table.index == TIMES).all()
    np.testing.assert_array_equal(table["T (degC)"], np.where(np.arange(len(T)) < missing, np.nan, T))


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


FRENCH = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
GERMAN = ("Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez")
SPANISH = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")
CZECH = (
    *("leden", "únor", "březen", "duben", "květen", "červen", "červenec", "srpen", "září", "říjen", "listopadu"),
    "prosince",
)


@pytest.mark.parametrize(
    "way",
    [
        lambda t: f"{t.day} {FRENCH[t.month - 1]} {t:%Y %H:%M}",
        lambda t: f"{t:%d}-{GERMAN[t.month - 1]}-{t:%Y %H:%M}",
        lambda t: f"{t:%d/}{SPANISH[t.month - 1]}{t:/%Y %H:%M}",
        lambda t: f"{t.day}. {CZECH[t.month - 1]} {t:%Y %H:%M}",
        lambda t: f"{t:%B} {t.day}, {t:%Y %I:%M %p}",
        lambda t: f"mar. {t.day} {FRENCH[t.month - 1]} {t:%Y à %H:%M}",
    ],
    ids=["French", "German", "Spanish", "Czech", "English", "with a weekday"],
)
def test_months_are_known_by_their_names(tmp_path: Path, way) -> None:
    times = pd.date_range("2020-01-01", periods=366 * 4, freq="6h")
    values = np.round(np.sin(np.arange(len(times)) / 700) * 9, 1)

    rows = [f"{way(time)};{value}" for time, value in zip(times, values, strict=True)]
    table = read_back(tmp_path, "\n".join(["Date;Temperature (°C)", *rows, ""]))

    assert (table.index == times).all()
    np.testing.assert_array_equal(table["T (degC)"], values)


@pytest.mark.parametrize("word", ["jui", "lip", "sol", "ma"])
def test_what_may_be_two_months_or_none_is_refused(tmp_path: Path, word: str) -> None:
    with pytest.raises(SourceUnreadableError, match="unreadable time stamp"):
        proposed(tmp_path, f"Date,Temperature (°C)\n1 {word} 2021 10:00,4\n1 {word} 2021 11:00,5\n")


@pytest.mark.parametrize(
    ("stamps", "sentence"),
    [
        (("1 Mar 00:00", "1 Mar 01:00"), "They tell no year"),
        (("03/01  00:00:00", "03/01  01:00:00"), "They tell no year"),
        (("00:00", "01:00"), "the time of a day and no date: write both"),
        (("2021-01", "2021-02"), "no series of months is read"),
        (("0", "1"), "Where they count steps or minutes"),
    ],
)
def test_stamps_that_lack_something_are_refused_with_what_it_is(
    tmp_path: Path, stamps: tuple[str, str], sentence: str
) -> None:
    with pytest.raises(SourceUnreadableError, match=sentence):
        proposed(tmp_path, f"Time,Temperature (°C)\n{stamps[0]},4\n{stamps[1]},5\n")


def test_a_month_in_a_column_of_its_own_may_be_a_name(tmp_path: Path) -> None:
    names = ("Januar", "Februar", "März", "April")
    rows = [f"{t.year},{names[t.month - 1]},{t.day},{t.hour},{v}" for t, v in zip(TIMES, T, strict=True)]

    table = read_back(tmp_path, "\n".join(["Jahr,Monat,Tag,Stunde,Temperatur (°C)", *rows, ""]))

    assert (table.index == TIMES).all()


@pytest.mark.parametrize("is_in_parts", [False, True])
@pytest.mark.parametrize("newest_first", [False, True])
def test_a_date_may_stand_on_the_first_row_of_its_day_alone(
    tmp_path: Path, is_in_parts: bool, newest_first: bool
) -> None:
    head, date, none = ("Year,Month,Day,Hour", "%Y,%m,%d", ",,") if is_in_parts else ("Date,Time", "%d.%m.%Y", "")
    order = slice(None, None, -1) if newest_first else slice(None)
    first = 23 if newest_first else 0
    rows = [
        f"{time.strftime(date) if time.hour == first else none},{time.hour if is_in_parts else f'{time:%H:%M}'},{value}"
        for time, value in list(zip(TIMES, T, strict=True))[order]
    ]

    table = read_back(tmp_path, "\n".join([f"{head},Temperature (°C)", *rows, ""])).sort_index()

    assert (table.index == TIMES).all()
    np.testing.assert_array_equal(table["T (degC)"], T)
    rows[30] = rows[26]
    with pytest.raises(SourceUnreadableError, match="in line 32 does not go on from the row above it"):
        proposed(tmp_path, "\n".join([f"{head},Temperature (°C)", *rows, ""]))


def by_two_clocks(head: str, ahead: list[int]) -> str:
    """Give a table with times in UTC and others, so many hours ahead of them; UTC first where its name is."""
    local, is_first = TIMES + pd.to_timedelta(ahead, unit="h"), "utc" in head.split(",", maxsplit=1)[0].casefold()
    one, two = (TIMES, local) if is_first else (local, TIMES)
    rows = [f"{a:%Y-%m-%d %H:%M},{b:%Y-%m-%d %H:%M},{value}" for a, b, value in zip(one, two, T, strict=True)]
    return "\n".join([f"{head},Temperature (°C)", *rows, ""])


@pytest.mark.parametrize("head", ["HourUTC,HourDK", "local_time,time_utc", "begun_there,begun_gmt"])
def test_of_two_clocks_the_one_in_utc_is_taken_and_that_is_told(tmp_path: Path, head: str) -> None:
    text = by_two_clocks(head, [1 if i < 300 else 2 for i in range(len(TIMES))])
    remarks = proposed(tmp_path, text).remarks

    assert (read_back(tmp_path, text).index == TIMES).all()
    assert any(", in UTC; '" in remark and "tells them by another clock" in remark for remark in remarks)


def test_of_two_clocks_without_a_name_the_one_with_offsets_is_taken(tmp_path: Path) -> None:
    pairs = zip(TIMES + pd.Timedelta("1h"), TIMES, T, strict=True)
    rows = [f"{there:%Y-%m-%dT%H:%M}+01:00,{here:%Y-%m-%d %H:%M},{v}" for there, here, v in pairs]

    assert (read_back(tmp_path, "\n".join(["when,also,Temperature (°C)", *rows, ""])).index == TIMES).all()


def test_times_that_do_not_go_along_with_those_in_utc_are_of_no_clock(tmp_path: Path) -> None:
    with pytest.raises(SourceUnreadableError, match="no column of time stamps that is certain"):
        proposed(tmp_path, by_two_clocks("run_utc,meant", [i % 48 for i in range(len(TIMES))]))


@pytest.mark.parametrize(
    ("above", "place"),
    [
        ("lat,47.56,47.56\nlon,7.59,7.59\nasl,279.0,279.0\n", (47.56, 7.59)),
        ("Station;Long;Lat\nHome;-7.5;47.5\n", (47.5, -7.5)),
        ("# Latitude: 33.9 S\n# Longitude: 151.2 E\n", (-33.9, 151.2)),
        ("Latitude (decimal degrees):\t45.000\nLongitude (decimal degrees):\t8.000\n\n", (45.0, 8.0)),
        ("lat,47.56,48.56\nlon,7.59,7.59\nasl,279.0,279.0\n", None),
        ("# Latitude: 48° 30' N\n# Longitude: 9° 5' E\n", None),
        ("# Latitude and longitude: 48.1, 9.2\n", None),
    ],
)
def test_a_place_above_the_names_is_taken_and_told_where_it_is_one_in_degrees(
    tmp_path: Path, above: str, place: tuple[float, float] | None
) -> None:
    path = tmp_path / "placed.csv"
    sign = ";" if ";" in above else "\t" if "\t" in above else ","
    names, rows = ("timestamp", "Temperature (°C)", "Humidity (%)"), zip(TIMES, T, strict=True)
    path.write_text(above + "\n".join([sign.join(names), *(sign.join((str(t), str(v), "50")) for t, v in rows), ""]))

    proposal = propose(open_source(str(path)), "a", {"clock": "UTC"})

    asked = {question.key for question in proposal.questions}
    assert asked == (set() if place else {"latitude", "longitude"})
    assert place is None or (proposal.station["latitude"], proposal.station["longitude"]) == place
    assert any("above its table tell its place" in remark for remark in proposal.remarks) == (place is not None)
