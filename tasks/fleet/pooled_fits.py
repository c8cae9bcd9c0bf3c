"""Trees that several stations share, as a training of one of them would have left them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jena_models.evaluation.intervals import Intervals
from jena_models.models.model_files import LEARNER_FOLDER, save_learner
from jena_models.models.network import PREPARATION_FILE
from jena_models.stations import StationSchema
from jena_models.training.jobs.fit_result import FitResult
from jena_models.training.jobs.job import INTERVALS_FILE, RESULT_FILE
from tasks.fleet.pool_parts import FALLBACK_FOLDER
from tasks.fleet.standing import SHARED
from tasks.workspace import Fit, Prepared, content_key, stage

if TYPE_CHECKING:
    from jena_models.architectures.shared_boosting import SharedBoosting

VERSION: Final = 3


def newcomer_fit(pool: Path, prepared: Prepared, station: StationSchema) -> Fit:
    """Give the trees as a new station has them: it is told nothing of but its place."""
    from jena_models.architectures.shared_boosting import SharedBoosting

    def write(to: Path) -> None:
        _leave(SharedBoosting.for_newcomer(pool, prepared.preparation.columns, station), to, prepared, station)

    return _fit("newcomer-fit", {"pool": pool.name, "prepared": prepared.key, "station": station}, write)


def fallback_fit(champion: Fit, pool: Path, prepared: Prepared, station: StationSchema) -> Fit | None:
    """Give the trees that speak where parts of a history are missing; None where the pool has none.

    How far they are off is that of all stations together, in the scale that they speak in: the station's own, or of one
    with a short record, that of the pool.
    """
    from jena_models.architectures.shared_boosting import SharedBoosting

    if not (pool / FALLBACK_FOLDER).is_dir():
        return None

    def write(to: Path) -> None:
        model = SharedBoosting.load(champion.folder / LEARNER_FOLDER).saying(pool / FALLBACK_FOLDER)
        _leave(model, to, prepared, station)

    return _fit("shared-fallback", {"champion": champion.key, "pool": pool.name, "station": station}, write)


def _fit(kind: str, parts: Mapping[str, Any], write: Callable[[Path], None]) -> Fit:
    folder = stage(kind, VERSION, parts, write)
    result = FitResult.model_validate_json((folder / RESULT_FILE).read_text(encoding="utf-8"))
    return Fit(folder=folder, result=result, key=content_key(**{kind.replace("-", "_"): folder.name}))


def _leave(model: SharedBoosting, to: Path, prepared: Prepared, station: StationSchema) -> None:
    facts, scale = model.facts, model.target_scale
    if model.has_record:
        mae, skill, intervals = facts.mae, facts.skill, facts.intervals or facts.newcomer_intervals
    else:
        mae, skill, intervals = facts.newcomer_mae, facts.newcomer_skill, facts.newcomer_intervals
    save_learner(model, SHARED, to)
    (to / PREPARATION_FILE).write_text(prepared.preparation.model_dump_json(indent=2), encoding="utf-8")
    (to / INTERVALS_FILE).write_text(_in_unit(intervals, scale, station.latitude).model_dump_json(), encoding="utf-8")
    result = FitResult(
        architecture=SHARED,
        parameters=model.parameters,
        epochs=(),
        best_epoch=0,
        val_mae=math.nan if mae is None else scale * mae,
        val_rmse=math.nan,
        val_skill=skill,
        test_mae=math.nan,
        test_rmse=math.nan,
        test_skill=math.nan,
        seconds_per_epoch=0.0,
        windows_per_second=0.0,
        seconds=0.0,
    )
    (to / RESULT_FILE).write_text(result.model_dump_json(indent=2), encoding="utf-8")


def _in_unit(intervals: Intervals, scale: float, latitude: float) -> Intervals:
    """Give intervals of the scaled target in its own unit, for the station's seasons."""

    def scaled(bounds: tuple[tuple[tuple[float, ...], ...], ...]) -> tuple[tuple[tuple[float, ...], ...], ...]:
        return tuple(tuple(tuple(scale * each for each in hours) for hours in seasons) for seasons in bounds)

    changed = {name: scaled(getattr(intervals, name)) for name in ("below", "above", "offsets")}
    return intervals.model_copy(update=changed | {"latitude": latitude})
