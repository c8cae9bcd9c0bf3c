"""Where the files are that a station file names."""

from pathlib import Path

import pytest
import yaml

import jena_models
from jena_models.errors import SettingsError
from jena_models.stations import load_station

SHIPPED = Path(jena_models.__file__).parent / "stations" / "jena.yaml"
ENTRY = {"name": "s", "lead": "lead", "available_after_hours": 5, "columns": [{"name": "t", "source": "t"}]}


def source_of(folder, text):
    """Where the runs are, by a station file in a folder."""
    told = yaml.safe_load(SHIPPED.read_text(encoding="utf-8")) | {"forecasts": [ENTRY | {"source": text}]}
    (folder / "mine.yaml").write_text(yaml.safe_dump(told))
    return load_station(str(folder / "mine.yaml")).forecasts[0].source


@pytest.mark.parametrize("text", ["runs.csv", "runs", "runs/*.csv", "run*/2024*.csv", "../beside/runs.csv"])
def test_forecasts_are_found_beside_the_station_file_wherever_the_program_runs(tmp_path, text):
    folder = tmp_path / "beside"
    (folder / "runs").mkdir(parents=True)
    (folder / "runs.csv").touch()
    (folder / "runs" / "2024010100.csv").touch()

    assert source_of(folder, text) == str(folder / text)


@pytest.mark.parametrize("text", ["runs.csv", "simulated", "https://example.org/runs.csv", "sqlite:///runs.db::runs"])
def test_what_is_not_beside_the_station_file_is_left_as_it_is_named(tmp_path, text):
    (tmp_path / "simulated").mkdir()

    assert source_of(tmp_path, text) == text


def test_a_station_file_is_read_again_where_it_has_changed(tmp_path):
    file = tmp_path / "mine.yaml"
    file.write_text(SHIPPED.read_text(encoding="utf-8"))
    before = load_station(str(file))
    assert load_station(str(file)) == before

    file.write_text(yaml.safe_dump(yaml.safe_load(SHIPPED.read_text(encoding="utf-8")) | {"title": "Another hill"}))
    assert load_station(str(file)).title == "Another hill" != before.title

    file.unlink()
    with pytest.raises(SettingsError, match="There is no station"):
        load_station(str(file))
