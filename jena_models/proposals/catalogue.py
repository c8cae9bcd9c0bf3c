"""What stations measure, as it is proposed for a new one."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from jena_models.stations.formulas import BASES
from jena_models.stations.named_stations import load_station
from jena_models.stations.schema import Column

FILE: Final = Path(__file__).with_name("quantities.yaml")


@cache
def catalogue() -> tuple[Column, ...]:
    """Give the quantities in canonical order, each as an optional column."""
    told: list[dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return tuple(Column.model_validate({"kind": "optional", **each}) for each in told)


def with_derived(columns: list[Column]) -> list[Column]:
    """Give columns and, where pressure, temperature and humidity are among them, what follows by formula."""
    present = {column.quantity for column in columns}
    if not set(BASES) <= present:
        return columns
    derived = [column for column in load_station("jena").columns if column.kind == "derived"]
    lacking = [column for column in derived if column.quantity not in present]
    return columns + [column.model_copy(update={"aliases": ()}) for column in lacking]
