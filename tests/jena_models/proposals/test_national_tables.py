"""Tables as weather services and archives lay them out, by their documentation: each number is read right."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jena_models.errors import SourceUnreadableError
from jena_models.proposals import propose
from jena_models.proposals.opened_source import open_source
from jena_models.reading.reading import read
from jena_models.reading.texts.number_texts import POINTS
from jena_models.stations.cleaned.cleaning import clean
from jena_models.stations.schema import StationSchema

TIMES = pd.date_range("2021-05-03", periods=24 * 20, freq="h")
RNG = np.random.default_rng(3)
T = (10 + 6 * np.cos(2 * np.pi * (TIMES.hour - 14) / 24) + RNG.normal(0, 0.5, len(TIMES))).to_numpy().round(1)
P = (1012 + RNG.normal(0, 2, len(TIMES))).round(1)
RH = (60 + RNG.normal(0, 5, len(TIMES))).round(0)
WV = RNG.integers(1, 9, len(TIMES)).astype(float)
SIXTEENTH = RNG.integers(0, 16, len(TIMES))
WD = SIXTEENTH * 22.5
RAIN = np.where(RNG.random(len(TIMES)) < 0.2, 1.2, 0.0)
WORDS = (
    *("north", "north-northeast", "north-east", "east-northeast", "east", "east-southeast", "south-east"),
    *("south-southeast", "south", "south-southwest", "south-west", "west-southwest", "west", "west-northwest"),
    *("north-west", "north-northwest"),
)
RUSSIAN = (
    *("севера", "северо-северо-востока", "северо-востока", "востоко-северо-востока", "востока", "востоко-юго-востока"),
    *("юго-востока", "юго-юго-востока", "юга", "юго-юго-запада", "юго-запада", "западо-юго-запада", "запада"),
    *("западо-северо-запада", "северо-запада", "северо-северо-запада"),
)
PLACE = {"latitude": "50", "longitude": "10"}
TOLERANCE = {"wv (m/s)": 0.04, "p (mbar)": 0.2, "T (degC)": 0.06}


def read_back(path: Path, **answers: str) -> tuple[pd.DataFrame, str]:
    """What a station file reads that was made with nothing but answers, and the format's name."""
    proposal = propose(open_source(str(path)), "station", PLACE | answers)
    assert proposal.questions == ()
    schema = StationSchema.model_validate(proposal.station)
    return clean(read(path, schema), schema)[0], proposal.format


def assert_read(readings: pd.DataFrame, **expected: np.ndarray) -> None:
    names = {"T": "T (degC)", "p": "p (mbar)", "rh": "rh (%)", "wv": "wv (m/s)", "wd": "wd (deg)", "rain": "rain (mm)"}
    assert (readings.index == TIMES).all()
    for quantity, values in expected.items():
        name = names[quantity]
        np.testing.assert_allclose(readings[name], values, rtol=0, atol=TOLERANCE.get(name, 0.01), err_msg=name)


def lines(path: Path, head: str, line, encoding: str = "utf-8", foot: str = "") -> Path:
    rows = (line(i, time) for i, time in enumerate(TIMES))
    path.write_text(head + "\n" + "\n".join(rows) + "\n" + foot, encoding=encoding)
    return path


def test_the_last_days_of_australia_in_axf_are_read_in_utc(tmp_path: Path) -> None:
    head = (
        '[notice]\ncopyright[80]="Bureau of Meteorology"\n[$]\n\n[header]\nname[80]="Sydney"\n[$]\n\n[data]\n'
        "sort_order,wmo,name[80],local_date_time[80],local_date_time_full[80],aifstime_utc[80],lat,lon,cloud[80],"
        "gust_kmh,gust_kt,air_temp,dewpt,press,rain_trace[80],rel_hum,wind_dir[80],wind_spd_kmh,wind_spd_kt"
    )

    def line(i: int, time: pd.Timestamp) -> str:
        local = time + pd.Timedelta(hours=10)
        return (
            f'{i},94768,"Sydney","{local:%d/%I:%M%p}","{local:%Y%m%d%H%M%S}","{time:%Y%m%d%H%M%S}",-33.9,151.2,"-",9,5,'
            f'{-9999.0 if i == 5 else T[i]},{T[i] - 3:.1f},{P[i]},"0.0",{RH[i]:.0f},"{POINTS[SIXTEENTH[i]]}",'
            f"{WV[i] * 3.6:.1f},{WV[i] * 1.94:.0f}"
        )

    readings, known = read_back(
        lines(tmp_path / "a.axf", head, line, foot="[$]\n"), latitude="-33.9", longitude="151.2"
    )

    assert known == "bom-axf"
    assert_read(readings, T=np.where(np.arange(len(T)) == 5, np.nan, T), p=P, rh=RH, wv=WV, wd=WD)


def test_of_two_times_of_the_same_names_australias_standard_time_is_taken(tmp_path: Path) -> None:
    stamp = "Year Month Day Hour Minutes in YYYY,MM,DD,HH24,MI format in Local"
    head = (
        f"hm,Station Number,{stamp} time,{stamp} standard time,Precipitation since last (AWS) observation in mm,"
        "Quality of precipitation,Air Temperature in degrees C,Quality of air temperature,"
        "Relative humidity in percentage %,Quality of relative humidity,#"
    )

    def line(i: int, time: pd.Timestamp) -> str:
        local = time + pd.Timedelta(hours=10)
        summer = local + pd.Timedelta(hours=1)
        return (
            f"hm,066062,{summer:%Y,%m,%d,%H,%M},{local:%Y,%m,%d,%H,%M},{RAIN[i]:5.1f},Y,{T[i]:5.1f},Y,{RH[i]:3.0f},Y,#"
        )

    readings, known = read_back(lines(tmp_path / "bom.txt", head, line), clock="UTC+10:00")

    assert known == "bom"
    assert_read(readings, T=T, rh=RH, rain=RAIN)


@pytest.mark.parametrize("together", [True, False])
def test_czech_values_of_a_quantity_a_file_are_of_that_quantity(tmp_path: Path, together: bool) -> None:
    head, folder = "STATION,ELEMENT,DT,VALUE,FLAG,QUALITY\n", tmp_path / "chmi"
    folder.mkdir()
    texts = {
        name: "".join(
            f"0-1,{name},{time:%Y-%m-%dT%H:%M:%SZ},{value},,0\n" for time, value in zip(TIMES, v, strict=True)
        )
        for name, v in {"T": T, "P": P, "H": RH, "F": WV, "D": WD, "SRA1H": RAIN}.items()
    }
    if together:
        (folder / "all.csv").write_text(head + "".join(texts.values()))
    else:
        for name, text in texts.items():
            (folder / f"1h-{name}.csv").write_text(head + text)

    readings, known = read_back(folder)

    assert known == "chmi"
    assert_read(readings, T=T, p=P, rh=RH, wv=WV, wd=WD, rain=RAIN)


def test_chinas_codes_are_no_values(tmp_path: Path) -> None:
    head = "Station_Id_C,Year,Mon,Day,Hour,PRS,PRS_Sea,WIN_S_Max,TEM,RHU,PRE_1h,WIN_D_Avg_2mi,WIN_S_Avg_2mi"

    def line(i: int, time: pd.Timestamp) -> str:
        temperature, rain, direction = (999999, 999990, 999017) if i == 7 else (T[i], RAIN[i], WD[i])
        return (
            f"54511,{time.year},{time.month},{time.day},{time.hour},{P[i]},{P[i] + 5},9,{temperature},{RH[i]:.0f},"
            f"{rain},{direction},{WV[i]}"
        )

    readings, known = read_back(lines(tmp_path / "cma.csv", head, line), clock="UTC")
    gone = np.arange(len(T)) == 7

    assert known == "cma"
    none = {name: np.where(gone, np.nan, values) for name, values in {"T": T, "wd": WD, "rain": RAIN}.items()}
    assert_read(readings, p=P, rh=RH, wv=WV, **none)


@pytest.mark.parametrize(
    ("words", "dry", "before"),
    [
        (WORDS, "No precipitation", "Wind blowing from the "),
        (RUSSIAN, "Осадков нет", "Ветер, дующий с "),
    ],
)
def test_reports_of_rp5_say_winds_in_words_and_over_how_many_hours_rain_fell(
    tmp_path: Path, words: tuple[str, ...], dry: str, before: str
) -> None:
    above = "# Weather station Roof, WMO_ID=10637, selection from 03.05.2021\n# by rp5.ru\n"
    head = above + '"Local time";"T";"Po";"P";"U";"DD";"Ff";"RRR";"tR"'
    hours = np.where(TIMES.hour % 12 == 6, 12, 0)

    def line(i: int, time: pd.Timestamp) -> str:
        rain = f'"{RAIN[i] or dry}";"12"' if hours[i] else '"";""'
        wind = "Calm, no wind" if i == 3 else before + words[SIXTEENTH[i]]
        air = f'"{T[i]}";"{P[i] / 1.333224:.1f}";"760";"{RH[i]:.0f}"'
        return f'"{time:%d.%m.%Y %H:%M}";{air};"{wind}";"{WV[i]:.0f}";{rain};'

    readings, known = read_back(lines(tmp_path / "rp5.csv", head, line), clock="UTC")

    assert known == "rp5"
    expected = np.where(hours > 0, RAIN / 12, np.nan)
    assert_read(readings, T=T, p=P, rh=RH, wv=WV, wd=np.where(np.arange(len(T)) == 3, np.nan, WD), rain=expected)


@pytest.mark.parametrize("degrees", ["°", "\xa0°", " "])
def test_a_wind_of_letters_is_a_direction_and_the_speed_beside_it_the_speed(tmp_path: Path, degrees: str) -> None:
    def line(i: int, time: pd.Timestamp) -> str:
        return (
            f"{time:%Y/%m/%d},{time:%I:%M %p},{T[i] * 1.8 + 32:.1f}{degrees}F,{RH[i]:.0f} %,{POINTS[SIXTEENTH[i]]},"
            f"{WV[i] / 0.44704:.1f} mph,{P[i] / 33.8639:.2f} in"
        )

    readings, _ = read_back(
        lines(tmp_path / "wu.csv", "Date,Time,Temperature,Humidity,Wind,Speed,Pressure", line), clock="UTC"
    )

    assert_read(readings, T=T, rh=RH, wv=WV, wd=WD, p=P)


def test_a_wind_in_degrees_is_a_direction(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.csv", "dt,temp,wind_speed,wind_deg", lambda i, t: f"{t:%F %R},{T[i]},{WV[i]},{WD[i]}")

    readings, _ = read_back(path, clock="UTC", **{"unit:T": "degC", "unit:wv": "m/s"})

    assert_read(readings, T=T, wv=WV, wd=WD)


def test_degrees_with_letters_behind_are_degrees_and_humidity_is_no_hour(tmp_path: Path) -> None:
    def line(i: int, time: pd.Timestamp) -> str:
        wind = f"{WD[i]:.0f}º ({POINTS[SIXTEENTH[i]]})"
        return f"{time:%d/%m/%Y},{time:%H:%M} UTC,{T[i]},{RH[i]:.0f},{wind},{P[i]} Hpa,{'Tr' if i == 4 else RAIN[i]}"

    path = lines(tmp_path / "meteomanz.csv", "Date,UTC time,T (ºC),Hr (%),Wind dir.,Pressure,Prec. (mm)", line)
    readings, _ = read_back(path, **{"source:rh": "Hr (%)"})

    assert_read(readings, T=T, rh=RH, p=P, wd=np.round(WD), rain=np.where(np.arange(len(T)) == 4, 0, RAIN))


def test_of_times_in_utc_and_local_the_reference_network_is_read_in_utc(tmp_path: Path) -> None:
    def line(i: int, time: pd.Timestamp) -> str:
        local, sun = time - pd.Timedelta(hours=5), np.maximum(0, 500 - 80 * abs(time.hour - 17))
        measured = -9999.0 if i == 9 else T[i]
        return (
            f"53877 {time:%Y%m%d %H%M} {local:%Y%m%d %H%M}      3  -82.56   35.49 {measured:7.1f} {measured:7.1f} "
            f"{T[i] + 1:7.1f} {T[i] - 1:7.1f} {RAIN[i]:7.1f} {sun:6.0f} 0 {sun:6.0f} 0 {sun:6.0f} 0 C {T[i]:7.1f} 0 "
            f"{T[i]:7.1f} 0 {T[i]:7.1f} 0 {RH[i]:5.0f} 0" + 5 * " -99.000" + 5 * " -9999.0"
        )

    readings, known = read_back(lines(tmp_path / "crn.txt", "", line))

    assert known == "uscrn"
    assert_read(readings, T=np.where(np.arange(len(T)) == 9, np.nan, T), rh=RH, rain=RAIN)


def test_hours_of_meteostat_without_names_are_read(tmp_path: Path) -> None:
    def line(i: int, time: pd.Timestamp) -> str:
        wind = f"{WD[i]:.0f},{WV[i] * 3.6:.1f},"
        return f"{time:%Y-%m-%d},{time.hour},{T[i]},{T[i] - 3:.1f},{RH[i]:.0f},{RAIN[i]},,{wind},{P[i]},,3"

    readings, known = read_back(lines(tmp_path / "10637.csv", "", line))

    assert known == "meteostat-bulk"
    assert_read(readings, T=T, rh=RH, rain=RAIN, wd=np.round(WD), wv=WV, p=P)


def test_a_data_set_of_pangaea_tells_its_place(tmp_path: Path) -> None:
    head = (
        "/* DATA DESCRIPTION:\nCitation:\tKnap (2021)\nEvent(s):\tCAB (Cabauw) * LATITUDE: 51.968000 * "
        "LONGITUDE: 4.928000 * ELEVATION: 0.0 m\nSize:\t480 data points\n*/\n"
        "Date/Time\tHeight [m]\tT2 [°C]\tRH [%]\tPoPoPoPo [hPa]"
    )
    path = lines(tmp_path / "a.tab", head, lambda i, t: f"{t:%Y-%m-%dT%H:%M}\t2\t{T[i]}\t{RH[i]}\t{P[i]}")
    proposal = propose(open_source(str(path)), "station", {})

    assert (proposal.format, proposal.questions) == ("pangaea", ())
    assert (proposal.station["latitude"], proposal.station["longitude"]) == (51.968, 4.928)
    assert_read(read_back(path)[0], T=T, rh=RH, p=P)


@pytest.mark.parametrize(("wide", "wider"), [(".", ","), (",", ".")])
def test_each_column_has_a_decimal_sign_of_its_own(tmp_path: Path, wide: str, wider: str) -> None:
    inches = np.round(RAIN * 0.127, 3)  # 0.152, which is no hundred and fifty-two

    def line(i: int, time: pd.Timestamp) -> str:
        first = ";".join(str(each).replace(".", wide) for each in (T[i], f"{P[i]:.1f}", f"{RH[i]:.1f}"))
        return f"{time:%Y-%m-%d %H:%M};{first};{f'{inches[i]:.3f}'.replace('.', wider)}"

    readings, _ = read_back(lines(tmp_path / "a.csv", "time;T (degC);p (mbar);rh (%);rain (mm)", line), clock="UTC")

    np.testing.assert_allclose(readings["rain (mm)"], inches)
    assert_read(readings, T=T, p=P, rh=RH)


def test_columns_of_the_time_that_are_not_understood_together_are_refused(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.csv", "a,b,c,T (degC)", lambda i, t: f"{t:%Y-%m-%d},{t:%H:%M},{t:%S},{T[i]}")

    with pytest.raises(
        SourceUnreadableError, match="tells the time in 3 columns, and it is not certain what each holds"
    ):
        read_back(path, time="a,b,c", clock="UTC")


@pytest.mark.parametrize("head", ["Time,Time (UTC)", "local_time,utc_time", "timestamp,timestamp_utc", "Date,DateUTC"])
def test_of_a_local_time_and_one_in_utc_the_one_in_utc_is_taken(tmp_path: Path, head: str) -> None:
    local = TIMES.tz_localize("UTC").tz_convert("Europe/Berlin")
    path = lines(tmp_path / "a.csv", f"{head},T (degC)", lambda i, t: f"{local[i]:%F %R},{t:%F %R},{T[i]}")

    assert_read(read_back(path)[0], T=T)


@pytest.mark.parametrize("name", ["{}", "{:02}:00", "H{:02}", "Hour {}"])
@pytest.mark.parametrize("first", [0, 1])
def test_a_column_for_each_hour_is_no_series(tmp_path: Path, name: str, first: int) -> None:
    path = tmp_path / "a.csv"
    head = ",".join(name.format(hour) for hour in range(first, first + 24))
    days = (
        f"{day:%F},{','.join(map(str, values))}" for day, values in zip(TIMES[::24], T.reshape(-1, 24), strict=True)
    )
    path.write_text("Date," + head + "\n" + "\n".join(days) + "\n")

    with pytest.raises(SourceUnreadableError, match="has a row for each day and a column for each hour"):
        read_back(path, clock="UTC")


@pytest.mark.parametrize("digits", [0, 2])
def test_points_between_thousands_are_no_decimals(tmp_path: Path, digits: int) -> None:
    load = np.round(1000 + 200 * np.sin(TIMES.hour.to_numpy() / 24 * 2 * np.pi) + RNG.normal(0, 20, len(TIMES)), digits)

    def line(i: int, time: pd.Timestamp) -> str:
        return f"{time:%d.%m.%Y};{time:%H:%M};{f'{load[i]:,.{digits}f}'.translate(str.maketrans(',.', '.,'))}"

    path = lines(tmp_path / "a.csv", "Datum;Anfang;Netzlast [MWh]", line)
    readings, _ = read_back(path, clock="UTC", target="Netzlast [MWh]")

    np.testing.assert_allclose(readings["Netzlast [MWh]"], load)


@pytest.mark.parametrize("missing", ["99", "999", "-99.9"])
def test_three_decimals_beside_whole_codes_are_decimals(tmp_path: Path, missing: str) -> None:
    values = np.round(T + 20.0001, 3)

    def line(i: int, time: pd.Timestamp) -> str:
        return f"{time:%F %R};{missing if i % 40 == 0 else f'{values[i]:.3f}'}"

    readings, _ = read_back(lines(tmp_path / "a.csv", "time;T (degC)", line), clock="UTC")

    np.testing.assert_allclose(readings["T (degC)"].dropna(), np.delete(values, np.arange(0, len(T), 40)))


@pytest.mark.parametrize("code", ["99.9", "99.99", "327.67", "3276.7", "6553.5", "-127", "85.0", "-273.15", "999990"])
def test_what_stands_for_none_is_none_within_the_limits_too(tmp_path: Path, code: str) -> None:
    def line(i: int, time: pd.Timestamp) -> str:
        values = (code,) * 3 if i % 20 == 0 else (T[i], WV[i], RAIN[i])
        return f"{time:%F %R},{','.join(map(str, values))}"

    path = lines(tmp_path / "a.csv", "time,T (degC),wv (m/s),rain (mm)", line)
    gone = np.arange(len(T)) % 20 == 0

    none = {name: np.where(gone, np.nan, values) for name, values in {"T": T, "wv": WV, "rain": RAIN}.items()}
    assert_read(read_back(path, clock="UTC")[0], **none)


def test_names_in_quotes_may_go_over_several_lines(tmp_path: Path) -> None:
    head = '"Date\nTime","Temp\n(°C)","Pressure\n(hPa)","RH\n(%)"'
    path = lines(tmp_path / "a.csv", head, lambda i, t: f"{t:%F %R},{T[i]},{P[i]},{RH[i]}")

    assert_read(read_back(path, clock="UTC")[0], T=T, p=P)
    path.write_text(path.read_text().replace(f",{P[5]},", ",much,"))
    schema = StationSchema.model_validate(propose(open_source(str(path)), "a", PLACE | {"clock": "UTC"}).station)
    pressure = schema.columns[0].model_copy(update={"name": "p (mbar)", "quantity": "p", "source": "Pressure (hPa)"})
    with pytest.raises(SourceUnreadableError, match=r"Line 11 of .* holds 'much'"):
        read(path, schema.model_copy(update={"columns": (*schema.columns, pressure)}))
