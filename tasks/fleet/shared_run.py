"""The run of a model for all: what it was grown on, how good it is, and one table of the stations that took it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pandas as pd

from jena_models.pooling.pool import POOL_FILE, PoolFacts
from jena_models.settings import Settings
from tasks.fleet.pool_parts import hyperparameters
from tasks.fleet.standing import SHARED
from tasks.fleet.station_state import Outcome
from tasks.tracking import attach, client, experiment_id, patiently
from tasks.workspace import process_tags

TABLE: Final = "stations.csv"
ROLE: Final = "model for all"


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
