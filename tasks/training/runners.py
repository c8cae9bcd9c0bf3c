"""What runs the trainings, and how many at a time: threads that watch a process each, or a Dask cluster."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from functools import wraps
from threading import Semaphore
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from jena_models.architectures import find_architecture
from jena_models.errors import ClusterLostError, JenaError, SettingsError, in_one_line
from jena_models.settings import Settings
from tasks.training.child_process import require_going_on
from tasks.workspace import holding

if TYPE_CHECKING:
    from distributed import Client
    from prefect import Flow
    from prefect.task_runners import TaskRunner

Given = ParamSpec("Given")
Result = TypeVar("Result")

CONNECT_SECONDS: Final = 10
"""For so long a scheduler is waited for."""
LOOK_SECONDS: Final = 30.0
"""So often it is asked whether it has workers."""

logger = logging.getLogger("jena")
_slots: ContextVar[Semaphore | None] = ContextVar("training_slots", default=None)


def longest_first(settings: Settings) -> tuple[list[str], list[str]]:
    """Give the architectures in the order that lets side by side trainings end soonest; after them, their ensembles."""

    def cost(name: str) -> float:
        hyperparameters = settings.hyperparameters[name]
        epochs = settings.training.epochs or hyperparameters.epochs
        return epochs * find_architecture(name).cost(hyperparameters)

    ordered = sorted(settings.architectures, key=cost, reverse=True)
    alone = [name for name in ordered if not find_architecture(name).combines]
    return alone, [name for name in ordered if find_architecture(name).combines]


def task_runner(settings: Settings, in_slots: bool = False) -> TaskRunner[Any]:
    """Give Prefect's runner of as many trainings at a time as the settings say, here or on a Dask cluster.

    Args:
        settings: of which `workers`, `runner` and `dask_address` count.
        in_slots: whether tasks wait for a slot to train in, so that there can be more of them. Where one is trained at
            a time, in the running process, there are not: it has the interpreter to itself.

    Raises:
        SettingsError: where Dask is asked for without an address, or is not installed.
    """
    if settings.runner == "processes":
        from prefect.task_runners import ThreadPoolTaskRunner

        threads_a_training = 2 if in_slots and settings.workers > 1 else 1
        return ThreadPoolTaskRunner(max_workers=settings.workers * threads_a_training)
    if not settings.dask_address:
        raise SettingsError("The runner dask needs the address of a scheduler: --set dask_address=tcp://HOST:PORT.")
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError:
        raise SettingsError("The runner dask needs prefect-dask: pip install 'jena-forecast[dask]'.") from None
    return DaskTaskRunner(address=settings.dask_address)


def with_runner(flow: Flow[Given, Result], settings: Settings, in_slots: bool = False) -> Callable[Given, Result]:
    """Give a flow with the runner of its trainings; see `task_runner`.

    Raises:
        SettingsError: where Dask is asked for without an address, or is not installed.
        ClusterLostError: when the flow is called, where the cluster cannot be reached or is lost.
    """
    ready: Callable[Given, Result] = flow.with_options(task_runner=task_runner(settings, in_slots))
    if settings.runner == "processes":
        return ready

    @wraps(flow.fn)
    def on_cluster(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        with _cluster(settings.dask_address or ""):
            return ready(*args, **kwargs)

    return on_cluster


@contextmanager
def _cluster(address: str) -> Iterator[None]:
    """Tell in a sentence where a cluster cannot be reached or is lost; meanwhile warn where it has no workers."""
    from distributed import Client
    from distributed.client import FutureCancelledError
    from distributed.comm.core import CommClosedError
    from distributed.scheduler import KilledWorker

    if not logger.isEnabledFor(logging.DEBUG):
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # it tells of a loss with a traceback
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
    except ValueError as error:
        raise SettingsError(f"The setting 'dask_address' cannot be '{address}': {error}.") from None
    except OSError:
        raise ClusterLostError(
            f"No Dask scheduler answers at {address}; start it or correct dask_address, and run the same command again."
        ) from None
    ended = threading.Event()
    watching = threading.Thread(target=_watch_workers, args=(client, address, ended), daemon=True)
    watching.start()
    try:
        yield
    except Exception as error:
        lost = isinstance(error, FutureCancelledError | CommClosedError | KilledWorker)
        # Whatever fails first where its scheduler is gone, in Prefect or in Dask, has words of its own.
        if isinstance(error, JenaError) or not (lost or client.status != "running"):
            raise
        reason = getattr(error, "reason", None) or in_one_line(error)
        raise ClusterLostError(
            f"The Dask cluster at {address} was lost ({reason}); see to it that its scheduler and workers run, and run "
            "the same command again: what is trained is kept."
        ) from None
    finally:
        ended.set()
        watching.join()
        client.close()  # type: ignore[no-untyped-call]


def _watch_workers(client: Client, address: str, ended: threading.Event) -> None:
    """Warn when a cluster has no workers: a training waits for one as long as it takes."""
    told = False
    while True:
        none = client.status == "running" and not client.scheduler_info()["workers"]
        if none and not told:
            logger.warning("The Dask cluster at %s has no workers; the trainings wait until it has.", address)
        told = none
        if ended.wait(LOOK_SECONDS):
            return


def trainings_at_a_time(number: int) -> AbstractContextManager[None]:
    """Let as many trainings go on side by side within the block, in the threads that are begun there."""
    return holding(_slots, Semaphore(number))


@contextmanager
def training_slot(architecture: str) -> Iterator[None]:
    """Train in the block, once a slot is free; on a cluster, whose workers train one each, it always is.

    Raises:
        TrainingInterruptedError: where trainings were told to end meanwhile.
    """
    with _slots.get() or nullcontext():
        require_going_on(architecture)
        yield
