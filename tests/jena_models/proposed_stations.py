"""The station of a proposal, by the very text of the file that people are given."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from jena_models.proposals import Proposal, station_text
from jena_models.stations.named_stations import load_station
from jena_models.stations.schema import StationSchema


def station_of(proposal: Proposal) -> StationSchema:
    """Read a proposed file back; one with an open question is refused."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "station.yaml"
        file.write_text(station_text(proposal, "a source"), encoding="utf-8")
        return load_station(str(file))
