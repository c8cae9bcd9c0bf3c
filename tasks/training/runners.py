"""What runs the trainings: threads that watch a process each, or an existing Dask cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jena_models.architectures import find_architecture
from jena_models.errors import SettingsError
from jena_models.settings import Settings

if TYPE_CHECKING:
    from prefect.task_runners import TaskRunner


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
