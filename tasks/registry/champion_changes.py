"""Changes of one registered model, one after the other: registering, promoting by the gates or by hand, going back.

A change of the champion is several writes. It is said before the first of them, so that one that was cut short, by a
killed process, a full disk or a server that went away, is completed by whoever changes the model next.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

from tasks.registry.versions import (
    CHAMPION,
    CHANGE_TAG,
    PREVIOUS,
    Change,
    Way,
    aliased,
    change_said,
    find_model,
    history_of,
    is_there,
)
from tasks.tracking import client as open_store
from tasks.tracking import patiently
from tasks.workspace import cache_folder, exclusive

UNDER_WAY_TAG: Final = "change-under-way"
"""Tag of a registered model: the change that was begun last, until it is in the history."""

logger = logging.getLogger("jena")


@contextmanager
def changing(model_name: str) -> Iterator[Change | None]:
    """Be the only one on this machine that changes a registered model; waits while another does.

    What is decided from the registry is to be read again within: another may have changed it meanwhile. Gives the
    change that was cut short earlier and is complete now, if there is one.
    """
    with exclusive(cache_folder() / "locks" / f"{model_name}.lock"):
        yield _completed(model_name)


def make_champion(model_name: str, version: int, now: datetime, way: Way) -> Change:
    """Make a version the champion, and the champion the previous one; to be called within `changing`.

    In the history it stands after all others, whatever the clock says.
    """
    model = find_model(open_store(), model_name)
    before = history_of(model) if model else ()
    time = max(now, before[-1].time + timedelta(microseconds=1)) if before else now
    change = Change(time=time, version=version, replaced=aliased(model, CHAMPION), way=way)
    patiently(open_store().set_registered_model_tag, model_name, UNDER_WAY_TAG, change.model_dump_json())
    patiently(open_store().set_registered_model_alias, model_name, CHAMPION, str(version))
    return _carried_out(model_name, change)


def _completed(model_name: str) -> Change | None:
    """Complete a change that was cut short once its version was the champion; of one that was not, nothing is left."""
    model = find_model(open_store(), model_name)
    change = change_said(model.tags.get(UNDER_WAY_TAG, "")) if model else None
    if change is None:
        return None
    if aliased(model, CHAMPION) == change.version:
        return _carried_out(model_name, change)
    patiently(open_store().delete_registered_model_tag, model_name, UNDER_WAY_TAG)
    return None


def _carried_out(model_name: str, change: Change) -> Change:
    """Do what is to be done of a change once its version is the champion; what was done already stays as it is."""
    client, replaced = open_store(), change.replaced
    if replaced is not None and is_there(client, model_name, replaced):
        patiently(client.set_registered_model_alias, model_name, PREVIOUS, str(replaced))
    stamp = change.time.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
    patiently(client.set_registered_model_tag, model_name, CHANGE_TAG + stamp, change.model_dump_json())
    # Told before the last write: who was not told of a change may ask for it again, and that completes it.
    instead = f" in place of version {replaced}" if replaced is not None else ""
    logger.info("Version %d of %s is the champion now%s (%s).", change.version, model_name, instead, change.way)
    patiently(client.delete_registered_model_tag, model_name, UNDER_WAY_TAG)
    return change
