"""Weather services that have a ready description: an entry of a station file names one, and the rest is filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import yaml
from pydantic import Field

from jena_models.errors import nearest
from jena_models.frozen import Frozen

FOLDER: Final = Path(__file__).with_name("services")
FETCHED: Final = "service"
"""Stands for the source of what a client fetches."""

Client = Literal["open_meteo_runs", "open_meteo_previous", "mosmix"]


class ServiceClient(Frozen):
    """How runs are asked for; what a ready description says, and what an entry says in its place."""

    client: Client
    """Whose answers they are."""
    address: str = Field(pattern=r"^https?://")
    """Where it answers."""
    catalogue: str = ""
    """Where its list of stations is, where it has stations of its own."""
    model: str = ""
    """Which of its models."""
    station_id: str = ""
    """Which of its stations; the nearest where none is given."""
    first: date
    """From when on it keeps runs."""
    every_hours: int = Field(default=12, ge=1, le=24)
    """How far apart the runs are that are asked for; those of midnight, in UTC, are among them."""
    leads_hours: int = Field(default=72, ge=1, le=384)
    """How far ahead runs are kept."""


def ready_services() -> tuple[str, ...]:
    """Give the names of the ready descriptions."""
    return tuple(sorted(each.stem for each in FOLDER.glob("*.yaml")))


def filled_in(entry: Any, columns: Sequence[Any]) -> Any:
    """Give an entry of `forecasts:` with what the ready description that it names says; others as they are.

    Columns that the station measures, by quantity, become forecasts of these.

    Raises:
        ValueError: where no description has that name.
    """
    if not isinstance(entry, Mapping) or not isinstance(entry.get("service"), str):
        return entry
    told, named = _described(entry["service"]), entry["service"]
    names = {
        each["quantity"]: each["name"]
        for each in (column if isinstance(column, Mapping) else vars(column) for column in columns)
        if each.get("quantity") and not each.get("neighbour")
    }
    client = {key: entry.get(key, told[key]) for key in ServiceClient.model_fields if key in entry or key in told}
    own = {key: value for key, value in entry.items() if key not in ServiceClient.model_fields and key != "service"}
    ready: dict[str, Any] = {
        "name": named,
        "source": FETCHED,
        "service": client,
        "issue_time": "issue_time",
        "valid_time": "valid_time",
        "available_after_hours": told["available_after_hours"],
        # Leads of previous runs are whole days apart, between which nothing is known.
        "interpolate_hours": 0 if told["client"] == "open_meteo_previous" else 6,
        "columns": [{"name": name} | _of(name, how, names) for name, how in told["columns"].items()],
        "winds": [{"name": name} | _of(name, how, names) for name, how in told.get("winds", {}).items()],
    }
    return ready | own


def _of(quantity: str, how: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Give a column with what it is a forecast of; its unit is needed for that alone."""
    if quantity in names:
        return {**how, "of": names[quantity]}
    return {key: value for key, value in how.items() if key != "unit"}


def _described(name: str) -> dict[str, Any]:
    if name not in ready_services():
        raise ValueError(
            f"there is no weather service '{name}' with a ready description; {nearest(name, ready_services())}"
        )
    return _read(name)


@cache
def _read(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")))
