"""Several files that are one source."""

import pytest

from jena_models.errors import SourceUnreadableError
from jena_models.sources import several_files
from jena_models.sources.several_files import files_of


def test_an_archive_of_a_file_a_run_for_years_is_read(tmp_path):
    for number in range(2500):
        (tmp_path / f"run_{number:05}.csv").touch()

    assert len(files_of(tmp_path)) == 2500


@pytest.mark.parametrize("given", ["", "*.csv"])
def test_of_too_many_files_the_sentence_says_how_fewer_are_named(tmp_path, monkeypatch, given):
    monkeypatch.setattr(several_files, "MOST_FILES", 3)
    for year in (2019, 2020):
        for month in (1, 2):
            (tmp_path / f"run_{year}{month:02}.csv").touch()

    with pytest.raises(SourceUnreadableError, match=r"stands for 4 files, and at most 3 .* such as '(.*)'") as told:
        files_of(tmp_path / given)

    pattern = str(told.value).partition("such as '")[2].partition("'")[0]
    assert [file.name for file in files_of(type(tmp_path)(pattern))] == ["run_202001.csv", "run_202002.csv"]
