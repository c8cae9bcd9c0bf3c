"""Rows of several stations, places or models, of which no two are of one time."""

import pytest
from told_source import STATION, told

from jena_models.errors import SourceUnreadableError
from jena_models.weather_service.run_files.run_tables import read_runs

NORTH, SOUTH = (
    [f"2020-01-{day:02d}T{hour},{lead},{{}},{280 + hour}" for day in range(1, 21) for lead in (6, 12)]
    for hour in (10, 22)
)


def table(names, column="station"):
    rows = [row.format(name) for name, of_run in zip(names, (NORTH, SOUTH), strict=True) for row in of_run]
    return "\n".join([f"issued,lead,{column},t", *rows])


@pytest.mark.parametrize(
    ("column", "names"),
    [
        ("station", ("north", "south")),
        ("Site ID", ("00164", "164")),
        ("city", ("Jena", "Hof")),
        ("model", ("icon", "gfs")),
        ("provider", ("a", "b")),
        ("lat", ("50.9", "48.1")),
    ],
)
def test_runs_that_take_turns_are_of_one_place_and_model(file, column, names):
    path = file(table(names, column))

    with pytest.raises(
        SourceUnreadableError, match=f"2 stations, places or models, told apart by the column '{column}'"
    ):
        read_runs(path, told(lead="lead"), STATION)
    one, both = (read_runs(path, told(lead="lead", select={column: each}), STATION) for each in (names[:1], names))

    assert (len(one), len(both)) == (20, 40)


def test_files_of_several_places_are_told_apart_too(tmp_path):
    for name, rows in (("north", NORTH), ("south", SOUTH)):
        text = "\n".join(["issued,lead,station,t", *(row.format(name) for row in rows)])
        (tmp_path / f"{name}.csv").write_text(text)

    with pytest.raises(SourceUnreadableError, match="'north' in 40 rows, 'south' in 40 rows"):
        read_runs(tmp_path, told(lead="lead"), STATION)


def test_a_service_goes_on_with_its_next_model(file):
    rows = [row.format("v1" if row < "2020-01-12" else "v2") for row in (*NORTH, *SOUTH)]

    assert len(read_runs(file("\n".join(["issued,lead,model,t", *rows])), told(lead="lead"), STATION)) == 40
    with pytest.raises(SourceUnreadableError, match="told apart by the column 'station'"):
        read_runs(file("\n".join(["issued,lead,station,t", *rows])), told(lead="lead"), STATION)


@pytest.mark.parametrize(
    ("column", "names"), [("station", ("", "north")), ("lat", ("50.92", "50.88")), ("source", ("archive", "live"))]
)
def test_what_tells_no_places_apart_is_passed_over(file, column, names):
    assert len(read_runs(file(table(names, column)), told(lead="lead"), STATION)) == 40


def test_numbers_of_runs_and_of_their_hours_are_no_stations(file):
    runs = [
        f"2020-01-{day:02d},{lead},{day},{number},{280 + day}"
        for day in range(1, 31)
        for number, lead in enumerate(range(1, 49))
    ]

    found = read_runs(file("\n".join(["issued,lead,id,number,t", *runs])), told(lead="lead"), STATION)

    assert found.values.shape == (30, 48, 1)
