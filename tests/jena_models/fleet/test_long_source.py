"""The rows of many stations are divided once, and each part reads as the whole would."""

import gzip

import pytest

from jena_models.errors import SourceUnreadableError
from jena_models.fleet import parts_of

LONG = "time;city;T\n2020-01-01;A;1\n2020-01-01;B;2\n2020-01-02;A;3\n2020-01-02;C;4\n"


def test_each_station_has_its_rows_under_the_same_header(tmp_path):
    path = tmp_path / "long.csv.gz"
    path.write_bytes(gzip.compress(LONG.encode()))

    files = parts_of(path, "city", ["A", "B"], tmp_path)

    assert set(files) == {"A", "B"}
    assert (tmp_path / files["A"]).read_text() == "time;city;T\n2020-01-01;A;1\n2020-01-02;A;3\n"


def test_a_station_whose_name_is_quoted_is_found(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text('time,city,T\n2020-01-01,"Old Town, East",1\n2020-01-02,"Old Town, East",2\n2020-01-02,B,2\n')

    files = parts_of(path, "city", ["Old Town, East"], tmp_path)

    assert (tmp_path / files["Old Town, East"]).read_text().count("Old Town") == 2


def test_a_column_that_is_not_there_is_told_with_the_nearest(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text(LONG)

    with pytest.raises(SourceUnreadableError, match="no column 'citi'; did you mean 'city'"):
        parts_of(path, "citi", ["A"], tmp_path)
