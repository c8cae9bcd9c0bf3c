"""A file of runs."""

import pytest


@pytest.fixture
def file(tmp_path):
    def write(text):
        path = tmp_path / "runs.csv"
        path.write_text(text)
        return path

    return write
