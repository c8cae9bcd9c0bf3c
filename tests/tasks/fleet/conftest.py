"""A fleet of two stations on disk."""

import json

import pytest

from jena_models.fleet import read_fleet


@pytest.fixture
def fleet(home):
    """A fleet that is read: two stations of one template, with rows in one long table."""
    (home / "long.csv").write_text("time,city,T\n2020-01-01,a,1\n2020-01-01,b,2\n")
    told = {
        "name": "two",
        "station": "jena",
        "source": "long.csv",
        "station_column": "city",
        "settings": {"seed": 7},
        "stations": [{"name": "a"}, {"name": "b", "settings": {"seed": 8}}],
    }
    (home / "fleet.yaml").write_text(json.dumps(told))
    return read_fleet(home / "fleet.yaml")
