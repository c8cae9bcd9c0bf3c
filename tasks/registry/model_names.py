"""What a registered model is called, and what its name says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from jena_models.settings import Settings
from jena_models.stations.schema import StationSchema
from tasks.workspace import Kind, kind_of

SIMULATED_SUFFIX: Final = "-simulated"


def model_name(station: StationSchema, settings: Settings, kind: Kind) -> str:
    """Give the registered model's name, such as `jena-temperature-24h`; simulated readings have one of their own."""
    suffix = SIMULATED_SUFFIX if kind == "simulated" else ""
    return f"{station.name}-{station.target_name}-{settings.horizon_hours:g}h{suffix}"


def model_meant(station: StationSchema, settings: Settings, last_used: Callable[[str], float]) -> str:
    """Give the registered model that a person means by a station and a source.

    `auto` does not say whether it is the real station's or the simulated one's: then it is the one used last.
    """
    if settings.source != "auto":
        return model_name(station, settings, kind_of(settings.source))
    kinds: tuple[Kind, ...] = ("real", "simulated")
    return max((model_name(station, settings, kind) for kind in kinds), key=last_used)


def kind_of_model(model_name: str) -> Kind:
    """Tell which kind of readings a registered model's name says that it is made from."""
    return "simulated" if model_name.endswith(SIMULATED_SUFFIX) else "real"
