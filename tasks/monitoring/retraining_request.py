"""What a retraining is asked to train: the model that was judged, whatever is set where its flow run works."""

from __future__ import annotations

import logging
from collections.abc import Container, Iterator, Mapping
from pathlib import Path
from typing import Any

from jena_models import stations
from jena_models.named_files import named_path
from jena_models.settings import Settings
from tasks.monitoring.judged_days import MonitoredDay
from tasks.readings import WORDS
from tasks.tracking import WHERE_AND_HOW
from tasks.workspace import profiles_folder, resolve

logger = logging.getLogger("jena")


def retraining_parameters(monitored: MonitoredDay, settings: Settings) -> dict[str, Any]:
    """Give the parameters of a study of the monitored model: its profile, source and settings; paths are whole.

    Args:
        monitored: the day; its promise says with which profile the champion was trained.
        settings: by which it was judged; those that are not their profile's are handed on.
    """
    source = settings.monitoring.retrain_source or settings.source
    shipped = _stems(Path(stations.__file__).parent)
    named = {"station": _whole(settings.station, shipped), "horizon_hours": settings.horizon_hours}
    return {
        "profile": _profile(monitored, settings),
        "source": _whole(source, WORDS),
        "settings": _changed(settings) | named,
    }


def _profile(monitored: MonitoredDay, settings: Settings) -> str:
    of_champion, shipped = monitored.promise.profile or settings.profile, _stems(profiles_folder())
    found = _whole(of_champion, shipped)
    if found in shipped or Path(found).is_file():
        return found
    logger.warning(
        "The profile %s that the champion was trained with is not here any more: the retraining starts from %s.",
        of_champion,
        settings.profile,
    )
    return _whole(settings.profile, shipped)


def _changed(settings: Settings) -> dict[str, Any]:
    of_profile = dict(_leaves(resolve(settings.profile, {}, {})))
    return {key: value for key, value in _leaves(settings) if value != of_profile.get(key)}


def _leaves(settings: Settings) -> Iterator[tuple[str, Any]]:
    yield from _inside(settings.model_dump(mode="json", exclude=set(WHERE_AND_HOW)), "")


def _inside(tree: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from _inside(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _whole(named: str, words: Container[str]) -> str:
    """Give a word, an address, or the whole path that a name stands for here."""
    if named in words or "://" in named:
        return named
    return str(named_path(named).absolute())


def _stems(folder: Path) -> frozenset[str]:
    return frozenset(path.stem for path in folder.glob("*.yaml"))
