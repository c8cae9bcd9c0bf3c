"""One model for all stations of a fleet, which each of them may take for its champion."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flows.fleets.at_stations import at_stations
from jena_models.errors import RequestError, TooFewReadingsError
from tasks.fleet import Entry, entries_with_pool, grow_pool, shared_run, trains_nothing_of_its_own, windows_key


@dataclass(frozen=True)
class Sharing:
    """Stations that share a model."""

    entries: tuple[Entry, ...]
    """With the model among their architectures."""
    asked: dict[str, str | bool | None]
    """What a training of them is asked beside the entry: to start new stations, and the run of the model for all."""


def with_shared_model(entries: Sequence[Entry], workers: int, seconds: float | None = None) -> Sharing:
    """Give the entries with the model that all of them share among their architectures.

    Where some of them train nothing of their own, a fallback is grown with it, and it has a run that they point to.
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
        return Sharing(tuple(entries), {"newcomers": True})
    lean = [each.settings for each in whole if each.settings and trains_nothing_of_its_own(each.settings)]
    asked = {"stations": len(whole), "with_fallback": any(settings.tracking.fallback for settings in lean)}
    outcomes = at_stations("gather", whole, asked, workers, seconds)
    folders = [Path(str(outcome.figures["part"])) for outcome in outcomes if outcome.done]
    if not folders and outcomes:
        raise TooFewReadingsError(f"No station gives to a model for all; the first says: {outcomes[0].sentence}")
    pool = grow_pool(folders, whole[0].settings, workers)  # type: ignore[arg-type]
    run_id = shared_run(pool, lean[0]) if lean else None
    return Sharing(entries_with_pool(entries, pool), {"newcomers": True, "shared_run": run_id})
