"""What a study's architectures forecast, window for window, as a file that other libraries read."""

from __future__ import annotations

from pathlib import Path

from jena_models.errors import RequestError
from jena_models.forecaster import STATION_FILE
from jena_models.reading.long_format import long_forecasts, write_long
from tasks.studies.leaderboard import rows_under, study_run
from tasks.tracking import json_of, table_of


def write_study(output: Path, study: str | None = None) -> int:
    """Write a study's forecasts of its test windows in Nixtla's long format, Parquet or CSV by the file's name.

    Args:
        output: the file.
        study: its id; the one that finished last where it is None.

    Returns:
        How many windows there are.

    Raises:
        RequestError: where there is no such study, it kept no forecasts, or the file cannot be written.
        StoreUnreachableError: where the store cannot be used.
    """
    run = study_run(study)
    ranked = rows_under(run)
    found = {row.architecture: table_of(row.run_id, "test_predictions.parquet") for row in ranked}
    kept = {name: table for name, table in found.items() if table is not None}
    if not kept:
        raise RequestError("The study kept no forecasts of its test windows; train it anew.")
    station = json_of(run.info.run_id, STATION_FILE)
    return write_long(long_forecasts(kept, station["name"] if isinstance(station, dict) else "station"), output)
