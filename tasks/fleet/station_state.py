"""What became of each station of a fleet the last time: a small file a registered model, written whole."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, ValidationError

from jena_models.frozen import Frozen
from jena_models.whole_files import write_whole
from tasks.workspace import exclusive, home_folder

Work = Literal["gather", "train", "forecast", "monitor"]

WORKS: Final[tuple[Work, ...]] = ("train", "forecast", "monitor")
"""What is kept of; what a station gives to a model for all is no end in itself."""

logger = logging.getLogger("jena")


class Outcome(Frozen):
    """How one piece of work at one station ended."""

    name: str
    """The station's."""
    model: str = ""
    """The registered model's name, by which a station is told from one of that name in another fleet; empty where the
    station cannot be told."""
    work: Work
    done: bool
    sentence: str
    """What came of it, or what went wrong."""
    seconds: float = 0.0
    ended: datetime = Field(default_factory=lambda: datetime.now(UTC))
    figures: dict[str, float | str | None] = Field(default_factory=dict)
    """What the fleet's table shows of it."""


def state_file(name: str) -> Path:
    """Give the file of the state of a registered model, or of a station that cannot be told; written or not."""
    return home_folder() / "fleet" / f"{name}.json"


def last_outcomes(name: str, model: str = "") -> dict[Work, Outcome]:
    """Give how each kind of work at a station ended the last time; what cannot be read counts as not done.

    Args:
        name: the station's, under which is kept what was done while no model of it could be told.
        model: the registered model's name.
    """
    found = _kept(name)
    for work, outcome in (_kept(model) if model else {}).items():
        if work not in found or found[work].ended <= outcome.ended:
            found[work] = outcome
    return found


def _kept(name: str) -> dict[Work, Outcome]:
    try:
        told = json.loads(state_file(name).read_text(encoding="utf-8"))
        return {work: Outcome.model_validate(told[work]) for work in WORKS if work in told}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError, ValidationError):
        logger.warning("The state in %s cannot be read; it is written anew.", state_file(name))
        return {}


def keep_outcome(outcome: Outcome) -> None:
    """Keep how a station's work ended, beside that of other kinds."""
    name = outcome.model or outcome.name
    file = state_file(name)
    with exclusive(file.with_name(f".{name}.lock")):
        kept: Mapping[Work, Outcome] = _kept(name) | {outcome.work: outcome}
        write_whole(file, json.dumps({work: each.model_dump(mode="json") for work, each in kept.items()}, indent=1))


def keep_outcomes_of_others(outcomes: Sequence[Outcome]) -> None:
    """Keep how work ended on other machines, unless they kept it in this same place."""
    for each in outcomes:
        last = last_outcomes(each.name, each.model).get(each.work)
        if last is None or last.ended < each.ended:
            keep_outcome(each)


def begin_work(stations: Mapping[str, str], work: Work) -> None:
    """Keep that work at stations begins: whoever is ended on the way leaves those behind that have no outcome.

    Stations come with the registered model of each; it is empty where it cannot be told.
    """
    file = _begun_file(work)
    with exclusive(file.with_suffix(".lock")):
        now = datetime.now(UTC).isoformat()
        write_whole(file, json.dumps(_begun(work) | {model or name: now for name, model in stations.items()}, indent=1))


def failed_last(stations: Mapping[str, str], work: Work) -> list[str]:
    """Give the stations at which a kind of work failed the last time, or was begun and has no outcome."""
    begun = _begun(work)

    def is_left(name: str, model: str) -> bool:
        last = last_outcomes(name, model).get(work)
        since = [datetime.fromisoformat(begun[each]) for each in (name, model) if each in begun]
        if since and (last is None or last.ended < max(since)):
            return True
        return last is not None and not last.done

    return [name for name, model in stations.items() if is_left(name, model)]


def _begun_file(work: Work) -> Path:
    return home_folder() / "fleet" / "begun" / f"{work}.json"


def _begun(work: Work) -> dict[str, str]:
    try:
        told = json.loads(_begun_file(work).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
