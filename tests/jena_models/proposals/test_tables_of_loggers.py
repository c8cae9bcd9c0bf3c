"""Tables as loggers, networks and plants publish them: each number is read right, and what is not certain is asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from logger_tables import DAYS, RNG, TIMES, WV, T, open_keys, proposed, read_back, written

from jena_models.reading.reading import read
from jena_models.stations.cleaned.cleaning import clean
from jena_models.stations.schema import StationSchema


def test_a_column_whose_name_ends_in_a_number_in_parentheses_is_read_beside_a_row_of_units(tmp_path: Path) -> None:
    head = "TIMESTAMP,WS_WVc(1),WS_WVc(2)\nTS,m/s,Deg"
    path = written(tmp_path, head, lambda i: f"{TIMES[i]},{WV[i]},{i * 7 % 360}")

    readings = read_back(path, target="WS_WVc(1)")

    np.testing.assert_array_equal(readings["WS_WVc(1)"], WV)


@pytest.mark.parametrize(
    ("name", "quantity", "factor", "asked"),
    [
        ("Srad", "radiation", 33.0, True),  # the sum of a day, in MJ/m²
        ("GloblRad", "radiation", 3.8, True),  # the sum of an hour, in MJ/m²
        ("Solar Radiation", "radiation", 900.0, False),
        ("Solar Radiation (W/m2)", "radiation", 33.0, False),
    ],
)
def test_sunlight_that_is_far_less_than_watts_is_asked_for(
    name: str, quantity: str, factor: float, asked: bool, tmp_path: Path
) -> None:
    path = written(tmp_path, f"time,temp,{name}", lambda i: f"{TIMES[i]},{T[i]},{factor * abs(np.sin(i)):.2f}")

    assert open_keys(proposed(path)) == ([f"unit:{quantity}"] if asked else [])


def test_a_directions_tens_of_degrees_are_asked_for_and_read(tmp_path: Path) -> None:
    tens = np.where(np.arange(len(TIMES)) % 40 == 0, 99, np.arange(len(TIMES)) % 36 + 1)
    path = written(tmp_path, "time,temp,dir", lambda i: f"{TIMES[i]},{T[i]},{tens[i]}")

    assert open_keys(proposed(path)) == ["unit:wd"]
    readings = read_back(path, unit__wd="10 deg")
    np.testing.assert_allclose(readings["wd (deg)"][tens < 99], tens[tens < 99] * 10)


@pytest.mark.parametrize("name", ["dir", "dir (deg)"])
@pytest.mark.parametrize("likely", ["10 deg", "radian"])
def test_a_direction_that_is_hardly_in_degrees_is_asked_for_whatever_its_name_says(
    name: str, likely: str, tmp_path: Path
) -> None:
    turned = np.arange(len(TIMES)) % 37 * (1 if likely == "10 deg" else 0.17)
    path = written(tmp_path, f"time,temp,{name}", lambda i: f"{TIMES[i]},{T[i]},{turned[i]:g}")

    assert open_keys(proposed(path)) == ["unit:wd"]
    of_one = 10 if likely == "10 deg" else np.degrees(1)
    np.testing.assert_allclose(read_back(path, unit__wd=likely)["wd (deg)"], turned * of_one)
    np.testing.assert_allclose(read_back(path, unit__wd="deg")["wd (deg)"], turned)


@pytest.mark.parametrize("turned", [lambda i: 3 + i % 20, lambda i: 10 * (i % 4), lambda i: i % 60])
def test_degrees_of_a_steady_wind_are_no_tens(turned: Callable[[int], int], tmp_path: Path) -> None:
    path = written(tmp_path, "time,temp,dir", lambda i: f"{TIMES[i]},{T[i]},{turned(i)}")

    assert open_keys(proposed(path)) == []


@pytest.mark.parametrize("lone", [1, 7])
def test_a_code_for_a_missing_value_is_known_in_a_column_of_any_name(lone: int, tmp_path: Path) -> None:
    highest = 60 + 30 * np.sin(np.arange(len(DAYS)) / 58)
    highest[::60] = [-996] * lone + [50] * (7 - lone)
    path = written(tmp_path, "date,TMAX,TMIN", lambda i: f"{DAYS[i]:%Y-%m-%d},{highest[i]:.2f},{i % 9}", len(DAYS))

    readings = read_back(path, target="TMAX")

    assert readings["TMAX"].isna().sum() == lone
    assert readings["TMAX"].min() > 0


def test_a_code_that_is_the_only_negative_value_is_none_even_beside_large_ones(tmp_path: Path) -> None:
    amounts = np.where(np.arange(len(DAYS)) % 50 == 0, -999, np.arange(len(DAYS)) % 37 * 10)
    path = written(tmp_path, "date,catch,tray", lambda i: f"{DAYS[i]:%Y-%m-%d},{amounts[i]},{i % 7}", len(DAYS))

    readings = read_back(path, target="catch")

    assert readings["catch"].isna().sum() == (amounts == -999).sum()
    assert readings["catch"].max() == 360


def test_sensors_side_by_side_with_times_of_their_own_keep_their_values(tmp_path: Path) -> None:
    inside = TIMES + pd.to_timedelta(RNG.integers(-400, 0, len(TIMES)), unit="s")
    outside = TIMES + pd.to_timedelta(RNG.integers(1, 400, len(TIMES)), unit="s")
    rows = [f"{time},{v}," for time, v in zip(inside, T, strict=True)]
    rows += [f"{time},,{v}" for time, v in zip(outside, WV, strict=True)]
    path = written(tmp_path, "time,temp,wind speed", lambda i: rows[i], len(rows))

    proposal = proposed(path, unit__wv="m/s")
    schema = StationSchema.model_validate(proposal.station | {"cadence_minutes": 60.0})
    readings, report = clean(read(path, schema), schema)

    assert len(readings) < len(rows)
    assert readings["T (degC)"].notna().sum() == len(T)
    assert readings["wv (m/s)"].notna().sum() == len(WV)
    assert not any("were left" in note for note in report.notes)


@pytest.mark.parametrize(
    "name",
    ["Air.Temp.C", "Temp..C.", "Ambient Temperature [ºC]", "AMBIENT_TEMPERATURE", "temp_air", "Temperatuur", "tmed"],
)
def test_further_names_of_the_temperature_are_known(name: str, tmp_path: Path) -> None:
    path = written(tmp_path, f"time,{name},module", lambda i: f"{TIMES[i]},{T[i]},{i}")

    np.testing.assert_array_equal(read_back(path)["T (degC)"], T)


def test_a_direction_that_varies_is_missing_and_leaves_its_column(tmp_path: Path) -> None:
    path = written(tmp_path, "time,temp,WD", lambda i: f"{TIMES[i]},{T[i]},{'V' if i == 70 else i % 36 * 10}")

    readings = read_back(path)

    assert readings["wd (deg)"].isna().sum() == 1
    assert readings["wd (deg)"].iloc[71] == 71 % 36 * 10


def test_pressure_in_pounds_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, 'time,temp,"Abs Pressure, psi"', lambda i: f"{TIMES[i]},{T[i]},{14.5 + i % 3 / 10:.1f}")

    assert read_back(path)["p (mbar)"].iloc[0] == pytest.approx(999.74, abs=0.01)


@pytest.mark.parametrize(
    ("names", "quantities"),
    [
        ("temp_in,temp_out,humidity_in,humidity_out", {"T": "temp_out", "rh": "humidity_out"}),
        ("Temperature (in),Temperature (out),Humidity (in),a", {"T": "Temperature (out)"}),
        ("Temperature (water),temp,Wind (MW),Solar (GW)", {"T": "temp"}),
        ("temp,Current speed (m/s),Current direction (deg),a", {"T": "temp"}),
    ],
)
def test_what_is_indoors_in_water_or_of_a_plant_is_no_weather(
    names: str, quantities: dict[str, str], tmp_path: Path
) -> None:
    path = written(tmp_path, f"time,{names}", lambda i: f"{TIMES[i]},{T[i]},{T[i]},{30 + i % 40},{40 + i % 40}")

    proposal = proposed(path)

    assert {column["quantity"]: column["source"] for column in proposal.station["columns"]} == quantities
    assert open_keys(proposal) == []


def test_a_line_of_the_place_that_is_filled_up_with_separators_is_above_the_names(tmp_path: Path) -> None:
    head = "0,Town  Country,NA,-5,44.465,-73.205,41,note" + "," * 10
    names = "date,time,temp,a,b,c,d,e,f,g,h,i,j,k,l,m,n,o"
    path = written(
        tmp_path,
        f"{head}\n{names}",
        lambda i: f"{TIMES[i]:%Y-%m-%d},{TIMES[i]:%H:%M},{T[i]},1,2,3,4,5,6,7,8,9,0,1,2,3,4,5",
    )

    np.testing.assert_array_equal(read_back(path)["T (degC)"], T)


@pytest.mark.parametrize(
    ("name", "unit", "factor", "quantity"),
    [
        ("windspeedmph", "mph", 0.44704, "wv (m/s)"),
        ("Mean Wind SpeedKm/h", "Km/h", 1 / 3.6, "wv (m/s)"),
        ("PrecipitationIn", "In", 25.4, "rain (mm)"),
        ("DewPointTempK", "K", 1, "Tdew (degC)"),
        ("windspeedKmph", "Kmph", 1 / 3.6, "wv (m/s)"),
        ("wind_m_s", "m/s", 1, "wv (m/s)"),
    ],
)
def test_a_unit_right_behind_a_name_is_known(
    name: str, unit: str, factor: float, quantity: str, tmp_path: Path
) -> None:
    values = np.arange(len(TIMES)) % 13 / 8 + (280 if unit == "K" else 0)
    path = written(tmp_path, f"time,temp,{name}", lambda i: f"{TIMES[i]},{T[i]},{values[i]}")

    readings = read_back(path)

    np.testing.assert_allclose(readings[quantity], values * factor - (273.15 if unit == "K" else 0), atol=1e-4)


def test_a_temperature_indoors_has_no_unit_behind_its_name(tmp_path: Path) -> None:
    path = written(tmp_path, "time,tempIn,tempf", lambda i: f"{TIMES[i]},21,{T[i] * 1.8 + 32:.2f}")

    np.testing.assert_allclose(read_back(path, unit__T="degF")["T (degC)"], T, atol=0.01)


def test_a_station_in_the_second_column_is_no_hour_of_a_table_without_names(tmp_path: Path) -> None:
    head = "date,station_id,tmin,tmax,tmean," + ",".join("abcdefgh")
    path = written(tmp_path, head, lambda i: f"{DAYS[i]:%Y-%m-%d},2,1,9,{i % 30}.5" + ",1" * 8, len(DAYS))

    assert proposed(path).format == ""
    np.testing.assert_allclose(read_back(path)["T (degC)"], np.arange(len(DAYS)) % 30 + 0.5)


def test_the_pressure_of_vapour_is_no_humidity(tmp_path: Path) -> None:
    path = written(tmp_path, "time,temp,HUM", lambda i: f"{TIMES[i]},{T[i]},{0.3 + i % 20 / 9:.3f}")

    proposal = proposed(path)

    assert "rh" not in [column["quantity"] for column in proposal.station["columns"] if column.get("source")]
    assert "'HUM' was left: its numbers are no relative humidity" in " ".join(proposal.remarks)


@pytest.mark.parametrize("head", ["year,day,temp", "year (),day (),temp (oC)"])
def test_a_day_beyond_a_months_is_that_of_the_year(head: str, tmp_path: Path) -> None:
    path = written(tmp_path, head, lambda i: f"{DAYS[i].year},{DAYS[i].day_of_year},{i % 30}.5", len(DAYS))

    assert (read_back(path).index == DAYS).all()


def test_a_line_of_units_that_begins_with_the_stations_number_is_no_row(tmp_path: Path) -> None:
    head = (
        "surface observations;Parameter description;dry_bulb_temperature_at_2m;mean_wind_speed;relative_humidity\n"
        "10384;Unit;Grad C;km/h;%\nDatum;Uhrzeit (UTC);Temperatur (2m);Windgeschwindigkeit;Relative Feuchte"
    )
    path = written(
        tmp_path,
        head,
        lambda i: f"{TIMES[i]:%d.%m.%y;%H:%M};{T[i]:.1f};{WV[i] * 3.6:.1f};{60 + i % 9}".replace(".", ","),
    )
    path.write_text(path.read_text().replace(",05,21", ".05.21"))

    readings = read_back(path, unit__wv="km/h", source__T="dry_bulb_temperature_at_2m")

    assert (readings.index == TIMES).all()
    np.testing.assert_array_equal(readings["T (degC)"], T)
    np.testing.assert_allclose(readings["rh (%)"], 60 + np.arange(len(TIMES)) % 9)


@pytest.mark.parametrize(("name", "number"), [("pressure", 999.0), ("humidity", 99.0), ("wind_speed", 99.9)])
def test_a_column_of_nothing_but_what_stands_for_none_is_left(name: str, number: float, tmp_path: Path) -> None:
    path = written(tmp_path, f"time,temp,{name}", lambda i: f"{TIMES[i]},{T[i]},{number}")

    proposal = proposed(path)

    assert [column["source"] for column in proposal.station["columns"]] == ["temp"]
    assert f"'{name}' was left: it holds nothing but {number:g}, which stands for no value." in proposal.remarks


def test_wind_and_sun_beside_power_are_weather_where_that_is_said_alone(tmp_path: Path) -> None:
    path = written(tmp_path, "time,wind,solar,load", lambda i: f"{TIMES[i]},{WV[i]},{300 + i % 90},{500 + i % 70}")

    proposal = proposed(path, target="load")
    said = proposed(path, target="load", source__wv="wind", unit__wv="m/s")

    assert [column["name"] for column in proposal.station["columns"]] == ["wind", "solar", "load"]
    assert "'wind' may be of power" in " ".join(proposal.remarks)
    assert [column["name"] for column in said.station["columns"]] == ["wv (m/s)", "solar", "load"]


@pytest.mark.parametrize(
    ("head", "row"),
    [
        ("Date;Heure UTC;Température (°C)", "{:%d/%m/%Y;%Hh%M};{}"),
        ("Data,Godzina,Temperatura powietrza [°C]", "{:%Y-%m-%d,%H},{}"),
        ("Data;Ora;Temp. aria (°C)", "{:%d/%m/%Y;%H.%M};{}"),
        ("Datum;Uhrzeit;Temperatur Aussen [°C]", "{:%d.%m.%Y;%H:%M};{}"),
        ("Дата;Время;Температура воздуха, °C", "{:%d.%m.%Y;%H:%M};{}"),
    ],
)
def test_a_date_and_an_hour_are_read_in_the_words_of_the_country(head: str, row: str, tmp_path: Path) -> None:
    path = written(tmp_path, head, lambda i: row.format(TIMES[i], T[i]))

    readings = read_back(path)

    assert (readings.index == TIMES).all()
    np.testing.assert_array_equal(readings["T (degC)"], T)


def test_of_the_times_of_a_message_that_counts_for_which_it_is_valid(tmp_path: Path) -> None:
    def line(i: int) -> str:
        stamps = (TIMES[i] + pd.Timedelta(minutes=late) for late in (9, 8, 0))
        return ",".join([*(f"{stamp:%Y-%m-%dT%H:%M:%SZ}" for stamp in stamps), str(T[i])])

    path = written(tmp_path, "reference_time,insert_time,validity_time,temp", line)

    assert (read_back(path).index == TIMES).all()


def test_radiation_that_comes_in_is_no_inch_and_pressure_no_rain(tmp_path: Path) -> None:
    path = written(
        tmp_path, "time,TA,SW_IN,P,PA", lambda i: f"{TIMES[i]},{T[i]},{i % 24 * 30},{i % 7 / 10},{99 + i % 9 / 10}"
    )

    readings = read_back(path, source__p="PA", unit__p="kPa")

    np.testing.assert_allclose(readings["p (mbar)"], 990 + np.arange(len(TIMES)) % 9)
    np.testing.assert_allclose(readings["radiation (W/m**2)"], np.arange(len(TIMES)) % 24 * 30)
    assert "source:p" in open_keys(proposed(path))


def test_columns_of_one_name_are_left_with_what_to_do(tmp_path: Path) -> None:
    path = written(tmp_path, "time,Temp (C),Temp (C),hum", lambda i: f"{TIMES[i]},22.5,{T[i]},{50 + i % 30}")

    proposal = proposed(path, target="hum")

    assert [column["source"] for column in proposal.station["columns"]] == ["hum"]
    assert "'Temp (C)' was left: several columns are called so; give each a name of its own." in proposal.remarks


def test_hours_are_told_by_their_ends(tmp_path: Path) -> None:
    path = written(tmp_path, "Date,HE,temp", lambda i: f"{TIMES[i]:%m/%d/%Y},{TIMES[i].hour + 1},{T[i]}")

    assert (read_back(path, day_first="no").index == TIMES + pd.Timedelta(hours=1)).all()
