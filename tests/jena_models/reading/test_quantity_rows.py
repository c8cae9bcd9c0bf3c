"""Tables with a row for each value are brought side by side; a row for each station stays one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jena_models.errors import SourceUnreadableError
from jena_models.proposals import propose, station_text
from jena_models.proposals.opened_source import open_source
from jena_models.reading.reading import read
from jena_models.stations.named_stations import load_station

HOURS = 240
TIMES = pd.date_range("2016-01-01", periods=HOURS, freq="h")
RNG = np.random.default_rng(3)
VALUES = {
    "temperature": RNG.normal(8, 5, HOURS).round(1),
    "pressure": RNG.normal(990, 5, HOURS).round(1),
    "humidity": RNG.uniform(40, 99, HOURS).round(1),
}
ANSWERS = {"clock": "UTC", "latitude": "50.9", "longitude": "11.6", "unit:T": "degC"}


def tall(kind: str = "unique_id", time: str = "ds", value: str = "y", **more: object) -> pd.DataFrame:
    """One block below the other, as Nixtla writes them."""
    blocks = [pd.DataFrame({kind: name, time: TIMES, value: values}) for name, values in VALUES.items()]
    return pd.concat(blocks, ignore_index=True).assign(**more)


def read_back(table: pd.DataFrame, folder: Path, suffix: str = ".csv", **answers: str) -> pd.DataFrame:
    path, file = folder / f"tall{suffix}", folder / "tall.yaml"
    table.to_parquet(path) if suffix == ".parquet" else table.to_csv(path, index=False)
    given = ANSWERS | {key.replace("__", ":"): value for key, value in answers.items()}
    file.write_text(station_text(propose(open_source(str(path)), "tall", given), "tall"))
    return read(path, load_station(str(file))).table


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize("mixed", [False, True], ids=["block by block", "time by time"])
def test_each_quantity_becomes_a_column(tmp_path: Path, suffix: str, mixed: bool) -> None:
    table = tall().sort_values("ds", kind="stable") if mixed else tall()

    back = read_back(table, tmp_path, suffix)

    assert list(back.columns) == ["p (mbar)", "T (degC)", "rh (%)"]
    assert (back.index == TIMES).all()
    np.testing.assert_array_equal(
        back.to_numpy(), np.column_stack([VALUES[k] for k in ("pressure", "temperature", "humidity")])
    )


def test_what_a_column_says_of_units_counts(tmp_path: Path) -> None:
    table = tall("parameter", "time", "value")
    table["unit"] = table["parameter"].map({"temperature": "degF", "pressure": "hPa", "humidity": "%"})

    back = read_back(table, tmp_path, unit__T="degF")

    np.testing.assert_allclose(back["T (degC)"], (VALUES["temperature"] - 32) / 1.8)
    table.loc[0, "unit"] = "degC"
    with pytest.raises(SourceUnreadableError, match="values of 'temperature' in several units, degC and degF"):
        read_back(table, tmp_path)


@pytest.mark.parametrize("word", ["unavailable", "NNW"])
def test_a_word_among_the_values_leaves_the_units_of_the_others(tmp_path: Path, word: str) -> None:
    table = tall("parameter", "last_changed", "value")
    table["unit_of_measurement"] = table["parameter"].map({"temperature": "°C", "pressure": "hPa", "humidity": "%"})
    row = {"parameter": "wind_direction", "last_changed": TIMES[0], "value": word, "unit_of_measurement": "°"}

    back = read_back(pd.concat([table, pd.DataFrame([row])]), tmp_path)

    np.testing.assert_array_equal(back["T (degC)"], VALUES["temperature"])
    np.testing.assert_array_equal(back["rh (%)"], VALUES["humidity"])


def test_of_several_stations_one_is_chosen_all_the_same(tmp_path: Path) -> None:
    here, there = tall("variable", "time", "value", site="here"), tall("variable", "time", "value", site="there")
    table = pd.concat([here, there.assign(value=there["value"] / 2)])

    back = read_back(table, tmp_path, select__site="here", unit__p="hPa", unit__rh="%")

    np.testing.assert_array_equal(back["T (degC)"], VALUES["temperature"])
    with pytest.raises(SourceUnreadableError, match="readings of 2 stations, told apart by the column 'site'"):
        read(tmp_path / "tall.csv", load_station(str(tmp_path / "tall.yaml")).model_copy(update={"select": {}}))


def test_a_value_that_is_there_twice_stays_twice(tmp_path: Path) -> None:
    table = tall()

    back = read_back(pd.concat([table, table[:1].assign(y=20.0)]), tmp_path)

    assert len(back) == HOURS + 1
    assert sorted(back.loc[TIMES[0], "T (degC)"]) == sorted([VALUES["temperature"][0], 20.0])


@pytest.mark.parametrize("quantity", ["temperature", "pm25"])
def test_what_tells_rows_of_one_quantity_apart_is_asked_for(tmp_path: Path, quantity: str) -> None:
    low = tall("parameter", "time", "value", height=2).replace({"parameter": {"temperature": quantity}})
    path = tmp_path / "tall.csv"
    pd.concat([low, low.assign(height=10, value=low["value"] + 1)]).sort_values("time").to_csv(path, index=False)

    asked = propose(open_source(str(path)), "tall", ANSWERS | {"target": quantity.replace("temperature", "T")})
    back = read_back(pd.read_csv(path), tmp_path, select__height="2", target=asked.station["target"])

    assert [question.key for question in asked.questions] == ["select:height"]
    np.testing.assert_array_equal(back[asked.station["target"]], VALUES["temperature"])


def test_of_several_columns_that_name_things_the_one_with_quantities_counts(tmp_path: Path) -> None:
    table = tall("_field", "_time", "_value", _measurement="weather", table=0, host="roof")
    table["table"] = table.groupby("_field").ngroup()

    back = read_back(table, tmp_path, unit__p="hPa", unit__rh="%")

    assert list(back.columns) == ["p (mbar)", "T (degC)", "rh (%)"]
    np.testing.assert_array_equal(back["T (degC)"], VALUES["temperature"])


def test_of_columns_that_name_things_of_no_weather_the_one_that_tells_them_apart_counts(tmp_path: Path) -> None:
    table = tall("field", "time", "value", measurement="plant")
    table["field"] = table["field"].replace({"temperature": "load", "pressure": "price", "humidity": "flow"})

    back = read_back(table, tmp_path, target="load")

    np.testing.assert_array_equal(back["load"], VALUES["temperature"])
