"""What columns of a run become: members and quantiles, winds, other units."""

import json

import numpy as np
import pandas as pd
import pytest
from told_source import COLUMN, STATION, told

from jena_models.errors import SourceUnreadableError
from jena_models.weather_service.run_files.run_tables import read_runs


def test_members_and_quantiles_become_mean_and_spread(file):
    text = "issued,lead,m1,m2,m3,q10,q50,q90\n2020-01-01,6,1,2,3,-1.2816,0,1.2816\n"
    columns = [
        {"name": "members", "members": ["m*"]},
        {"name": "quantiles", "quantiles": {"q90": 0.9, "q10": 0.1, "q50": 0.5}},
    ]

    runs = read_runs(file(text), told(lead="lead", columns=columns), STATION)

    np.testing.assert_allclose(runs.values[0, 0], [2, 0], atol=1e-9)
    np.testing.assert_allclose(runs.spread[0, 0], [1, 1], atol=1e-4)


@pytest.mark.parametrize("members", [["t[1]", "t[2]"], ["t[*"], ["t[*]", "t[1]"]])
def test_members_may_have_brackets_in_their_names(file, members):
    column = {"name": "t", "members": members}

    runs = read_runs(
        file("issued,lead,t[1],t[2],t1\n2020-01-01,6,1,3,99\n"), told(lead="lead", columns=[column]), STATION
    )

    assert (runs.values[0, 0, 0], runs.spread[0, 0, 0]) == (2, pytest.approx(np.sqrt(2)))


def test_a_member_a_row_becomes_mean_and_spread(file):
    text = "issued,lead,member,t\n2020-01-01,6,1,280.15\n2020-01-01,6,2,282.15\n"

    runs = read_runs(file(text), told(lead="lead", member="member"), STATION)

    assert runs.values[0, 0, 0] == pytest.approx(8)
    assert runs.spread[0, 0, 0] == pytest.approx(np.sqrt(2))


def test_a_wide_table_may_have_a_row_a_member(file):
    source = told(layout="wide", member="m", columns=[COLUMN | {"source": "t_{lead}"}])
    rows = "2020-01-01,1,280.15,281.15\n2020-01-01,2,282.15,283.15\n"

    runs = read_runs(file("issued,m,t_6,t_12\n" + rows), source, STATION)

    np.testing.assert_allclose(runs.values[0, :, 0], [8, 9])


@pytest.mark.parametrize("rows", [[("A", 1, 0), ("B", 1, 20)], [("A", 1, 0), ("A", 1, 1), ("A", 2, 9)]])
def test_two_rows_of_one_member_are_not_averaged(file, rows):
    text = "".join(f"2020-01-01,6,{farm},{member},{value}\n" for farm, member, value in rows)

    with pytest.raises(SourceUnreadableError, match="2 rows for the run of 2020-01-01T00:00 at 6 h and the member '1'"):
        read_runs(file("issued,lead,farm,member,t\n" + text), told(lead="lead", member="member"), STATION)


@pytest.mark.parametrize(
    ("header", "beneath"), [("t [K]", ""), ("t (K)", ""), ("air temperature [K]", ""), ("t", "UTC,h,K\n")]
)
def test_a_unit_that_the_file_says_is_used_and_not_contradicted(file, header, beneath):
    rows = "2020-01-01,6,280.15\n2020-01-01,12,281.15\n"
    path = file(f"issued,lead,{header}\n{beneath}{rows}")
    column = COLUMN | {"source": header}

    unsaid = read_runs(path, told(lead="lead", columns=[column | {"unit": ""}]), STATION)
    same = read_runs(path, told(lead="lead", columns=[column | {"unit": "kelvin"}]), STATION)

    np.testing.assert_allclose(unsaid.values[0, :, 0], [7, 8])
    np.testing.assert_array_equal(unsaid.values, same.values)
    with pytest.raises(SourceUnreadableError, match=r"is in 'K', and 't2m' of the forecast source 's' in 'degC'"):
        read_runs(path, told(lead="lead", columns=[column | {"unit": "degC"}]), STATION)


def test_files_and_members_that_say_different_units_are_refused(tmp_path):
    for name, header in (("a", "t [K],u [°C]"), ("b", "t [°C],u [°C]")):
        (tmp_path / f"{name}.csv").write_text(f"issued,lead,{header}\n2020-01-01,6,7,8\n")
    members = told(lead="lead", columns=[{"name": "m", "members": ["t*", "u*"], "of": "T (degC)"}])

    with pytest.raises(SourceUnreadableError, match="mend one of them"):
        read_runs(tmp_path / "a.csv", members, STATION)
    assert read_runs(tmp_path / "b.csv", members, STATION).values[0, 0, 0] == 7.5


def test_a_unit_that_cannot_be_converted_to_is_refused(file):
    power = STATION.columns[0].model_copy(update={"name": "power", "minimum": 0, "maximum": 100})
    station = STATION.model_copy(update={"columns": (*STATION.columns, power)})
    column = {"name": "pw", "source": "t", "of": "power", "unit": "%"}

    with pytest.raises(SourceUnreadableError, match="does not say in parentheses which unit it is in"):
        read_runs(file("issued,lead,t\n2020-01-01,6,50\n"), told(lead="lead", columns=[column]), station)


@pytest.mark.parametrize(("blows", "east", "north"), [("to", 0.0, 5.0), ("from", 0.0, -5.0)])
def test_a_direction_is_of_the_way_that_is_told(file, blows, east, north):
    wind = {"name": "wind", "speed": "ws", "direction": "wd", "blows": blows}
    source = told(lead="lead", columns=[], winds=[wind])

    runs = read_runs(file("issued,lead,ws,wd\n2020-01-01,6,5,0\n"), source, STATION)

    assert runs.columns == ("wind speed", "wind east", "wind north")
    np.testing.assert_allclose(runs.values[0, 0], [5, east, north], atol=1e-12)


def test_a_calm_has_a_vector_though_it_has_no_direction(file):
    path = file("issued,lead,ws,wd\n2020-01-01,0,0,\n2020-01-01,6,4,90\n")
    wind = {"name": "wind", "speed": "ws", "direction": "wd", "blows": "to"}

    runs = read_runs(path, told(lead="lead", columns=[], winds=[wind]), STATION)

    assert runs.values[0].round(6).tolist() == [[0.0, 0.0, 0.0], [4.0, 4.0, 0.0]]


TENS = [tens for _ in range(10) for tens in range(37)]
TURNED = {"name": "wind", "speed": "ws", "direction": "wd", "blows": "to"}


def of_directions(header, directions, **more):
    rows = "".join(f"2020-01-{1 + i // 24:02d} {i % 24:02d}:00,6,1,{each}\n" for i, each in enumerate(directions))
    return f"issued,lead,ws,{header}\n{rows}", told(lead="lead", columns=[], winds=[TURNED | more])


@pytest.mark.parametrize("header", ["wd", "wd_deg", "wd (deg)"])
def test_a_direction_that_is_hardly_in_degrees_is_refused_until_its_unit_is_said(file, header):
    text, source = of_directions(header, TENS, direction=header)
    path = file(text)

    with pytest.raises(SourceUnreadableError, match="from 0 to 36, as in '10 deg'; write 'direction_unit: 10 deg'"):
        read_runs(path, source, STATION)
    for unit, of_one in (("10 deg", 10), ("deg", 1)):
        runs = read_runs(path, of_directions(header, TENS, direction=header, direction_unit=unit)[1], STATION)
        np.testing.assert_allclose(runs.values[:, 0, 1], np.sin(np.radians(of_one * np.array(TENS))), atol=1e-12)


def test_a_direction_in_radians_is_refused_until_that_is_said(file):
    radians = np.linspace(0, 6.28, 300).round(3)
    text, source = of_directions("wd", radians)
    path = file(text)

    with pytest.raises(SourceUnreadableError, match="write 'direction_unit: radian'"):
        read_runs(path, source, STATION)
    runs = read_runs(path, of_directions("wd", radians, direction_unit="radian")[1], STATION)
    np.testing.assert_allclose(runs.values[:, 0, 1], np.sin(radians), atol=1e-12)


def test_what_a_directions_header_says_is_used_and_not_contradicted(file):
    text, source = of_directions("wd (10 deg)", [9, 27], direction="wd (10 deg)")
    path = file(text)

    np.testing.assert_allclose(read_runs(path, source, STATION).values[:, 0, 1], [1, -1])
    other = of_directions("", [], direction="wd (10 deg)", direction_unit="radian")[1]
    with pytest.raises(SourceUnreadableError, match=r"is in '10 deg', and the direction of .* in 'radian'; mend"):
        read_runs(path, other, STATION)


def test_a_direction_beyond_a_full_circle_is_none(file, caplog):
    text, source = of_directions("wd", [90, 990, -90])

    assert read_runs(file(text), source, STATION).values[:, 0].round(6).tolist()[::2] == [[1, 1, 0], [1, -1, 0]]
    assert np.isnan(read_runs(file(text), source, STATION).values[1, 0, 1:]).all()
    assert "s, wind: 1 of 3 directions are beyond 360°, as 990, and count as missing" in caplog.text


def test_a_vector_gives_its_speed_in_the_unit_of_what_is_measured(file):
    wind = {"name": "wind", "east": "u", "north": "v", "of": "wv (m/s)", "unit": "km/h"}

    runs = read_runs(
        file("issued,lead,u,v\n2020-01-01,6,10.8,14.4\n"), told(lead="lead", columns=[], winds=[wind]), STATION
    )

    np.testing.assert_allclose(runs.values[0, 0], [5, 3, 4])


def test_quantiles_that_cross_have_the_spread_of_those_that_do_not(file):
    column = {"name": "t", "quantiles": {"a": 0.1, "b": 0.5, "c": 0.9}}
    text = "issued,lead,a,b,c\n2020-01-01,6,9,5,1\n2020-01-01,12,1,5,9\n"

    runs = read_runs(file(text), told(lead="lead", columns=[column]), STATION)

    assert runs.spread[0, 0, 0] == runs.spread[0, 1, 0] > 0


@pytest.mark.parametrize(
    ("column", "is_refused"),
    [
        ({"source": "t", "of": "wd (deg)", "unit": "deg"}, True),
        ({"source": "t", "unit": "deg"}, True),
        ({"source": "wind_direction_10m"}, True),
        ({"source": "dir"}, True),
        ({"source": "dir", "unit": "W/m²"}, False),
        ({"source": "t", "of": "wv (m/s)"}, False),
    ],
)
def test_a_direction_is_to_be_a_wind(file, column, is_refused):
    path = file("issued,lead,t,wind_direction_10m,dir\n2020-01-01,0,35,350,350\n2020-01-01,6,35,10,10\n")
    source = told(lead="lead", columns=[{"name": "d"} | column])

    if not is_refused:
        assert len(read_runs(path, source, STATION)) == 1
        return
    with pytest.raises(SourceUnreadableError, match="write it with its speed under 'winds'"):
        read_runs(path, source, STATION)


@pytest.mark.parametrize("way", ["csv", "json"])
@pytest.mark.parametrize("name", ["wd", "windDirection"])
def test_a_direction_may_be_in_words_whatever_its_column_is_called(tmp_path, way, name):
    rows = [
        {"issued": "2020-01-01", "lead": lead, "ws": 2, name: word} for lead, word in ((6, "E"), (12, "S"), (18, ""))
    ]
    path = tmp_path / f"runs.{way}"
    path.write_text(json.dumps(rows) if way == "json" else pd.DataFrame(rows).to_csv(index=False))
    wind = {"name": "w", "speed": "ws", "direction": name, "blows": "from"}

    runs = read_runs(path, told(lead="lead", columns=[], winds=[wind]), STATION)

    np.testing.assert_allclose(runs.values[0, :, 1:], [[-2, 0], [0, 2], [np.nan, np.nan]], atol=1e-12)
