"""A station too new to train on starts with the model that the others share."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from jena_models.errors import TooFewReadingsError
from jena_models.settings import Settings
from jena_models.stations import StationSchema
from jena_models.windows.placement import WindowShape, WindowStarts
from jena_models.windows.steps import on_steps
from tasks.fleet.pool_parts import pool_of
from tasks.fleet.pooled_fits import newcomer_fit
from tasks.fleet.standing import SHARED
from tasks.readings import prepared_in, shape_of_windows, write_rows, write_windows
from tasks.registry import model_name, register_version, start_with
from tasks.tracking import client, experiment_id, patiently
from tasks.workspace import Borders, Checked, Divided, Prepared, stage

VERSION: Final = 9


def start_newcomer(checked: Checked, station: StationSchema, settings: Settings) -> tuple[int, str]:
    """Give the version that a new station starts with and a sentence of it; it is registered, and its first champion.

    Its own gates cannot judge it, for want of a record: it must have beaten persistence by their margin as a model of a
    new station, on the validation windows of those that it was grown on.

    Args:
        checked: the readings that there are.
        station: the schema of the columns.
        settings: with the folder of the shared trees.

    Raises:
        TooFewReadingsError: where there is not even one history, or the shared model is no better than persistence.
    """
    prepared = _prepared(checked, station, settings)
    fit = newcomer_fit(pool_of(settings), prepared, station)
    if fit.result.val_skill < settings.promotion.margin:
        raise TooFewReadingsError(
            f"{station.name} has too few readings to train on, and the model for all has a skill of "
            f"{fit.result.val_skill:+.1%} at a new station, where {settings.promotion.margin:+.1%} is asked for."
        )
    name = model_name(station, settings, checked.ingested.source.kind)
    store = client()
    tags = {"role": "newcomer", "architecture": SHARED, "model_name": name, "mlflow.source.name": "jena fleet train"}
    found = patiently(experiment_id, settings.tracking.experiment)
    run = patiently(store.create_run, found, tags=tags, run_name=f"{station.name} starts with the model for all")
    try:
        version = register_version(fit, prepared, station, run_id=run.info.run_id, name=name, settings=settings)
    except BaseException:
        patiently(store.set_terminated, run.info.run_id, "FAILED")
        raise
    patiently(store.set_terminated, run.info.run_id, "FINISHED")
    champion = start_with(name, version)
    if champion != version:
        return champion, f"Version {champion} of {name} stays the champion; its record is too short to train on."
    return version, (
        f"Version {version} of {name} is the model for all, with which a new station starts: its skill is "
        f"{fit.result.val_skill:+.1%} at stations that it is told nothing of but their place."
    )


def _prepared(checked: Checked, station: StationSchema, settings: Settings) -> Prepared:
    """Give the little that there is as a study would, with one history in place of windows."""
    shape = shape_of_windows(settings, checked.cadence_minutes)
    table = on_steps(pd.read_parquet(checked.readings), checked.cadence_minutes)
    if len(table) <= shape.last_step_row:
        raise TooFewReadingsError(
            f"{station.name} has {len(table):,} readings, fewer than the {shape.last_step_row + 1:,} of one history; "
            "wait until there are more."
        )
    parts = {"checked": checked.key, "station": station, "history": settings.history, "horizon": settings.horizon_hours}

    def write(to: Path) -> None:
        table.to_parquet(to / "readings.parquet")
        count, cadence = len(table), checked.cadence_minutes
        rows = write_rows(
            to, table, station, settings, training_rows=count, cadence_minutes=cadence, rule=settings.history
        )
        write_windows(to, _one_history(shape, count), rows, station, shape, settings=settings)

    folder = stage("newcomer", VERSION, parts | {"steps": shape.steps, "stride": shape.stride_rows}, write)
    last = len(table) - 1  # what a version says of itself names the times at the borders
    divided = Divided(
        checked=checked.model_copy(update={"readings": folder / "readings.parquet"}),
        borders=Borders(train=last, validation=last, judging=last, rows=len(table)),
        key=folder.name,
    )
    return prepared_in(folder, shape, divided, station)


def _one_history(shape: WindowShape, rows: int) -> dict[str, WindowStarts]:
    none = np.empty(0, dtype=np.int64)
    last = np.array([rows - 1 - shape.last_step_row], dtype=np.int64)
    return {
        split: WindowStarts(last if split == "validation" else none, {})
        for split in ("train", "validation", "judging", "test")
    }
