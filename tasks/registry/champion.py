"""The champion of a registered model, ready to forecast."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from jena_models.errors import ArtifactsUnreachableError, RescoringError, StoreUnreachableError
from jena_models.weather_service.service import Service
from tasks.registry.registry_file import filed_alias, filed_forecaster, filed_version
from tasks.registry.rescoring import fed_forecaster, reload
from tasks.registry.version_files import REMEDY, VersionLostError
from tasks.registry.versions import CHAMPION, FALLBACK, aliased, find_model, is_there
from tasks.tracking import client as open_store
from tasks.tracking import impatient, nothing_kept_yet, patiently
from tasks.workspace import BACK_OFF_SECONDS, only_after, task, tracking_uri

if TYPE_CHECKING:
    from jena_models.forecaster import Forecaster

LOADING_SECONDS: Final = 600
"""The longest that a version may take to be fetched and loaded."""

AWAY_SECONDS: Final = 60.0
"""How long a store that is away is waited for: somebody else can speak, and an hour is soon over."""

KEPT: Final = 3
"""Versions held in memory: the champion, the one before it while they change places, and the fallback."""

NONE_YET: Final = "run `jena train` until a version passes every gate, or choose one with `jena registry promote`"
"""What to do, also where versions have stood before the gates and none passed them."""

logger = logging.getLogger("jena")


@dataclass(frozen=True)
class Champion:
    """A version that forecasts."""

    model: str
    """The registered model's name."""
    version: int
    architecture: str
    forecaster: Forecaster
    """One of another time may lack some of its methods."""

    def fed(self, service: Service | None) -> Champion:
        """Give the same with what weather services forecast, where it takes that."""
        return replace(self, forecaster=fed_forecaster(self.forecaster, service))


@dataclass(frozen=True)
class NoChampion:
    """There is none that can be asked."""

    why: str
    """A clause that follows "since"."""
    model: str
    has_one: bool
    """Whether the registry has one, which cannot be had."""


@task(
    name="load the champion",
    retry_delay_seconds=BACK_OFF_SECONDS,
    retry_condition_fn=only_after(StoreUnreachableError),
    timeout_seconds=LOADING_SECONDS,
)
def load_champion(model_name: str) -> Champion | None:
    """Give the champion of a registered model; None where it has none.

    The registry is asked each time; a version is loaded once a process.

    Raises:
        StoreUnreachableError: where the store cannot be used.
        RescoringError: where the version cannot be loaded.
    """
    champion = _aliased(model_name, CHAMPION)
    if champion is None:
        logger.warning("%s has no champion yet: %s.", model_name, NONE_YET)
    return champion


def champion_or_why_not(load: Callable[[str], Champion | None], model_name: str) -> Champion | NoChampion:
    """Give the champion; where it cannot be had, why that is."""
    try:
        champion = load(model_name)
    except (RescoringError, StoreUnreachableError) as error:
        logger.warning("The champion cannot be asked: %s", error)
        has_one = isinstance(error, RescoringError | ArtifactsUnreachableError)
        return NoChampion(str(error).rstrip("."), model_name, has_one)
    return champion or NoChampion("there is no champion yet", model_name, has_one=False)


def champion_or_lost(load: Callable[[str], Champion | None], model_name: str) -> Champion | NoChampion | None:
    """Give the champion, None where there is none yet, or why the one that there is cannot be loaded.

    Raises:
        StoreUnreachableError: where the store cannot be used.
    """
    try:
        return load(model_name)
    except RescoringError as error:
        logger.warning("The champion cannot be asked: %s", error)
        return NoChampion(str(error).rstrip("."), model_name, has_one=True)


def load_fallback(model_name: str) -> Champion | None:
    """Give the version that needs less than the champion does; None where none is registered.

    Raises:
        StoreUnreachableError: where the store cannot be used.
        RescoringError: where the version cannot be loaded.
    """
    return _aliased(model_name, FALLBACK)


def _aliased(model_name: str, alias: str) -> Champion | None:
    if nothing_kept_yet():
        return None
    store = tracking_uri()
    with impatient(AWAY_SECONDS):
        version = filed_alias(store, model_name, alias) or aliased(find_model(open_store(), model_name), alias)
        return None if version is None else _loaded(store, model_name, version)


@lru_cache(maxsize=KEPT)
def _loaded(store: str, model_name: str, version: int) -> Champion:
    filed = filed_version(store, model_name, version)
    if filed is None and not is_there(open_store(), model_name, version):
        raise VersionLostError(f"There is no version {version} of {model_name} any more; {REMEDY}")
    forecaster: Any = filed_forecaster(filed) if filed else None
    if filed and forecaster is not None:
        tags = filed.tags
    else:
        forecaster = reload(open_store(), model_name, version).forecaster
        tags = patiently(open_store().get_model_version, model_name, str(version)).tags
    logger.info("Loaded version %d of %s (%s).", version, model_name, tags.get("architecture", "unknown"))
    return Champion(model_name, version, tags.get("architecture", ""), forecaster)
