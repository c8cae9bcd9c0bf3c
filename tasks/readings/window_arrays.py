"""What trainings read: normalized rows and the windows over them, written the same way for studies and backtests."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.errors import SettingsError
from jena_models.frozen import Frozen
from jena_models.options.readings_options import History
from jena_models.settings import Settings
from jena_models.stations.cleaned.even_steps import DIRECTIONS
from jena_models.stations.clock import seconds_of
from jena_models.stations.schema import StationSchema
from jena_models.weather_service.service import Service
from jena_models.windows.history_rule import rows_in
from jena_models.windows.normalization import column_statistics, normalized, target_scale, telling
from jena_models.windows.placement import WindowShape, WindowStarts, window_shape
from jena_models.windows.preparation import Preparation
from tasks.readings.forecast_runs.services import service_of
from tasks.workspace import Divided, Prepared

ARRAYS: Final = ("features.npy", "target.npy", "time.npy")
"""Of the rows, whichever windows are laid over them."""
SUMMARY_FILE: Final = "prepared.json"
"""The preparation and the counts of windows, so that a later run need not find them again."""

logger = logging.getLogger("jena")


class Normalization(Frozen):
    """How rows were normalized."""

    columns: tuple[str, ...]
    mean: tuple[float, ...]
    standard_deviation: tuple[float, ...]
    cadence_minutes: float
    history: History | None
    target_scale: float
    target_offset: float


def shape_of_windows(settings: Settings, cadence_minutes: float, horizon_hours: float | None = None) -> WindowShape:
    """Give how many rows a window of a study takes, or of its backtest at a horizon of its own.

    Raises:
        SettingsError: where a duration is not a whole number of readings.
    """
    is_own = horizon_hours not in (None, settings.horizon_hours)
    return window_shape(
        history_hours=settings.history_hours,
        sampling_minutes=settings.sampling_minutes,
        horizon_hours=settings.horizon_hours if horizon_hours is None else horizon_hours,
        window_stride_minutes=settings.window_stride_minutes,
        cadence_minutes=cadence_minutes,
        horizon_setting="backtest.leads_hours" if is_own else "horizon_hours",
    )


def write_rows(
    to: Path,
    table: pd.DataFrame,
    station: StationSchema,
    settings: Settings,
    *,
    training_rows: int,
    cadence_minutes: float,
    rule: History | None,
) -> Normalization:
    """Write the arrays of a table's rows, normalized by the first ones; columns that tell nothing there are left out.

    Args:
        to: the folder to write to.
        table: canonical readings.
        station: the schema of the columns.
        settings: say whether models are to learn the target in a unit that follows from its spread.
        training_rows: how many rows are trained on, the first of the table.
        cadence_minutes: from one row to the next.
        rule: how far values are carried; any distance where not given.

    Raises:
        SettingsError: where the target is a direction.
        DataInvalidError: where the target has no value in the training rows.
    """
    _refuse_direction(station)
    present = tuple(name for name in station.names if name in table.columns)
    columns = telling(table[list(present)].to_numpy(np.float64)[:training_rows], present, station.target)
    if idle := [name for name in present if name not in columns]:
        logger.warning(
            "Left out, having no value or only ever the same one in the readings to train on: %s.", ", ".join(idle)
        )
    values = table[list(columns)].to_numpy(dtype=np.float64)
    mean, deviation = column_statistics(values[:training_rows], columns)
    place, scales = columns.index(station.target), settings.training.scale_target
    most_rows = None if rule is None else rows_in(rule.carried_hours, cadence_minutes)
    np.save(to / "features.npy", normalized(values, mean, deviation, most_rows))
    np.save(to / "target.npy", values[:, place].astype(np.float32))
    np.save(to / "time.npy", table.index.to_numpy().astype("datetime64[s]"))
    return Normalization(
        columns=columns,
        mean=tuple(mean.tolist()),
        standard_deviation=tuple(deviation.tolist()),
        cadence_minutes=cadence_minutes,
        history=rule,
        target_scale=target_scale(float(deviation[place])) if scales else 1.0,
        target_offset=float(mean[place]) if scales else 0.0,
    )


def write_windows(
    to: Path,
    windows: Mapping[str, WindowStarts],
    rows: Normalization,
    station: StationSchema,
    shape: WindowShape,
    *,
    settings: Settings,
    service: Service | None = None,
) -> None:
    """Write where the windows of each split start, the preparation that a model needs, and how many there are.

    A weather service that says nothing of the windows to train on or to choose by is none to the models.
    """
    for split, found in windows.items():
        np.save(to / f"{split}_starts.npy", found.starts)
    preparation = Preparation(
        station=station.name,
        target=station.target,
        steps=shape.steps,
        sampling_minutes=settings.sampling_minutes,
        horizon_minutes=settings.horizon_hours * 60,
        utc_offset_hours=station.local.standard_hours,
        **dict(rows),
    )
    if service is not None:
        told = _learnt_from(service, preparation, np.load(to / "time.npy"), shape, windows)
        preparation = preparation.model_copy(update=told)
    summary: dict[str, Any] = {
        "preparation": preparation.model_dump(mode="json"),
        "windows": {split: len(found.starts) for split, found in windows.items()},
        "left_out": {split: found.left_out for split, found in windows.items()},
        "causes": {split: dict(found.causes) for split, found in windows.items()},
    }
    (to / SUMMARY_FILE).write_text(json.dumps(summary, indent=2), encoding="utf-8")


def prepared_in(folder: Path, shape: WindowShape, divided: Divided, station: StationSchema) -> Prepared:
    """Give what `write_rows` and `write_windows` left in a stage's folder, as the next stage takes it."""
    summary = json.loads((folder / SUMMARY_FILE).read_text(encoding="utf-8"))
    prepared = Prepared(
        folder=folder,
        stride_rows=shape.stride_rows,
        target_offset_rows=shape.target_offset_rows,
        station=station,
        divided=divided,
        key=folder.name,
        **summary,
    )
    names, target = " and ".join(divided.checked.services), prepared.preparation.target
    service = service_of(divided.checked)
    if not prepared.without_its_service:
        if service and service.forecasting(target) and prepared.preparation.service_column != target:
            logger.warning("The runs of %s do not say enough of %s to set out from, in training.", names, target)
        return prepared
    logger.warning(
        "The runs of %s say nothing of the windows to train on or to choose by: models are trained without them.%s",
        names,
        _too_short(service, prepared.preparation.horizon_minutes / 60),
    )
    without = divided.model_copy(update={"checked": divided.checked.model_copy(update={"service": None})})
    return prepared.model_copy(update={"divided": without})


def _too_short(service: Service | None, horizon_hours: float) -> str:
    """Give a sentence on how far runs reach, where that is not as far as forecasts do; else nothing."""
    reach = max((float(runs.lead_seconds[-1]) / 3600 for runs in service.sources), default=0.0) if service else 0.0
    if not 0 < reach < horizon_hours:
        return ""
    return f" They reach {reach:g} h ahead, and the horizon is {horizon_hours:g} h: shorten horizon_hours to use them."


def _refuse_direction(station: StationSchema) -> None:
    if station.column(station.target).quantity in DIRECTIONS:
        raise SettingsError(
            f"The target '{station.target}' is a direction, of which no mean, error or interval is right: 1 and 359 "
            "degrees would count as 358 apart; give the wind's components to the east and to the north as columns, and "
            "one of these as the target."
        )


def _learnt_from(
    service: Service,
    preparation: Preparation,
    times: NDArray[np.datetime64],
    shape: WindowShape,
    windows: Mapping[str, WindowStarts],
) -> dict[str, Any]:
    """Give what a preparation says of a weather service: its sources where training knows them, and of which column."""

    def is_known(station_column: str) -> bool:
        issued = [seconds_of(times[windows[split].starts + shape.last_step_row]) for split in ("train", "validation")]
        ahead = round(preparation.horizon_minutes * 60)
        return all(service.is_known(seconds, seconds + ahead, station_column) for seconds in issued)

    if not is_known(""):
        return {}
    column = preparation.target if is_known(preparation.target) else ""
    return {"services": tuple(runs.name for runs in service.sources), "service_column": column}
