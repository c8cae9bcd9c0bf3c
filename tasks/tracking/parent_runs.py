"""The run of a piece of work, parent of the runs of its parts: opened, gone on with, and found when it has finished."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Final, Literal

from pydantic import Field

from jena_models.frozen import Frozen
from jena_models.settings import Settings
from tasks.tracking.run_contents import run_parameters, run_tags
from tasks.tracking.runs import experiment_id, marking, open_run, reopen_run
from tasks.tracking.store import client, nothing_kept_yet, patiently
from tasks.workspace import (
    Places,
    Prepared,
    is_of_this_process,
    keep_temporary_files_together,
    may_be_running,
    places,
)

if TYPE_CHECKING:
    from mlflow.entities import Run

logger = logging.getLogger("jena")


class Work(Frozen):
    """A kind of work that has a run, and parts that have runs of their own."""

    name: Literal["study", "backtest", "search"]
    """The tag of its runs that holds what the work is known by."""
    role: str
    """Of its own run."""
    part_role: str
    """Of its parts' runs."""
    grows: bool = False
    """Whether more may be asked of it after it has finished."""


STUDY: Final = Work(name="study", role="study", part_role="architecture")
BACKTEST: Final = Work(name="backtest", role="backtest", part_role="backtested")
SEARCH: Final = Work(name="search", role="tune", part_role="trial", grows=True)


class ParentRun(Frozen):
    """A piece of work and its run."""

    work: Work
    identity: str
    """The 12 hex digits that name all that its results depend on."""
    run_id: str
    experiment_id: str
    places: Places = Field(default_factory=places)
    """Where it keeps what it makes, whichever machine trains."""


def open_parent(
    work: Work, identity: str, prepared: Prepared, settings: Settings, architecture: str | None = None
) -> ParentRun:
    """Open the run of a piece of work; one that was interrupted is gone on with, unless its process may still be at it.

    Raises:
        StoreUnreachableError: where the store cannot be used.
    """
    keep_temporary_files_together()
    experiment = experiment_id(settings.tracking.experiment)
    about = {"architecture": architecture} if architecture else {}
    tags = {**run_tags(prepared, identity, work.name), **about, "profile": settings.profile, "role": work.role}
    parameters = run_parameters(settings, architecture)
    left = next((run for run in _runs_of(work, identity, experiment) if _can_be_gone_on_with(run, work)), None)
    if left is not None:
        if left.info.status != "FINISHED":
            logger.info("Going on with %s %s, which was interrupted.", work.name, identity)
        run_id = reopen_run(left, tags, parameters, prepared)
    else:
        title = " ".join([work.role, *about.values(), identity])
        run_id = open_run(experiment, title, tags, parameters, prepared)
        patiently(client().log_dict, run_id, settings.model_dump(mode="json"), "settings.yaml")
    return ParentRun(work=work, identity=identity, run_id=run_id, experiment_id=experiment)


def tracked_whole(work: Work, identity: str, experiment: str) -> AbstractContextManager[None]:
    """Mark what this process leaves RUNNING of a piece of work, as failed or killed, where the block raises.

    Its runs are opened within: told to end, the block may be left when one is there and nobody knows its id yet.
    """

    def left() -> list[str]:
        if nothing_kept_yet():
            return []
        wanted = f"tags.{work.name} = '{identity}' and attributes.status = 'RUNNING'"
        running = patiently(client().search_runs, [experiment_id(experiment)], wanted)
        return [str(run.info.run_id) for run in running if is_of_this_process(run.data.tags)]

    return marking(left)


def finished_parent(work: Work, identity: str, experiment: str) -> Run | None:
    """Give the latest finished run of a piece of work in an experiment; None where there is none."""
    runs = _runs_of(work, identity, experiment_id(experiment))
    return next((run for run in runs if run.info.status == "FINISHED"), None)


def open_part(
    parent: ParentRun, named: Mapping[str, str], title: str, prepared: Prepared, settings: Settings
) -> tuple[str, bool]:
    """Give the id of the run of a part, and whether it has finished; one that was interrupted is gone on with.

    Args:
        parent: what it is a part of.
        named: the tags that tell it from other parts, its architecture among them.
        title: what people call it.
        prepared: the windows that it is shown.
        settings: with the hyper-parameters of its architecture.
    """
    tags = {
        **run_tags(prepared, parent.identity, parent.work.name),
        **named,
        "profile": settings.profile,
        "role": parent.work.part_role,
        "mlflow.parentRunId": parent.run_id,
    }
    parameters = run_parameters(settings, named["architecture"])
    sought = {"mlflow.parentRunId": parent.run_id, **named}
    wanted = " and ".join(f"tags.`{key}` = '{value}'" for key, value in sought.items())
    found = patiently(client().search_runs, [parent.experiment_id], wanted, max_results=1)
    if not found:
        return open_run(parent.experiment_id, title, tags, parameters, prepared), False
    if found[0].info.status == "FINISHED" and not parent.work.grows:
        return str(found[0].info.run_id), True
    return reopen_run(found[0], tags, parameters, prepared), False


def _runs_of(work: Work, identity: str, experiment: str) -> list[Run]:
    wanted = f"tags.{work.name} = '{identity}' and tags.role = '{work.role}'"
    return list(patiently(client().search_runs, [experiment], wanted, order_by=["attributes.start_time DESC"]))


def _can_be_gone_on_with(run: Run, work: Work) -> bool:
    if work.grows:
        # Whoever opens it holds its lock: no other process is at it.
        return True
    return run.info.status != "FINISHED" and (run.info.status != "RUNNING" or not may_be_running(run.data.tags))
