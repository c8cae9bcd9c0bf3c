"""A quantity is known by its name in two scripts, beside a height, and where a console names its two pressures."""

from __future__ import annotations

import pytest

from jena_models.proposals.catalogue import catalogue
from jena_models.proposals.columns.likely_columns import is_plain, likely_columns
from jena_models.reading.matching import plain, taken_apart


@pytest.mark.parametrize(
    ("quantity", "header", "found"),
    [
        ("T", ["觀測時間(LST) ObsTime", "氣溫(℃) Temperature", "最高氣溫(℃) T Max"], [1]),
        ("p", ["測站氣壓(hPa) StnPres", "海平面氣壓(hPa) SeaPres"], [0]),
        ("wd", ["風速(m/s) WS", "風向(360degree) WD"], [1]),
        ("max_wv", ["最大瞬間風(m/s) WSGust", "陣風"], [0]),
        ("T", ["氣溫", "露點溫度"], [0]),
        ("radiation", ["2m T avg (F)", "SolRad avg2m (w/m^2)"], [1]),
        ("wd", ["WDir avg10m (deg)"], [0]),
        ("p", ["Pressure Relative(hPa)", "Absolute(hPa)"], [0]),
        ("p", ["ABS Barometer(hPa)", "REL Barometer(hPa)"], [0, 1]),
        ("T", ["土壤 Soil Temperature", "水溫 Water Temp"], []),
        ("T", ["Temperatura media a 1.5m (ºC)", "Temperatura do chan a -0.1m (ºC)"], [0]),
        ("T", ["Lufttemperatur in 2 m (°C)", "Lufttemperatur in 10 m (°C)"], [0, 1]),
        ("T", ["Temperature in greenhouse (°C)", "Temperature in 2 m (°C)"], [1]),
        ("T", ["Teplota půdy (°C)", "Průměrná teplota vzduchu (°C)"], [1]),
        ("T", ["Celsius(°C)", "Humidity(%rh)"], [0]),
        ("rh", ["No.", "Temperature°C", "Humidity%RH"], [2]),
        ("rh", ["Hőmérséklet (°C)", "Relatív páratartalom (%)"], [1]),
        ("wv", ["Rüzgar Yönü (°)", "Rüzgar Hızı (m/s)"], [1]),
        ("rain", ["Θερμοκρασία (°C)", "Βροχόπτωση (mm)"], [1]),
        ("wd", ["Швидкість вітру (м/с)", "Напрям вітру (°)"], [1]),
        ("p", ["TA_1_1_1", "PA_1_1_1", "P_1_1_1"], [1]),
        ("radiation", ["SW_OUT_1_1_1", "SW_IN_1_1_1", "LW_IN_1_1_1"], [1]),
        ("wv", ["WS_ms_Max", "WS_ms_S_WVT", "WindDir_D1_WVT", "WindDir_SD1_WVT"], [1]),
        ("wd", ["WS_ms_Max", "WS_ms_S_WVT", "WindDir_D1_WVT", "WindDir_SD1_WVT"], [2]),
        ("max_wv", ["WS_ms_Max", "WS_ms_S_WVT", "WindDir_D1_WVT", "WindDir_SD1_WVT"], [0]),
        ("p", ["PTemp_C_Avg", "P (mm)", "P (hPa)"], [2]),
        ("rain", ["PTemp_C_Avg", "P (mm)", "P (hPa)"], [1]),
        ("p", ["P (mm)"], []),
        ("p", ["P (in)", "T (in)"], [0]),
        ("wv", ["U (m/s)", "V (m/s)"], []),
        ("rh", ["HR (h)", "HR (%)", "RF (mm)"], [1]),
        ("rain", ["HR (h)", "HR (%)", "RF (mm)"], [2]),
        ("rain", ["n", "r", "rr", "PPT_mm_Tot"], [3]),
        ("T", ["BME280_temperature", "DS18B20 temperature", "SHT31 humidity"], [0]),
        ("rh", ["Temp. Ins. (C)", "Umi. Ins. (%)", "Pto Orvalho Ins. (C)"], [1]),
        ("Tdew", ["Temp. Ins. (C)", "Umi. Ins. (%)", "Pto Orvalho Ins. (C)"], [2]),
        ("radiation", ["SR_Avg", "SR_Wm2_Avg"], [1]),
        ("radiation", ["G (g)", "Rg (W/m2)", "SR (kW/m2)"], [1]),
        ("T", ["Temp_C_Max", "Temp_C_Min", "Temp_C_Avg"], [2]),
        ("T", ["AT", "TT", "Tdew"], []),
        ("T", ["Tair_f", "VPD_f", "Rg_f"], [0]),
        ("T", ["temp1inf", "Temp_ext (°C)"], [1]),
    ],
)
def test_a_column_is_found_by_its_name(quantity: str, header: list[str], found: list[int]) -> None:
    [column] = [each for each in catalogue() if each.quantity == quantity]
    names = [taken_apart(name) for name in header]

    assert likely_columns(column, names, set()) == found
    assert all(is_plain(names[i]) for i in found)


def test_no_name_is_that_of_two_quantities() -> None:
    told = [(plain(alias), each.name) for each in catalogue() for alias in each.aliases]

    assert {
        label: names for label in dict(told) if len(names := {name for also, name in told if also == label}) > 1
    } == {}


@pytest.mark.parametrize(
    ("header", "unit"),
    [
        ("TA_F", ""),
        ("Tair_f", ""),
        ("TA_F_QC", ""),
        ("Temp_f", "f"),
        ("AirT_F", "F"),
        ("Tair_C", "C"),
        ("T_air_C", "C"),
    ],
)
def test_what_a_flux_tower_filled_is_not_in_fahrenheit(header: str, unit: str) -> None:
    assert taken_apart(header).unit == unit
