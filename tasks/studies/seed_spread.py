"""How much the same architecture differs from seed to seed, from all finished runs on the same windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tasks.tracking import client, patiently

if TYPE_CHECKING:
    from mlflow.entities import Run


@dataclass(frozen=True)
class Spread:
    """Over the seeds of one architecture."""

    seeds: int
    val_mae: float
    """Standard deviation, in the target's unit."""
    test_mae: float


def spreads(experiments: list[str], runs: Sequence[Run]) -> dict[str, Spread]:
    """Give the spread of each run's architecture where two seeds or more were trained, by run id.

    Seeds count together where the windows, the training's settings and the architecture's own are the same; of runs of
    one seed the newest counts.
    """
    prepared = {run.data.tags["prepared_hash"] for run in runs if "prepared_hash" in run.data.tags}
    known = [run for hashed in sorted(prepared) for run in _finished(experiments, hashed)]
    found = {}
    for run in runs:
        if not run.data.metrics.get("parameters"):
            continue  # nothing in it is drawn at random
        of_recipe = [*(other for other in known if _recipe(other) == _recipe(run)), run]
        alike = {each.data.params["seed"]: each for each in of_recipe if "seed" in each.data.params}
        if len(alike) > 1:
            val_mae, test_mae = (
                float(np.std([each.data.metrics[name] for each in alike.values()], ddof=1))
                for name in ("val_mae", "test_mae")
            )
            found[run.info.run_id] = Spread(len(alike), val_mae, test_mae)
    return found


def _finished(experiments: list[str], prepared_hash: str) -> list[Run]:
    wanted = f"tags.role = 'architecture' and tags.prepared_hash = '{prepared_hash}' and attributes.status = 'FINISHED'"
    runs = patiently(
        client().search_runs, experiments, wanted, order_by=["attributes.end_time ASC"], max_results=10_000
    )
    return [run for run in runs if {"val_mae", "test_mae"} <= run.data.metrics.keys()]


def _recipe(run: Run) -> tuple[object, ...]:
    """Give all that a training depends on but its seed."""
    tags, params = run.data.tags, run.data.params
    architecture = tags.get("architecture", "")
    own = ("training.", f"hyperparameters.{architecture}.")
    chosen = tuple(sorted((name, value) for name, value in params.items() if name.startswith(own)))
    return tags.get("prepared_hash", ""), architecture, chosen
