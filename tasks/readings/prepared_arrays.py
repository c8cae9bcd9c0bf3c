"""Normalize the readings by the training rows alone, and find the windows of each split."""

from __future__ import annotations

import logging
from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from jena_models.curves.leads import curve_leads
from jena_models.options.readings_options import History
from jena_models.settings import Settings
from jena_models.stations.schema import StationSchema
from jena_models.windows.placement import WindowShape, contiguous_starts, indexed_starts, require_windows
from tasks.readings.forecast_runs.services import service_of
from tasks.readings.window_arrays import prepared_in, shape_of_windows, write_rows, write_windows
from tasks.workspace import Borders, Divided, Prepared, stage, task

VERSION: Final = 6
"""Raise it when the same readings and settings would give other arrays or windows."""

logger = logging.getLogger("jena")


@task(timeout_seconds=1800)
def normalize(divided: Divided, settings: Settings, station: StationSchema) -> Prepared:
    """Give normalized arrays on disk and the windows of each split, or those of an earlier run.

    Raises:
        SettingsError: where a duration, or a lead that was asked for, is not a whole number of readings, or the target
            is a direction.
        TooFewReadingsError: where a split does not hold a window.
        DataInvalidError: where the target has no value in the training rows.
    """
    shape = shape_of_windows(settings, divided.checked.cadence_minutes)
    curve_leads(settings.leads_hours, settings.horizon_hours, divided.checked.cadence_minutes)
    rule = settings.history if settings.windows == "contiguous" else None
    parts = {
        "divided": divided.key,
        "station": station.name,
        "clock": station.clock,
        "columns": station.names,
        "target": station.target,
        "cadence_minutes": divided.checked.cadence_minutes,
        **asdict(shape),
        "windows": settings.windows,
        "scale_target": settings.training.scale_target,
        "history": rule,
    }
    folder = stage("prepare", VERSION, parts, lambda to: _prepare(to, divided, settings, station, shape, rule))
    prepared = prepared_in(folder, shape, divided, station)
    for split, windows in prepared.windows.items():
        causes = [f"{count:,}: {cause}" for cause, count in prepared.causes[split].items() if count]
        logger.info("%s: %s windows; left out %s", split, f"{windows:,}", "; ".join(causes) or "none")
    return prepared


def _prepare(  # noqa: PLR0917  (one caller, above)
    to: Path, divided: Divided, settings: Settings, station: StationSchema, shape: WindowShape, rule: History | None
) -> None:
    table, cadence_minutes = pd.read_parquet(divided.checked.readings), divided.checked.cadence_minutes
    training_rows = divided.borders.train
    rows = write_rows(
        to, table, station, settings, training_rows=training_rows, cadence_minutes=cadence_minutes, rule=rule
    )
    windows = {}
    target = np.load(to / "target.npy")
    for split, (first, end) in _spans(divided.borders).items():
        windows[split] = (
            contiguous_starts(shape, first, end, target, cadence_minutes, rule)
            if rule
            else indexed_starts(shape, first, end, target)
        )
        if split != "judging":
            require_windows(split, windows[split], shape, end - first)
    write_windows(to, windows, rows, station, shape, settings=settings, service=service_of(divided.checked))


def _spans(borders: Borders) -> dict[str, tuple[int, int]]:
    return {
        "train": (0, borders.train),
        "validation": (borders.train, borders.validation),
        "judging": (borders.validation, borders.judging),
        "test": (borders.judging, borders.rows),
    }
