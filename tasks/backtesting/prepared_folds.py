"""The windows of every origin and lead of a backtest, prepared as a study's are."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from jena_models.backtesting.folds import Fold, fold_windows, rolling_folds
from jena_models.errors import TooFewReadingsError
from jena_models.frozen import Frozen
from jena_models.settings import Settings
from jena_models.stations.schema import StationSchema
from jena_models.windows.steps import on_steps
from tasks.readings import ARRAYS, Normalization, prepared_in, service_of, shape_of_windows, write_rows, write_windows
from tasks.workspace import FED, Borders, Checked, Divided, Prepared, stage, task

VERSION: Final = 6
"""Raise it when the same readings and settings would give other windows."""

READINGS: Final = "readings.parquet"
NORMALIZATION: Final = "normalization.json"

logger = logging.getLogger("jena")


class FoldAtLead(Frozen):
    """One origin at one lead: the unit that architectures are trained on."""

    fold: Fold
    lead_hours: float
    prepared: Prepared


@task(name="prepare origins", timeout_seconds=3600)
def prepare_folds(checked: Checked, settings: Settings, station: StationSchema) -> tuple[FoldAtLead, ...]:
    """Give each origin at each lead, with arrays on disk that end where its last target does.

    What an origin is given depends on nothing that comes later, so that more readings leave earlier origins as they
    are, trained models and all. An origin without a window in one of its splits, as a long gap leaves it, is left out.
    Rows stand on the station's steps, whichever way a study counts them.

    Raises:
        SettingsError: where a duration is not a whole number of readings, or there is nothing to train on.
        TooFewReadingsError: where there is no origin that has windows in each split.
        DataInvalidError: where a column has no value in an origin's training rows.
    """
    table = on_steps(pd.read_parquet(checked.readings), checked.cadence_minutes)
    longest = timedelta(hours=max(leads_of(settings)))
    times = station.local.standard_time(table.index.to_numpy().astype("datetime64[s]"))
    folds = rolling_folds(times[0].astype(datetime), times[-1].astype(datetime), settings.backtest, longest)
    found: list[FoldAtLead] = []
    for fold in folds:
        of_fold = _divided(table[times <= np.datetime64(fold.until + longest, "s")], fold, checked, settings, station)
        found += [
            FoldAtLead(fold=fold, lead_hours=lead_hours, prepared=prepared)
            for lead_hours in leads_of(settings)
            if (prepared := _at_lead(of_fold, fold, lead_hours, settings, station)) is not None
        ]
    if not found:
        raise TooFewReadingsError(
            "No origin of the backtest has a window to train on, one to choose by and one to test on; give a longer "
            "file or one with fewer gaps, or a longer backtest.validation_days."
        )
    logger.info(
        "%d origins from %s to %s, leads of %s hours",
        len({each.fold.number for each in found}),
        f"{found[0].fold.origin:%Y-%m-%d}",
        f"{found[-1].fold.origin:%Y-%m-%d}",
        ", ".join(f"{lead_hours:g}" for lead_hours in leads_of(settings)),
    )
    return tuple(found)


def leads_of(settings: Settings) -> tuple[float, ...]:
    """Give every horizon that is trained for, in hours, the shortest first."""
    return tuple(sorted({settings.horizon_hours, *settings.backtest.leads_hours}))


def _divided(table: pd.DataFrame, fold: Fold, checked: Checked, settings: Settings, station: StationSchema) -> Divided:
    """Give the readings that an origin may know or be tested on, normalized by its training rows."""
    time = table.index.to_numpy().astype("datetime64[s]")
    local = station.local.standard_time(time)
    training_rows, embargo_row = (
        int(np.searchsorted(local, np.datetime64(moment, "s"))) for moment in (fold.validation, fold.embargo)
    )

    def write(to: Path) -> None:
        cadence, rule = checked.cadence_minutes, settings.history
        rows = write_rows(to, table, station, settings, training_rows=training_rows, cadence_minutes=cadence, rule=rule)
        (to / NORMALIZATION).write_text(rows.model_dump_json(), encoding="utf-8")
        table.to_parquet(to / READINGS)

    parts = {
        "readings": _content(table),
        "columns": tuple(name for name in station.names if name in table.columns),
        "target": station.target,
        "fold": fold,
        "training_rows": training_rows,
        "history": settings.history,
        "scale_target": settings.training.scale_target,
    } | ({"service": str(checked.service)} if checked.service else {})
    folder = stage("origin", VERSION, parts, write)
    borders = Borders(train=training_rows, validation=embargo_row, judging=embargo_row, rows=len(table))
    own = checked.model_copy(update={"readings": folder / READINGS, "key": folder.name})
    return Divided(checked=own, borders=borders, key=folder.name)


def _at_lead(
    divided: Divided, fold: Fold, lead_hours: float, settings: Settings, station: StationSchema
) -> Prepared | None:
    """Give the windows of an origin at a lead; None where there are none to train on, to choose by or to test on."""
    cadence_minutes = divided.checked.cadence_minutes
    shape = shape_of_windows(settings, cadence_minutes, lead_hours)
    arrays = divided.checked.readings.parent

    def write(to: Path) -> None:
        for name in ARRAYS:
            _share(arrays / name, to / name)
        time, target = np.load(to / "time.npy"), np.load(to / "target.npy")
        local = station.local.standard_time(time)
        windows = fold_windows(fold, shape, local, target, cadence_minutes, settings.history)
        rows = Normalization.model_validate_json((arrays / NORMALIZATION).read_text(encoding="utf-8"))
        at_lead, service = settings.model_copy(update={"horizon_hours": lead_hours}), service_of(divided.checked)
        write_windows(to, windows, rows, station, shape, settings=at_lead, service=service)

    parts = {"origin": divided.key, "shape": asdict(shape), "station": station}
    folder = stage("fold", VERSION, parts, write)
    prepared = prepared_in(folder, shape, divided, station)
    missing = [f"no {split} window that can be used" for split, windows in prepared.windows.items() if not windows]
    if prepared.without_its_service and set(FED) & set(settings.backtest.architectures):
        missing.append("no run of the weather service to learn from")
    if missing:
        logger.warning(
            "The origin %s, %g hours ahead, is left out: it has %s.",
            f"{fold.origin:%Y-%m-%d}",
            lead_hours,
            missing[0],
        )
        return None
    return prepared


def _content(table: pd.DataFrame) -> str:
    """Give the 16-digit hash of readings and their times."""
    digest = hashlib.sha256(table.index.to_numpy().astype("datetime64[s]").tobytes())
    digest.update(table.to_numpy(dtype=np.float64).tobytes())
    return digest.hexdigest()[:16]


def _share(path: Path, link: Path) -> None:
    try:
        os.link(path, link)
    except OSError:
        shutil.copyfile(path, link)
