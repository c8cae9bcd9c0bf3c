"""Units that forecasts are in, as names of columns and columns beside them tell."""

import numpy as np
import pytest
from told_source import COLUMN, STATION, told

from jena_models.errors import SourceUnreadableError
from jena_models.weather_service.run_files.run_tables import read_runs

T = {"name": "t2m", "of": "T (degC)"}
WIND = {"name": "ws", "of": "wv (m/s)"}


@pytest.mark.parametrize(
    ("name", "column", "value", "expected"),
    [
        ("high_temp_f", T, 50, 10.0),
        ("temp_air_K", T, 283.15, 10.0),
        ("tempF", T, 50, 10.0),
        ("gust_fcst_kmh", WIND, 36, 10.0),
        ("windspeedmph", WIND, 10, 4.4704),
        ("temp_mean", T, 10, 10.0),
        ("temp_min", T, 10, 10.0),
        ("wind_max", WIND, 10, 10.0),
        ("ws_f", WIND, 10, 10.0),
    ],
)
def test_a_unit_at_the_end_of_a_name_counts_and_is_told_of(  # noqa: PLR0917
    file, caplog, name, column, value, expected
):
    source = told(lead="lead", columns=[column | {"source": name}])

    runs = read_runs(file(f"issued,lead,{name}\n2020-01-01,6,{value}\n"), source, STATION)

    assert runs.values[0, 0, 0] == pytest.approx(expected)
    assert (f"'{name}' is read in" in caplog.text) == (expected != value)


def test_the_station_file_prevails_over_the_end_of_a_name(file):
    column = T | {"source": "temp_f", "unit": "degC"}  # an `f` for what is forecast

    runs = read_runs(file("issued,lead,temp_f\n2020-01-01,6,5\n"), told(lead="lead", columns=[column]), STATION)

    assert runs.values[0, 0, 0] == 5


def test_units_that_nothing_says_are_told_of_once(tmp_path, caplog):
    for day in (1, 2):
        (tmp_path / f"{day}.csv").write_text(f"issued,lead,t,ws\n2020-01-0{day} 00:00,6,5,2\n")
    columns = [T | {"source": "t"}, WIND | {"source": "ws"}]

    read_runs(tmp_path, told(lead="lead", columns=columns), STATION)
    read_runs(
        tmp_path,
        told(lead="lead", columns=[each | {"unit": unit} for each, unit in zip(columns, ("degC", "m/s"), strict=True)]),
        STATION,
    )

    said = [each.message for each in caplog.records]
    assert len(said) == 1
    assert "nothing says what 't2m' and 'ws' are in, which is taken to be the unit of T (degC), wv (m/s)" in said[0]


@pytest.mark.parametrize("beside", ["tUnit", "t_unit", "t units", "T.unitCode"])
@pytest.mark.parametrize("unit", ["F", "wmoUnit:degF"])
def test_a_column_beside_tells_the_unit(file, beside, unit):
    text = f"issued,lead,t,{beside}\n2020-01-01,6,50,{unit}\n2020-01-02,6,41,{unit}\n"

    runs = read_runs(file(text), told(lead="lead", columns=[T | {"source": "t"}]), STATION)

    np.testing.assert_allclose(runs.values[:, 0, 0], [10, 5])


def test_a_number_and_its_unit_within_an_object_may_lie_flat(file):
    text = "issued,lead,Temperature.Value,Temperature.Unit,Temperature.UnitType\n2020-01-01,6,50,F,18\n"

    runs = read_runs(file(text), told(lead="lead", columns=[T | {"source": "Temperature.Value"}]), STATION)

    assert runs.values[0, 0, 0] == pytest.approx(10)


def test_a_row_a_value_tells_the_unit_of_those_that_are_selected(file):
    rows = "2020-01-01,6,t2m,283.15,K\n2020-01-01,6,ws,12,kn\n"
    path, column = file("issued,lead,variable,value,unit\n" + rows), T | {"source": "value"}

    runs = read_runs(path, told(lead="lead", columns=[column], select={"variable": ["t2m"]}), STATION)

    assert runs.values[0, 0, 0] == pytest.approx(10)
    with pytest.raises(SourceUnreadableError, match="'value' in several units, K and kn, by its column 'unit'"):
        read_runs(path, told(lead="lead", columns=[column]), STATION)


def test_a_column_beside_is_not_to_contradict_the_station_file(file):
    column = T | {"source": "t", "unit": "degC"}

    with pytest.raises(SourceUnreadableError, match="is in 'F', and 't2m' of the forecast source 's' in 'degC'"):
        read_runs(file("issued,lead,t,tUnit\n2020-01-01,6,5,F\n"), told(lead="lead", columns=[column]), STATION)


def test_a_unit_that_is_not_known_is_asked_for_and_not_taken_for_the_stations(tmp_path):
    units, hourly = '{"time": "iso8601", "ws": "furlong/h"}', '{"time": ["2020-01-01T06:00"], "ws": [10]}'
    path = tmp_path / "run_2020010100.json"
    path.write_text(f'{{"hourly_units": {units}, "hourly": {hourly}}}')
    named = {"issue_time_in_name": "run_%Y%m%d%H", "issue_time": "issue_time", "valid_time": "time"}

    with pytest.raises(SourceUnreadableError, match="says 'furlong/h' of its column 'ws', which is no unit"):
        read_runs(path, told(**named, columns=[WIND | {"source": "ws"}]), STATION)
    path.write_text(path.read_text().replace("furlong/h", "mp/h"))  # as Open-Meteo writes it

    runs = read_runs(path, told(**named, columns=[WIND | {"source": "ws"}]), STATION)

    assert runs.values[0, 0, 0] == pytest.approx(4.4704)


@pytest.mark.parametrize("name", ["wind (furlong/h)", "wind [Bft./s]", "t (°R)"])
def test_a_unit_in_brackets_that_is_not_known_is_asked_for(file, name):
    column = (T if name.startswith("t") else WIND) | {"source": name}

    with pytest.raises(SourceUnreadableError, match=r"which is no unit that is known; write beside"):
        read_runs(file(f"issued,lead,{name}\n2020-01-01,6,5\n"), told(lead="lead", columns=[column]), STATION)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("wind (ens mean)", 50), ("wind (Mean/Max)", 50), ("t (?F)", 10), ("t (\ufffdF)", 10), ("wind (mp/h)", 22.352)],
)
def test_what_else_stands_in_brackets_is_no_unit_and_one_that_lost_its_sign_is(file, name, expected):
    column = (T if name.startswith("t") else WIND) | {"source": name}

    runs = read_runs(file(f"issued,lead,{name}\n2020-01-01,6,50\n"), told(lead="lead", columns=[column]), STATION)

    assert runs.values[0, 0, 0] == pytest.approx(expected)


def test_members_by_a_pattern_are_no_times(file):
    text = "issued,lead,0,1\n2020-01-01,6,280.15,282.15\n"

    runs = read_runs(file(text), told(lead="lead", columns=[COLUMN | {"source": "", "members": ["*"]}]), STATION)

    assert runs.values[0, 0, 0] == pytest.approx(8)
