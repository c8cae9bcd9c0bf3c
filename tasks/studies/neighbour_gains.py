"""What the neighbours of a study's station are worth, on the windows that everything is chosen by."""

from __future__ import annotations

import logging
from typing import Final

import numpy as np
import pandas as pd
from pydantic import ValidationError

from jena_models.errors import in_one_line
from jena_models.features.histories import Histories
from jena_models.neighbours.gains import NeighbourGains, SplitWindows, in_words, measured_gains
from jena_models.stations import StationSchema
from jena_models.stations.clock import seconds_of
from jena_models.windows.history import known_values
from tasks.studies.leaderboard import study_run
from tasks.tracking import attach, json_of
from tasks.workspace import Prepared

ARTIFACT: Final = "neighbours.json"

logger = logging.getLogger("jena")


def attach_neighbours(study_run_id: str, prepared: Prepared, station: StationSchema) -> None:
    """Measure it and keep it with the study's run; where that fails, say so, for a study is no worse without it."""
    if not any(station.column(name).neighbour for name in prepared.preparation.columns):
        return
    try:
        found = measure_neighbours(prepared, station)
        if found is not None:
            attach(study_run_id, ARTIFACT, found.model_dump_json(indent=2))
            logger.info("%s", in_words(found))
    except Exception as error:  # whatever it is, what was trained is not lost for it
        logger.warning("What the neighbours are worth could not be measured (%s).", in_one_line(error))


def measure_neighbours(prepared: Prepared, station: StationSchema) -> NeighbourGains | None:
    """Give what each neighbour is worth on the validation windows; None where there is none."""
    preparation = prepared.preparation
    measured = pd.read_parquet(prepared.divided.checked.readings, columns=list(preparation.columns)).to_numpy(
        np.float64
    )
    target = prepared.rows("target")
    times = prepared.rows("time")
    values = known_values(measured, preparation.history, preparation.cadence_minutes)
    steps = np.arange(preparation.steps) * prepared.stride_rows

    def part(split: str) -> SplitWindows:
        starts = prepared.starts(split)
        histories = Histories(
            readings=values,
            columns=preparation.columns,
            seconds=seconds_of(station.local.standard_time(times)),
            rows=starts[:, None] + steps,
            sampling_minutes=preparation.sampling_minutes,
            horizon_minutes=preparation.horizon_minutes,
            missing=np.isnan(measured),
        )
        return SplitWindows(histories, np.asarray(target[starts + prepared.target_offset_rows]))

    return measured_gains(
        part("train"), part("validation"), station, preparation.target, preparation.horizon_minutes / 60
    )


def gains_of(study_run_id: str) -> NeighbourGains | None:
    """Give what was measured when the study ended; None where it was not, or can no longer be read."""
    content = json_of(study_run_id, ARTIFACT)
    try:
        return None if content is None else NeighbourGains.model_validate(content)
    except ValidationError:
        return None


def neighbours_in_words(study: str | None = None) -> str:
    """Give what neighbours are worth to the study of `study_run` as lines for a terminal; empty where there are none.

    Raises:
        RequestError: where there is no such study, or none has finished.
    """
    found = gains_of(study_run(study).info.run_id)
    return "" if found is None else in_words(found)
