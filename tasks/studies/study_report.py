"""What a study leaves for others: its page, and what it forecast window for window, for other libraries to read."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

from jena_models.errors import RequestError, in_one_line
from jena_models.forecaster import STATION_FILE
from jena_models.reading.long_format import long_forecasts, write_long
from jena_models.report.page import page
from jena_models.whole_files import write_whole
from tasks.studies.input_importance import measure_importance
from tasks.studies.leaderboard import best_trained, rows_under, study_run
from tasks.studies.report_contents import IMPORTANCE, gather
from tasks.tracking import attach, client, json_of, patiently, table_of
from tasks.workspace import LeaderboardRow, Prepared, Promoted, home_folder

ARTIFACT: Final = "report.html"

logger = logging.getLogger("jena")


def write_report(study: str | None = None, output: Path | None = None) -> Path:
    """Write the page of a study, as the store and the registry tell it now; gives the file.

    Args:
        study: its id; the one that finished last where it is None.
        output: the file to write; `reports/<study>.html` under the project's root where it is None.

    Raises:
        RequestError: where there is no such study, or the file cannot be written.
        StoreUnreachableError: where the store cannot be used.
    """
    run = study_run(study)
    report = gather(run)
    path = output or home_folder() / "reports" / f"{report.study}.html"
    try:
        write_whole(path, page(report))
    except OSError as error:
        raise RequestError(
            f"The report cannot be written to {path} ({error.strerror or error}); name another file with --output."
        ) from error
    return path


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


def attach_report(
    study_run_id: str, leaderboard: tuple[LeaderboardRow, ...], prepared: Prepared, promoted: Promoted
) -> None:
    """Attach the page to the study's run; where that fails, say so, for a study is no worse without its page."""
    try:
        _attach_importance(study_run_id, leaderboard, prepared, promoted)
        report = gather(patiently(client().get_run, study_run_id))
        attach(study_run_id, ARTIFACT, page(report))
    except Exception as error:  # whatever it is, what was trained is not lost for it
        logger.warning(
            "The report was not attached to the study (%s); `jena report` writes it.", in_one_line(error).rstrip(".")
        )
        logger.debug("Why the report was not attached:", exc_info=True)


def _attach_importance(
    study_run_id: str, leaderboard: tuple[LeaderboardRow, ...], prepared: Prepared, promoted: Promoted
) -> None:
    best = best_trained(leaderboard)
    if best is None or best.version is None:
        return
    try:
        found = measure_importance(best, promoted.model, prepared)
    except Exception as error:  # a page without this section is still a page
        logger.warning(
            "What %s relies on could not be measured: %s.", best.architecture, in_one_line(error).rstrip(".")
        )
        return
    attach(study_run_id, IMPORTANCE, found.model_dump_json(indent=2))
