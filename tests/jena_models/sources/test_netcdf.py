"""NetCDF of a station: either kind of file, units told beside the variables, times in UTC."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray
from proposed_stations import station_of

from jena_models.errors import SourceUnreadableError
from jena_models.proposals import propose
from jena_models.proposals.opened_source import open_source
from jena_models.reading.reading import read
from jena_models.sources.netcdf import read_netcdf
from jena_models.stations.named_stations import load_station

TIMES = pd.date_range("2016-01-01", periods=72, freq="h")


def written(path: Path, engine: str = "h5netcdf", **more: object) -> Path:
    hours = np.arange(len(TIMES))
    variables = {
        "pressure": ("time", 101_300 + 50 * np.cos(hours / 9), {"units": "Pa"}),
        "air_temperature": ("time", 283.15 + 5 * np.sin(hours / 24 * 2 * np.pi), {"units": "K"}),
        "relative_humidity": ("time", 0.7 + 0.1 * np.cos(hours / 24 * 2 * np.pi), {"units": "1"}),
    }
    place = {"time": TIMES, "latitude": 50.91, "longitude": 11.57}
    xarray.Dataset(variables | more, coords=place).to_netcdf(path, engine=engine)
    return path


@pytest.mark.parametrize("engine", ["h5netcdf", "scipy"])
def test_a_station_file_writes_itself_from_netcdf_and_reads_it(engine: str, tmp_path: Path) -> None:
    path = written(tmp_path / "roof.nc", engine)

    proposal = propose(open_source(str(path)), "roof", {"clock": "Asia/Tokyo"})
    table = read(path, station_of(proposal)).table

    assert (proposal.station["latitude"], proposal.station["longitude"]) == (50.91, 11.57)
    assert list(table.index) == list(TIMES), "they are in UTC, whatever the station's clock"
    assert table["p (mbar)"].iloc[0] == pytest.approx(1013.5)
    assert table["T (degC)"].iloc[6] == pytest.approx(15.0)
    assert table["rh (%)"].iloc[0] == pytest.approx(80.0)


def test_letters_are_texts_as_in_any_other_file(tmp_path: Path) -> None:
    path = written(tmp_path / "roof.nc", sky=("time", np.array([b"clear"] * len(TIMES))))

    frame, _ = read_netcdf(path.read_bytes(), "roof.nc")

    assert set(frame["sky"]) == {"clear"}


def test_what_is_no_stations_series_is_refused(tmp_path: Path) -> None:
    grid = written(tmp_path / "grid.nc", grid=(("x", "y", "z"), np.zeros((60, 70, 80), dtype=np.float32)))
    damaged = tmp_path / "damaged.nc"
    damaged.write_bytes(written(tmp_path / "whole.nc").read_bytes()[:900])

    with pytest.raises(SourceUnreadableError, match=r"grid\.nc spans .*x 60, y 70, z 80: it is not the series"):
        read(grid, load_station("jena"))
    with pytest.raises(SourceUnreadableError, match=r"damaged\.nc cannot be read as NetCDF"):
        read(damaged, load_station("jena"))
