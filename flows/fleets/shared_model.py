"""One model for all stations of a fleet, which each of them may take for its champion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from flows.fleets.at_stations import at_stations
from jena_models.errors import RequestError, TooFewReadingsError
from tasks.fleet import Entry, grow_pool, windows_key, with_pool


def with_shared_model(entries: Sequence[Entry], workers: int, seconds: float | None = None) -> tuple[Entry, ...]:
    """Give the entries with the model that all of them share among their architectures.

    Stations that cannot give to it, for want of readings or for a fault, are given it all the same.

    Raises:
        RequestError: where the stations do not forecast the same.
        TooFewReadingsError: where fewer than two have enough readings.
    """
    whole = [each for each in entries if each.settings and each.station]
    alike: dict[str, list[str]] = defaultdict(list)
    for each in whole:
        alike[windows_key(each.settings, each.station)].append(each.name)  # type: ignore[arg-type]
    if len(alike) > 1:
        few = min(alike.values(), key=len)
        raise RequestError(
            f"One model for all needs stations with the same target, unit, history, sampling, horizon and features; "
            f"{', '.join(few[:5])} differs from the others: list it in another fleet, or train without --shared."
        )
    if not whole:
        return tuple(entries)
    outcomes = at_stations("gather", whole, {"stations": len(whole)}, workers, seconds)
    folders = [Path(str(outcome.figures["part"])) for outcome in outcomes if outcome.done]
    if not folders and outcomes:
        raise TooFewReadingsError(f"No station gives to a model for all; the first says: {outcomes[0].sentence}")
    pool = grow_pool(folders, whole[0].settings, workers)  # type: ignore[arg-type]
    return tuple(
        each.model_copy(update={"settings": with_pool(each.settings, pool)}) if each.settings else each
        for each in entries
    )
