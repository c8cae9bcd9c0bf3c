"""Files as weather services document them: nothing but the place and the clock is asked, and each value is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from proposed_stations import station_of

from jena_models.proposals import Proposal, propose
from jena_models.proposals.opened_source import open_source
from jena_models.reading.reading import read
from jena_models.stations.cleaned.cleaning import clean

TIMES = pd.date_range("2021-03-20", periods=24 * 14, freq="h")
RNG = np.random.default_rng(1)
T = (8 + 6 * np.cos(2 * np.pi * (TIMES.hour - 15) / 24) + RNG.normal(0, 0.5, len(TIMES))).to_numpy().round(1)
P = (990 + RNG.normal(0, 3, len(TIMES))).round(1)
RH = np.clip(80 - 2 * T + RNG.normal(0, 2, len(TIMES)), 5, 100).round(0)
WIND = RNG.uniform(0.5, 9, len(TIMES)).round(1)
MEASURED = {"T (degC)": T, "p (mbar)": P, "rh (%)": RH, "wv (m/s)": WIND}
PLACE = {"latitude": "50", "longitude": "10"}

Line = Callable[[pd.Timestamp, float, float, float, float], str]


def rows(line: Line) -> str:
    return "".join(f"{line(*each)}\n" for each in zip(TIMES, T, P, RH, WIND, strict=True))


@dataclass(frozen=True)
class Published:
    """How a service writes what was measured."""

    text: str
    answers: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = tuple(MEASURED)
    ahead_hours: int = 0
    """How far the stamps are ahead of UTC."""
    tolerance: float = 0.006


DWD_10 = "STATIONS_ID;MESS_DATUM;  QN;PP_10;TT_10;TM5_10;RF_10;TD_10;eor\n"
KNMI = (
    "# BRON: KONINKLIJK NEDERLANDS METEOROLOGISCH INSTITUUT (KNMI)\n# \n"
    "# STN         LON(east)   LAT(north)  ALT(m)      NAME\n"
    "# 260         5.180       52.100      1.90        De Bilt     \n"
    + "".join(
        f"# {name:9} : quantity\n"
        for name in ("DD", "FH", "FF", "FX", "T", "T10N", "TD", "SQ", "Q", "DR", "RH", "P", "U")
    )
    + "# \n# STN,YYYYMMDD,   HH,   DD,   FH,    T,    P,    U\n\n"
)
NSRDB = (
    "Source,Location ID,City,State,Country,Latitude,Longitude,Time Zone,Elevation,Local Time Zone,Version\n"
    "NSRDB,145809,-,-,-,39.73,-105.18,-7,1829,-7,3.0.6\n"
    "Year,Month,Day,Hour,Minute,Temperature,Pressure,Relative Humidity,Wind Speed\n"
)
PVGIS = (
    "Latitude (decimal degrees): 45.000\nLongitude (decimal degrees): 8.000\nElevation (m): 250.0\nmonth,year\n"
    "3,2021\n4,2021\ntime(UTC),T2m,RH,G(h),WS10m,SP\n"
)
POWER = (
    "-BEGIN HEADER-\nNASA/POWER Source Native Resolution Hourly Data \nLocation: latitude  45.0   longitude 8.0 \n"
    "parameter(s): \nT2M      MERRA-2 Temperature at 2 Meters (C) \n-END HEADER-\nYEAR,MO,DY,HR,T2M,RH2M,PS,WS10M\n"
)
INMET = (
    "REGIAO:;SE\nUF:;SP\nLATITUDE:;-23,49638888\nLONGITUDE:;-46,61999999\nALTITUDE:;785,64\n"
    "Data;Hora UTC;PRESSAO ATMOSFERICA AO NIVEL DA ESTACAO, HORARIA (mB);"
    "TEMPERATURA DO AR - BULBO SECO, HORARIA (°C);UMIDADE RELATIVA DO AR, HORARIA (%);"
    "VENTO, VELOCIDADE HORARIA (m/s);\n"
)
TOA5 = (
    '"TOA5","CR1000X","CR1000X","1234","CR1000X.Std.03.02","CPU:met.CR1X","5120","Met10"\n'
    '"TIMESTAMP","RECORD","AirT_C_Avg","BP_hPa_Avg","RH","WS_ms_S_WVT"\n"TS","RN","Deg C","hPa","%","meters/second"\n'
    '"","","Avg","Avg","Smp","WVc"\n'
)
OPEN_METEO = (
    "latitude,longitude,elevation,utc_offset_seconds,timezone,timezone_abbreviation\n"
    "52.52,13.419998,38.0,3600,Europe/Berlin,GMT+1\n\n"
    "time,temperature_2m (°C),relative_humidity_2m (%),surface_pressure (hPa),wind_speed_10m (m/s)\n"
)


EIREANN = (
    "Station Name: PHOENIX PARK\nStation Height: 48 M \nLatitude:53.364  ,Longitude: -6.350\n\n\n"
    "date:   -  Date and Time (utc)\nwdsp:   -  Mean Wind Speed (knot)\n\n"
    "date,ind,rain,ind,temp,ind,wetb,dewpt,vappr,rhum,msl,ind,wdsp,ind,wddir\n"
)
SMHI = (
    "Stationsnamn;Stationsnummer;Stationsnät;Mäthöjd (meter över marken)\nStockholm A;98230;SMHIs stationsnät;2.0\n\n"
    "Parameternamn;Beskrivning;Enhet\nLufttemperatur;momentanvärde, 1 gång/tim;celsius\n\n"
    "Tidsperiod (fr.o.m);Tidsperiod (t.o.m);Höjd (meter över havet);Latitud (decimalgrader);Longitud (decimalgrader)\n"
    "1990-01-01 00:00:00;2021-04-03 23:00:00;43.133;59.3417;18.0549\n\n"
    "Datum;Tid (UTC);Lufttemperatur;Kvalitet;;Tidsutsnitt:\n"
)


def with_comma(value: float) -> str:
    return f"{value:.1f}".replace(".", ",").removeprefix("0")


def hours_of_the_day_before(time: pd.Timestamp) -> str:
    day = time - pd.Timedelta(hours=1)
    return f"{day:%Y%m%d},{day.hour + 1:5d}"


SERVICES = {
    "dwd": Published(
        DWD_10 + rows(lambda t, v, p, u, _: f"433;{t:%Y%m%d%H%M};3;{p};{v};{v + 1:.1f};{u};{v - 3:.1f};eor"),
        PLACE,
        ("T (degC)", "p (mbar)", "rh (%)"),
    ),
    "knmi": Published(
        KNMI
        + rows(
            lambda t, v, p, u, w: (
                f"  260,{hours_of_the_day_before(t)},{10 * t.hour or 990:5d},"
                f"{10 * w:5.0f},{10 * v:5.0f},{10 * p:5.0f},{u:5.0f}"
            )
        )
    ),
    "meteo-france-synop": Published(
        "numer_sta;date;pmer;tend;cod_tend;dd;ff;t;td;u;pres;\n"
        + rows(
            lambda t, v, p, u, w: (
                f"07149;{t:%Y%m%d%H%M%S};{100 * p + 500:.0f};mq;mq;mq;{w:.6f};{v + 273.15:.6f};mq;"
                f"{u:.0f};{100 * p:.0f};"
            )
        ),
        PLACE,
    ),
    "meteoswiss": Published(
        "station_abbr;reference_timestamp;tre200h0;prestah0;ure200h0;fkl010h0\n"
        + rows(lambda t, v, p, u, w: f"BER;{t:%d.%m.%Y %H:%M};{v};{p};{u};{w}"),
        PLACE,
    ),
    "nsrdb": Published(
        NSRDB + rows(lambda t, v, p, u, w: f"{t.year},{t.month},{t.day},{t.hour},{t.minute},{v},{p},{u},{w}"),
        ahead_hours=-7,
    ),
    "pvgis": Published(PVGIS + rows(lambda t, v, p, u, w: f"{t:%Y%m%d:%H%M},{v},{u},0.0,{w},{100 * p:.1f}")),
    "nasa-power": Published(
        POWER + rows(lambda t, v, p, u, w: f"{t.year},{t.month},{t.day},{t.hour},{v},{u},{p / 10:.2f},{w}"),
        {"clock": "UTC"},
    ),
    "inmet": Published(
        INMET
        + rows(
            lambda t, v, p, u, w: f"{t:%Y/%m/%d};{t:%H%M} UTC;{with_comma(p)};{with_comma(v)};{u:.0f};{with_comma(w)};"
        ),
    ),
    "iem-asos": Published(
        "station,valid(UTC),lon,lat,tmpf,dwpf,relh,drct,sknt,p01i,mslp\n"
        + rows(
            lambda t, v, p, u, w: (
                f"ORD,{t:%Y-%m-%d %H:%M},-87.9316,41.9602,{1.8 * v + 32:.2f},M,{u},M,{w / 0.514444:.3f},T,{p}"
            )
        ),
    ),
    "campbell-toa5": Published(
        TOA5 + rows(lambda t, v, p, u, w: f'"{t:%Y-%m-%d %H:%M:%S}",{t.hour},{v},{p},{u},{w}'),
        PLACE | {"clock": "UTC"},
    ),
    "ghcnh": Published(
        "Station_ID|Year|Month|Day|Hour|Minute|Latitude|Longitude|temperature|temperature_Quality_Code|"
        "dew_point_temperature|station_level_pressure|sea_level_pressure|relative_humidity|wind_speed\n"
        + rows(
            lambda t, v, p, u, w: (
                f"GME00102292|{t.year}|{t.month}|{t.day}|{t.hour}|0|52.4675|13.4021|{v}|1|"
                f"{v - 4:.1f}|{p}|{p + 6:.1f}|{u}|{w}"
            )
        ),
    ),
    "met-eireann": Published(
        EIREANN
        + rows(
            lambda t, v, p, u, w: (
                f"{f'{t:%d-%b-%Y %H:%M}'.lower()},0,0.1,0,{v},0,{v},{v - 2:.1f},9,{u},{p},2,{w / 0.514444:.2f},2,7"
            )
        ),
    ),
    "aemet": Published(
        "idema;lon;fint;prec;alt;vmax;vv;dv;lat;dmax;ubi;pres;hr;ta\n"
        + rows(
            lambda t, v, p, u, w: (
                f"3195;-3.678095;{t:%Y-%m-%dT%H:%M:%S}+0000;0.2;667;{w + 3:.1f};{w};70;40.4;80;MADRID;{p};{u};{v}"
            )
        ),
        {"clock": "UTC"},
    ),
    "fluxnet": Published(
        "TIMESTAMP_START,TIMESTAMP_END,CO2,WD,WS,TA,RH,PA,P,SW_IN\n"
        + rows(
            lambda t, v, p, u, w: (
                f"{t - pd.Timedelta(hours=1):%Y%m%d%H%M},{t:%Y%m%d%H%M},-9999,70,{w},{v},{u},{p / 10:.3f},{t.hour},1"
            )
        ),
        PLACE | {"clock": "UTC"},
    ),
    "smhi": Published(SMHI + rows(lambda t, v, p, u, w: f"{t:%Y-%m-%d};{t:%H:%M:%S};{v};G;;"), columns=("T (degC)",)),
    "ogimet": Published(
        "station_ID,Date,TC,TdC,ddd,ffkmh,Gustkmh,P0hPa,PseahPa,HR\n"
        + rows(lambda t, v, p, u, w: f"12330,{t:%Y-%m-%d %H:%M},{v},{v - 2:.1f},NNE,{w * 3.6:.2f},NA,{p},{p + 9},{u}"),
        PLACE,
    ),
    "geosphere": Published(
        "time,station,dd,ff,p,rf,rr,tl\n"
        + rows(lambda t, v, p, u, w: f"{t:%Y-%m-%dT%H:%M}+00:00,11035,70,{w},{p},{u},0.1,{v}"),
        PLACE,
    ),
    "hungaromet": Published(
        "#\n# StationNumber: 13704\n#\nStationNumber;         Time;    r;    t;   ta;     p;    u;   fs;  fsd;EOR\n"
        + rows(
            lambda t, v, p, u, w: (
                f"  13704;{t:%Y%m%d%H%M};  0.1;{v + 1:5.1f};{v:5.1f};{p:6.1f};{u:5.0f};{w:5.1f};70;EOR"
            )
        ),
        PLACE,
    ),
    "open-meteo": Published(
        OPEN_METEO + rows(lambda t, v, p, u, w: f"{t:%Y-%m-%dT%H:%M},{v},{u},{p},{w}"),
        ahead_hours=1,
    ),
}


def read_back(folder: Path, text: str, answers: Mapping[str, str]) -> tuple[pd.DataFrame, Proposal]:
    path = folder / "readings.csv"
    path.write_text(text)
    proposal = propose(open_source(str(path)), "readings", answers)
    station = station_of(proposal)
    return clean(read(path, station), station)[0], proposal


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_known_and_its_values_and_times_are_right(tmp_path: Path, name: str) -> None:
    published = SERVICES[name]

    table, proposal = read_back(tmp_path, published.text, published.answers)

    assert proposal.format == name
    assert (table.index == TIMES - pd.Timedelta(hours=published.ahead_hours)).all()
    for column in published.columns:
        np.testing.assert_allclose(table[column], MEASURED[column], atol=published.tolerance, err_msg=column)


def test_of_a_wind_in_two_units_the_one_that_is_there_is_taken_in_its_own(tmp_path: Path) -> None:
    # VQHA80, the table of the newest ten minutes, has the wind in km/h alone.
    text = "Station/Location;Date;tre200s0;ure200s0;fu3010z0;fu3010z1;prestas0;pp0qffs0\n" + rows(
        lambda t, v, p, u, w: f"TAE;{t:%Y%m%d%H%M};{v:.2f};{u:.2f};{w * 3.6:.2f};{w * 7.2:.2f};{p:.2f};-"
    )

    table, proposal = read_back(tmp_path, text, PLACE)

    assert proposal.format == "meteoswiss"
    np.testing.assert_allclose(table["wv (m/s)"], WIND, atol=0.006)
    np.testing.assert_allclose(table["max. wv (m/s)"], 2 * WIND, atol=0.006)


def test_the_stamps_of_open_meteo_keep_their_offset_when_summer_begins(tmp_path: Path) -> None:
    # Its API has no daylight saving: https://github.com/open-meteo/open-meteo/issues/1255
    proposal = read_back(tmp_path, SERVICES["open-meteo"].text, {})[1]

    assert proposal.station["clock"] == "UTC+01:00"
    assert (proposal.station["latitude"], proposal.station["longitude"]) == (52.52, 13.419998)


def test_a_place_is_told_by_the_lines_above_where_they_name_one_station(tmp_path: Path) -> None:
    two = KNMI.replace(
        "De Bilt     \n", "De Bilt     \n# 270         5.752       53.224      1.20        Leeuwarden  \n"
    )
    several = tmp_path / "several.csv"
    several.write_text(SERVICES["knmi"].text.replace(KNMI, two))

    one = read_back(tmp_path, SERVICES["knmi"].text, {})[1].station
    asked = {question.key for question in propose(open_source(str(several)), "several", {}).questions}

    assert (one["latitude"], one["longitude"], one["title"]) == (52.1, 5.18, "De Bilt")
    assert asked == {"latitude", "longitude"}


def test_a_wind_that_has_no_direction_is_missing(tmp_path: Path) -> None:
    table = read_back(tmp_path, SERVICES["knmi"].text, {})[0]

    np.testing.assert_array_equal(table["wd (deg)"], np.where(TIMES.hour == 0, np.nan, 10 * TIMES.hour))


def test_summaries_of_days_are_in_degrees_fahrenheit_and_knots_and_nines_are_none(tmp_path: Path) -> None:
    days = pd.date_range("2021-01-01", periods=200)
    text = "STATION,DATE,LATITUDE,LONGITUDE,TEMP,DEWP,SLP,STP,WDSP,MXSPD,GUST,PRCP\n" + "".join(
        f'72530,{day:%Y-%m-%d},41.995,-87.9336,"  {50 + i % 9}.0",9999.9,{999.9 if i % 5 else 1004.2},999.9,'
        f"{999.9 if i % 7 == 0 else 10.0 + i % 3},20.0,999.9,{i % 4 / 10}\n"
        for i, day in enumerate(days)
    )

    table, proposal = read_back(tmp_path, text, {})

    counted = np.arange(200)
    assert (proposal.format, (table.index == days).all()) == ("gsod", True)
    assert "max. wv (m/s)" not in table
    np.testing.assert_allclose(table["T (degC)"], (18 + counted % 9) / 1.8)
    np.testing.assert_allclose(table["p (mbar)"], np.where(counted % 5, 999.9, 1004.2))
    np.testing.assert_allclose(
        table["wv (m/s)"], np.where(counted % 7, (10.0 + counted % 3) * 0.514444, np.nan), atol=1e-4
    )
    np.testing.assert_allclose(table["rain (mm)"], counted % 4 * 2.54)
