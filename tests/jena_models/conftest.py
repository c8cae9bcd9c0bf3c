"""Small files of readings for the station's tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jena_models.stations import StationSchema, load_station

HEADER = '"Date Time","p (mbar)","T (degC)","rh (%)","wv (m/s)"'
ROWS = (
    "01.01.2009 00:10:00,996.52,-8.02,93.30,1.03",
    "01.01.2009 00:20:00,996.57,-8.41,93.40,0.72",
    "01.01.2009 00:30:00,996.53,-8.51,93.90,0.19",
    "01.01.2009 00:40:00,996.51,-8.31,94.20,0.34",
)


@pytest.fixture(scope="session")
def jena() -> StationSchema:
    return load_station("jena")


@pytest.fixture
def csv(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of a header and rows; the station's own where they are not given."""

    def write(*rows: str, header: str = HEADER, name: str = "readings.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes("\n".join([header, *(rows or ROWS), ""]).encode(encoding))
        return path

    return write
