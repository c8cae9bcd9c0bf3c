"""Stages: written once, whole or not at all."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jena_models.options.readings_options import Split
from tasks.workspace.stages import content_key, file_key, stage, stage_folder

JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3))


def test_a_stage_is_written_once_for_the_same_parts(home: Path):
    written = []

    def write(folder: Path) -> None:
        written.append(folder)
        (folder / "result").write_text("whole")

    first = stage("square", 1, {"side": 2}, write)
    second = stage("square", 1, {"side": 2}, write)

    assert first == second
    assert (first / "result").read_text() == "whole"
    assert len(written) == 1


@pytest.mark.parametrize(("version", "parts"), [(2, {"side": 2}), (1, {"side": 3})])
def test_another_version_or_part_is_another_result(home: Path, version, parts):
    assert stage_folder("square", version, parts) != stage_folder("square", 1, {"side": 2})


def test_what_fails_leaves_nothing(home: Path):
    def write(folder: Path) -> None:
        (folder / "half").write_text("half")
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        stage("square", 1, {}, write)

    assert list((home / ".cache" / "square").iterdir()) == []


def test_who_comes_second_keeps_the_first_result(home: Path):
    def write(folder: Path) -> None:
        (folder / "result").write_text("second")
        other = stage_folder("square", 1, {})
        other.mkdir()
        (other / "result").write_text("first")

    assert (stage("square", 1, {}, write) / "result").read_text() == "first"


@given(JSON, JSON)
def test_keys_differ_exactly_where_parts_differ(one, other):
    import json

    same = json.dumps(one) == json.dumps(other)

    assert (content_key(part=one) == content_key(part=other)) == same


def test_keys_see_into_settings():
    assert content_key(split=Split()) == content_key(split=Split(train=0.5))
    assert content_key(split=Split()) != content_key(split=Split(train=0.6))


def test_what_has_no_plain_form_has_no_key():
    with pytest.raises(TypeError):
        content_key(part=object())


def test_a_files_key_is_its_contents(tmp_path: Path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"same")
    other.write_bytes(b"same")

    assert file_key(one) == file_key(other)
