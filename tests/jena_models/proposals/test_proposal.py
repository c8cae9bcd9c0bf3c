"""What a proposed station file asks, with what evidence, and which answers it takes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from hypothesis import example, given, reject
from hypothesis import strategies as st
from roof_tables import PLACE, proposed, station_of, weather

from jena_models.errors import JenaError, SettingsError
from jena_models.proposals import propose, station_text
from jena_models.proposals.draft import Opened
from jena_models.proposals.opened_source import open_source
from jena_models.proposals.sketch import next_command
from jena_models.proposals.station_checks import problems_of
from jena_models.reading.reading import read
from jena_models.reading.user_tables import FrameColumns
from jena_models.stations.cleaned.cleaning import clean
from jena_models.stations.named_stations import load_station
from jena_models.stations.schema import StationSchema


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "roof.csv"
    weather().to_csv(path, index=False)
    return path


def test_a_unit_that_two_fit_is_asked_for(source: Path) -> None:
    questions = {question.key: question for question in proposed(source).questions}

    assert "fits °C or °F" in questions["unit:T"].evidence
    assert "unit:rh" not in questions


def test_answers_close_the_questions_and_stand_in_the_file(source: Path, tmp_path: Path) -> None:
    proposal = proposed(source, unit__T="degF", name="my-roof", **PLACE)
    file = tmp_path / "my-roof.yaml"
    file.write_text(station_text(proposal, "roof.csv"))

    station = load_station(str(file))

    assert proposal.questions == ()
    assert (station.name, station.clock, station.target) == ("my-roof", "America/Chicago", "T (degC)")
    assert next(column for column in station.columns if column.quantity == "T").unit == "degF"
    assert problems_of(file, str(source)) == ()


def test_nothing_goes_on_while_a_question_is_open(source: Path, tmp_path: Path) -> None:
    file = tmp_path / "roof.yaml"
    file.write_text(station_text(proposed(source, latitude="40.8", longitude="-96.7", unit__T="degC"), "roof.csv"))

    with pytest.raises(SettingsError, match=r"an open question .clock: Which clock"):
        load_station(str(file))
    [problem] = problems_of(file)
    assert problem.startswith("open: clock: Which clock are its time stamps in")


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"colour": "blue"}, "'colour' answers no question; "),
        ({"clock": "Lincoln"}, "there is no clock 'Lincoln'"),
        ({"unit__T": "warm"}, "'warm' is no unit that is known"),
        ({"unit__temp": "degF"}, "'unit:temp' answers no question; "),
        ({"latitude": "north"}, "The latitude 'north' is no number"),
        ({"target": "rain"}, "There is no column 'rain' to forecast"),
        ({"source__T": "Temp"}, "There is no column 'Temp'; did you mean 'Temperature'"),
    ],
)
def test_an_answer_that_cannot_be_is_refused(source: Path, answers: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence):
        proposed(source, **answers)


def test_several_stations_and_two_columns_of_a_kind_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    table = (
        weather(10).rename(columns={"Temperature": "Temperature (roof) °C"}).assign(**{"Temperature (yard) °C": 21.0})
    )
    pd.concat([table.assign(station=name) for name in ("A", "B")]).to_csv(path, index=False)

    questions = {question.key: question for question in proposed(path).questions}

    assert "'Temperature (roof) °C', 'Temperature (yard) °C'" in questions["source:T"].evidence
    assert questions["select:station"].evidence == "it holds A (240 rows), B (240 rows)"


def test_all_that_is_wrong_with_a_file_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text("name: x\nlatitude: north\nclock: Berlin\ncolour: blue\n")

    problems = problems_of(file)

    for part in (
        "latitude",
        "clock: there is no clock 'Berlin'",
        "colour: there is no such key; ",
        "columns",
        "target",
    ):
        assert any(problem.startswith(part) for problem in problems), part


@pytest.mark.parametrize("sentinel", [999.0, 999.9, -99.0, 9999.0])
def test_a_sentinel_of_one_column_erases_no_reading_of_another(sentinel: float, tmp_path: Path) -> None:
    path, rows = tmp_path / "roof.csv", np.arange(480)
    table = weather().rename(columns={"Temperature": "T (degC)", "Humidity": "rh (%)"})
    table["p (hPa)"] = np.where(rows % 5 == 0, 999.0, np.where(rows % 5 == 1, 999.9, 1003.0))
    table["wv (m/s)"] = np.where(rows % 17 == 0, sentinel, 1.0 + rows % 7)
    table.to_csv(path, index=False)

    station = station_of(proposed(path, **PLACE), tmp_path / "roof.yaml")
    readings, report = clean(read(path, station), station)

    assert readings["p (mbar)"].tolist() == table["p (hPa)"].tolist()
    assert report.sentinels == {"wv (m/s)": 29}


def test_a_pressure_that_reads_like_the_sentinel_of_its_format_is_a_pressure(tmp_path: Path) -> None:
    path, table = tmp_path / "hourly.csv", weather(10)
    celsius = (table["Temperature"] * 10).round().astype(int).map("{:+05d},1".format)
    pressure = pd.Series(np.resize([9990, 9999, 10013, 99999], len(table))).map("{:05d},1".format)
    head = {"STATION": "72551", "DATE": table["time"].dt.strftime("%Y-%m-%dT%H:%M:%S"), "REPORT_TYPE": "FM-15"}
    beside = {"LATITUDE": 40.8, "LONGITUDE": -96.7, "WND": "999,9,9,9999,9", "DEW": "+9999,9"}
    pd.DataFrame({**head, **beside, "TMP": celsius, "SLP": pressure}).to_csv(path, index=False)

    station = station_of(proposed(path), tmp_path / "hourly.yaml")
    readings, report = clean(read(path, station), station)

    assert readings["p (mbar)"].tolist()[:3] == pytest.approx([999.0, 999.9, 1001.3])
    assert report.sentinels == {"p (mbar)": 60, "Tdew (degC)": 240, "wv (m/s)": 240, "wd (deg)": 240}


def in_unit(unit: str, layout: str, days: int = 20) -> str:
    """A file of the same weather, whose temperatures are in °C or °F and which says so in one of several places."""
    table = weather(days).rename(columns={"Temperature": "T"}).drop(columns="Humidity")
    if unit == "degF":
        table["T"] = (table["T"] * 1.8 + 32).round(2)
    if layout == "behind each number":
        return table.assign(T=table["T"].map(f"{{}} °{unit[-1]}".format)).to_csv(index=False, sep=";")
    if layout == "in a row of units":
        return f"time,T\n,{unit}\n" + table.to_csv(index=False, header=False)
    if layout == "in the name":
        return table.rename(columns={"T": f"T ({unit})"}).to_csv(index=False)
    tall = table.melt("time", var_name="parameter").assign(unit=unit)
    more = table.assign(T=50.0).melt("time", var_name="parameter").assign(unit="%", parameter="rh")
    return pd.concat([tall, more]).to_csv(index=False)


SAID = ["behind each number", "in a row of units", "in the name", "in a column"]


@pytest.mark.parametrize("layout", SAID)
@pytest.mark.parametrize(("first", "then"), [("degC", "degF"), ("degF", "degC")])
def test_a_later_file_is_read_in_the_unit_that_it_says_itself(
    first: str, then: str, layout: str, tmp_path: Path
) -> None:
    (tmp_path / "first.csv").write_text(in_unit(first, layout))
    (tmp_path / "then.csv").write_text(in_unit(then, layout))
    station = station_of(proposed(tmp_path / "first.csv", **PLACE), tmp_path / "roof.yaml")

    raw = read(tmp_path / "then.csv", station)

    np.testing.assert_allclose(raw.table["T (degC)"], weather()["Temperature"], atol=0.01)
    assert any(f"'T{'' if layout != 'in the name' else f' ({then})'}' says itself that" in note for note in raw.notes)


@pytest.mark.parametrize("layout", SAID)
def test_a_unit_that_an_answer_calls_mistaken_stays_mistaken(layout: str, tmp_path: Path) -> None:
    path = tmp_path / "roof.csv"
    path.write_text(in_unit("degF", layout).replace("degF", "degC").replace("°F", "°C"))
    station = station_of(proposed(path, unit__T="degF", **PLACE), tmp_path / "roof.yaml")

    table = read(path, station).table

    np.testing.assert_allclose(table["T (degC)"], weather()["Temperature"], atol=0.01)


@pytest.mark.parametrize("spoilt", ["T (degC)", "load"], ids=["of weather", "of no weather"])
@pytest.mark.parametrize("values", ["a word", "nothing"])
def test_where_a_column_was_left_out_the_target_is_asked_for(spoilt: str, values: str, tmp_path: Path) -> None:
    path, table = tmp_path / "roof.csv", weather().set_axis(["time", spoilt, "rh (%)"], axis="columns")
    table[spoilt] = table[spoilt].astype(object)
    table.loc[7 if values == "a word" else slice(None), spoilt] = "broken" if values == "a word" else None
    table.to_csv(path, index=False)

    [question] = proposed(path, **PLACE).questions

    assert question.key == "target"
    assert f"it may be rh (%); '{spoilt}' was left: " in question.evidence
    assert proposed(path, target="rh", **PLACE).questions == ()
    with pytest.raises(SettingsError, match=r"no column 'T' to forecast; '.*' was left: "):
        proposed(path, target="T", **PLACE)


def test_a_column_of_words_raises_no_question(tmp_path: Path) -> None:
    weather().assign(sky="clear").drop(columns="Temperature").to_csv(tmp_path / "roof.csv", index=False)

    assert proposed(tmp_path / "roof.csv", **PLACE).questions == ()


NAMES = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=100)


@given(NAMES, st.lists(NAMES, min_size=1, max_size=3))
@example("#", ["#"])
@example(" ", ["m²"])
@example("roof", ["load", "sky", "sky"])
def test_whatever_columns_and_a_source_are_called_the_schema_takes_the_proposal(name: str, columns: list[str]) -> None:
    times, humidity = weather(2)["time"], weather(2)["Humidity"]
    table = pd.concat([times, *[humidity] * len(columns)], axis="columns").set_axis(["time", *columns], axis="columns")
    try:
        proposal = propose([Opened(FrameColumns(table, "a table"), [])], name, PLACE)
    except JenaError:  # of a name that says what else a column holds, such as a time
        reject()

    told = yaml.safe_load(station_text(proposal, "a table"))

    StationSchema.model_validate(told)


def test_the_command_that_comes_next_has_the_answers_that_were_given(tmp_path: Path) -> None:
    path = tmp_path / "roof.csv"
    weather(10).to_csv(path, index=False)
    answers = {"latitude": "50", "unit:T": "degC", "title": "On the roof"}

    command = next_command(propose(open_source(str(path)), "roof", answers), str(path), "roof.yaml", answers)

    assert "--answer latitude=50 --answer unit:T=degC --answer 'title=On the roof' --answer longitude=…" in command


def plant() -> pd.DataFrame:
    """Weather with the power of a plant beside it, which is nothing at night."""
    table = weather()
    sun = np.sin(2 * np.pi * (table["time"].dt.hour - 12.5) / 24)
    return table.assign(**{"Output power (kW)": (800 * np.clip(sun, 0, None)).round(1)})


def test_beside_a_temperature_a_column_without_a_name_takes_in_no_other(source: Path) -> None:
    table = pd.read_csv(source).assign(**{"CO (ppm)": 1.5})
    table["CO (ppm)"] += np.arange(len(table)) % 7
    lines = [f"{line};" for line in table.to_csv(index=False, sep=";").splitlines()]
    source.write_text("\n".join(lines))

    assert [column["name"] for column in proposed(source).station["columns"]] == ["T (degC)", "rh (%)"]


def test_a_plants_power_beside_the_weather_is_told_of_and_taken_where_it_is_named(tmp_path: Path) -> None:
    path = tmp_path / "plant.csv"
    plant().to_csv(path, index=False)

    untold = proposed(path, **PLACE)

    assert any("'Output power (kW)' may be what is to be forecast" in remark for remark in untold.remarks)
    told = proposed(path, **PLACE, target="Output power (kW)", unit__T="degC")
    station = station_of(told, tmp_path / "plant.yaml")
    assert station.target == "Output power (kW)"
    assert {"T (degC)", "rh (%)"} < set(station.own_names)
    assert station.week
    assert station.column(station.target).minimum == 0
