"""A station that trains nothing of its own takes the model for all, if that passes the station's gates."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from jena_models.architectures import find_architecture
from jena_models.settings import Settings
from jena_models.stations import StationSchema
from tasks.fleet.pooled_fits import fallback_fit
from tasks.fleet.standing import SHARED
from tasks.registry import model_name, promote, register_version
from tasks.training import fit_architecture, fit_curve
from tasks.workspace import Prepared


def trains_nothing_of_its_own(settings: Settings) -> bool:
    """Tell whether a station's settings name no architecture that is trained, beside the one that stations share."""
    return not any(find_architecture(name).is_trained for name in settings.architectures if name != SHARED)


def take_shared(
    prepared: Prepared, station: StationSchema, settings: Settings, run_id: str
) -> tuple[str, dict[str, float | str | None]]:
    """Score the model for all at a station, register it there and let it stand before the gates.

    There is no study: no runs, pictures or pages of the station's own. Its version points to the run of the model for
    all, and holds the shared trees that speak where parts of a history are missing, or the newest readings.

    Args:
        prepared: the windows of the station.
        station: the schema of the columns.
        settings: with the folder of the shared trees.
        run_id: of the model for all.

    Returns:
        A sentence, and what the fleet's table shows.
    """
    fit = fit_architecture(SHARED, prepared, settings)
    pool = Path(settings.hyperparameters[SHARED].pool)  # type: ignore[union-attr]
    name = model_name(station, settings, prepared.divided.checked.ingested.source.kind)
    fallback = fallback_fit(fit, pool, prepared, station) if settings.tracking.fallback else None
    version = register_version(
        fit,
        prepared,
        station,
        run_id=run_id,
        name=name,
        settings=settings,
        partial=fallback,
        curve=fit_curve(prepared, settings),
    )
    promoted = promote(name, [(version, fit)], prepared=prepared, settings=settings, now=datetime.now(UTC))
    result = fit.result
    return promoted.sentence, {
        "study": pool.name,
        "architecture": SHARED,
        "val_mae": result.val_mae,
        "val_skill": result.val_skill,
        "test_skill": result.test_skill,
        "own_val_skill": None,
        "shared_val_skill": result.val_skill,
        "champion": promoted.champion,
        "champion_architecture": SHARED if promoted.champion == version else None,
        "promoted": str(promoted.promoted).lower(),
    }
