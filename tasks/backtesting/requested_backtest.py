"""What a backtest was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jena_models.architectures import find_architecture
from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.settings import Settings
from tasks.workspace import requested


def backtest_request(
    source: str | None = None,
    architectures: Iterable[str] | None = None,
    workers: int | None = None,
    settings: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Give, by key, what a caller names; the architectures are those of a backtest, not those of a study."""
    named = {"backtest.architectures": list(architectures)} if architectures else {}
    return named | requested(source, workers=workers, settings=settings)


def backtested(settings: Settings) -> tuple[str, ...]:
    """Give the architectures of a backtest, persistence first.

    Raises:
        SettingsError: where there is none of a name.
    """
    named = dict.fromkeys(find_architecture(name).name for name in settings.backtest.architectures)
    return (PERSISTENCE, *(name for name in named if name != PERSISTENCE))
