"""What a person names or writes is used, or refused for a reason in one line."""

from pathlib import Path

import pytest
import yaml

from jena_models.core_yaml import core_text
from jena_models.errors import RequestError
from jena_models.named_files import named_path, parsed_yaml, read_yaml, shortened, shown


def test_a_path_may_name_what_is_not_there_yet(tmp_path):
    assert named_path(str(tmp_path / "new" / "file.csv")) == tmp_path / "new" / "file.csv"
    assert named_path("~") == Path.home()


@pytest.mark.parametrize("text", ["~nouser/x", "x" * 300, "a/" * 3000, "a\0b"])
def test_what_no_path_can_be_called_is_refused(text):
    with pytest.raises(RequestError, match="cannot be used") as refusal:
        named_path(text)

    assert len(str(refusal.value)) < 250


@pytest.mark.parametrize(
    "text",
    ["!!timestamp 2020-99-99", "9" * 6000, "[" * 900, "!!bool z", "!!int x", "!!python/object:os.x y", "{"],
)
def test_whatever_yaml_trips_over_is_one_kind_of_error_in_one_line(text):
    with pytest.raises(ValueError, match=r"^.+$") as refusal:
        parsed_yaml(text)

    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("value", [16**6000, "x" * 5000, [[[[[[[[1]]]]]]]] * 50, {"a": "\n" * 500}], ids=type)
def test_what_is_shown_is_short(value):
    assert len(shown(value)) <= 80
    assert len(shortened("x\n" * 500)) <= 80


@pytest.mark.parametrize("text", ['{"a": [1, 2.5, null, true, "x"]}', "{a: [1, x]}", '{"a": NaN}', "a: 1"])
def test_json_is_read_as_yaml_reads_it(text):
    assert parsed_yaml(text) == yaml.safe_load(text)


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("12:00", "12:00"),
        ("1:34", "1:34"),
        ("010", "010"),
        ("no", "no"),
        ("2020-01-01", "2020-01-01"),
        ("1e-3", 0.001),
        ("-.5", -0.5),
        ("16", 16),
        ("true", True),
        ("~", None),
    ],
)
def test_a_word_is_what_it_looks_like(word, meaning):
    assert parsed_yaml(word) == meaning


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3", '{"a": 1, "b": {"a": 2, "a": 3}}', "{a: 1, a: 2}"])
def test_a_name_that_is_given_twice_is_refused_and_none_of_its_values_is_lost(text):
    with pytest.raises(ValueError, match="'a' is given twice"):
        parsed_yaml(text)


def test_what_is_merged_in_may_be_given_anew():
    assert parsed_yaml("x: &x {a: 1, b: 2}\ny: {<<: *x, a: 3}")["y"] == {"a": 3, "b": 2}


def test_what_is_merged_into_a_mapping_that_is_merged_itself_may_be_given_anew():
    text = "x: &x {a: 1}\nouter:\n  y: &y {<<: *x, a: 2}\nz: {<<: *y, b: 3}"

    assert parsed_yaml(text)["z"] == {"a": 2, "b": 3}


@pytest.mark.parametrize("read", [parsed_yaml, yaml.safe_load])
@pytest.mark.parametrize("value", ["1e3", "5E10", "010", "08", "no", "12:00", "2020-01-01", "x", 1e-05, 1e20, 16, None])
def test_what_is_written_is_read_as_it_was(read, value):
    assert read(core_text({"a": value}))["a"] == value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name: roof\ntitle: Roof: the one\n", "in line 2 it has a ':' where none can be: put a text"),
        ('name: roof\n  title: "x"\n', "in line 2 it has a ':' where none can be"),
        ("name: roof\ncolumns:\n\t- x\n", "in line 3 it is indented by a tab: use spaces"),
        ("name: roof\ncolumns:\n  - {name: T, a: b\n  - {name: p}\n", "in line 3 the bracket that opens there is not"),
        ("name: roof\nlist: [1, 2\n", "in line 2 the bracket that opens there is not closed"),
        ("name: roof\nlatitude: 5\nlatitude: 6\n", "in line 3 'latitude' is given twice"),
        ('name: roof\ntitle: "open\nlatitude: 6\n', "in line 2 the quote that opens there is never closed"),
        ("name: roof\ncredit: @me\n", "in line 2 a text begins with '@': put it into quotes"),
        ("name: %roof\n", "in line 1 a text begins with '%': put it into quotes"),
        ("name: roof\nsource: *.csv\n", "in line 2 a text begins with '.' or '&': put it into quotes"),
        ("name: roof\nsource: *roof\n", "in line 2 '.roof' stands for nothing: put a text that begins with"),
        ("name: roof\nlatitude 5\nlongitude: 5\n", "in line 2 a ':' and a space are missing behind the name"),
        ('name: "a\\q"\n', "in line 1 in double quotes '.q' is no sign: use single quotes"),
        ("columns:\n  - x: 1\n - y: 2\n", "in line 3 it begins at another place than the lines above it"),
        ("name: !roof x\n", "in line 1 a value begins with '!': put it into quotes"),
        ("name: a\n---\nname: b\n", "in line 2 a second text begins there with '---'"),
        ("? [a]\n: b\n", "in line 1 a list or a mapping stands where a name is to stand"),
        ("name: a\0b\n", "it holds a sign that no text has .number 0, the 8th."),
        ("name: roof\n}\n", "in line 2 .*"),
    ],
)
def test_what_is_no_yaml_is_told_by_its_line_and_in_plain_words(tmp_path, text, said):
    path = tmp_path / "roof.yaml"
    path.write_text(text)

    with pytest.raises(ValueError, match=f"^{said}") as told:
        read_yaml(path)

    assert "<unicode string>" not in str(told.value)


def test_a_file_in_yaml_may_begin_with_the_mark_that_windows_writes_and_is_in_utf_8(tmp_path):
    path = tmp_path / "roof.yaml"
    path.write_text("title: Dachstation Süd", encoding="utf-8-sig")
    assert read_yaml(path) == {"title": "Dachstation Süd"}

    path.write_text("name: roof\ntitle: Dachstation Süd", encoding="latin-1")
    with pytest.raises(ValueError, match="line 2 holds a sign that is not written in UTF-8"):
        read_yaml(path)
