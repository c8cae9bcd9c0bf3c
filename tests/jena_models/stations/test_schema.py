"""A station file is refused, before anything is trained, where it describes no station."""

from pathlib import Path

import pytest
import yaml

import jena_models
from jena_models.errors import RequestError
from jena_models.stations import load_station

SHIPPED = Path(jena_models.__file__).parent / "stations" / "jena.yaml"
WIND_FROM_NOWHERE = {
    "name": "nwp",
    "source": "runs.csv",
    "lead": "lead",
    "available_after_hours": 5,
    "winds": [{"name": "wind", "speed": "ws", "direction": "wd"}],
}


@pytest.mark.parametrize(
    ("key", "value", "reason"),
    [
        ("name", "jena/roof", "name: "),
        ("name", "jena:roof", "name: "),
        ("name", "", "name: "),
        ("target_name", "air/temperature", "target_name: "),
        ("latitude", float("nan"), "latitude: "),
        ("latitude", 91, "latitude: "),
        ("cadence_minutes", 0, "cadence_minutes: "),
        ("columns", [], "the target"),
        ("latitud", 50, "latitud: there is no such key; did you mean 'latitude'"),
        ("latitude", "north", "latitude: it is to be a number"),
        ("forecasts", [WIND_FROM_NOWHERE], "'blows' whether its direction is where it comes 'from' or blows 'to'"),
        ("forecasts", [{"sorce": "x"}], r"forecasts\.0\.sorce: there is no such key; did you mean 'source'"),
        ("select", {"id": [164]}, r"select\.id\.0: a number that stands for a name goes in quotes, as '00164'"),
    ],
)
def test_what_no_station_can_have_is_refused_with_its_place(tmp_path, key, value, reason):
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(yaml.safe_load(SHIPPED.read_text(encoding="utf-8")) | {key: value}))

    with pytest.raises(RequestError, match=reason) as refusal:
        load_station(str(path))

    assert "does not describe a station" in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"name: \xe4", "UTF-8"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"a: !!timestamp x", "!!"),
        (b"a: !!bool z", "!!"),
        (b"[" * 900, "nested"),
        (b"name: \x00", "no text has"),
    ],
)
def test_a_file_that_is_no_text_in_yaml_is_refused(tmp_path, content, reason):
    path = tmp_path / "mine.yaml"
    path.write_bytes(content)

    with pytest.raises(RequestError, match=f"cannot be read as YAML: .*{reason}"):
        load_station(str(path))


def test_limits_the_wrong_way_round_are_refused(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(
        SHIPPED.read_text(encoding="utf-8").replace("minimum: 880, maximum: 1080", "minimum: 1080, maximum: 880")
    )

    with pytest.raises(RequestError, match="lies above its maximum"):
        load_station(str(path))
