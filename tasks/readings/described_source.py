"""From canonical readings to their description and the chapter's two figures."""

from __future__ import annotations

import logging
import re
import shutil
from pathlib import Path, PurePosixPath
from typing import Final

import pandas as pd

from jena_models.descriptions.description import Description, Figures, describe_readings
from jena_models.descriptions.figures import draw_figures
from jena_models.stations import StationSchema
from jena_models.whole_files import whole_file
from tasks.workspace import Ingested, home_folder, stage, task

VERSION: Final = 18
LONGEST_NAME: Final = 80

logger = logging.getLogger("jena")


@task(name="describe", timeout_seconds=1800)
def description(ingested: Ingested, station: StationSchema) -> Description:
    """Give what the readings hold, with figures under `figures/<source>` at the project's root."""
    source = ingested.source

    def write(folder: Path) -> None:
        readings = pd.read_parquet(ingested.readings)
        described = describe_readings(readings, ingested.report, station, source.origin, source.kind)
        (folder / "description.json").write_text(described.model_dump_json(), encoding="utf-8")
        draw_figures(readings, station, source.kind, folder)

    folder = stage("describe", VERSION, {"ingested": ingested.key, "station": station, "kind": source.kind}, write)
    figures = _publish(folder, home_folder() / "figures" / _name(source.origin))
    logger.info("The figures lie in %s.", figures.whole_series.parent)
    described = Description.model_validate_json((folder / "description.json").read_text(encoding="utf-8"))
    return described.model_copy(update={"source": source.origin, "figures": figures})


def _publish(folder: Path, place: Path) -> Figures:
    for figure in folder.glob("*.png"):
        with whole_file(place / figure.name) as beside:
            shutil.copyfile(figure, beside)
    return Figures(whole_series=place / "whole_series.png", first_ten_days=place / "first_ten_days.png")


def _name(origin: str) -> str:
    """Give a folder's name for a path or an address: its last part, without endings."""
    last = PurePosixPath(origin.partition("?")[0].replace("\\", "/")).name
    return re.sub(r"[^\w-]+", "_", last.partition(".")[0]).strip("_")[:LONGEST_NAME] or "readings"
