"""What the stations of a fleet give to the model that they share, and the trees that are grown on all of it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jena_models.errors import TooFewReadingsError
from jena_models.settings import Settings
from jena_models.stations import StationSchema
from tasks.fleet.entries import Entry
from tasks.fleet.standing import SHARED
from tasks.workspace import Prepared, content_key, stage

if TYPE_CHECKING:
    from jena_models.architectures.shared_boosting import SharedBoostingHyperparameters
    from jena_models.training.jobs.job import TrainingJob

PART_VERSION: Final = 5
POOL_VERSION: Final = 6
FALLBACK_FOLDER: Final = "fallback"
"""In the folder of a part, what it gives to the fallback; in that of a pool, the trees that do without any sensor."""
FEWEST: Final = 2
"""Stations that a pool is made of; one alone shares nothing."""

logger = logging.getLogger("jena")


def gather_part(
    prepared: Prepared, station: StationSchema, settings: Settings, stations: int, with_fallback: bool = False
) -> Path:
    """Give the folder with what a station gives to the pool, made once.

    Args:
        prepared: the windows of the station.
        station: the schema of the columns.
        settings: of the station; all stations of a pool have the same windows.
        stations: how many give to the pool.
        with_fallback: whether it gives to the trees too that speak where parts of a history are missing.
    """
    from jena_models.architectures.shared_boosting import parts_of
    from jena_models.training.jobs.lessons import lesson_of

    chosen = hyperparameters(settings)
    most = max(1, chosen.most_windows // stations)
    parts = {
        "prepared": prepared.key,
        "station": station,
        "features": chosen.features,
        "most_windows": most,
        "seed": settings.seed,
        "fallback": [chosen.silent_share, chosen.outage_share] if with_fallback else [],
    }

    def write(folder: Path) -> None:
        job = job_for(prepared, settings)
        valid_times = job.times[job.readings.starts["validation"] + prepared.target_offset_rows]
        lesson = lesson_of(job)
        whole, broken = parts_of(lesson, chosen, stations, valid_times, with_fallback=with_fallback)
        whole.save(folder)
        if broken:
            (folder / FALLBACK_FOLDER).mkdir()
            broken.save(folder / FALLBACK_FOLDER)

    return stage("pool-part", PART_VERSION, parts, write)


def job_for(prepared: Prepared, settings: Settings) -> TrainingJob:
    """Give the windows of a station as a training of the shared model would see them."""
    from jena_models.training.process import job_of
    from tasks.training import training_request

    return job_of(training_request(SHARED, prepared, settings, prepared.folder, threads=1))


def grow_pool(folders: Sequence[Path], settings: Settings, threads: int) -> Path:
    """Give the folder of the trees that are grown on the parts of all stations, made once.

    Where all of them give to a fallback, its trees are grown too.

    Raises:
        TooFewReadingsError: where fewer than two stations have enough readings to give any.
    """
    from jena_models.architectures.shared_boosting import grown_on
    from jena_models.pooling.station_windows import StationWindows

    if len(folders) < FEWEST:
        raise TooFewReadingsError(
            f"A model for all needs readings to train on at two stations at least, and {len(folders)} has enough."
        )
    chosen = hyperparameters(settings)
    parts = {"parts": [folder.name for folder in folders], "hyperparameters": chosen, "seed": settings.seed}

    fallbacks = [folder / FALLBACK_FOLDER for folder in folders]

    def write(to: Path) -> None:
        pool = grown_on([StationWindows.load(folder) for folder in folders], chosen, settings.seed, threads)
        pool.save(to)
        if all(folder.is_dir() for folder in fallbacks):
            (to / FALLBACK_FOLDER).mkdir()
            parts = [StationWindows.load(folder) for folder in fallbacks]
            fallback = grown_on(parts, chosen, settings.seed, threads, parts_missing=True)
            fallback.save(to / FALLBACK_FOLDER)
        logger.info(
            "One model for %d stations: validation skill %+.1f %%, as of a new station %+.1f %%.",
            len(pool.facts.stations),
            100 * pool.facts.skill,
            100 * pool.facts.newcomer_skill,
        )

    return stage("pool", POOL_VERSION, parts, write)


def with_pool(settings: Settings, pool: Path) -> Settings:
    """Give the settings of a station with the shared model among its architectures."""
    table = settings.hyperparameters
    chosen = hyperparameters(settings).model_copy(update={"pool": str(pool)})
    return settings.model_copy(
        update={
            "architectures": tuple(dict.fromkeys([*settings.architectures, SHARED])),
            "hyperparameters": table.model_copy(update={SHARED: chosen}),
        }
    )


def entries_with_pool(entries: Iterable[Entry], pool: Path) -> tuple[Entry, ...]:
    """Give the same of entries; one with a fault stays as it is."""
    return tuple(
        each.model_copy(update={"settings": with_pool(each.settings, pool)}) if each.settings else each
        for each in entries
    )


def pool_of(settings: Settings) -> Path:
    """Give the folder of the shared model that is among a station's architectures."""
    return Path(settings.hyperparameters[SHARED].pool)  # type: ignore[union-attr]


def windows_key(settings: Settings, station: StationSchema) -> str:
    """Give what must be alike of stations that share a model: the target, and what windows are."""
    target = station.column(station.target)
    return content_key(
        target=target.quantity,
        unit=station.target.partition("(")[2],
        history=settings.history_hours,
        sampling=settings.sampling_minutes,
        horizon=settings.horizon_hours,
        features=hyperparameters(settings).features,
    )


def hyperparameters(settings: Settings) -> SharedBoostingHyperparameters:
    """Give those of the shared model."""
    chosen: SharedBoostingHyperparameters = settings.hyperparameters[SHARED]  # type: ignore[assignment]
    return chosen.model_copy(update={"pool": ""})
