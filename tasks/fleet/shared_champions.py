"""The model for all: its run, and a station that trains nothing of its own and takes it, if it passes the gates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pandas as pd

from jena_models.architectures import find_architecture
from jena_models.pooling.pool import POOL_FILE, PoolFacts
from jena_models.settings import Settings
from jena_models.stations import StationSchema
from tasks.fleet.pool_parts import hyperparameters, pool_of
from tasks.fleet.pooled_fits import fallback_fit
from tasks.fleet.standing import SHARED
from tasks.fleet.station_state import Outcome
from tasks.registry import model_name, promote, register_version
from tasks.tracking import attach, client, experiment_id, patiently
from tasks.training import fit_architecture, fit_curve
from tasks.workspace import Prepared, process_tags

TABLE: Final = "stations.csv"
ROLE: Final = "model for all"


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
    pool = pool_of(settings)
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


def shared_run(pool: Path, settings: Settings) -> str:
    """Give the id of the run of a model for all, made once: stations that train nothing of their own point to it.

    Args:
        pool: the folder of its trees.
        settings: of any of its stations.

    Raises:
        StoreUnreachableError: where the store cannot be used.
    """
    from mlflow.entities import Metric, Param

    store, experiment = client(), experiment_id(settings.tracking.experiment)
    found = patiently(store.search_runs, [experiment], f"tags.pool = '{pool.name}'", max_results=1)
    if found:
        return str(found[0].info.run_id)
    facts = PoolFacts.model_validate_json((pool / POOL_FILE).read_text(encoding="utf-8"))
    tags = {"role": ROLE, "architecture": SHARED, "pool": pool.name, "mlflow.source.name": "jena fleet train"}
    name = f"one model for {len(facts.stations)} stations"
    run = patiently(store.create_run, experiment, tags=tags | process_tags(), run_name=name)
    run_id = str(run.info.run_id)
    chosen = hyperparameters(settings).model_dump(mode="json", exclude={"pool", "features"})
    figures = {"skill": facts.skill, "newcomer_skill": facts.newcomer_skill, "stations": float(len(facts.stations))}
    patiently(
        store.log_batch,
        run_id,
        metrics=[Metric(key, value, 0, 0) for key, value in figures.items()],
        params=[Param(key, str(value)) for key, value in chosen.items()],
    )
    patiently(store.log_artifact, run_id, str(pool / POOL_FILE))
    patiently(store.set_terminated, run_id, "FINISHED")
    return run_id


def attach_stations(run_id: str, outcomes: Sequence[Outcome]) -> None:
    """Keep with the run of a model for all what came of each of its stations, as one table."""
    rows = [
        {"station": each.name, "done": each.done, **each.figures, "seconds": each.seconds, "sentence": each.sentence}
        for each in outcomes
    ]
    attach(run_id, TABLE, pd.DataFrame(rows).to_csv(index=False))
