"""What is posted becomes a table of readings, or is refused with a sentence."""

from contextlib import suppress
from io import StringIO

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jena_models.errors import SourceUnreadableError
from jena_models.stations import load_station
from tasks.serving.request_readings import Wanted, readings_of

WANTED = Wanted(
    required=("T (degC)", "p (mbar)"), numeric=("T (degC)", "p (mbar)", "rh (%)"), station=load_station("jena")
)
TIMES = ["2009-01-01 00:10:00", "2009-01-01 01:10:00"]


def posted(**columns) -> pd.DataFrame:
    return pd.DataFrame({"time": TIMES, "T (degC)": [1.5, 2.0], "p (mbar)": [990, 991]} | columns)


@pytest.mark.parametrize(
    "table",
    [
        posted(),
        posted().rename(columns={"time": "Date Time"}),
        posted().rename(columns={"time": " date time "}),
        posted().set_index("time"),
        posted(**{"p (mbar)": ["990,0", "991"]}).astype(str).replace("990,0", "990"),
        posted().to_dict(orient="list"),
        posted().astype(str),
    ],
    ids=["time", "its other name", "in other letters", "index", "some as text", "columns by name", "numbers as text"],
)
def test_readings_come_in_any_dress(table):
    readings = readings_of(table, WANTED)

    assert list(readings["time"]) == TIMES
    assert readings["T (degC)"].tolist() == [1.5, 2.0]
    assert readings["p (mbar)"].dtype == "float64"


@pytest.mark.parametrize("missing", [None, "", " ", "NaN", "null", "n/a", "-", float("nan")])
def test_what_was_not_measured_is_missing_however_it_is_written(missing):
    readings = readings_of(posted(**{"T (degC)": pd.Series([missing, "2.0"], dtype=object)}), WANTED)

    assert readings["T (degC)"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (pd.DataFrame(), "holds no readings"),
        (posted().iloc[:0], "holds no readings"),
        ([[1, 2]], "without the names of their columns"),
        (3, "without the names of their columns"),
        ({"time": TIMES, "T (degC)": [1]}, "as many values as the others"),
        (posted().drop(columns="p (mbar)"), r"no column 'p \(mbar\)', which the model needs; send it under this name"),
        (
            posted().drop(columns="p (mbar)").rename(columns={"time": "Date Time"}),
            r"no column 'p \(mbar\)', which the model needs; send it under this name",
        ),
        (posted().rename(columns={"p (mbar)": "p [mbar]"}), r"did you mean 'p \[mbar\]'"),
        (pd.DataFrame([[1, 2]], columns=["a", " a"]), "'a' is there twice"),
        (
            pd.read_csv(StringIO("Date Time;T (degC);p (mbar)\n01.01.2009 00:10;3,4;990,1;5,0\n")),
            "more values than it names columns",
        ),
        (
            posted(**{"T (degC)": ["warm", "2"]}),
            "Row 1 of the request holds 'warm' in the column",
        ),
        (posted(**{"rh (%)": ["90", "wet"]}), "Row 2 of the request holds 'wet'"),
        (posted(**{"rh (%)": [10**400, 1]}), "number"),
        (posted(**{"rh (%)": [[1], {}]}), "number"),
        (posted(time=[TIMES[0], {"at": 1}]), "time stamp of row 2 is no text"),
    ],
)
def test_what_makes_no_readings_is_refused_with_what_is_wrong(table, sentence):
    with pytest.raises(SourceUnreadableError, match=sentence):
        readings_of(table, WANTED)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=2), inner, max_size=2),
    max_leaves=4,
)


@pytest.mark.slow
@settings(max_examples=150)
@given(
    st.dictionaries(
        st.sampled_from(["time", "Date Time", "T (degC)", "p (mbar)", "rh (%)", "x"]),
        st.lists(ANYTHING, min_size=2, max_size=2),
        min_size=3,
    )
)
def test_whatever_is_posted_is_read_or_refused_and_never_trips_the_server(columns):
    with suppress(SourceUnreadableError):
        readings = readings_of(columns, WANTED)
        assert {"T (degC)", "p (mbar)"} <= set(readings.columns)
        assert all(readings[name].dtype == "float64" for name in WANTED.numeric if name in readings)
