"""Readings in NetCDF, through xarray: an extra, `pip install 'jena-forecast[netcdf]'`."""

from __future__ import annotations

import io
import math
from typing import Final

import pandas as pd

from jena_models.errors import SourceUnreadableError, in_one_line

CLASSIC: Final = b"CDF"
HDF5: Final = b"\x89HDF\r\n\x1a\n"
MOST_ROWS: Final = 20_000_000
"""More than a station's seconds of half a year: what is larger is a grid, or a model's output."""


def is_netcdf(content: bytes) -> bool:
    """Tell whether a file's first bytes are those of NetCDF, of the classic kind or on HDF5."""
    return content.startswith((CLASSIC + b"\x01", CLASSIC + b"\x02", CLASSIC + b"\x05", HDF5))


def read_netcdf(content: bytes, place: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Give all variables as columns, each dimension as one too, and the unit of each; empty where none is named.

    Times are in UTC, as the conventions of NetCDF have them where they name no other zone.

    Raises:
        SourceUnreadableError: where it is damaged, no table of one station, or what reads it is not installed.
    """
    try:
        import xarray
    except ImportError as error:
        raise SourceUnreadableError(
            f"The file {place} is NetCDF, which needs {error.name}; pip install 'jena-forecast[netcdf]'."
        ) from error
    engine = "h5netcdf" if content.startswith(HDF5) else "scipy"
    try:
        with xarray.open_dataset(io.BytesIO(content), engine=engine) as dataset:
            rows = math.prod(dataset.sizes.values())
            if not rows or rows > MOST_ROWS:
                listed = ", ".join(f"{name} {size:,}" for name, size in dataset.sizes.items())
                raise SourceUnreadableError(
                    f"The file {place} spans {listed}: it is not the series of a station; choose one from it."
                )
            told = {str(name): str(values.attrs.get("units", "")) for name, values in dataset.variables.items()}
            frame = dataset.to_dataframe().reset_index()
    except SourceUnreadableError:
        raise
    except Exception as error:  # a damaged file may fail in any way
        reason = in_one_line(error, 120).rstrip(".")
        raise SourceUnreadableError(f"The file {place} cannot be read as NetCDF: {reason}.") from error
    frame.columns = [str(name) for name in frame.columns]
    for name in frame.columns:
        if frame[name].dtype.kind == "M":
            frame[name] = frame[name].dt.tz_localize("UTC")
        elif frame[name].dtype == object:
            frame[name] = frame[name].map(
                lambda each: each.decode("utf-8", "replace") if isinstance(each, bytes) else each
            )
    return frame, tuple("" if frame[name].dtype.kind == "M" else told.get(name, "") for name in frame.columns)
