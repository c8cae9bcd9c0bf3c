"""The scores of a backtest as metrics of runs in MLflow."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC
from typing import TYPE_CHECKING, Final

from jena_models.backtesting.backtest_result import BacktestResult
from jena_models.backtesting.backtest_scores import Score
from tasks.studies import lead_name

if TYPE_CHECKING:
    from mlflow.entities import Metric

FIGURES: Final = ("mae", "rmse", "bias", "skill")


def metrics_of(result: BacktestResult, architecture: str) -> list[Metric]:
    """Give every score of an architecture.

    Over all windows as `mae_lead_24h`, by season as `mae_lead_24h_winter`, by hour as `hour/mae_lead_24h` with the hour
    as step, by origin as `origin/mae_lead_24h` with the origin's number as step and its date as time.
    """
    own = [score for score in result.scores if score.architecture == architecture]
    return [metric for score in own for metric in _metrics(score, result)]


def best_metrics(score: Score) -> list[Metric]:
    """Give the scores of the best architecture, as `best_mae_lead_24h`."""
    return list(_named(score, "best_{}", 0, _now()))


def _metrics(score: Score, result: BacktestResult) -> Iterator[Metric]:
    if score.by == "origin":
        fold = next(fold for fold in result.folds if f"{fold.origin:%Y-%m-%d}" == score.group)
        then = round(fold.origin.replace(tzinfo=UTC).timestamp() * 1000)
        return _named(score, "origin/{}", fold.number, then)
    if score.by == "hour":
        return _named(score, "hour/{}", int(score.group), _now())
    return _named(score, "{}" if score.by == "all" else f"{{}}_{score.group}", 0, _now())


def _named(score: Score, pattern: str, step: int, milliseconds: int) -> Iterator[Metric]:
    from mlflow.entities import Metric

    lead = lead_name(score.lead_hours)
    for figure in FIGURES:
        yield Metric(pattern.format(f"{figure}_{lead}"), getattr(score, figure), milliseconds, step)


def _now() -> int:
    return round(time.time() * 1000)
