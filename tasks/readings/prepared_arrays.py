"""Normalize the readings by the training rows alone, and find the windows of each split."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from prefect import task
from prefect.cache_policies import NO_CACHE

from jena_models.settings import Settings
from jena_models.stations.schema import StationSchema
from jena_models.windows.normalization import column_statistics, normalized
from jena_models.windows.placement import (
    WindowShape,
    WindowStarts,
    contiguous_starts,
    indexed_starts,
    irregular_steps,
    require_windows,
    window_shape,
)
from jena_models.windows.preparation import Preparation
from tasks.workspace import Borders, Divided, Prepared, stage

VERSION: Final = 2
SUMMARY_FILE: Final = "prepared.json"
"""The preparation and the counts of windows, so that a later run need not find them again."""

logger = logging.getLogger("jena")


@task(cache_policy=NO_CACHE, timeout_seconds=1800)
def normalize(divided: Divided, settings: Settings, station: StationSchema) -> Prepared:
    """Give normalized arrays on disk and the windows of each split, or those of an earlier run.

    Raises:
        SettingsError: where a duration is not a whole number of readings.
        TooFewReadingsError: where a split does not hold a window.
        DataInvalidError: where a column has no value in the training rows.
    """
    shape = window_shape(
        history_hours=settings.history_hours,
        sampling_minutes=settings.sampling_minutes,
        horizon_hours=settings.horizon_hours,
        window_stride_minutes=settings.window_stride_minutes,
        cadence_minutes=divided.checked.cadence_minutes,
    )
    parts = {
        "divided": divided.key,
        "station": station.name,
        "columns": station.names,
        "target": station.target,
        "cadence_minutes": divided.checked.cadence_minutes,
        "steps": shape.steps,
        "stride_rows": shape.stride_rows,
        "target_offset_rows": shape.target_offset_rows,
        "start_stride_rows": shape.start_stride_rows,
        "windows": settings.windows,
    }
    folder = stage("prepare", VERSION, parts, lambda to: _prepare(to, divided, settings, station, shape))
    summary = json.loads((folder / SUMMARY_FILE).read_text(encoding="utf-8"))
    for split, windows in summary["windows"].items():
        logger.info("%s: %s windows, %s left out", split, f"{windows:,}", f"{summary['left_out'][split]:,}")
    return Prepared(
        folder=folder,
        stride_rows=shape.stride_rows,
        target_offset_rows=shape.target_offset_rows,
        divided=divided,
        key=folder.name,
        **summary,
    )


def _prepare(to: Path, divided: Divided, settings: Settings, station: StationSchema, shape: WindowShape) -> None:
    table = pd.read_parquet(divided.checked.readings)
    columns = tuple(name for name in station.names if name in table.columns)
    values = table[list(columns)].to_numpy(dtype=np.float64)
    time = table.index.to_numpy().astype("datetime64[s]")
    target = values[:, columns.index(station.target)].astype(np.float32)

    windows = _windows(divided, settings, shape, time, target)
    mean, deviation = column_statistics(values[: divided.borders.train], columns)
    preparation = Preparation(
        station=station.name,
        target=station.target,
        columns=columns,
        mean=tuple(mean.tolist()),
        standard_deviation=tuple(deviation.tolist()),
        steps=shape.steps,
        sampling_minutes=settings.sampling_minutes,
        horizon_minutes=settings.horizon_hours * 60,
    )
    np.save(to / "features.npy", normalized(values, mean, deviation))
    np.save(to / "target.npy", target)
    np.save(to / "time.npy", time)
    for split, found in windows.items():
        np.save(to / f"{split}_starts.npy", found.starts)
    summary: dict[str, Any] = {
        "preparation": preparation.model_dump(mode="json"),
        "windows": {split: len(found.starts) for split, found in windows.items()},
        "left_out": {split: found.left_out for split, found in windows.items()},
    }
    (to / SUMMARY_FILE).write_text(json.dumps(summary, indent=2), encoding="utf-8")


def _windows(
    divided: Divided, settings: Settings, shape: WindowShape, time: np.ndarray, target: np.ndarray
) -> dict[str, WindowStarts]:
    irregular = irregular_steps(time, divided.checked.cadence_minutes)
    found = {}
    for split, (first, end) in _spans(divided.borders).items():
        if settings.windows == "indexed":
            found[split] = indexed_starts(shape, first, end, target)
        else:
            found[split] = contiguous_starts(shape, first, end, target, irregular)
        if split != "judging":
            require_windows(split, found[split], shape, end - first)
    return found


def _spans(borders: Borders) -> dict[str, tuple[int, int]]:
    return {
        "train": (0, borders.train),
        "validation": (borders.train, borders.validation),
        "judging": (borders.validation, borders.judging),
        "test": (borders.judging, borders.rows),
    }
