"""The made-up home, once for all tests of a file, and looks that take as long as a busy machine needs."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from page_scenery import Scenery

from tasks.page import newer_readings


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look that takes too long leaves files for the next one, and the next one waits."""
    monkeypatch.setattr(newer_readings, "SECONDS_A_LOOK", math.inf)


@pytest.fixture(scope="module")
def module_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Path]]:
    with pytest.MonkeyPatch.context() as patch:

        def made() -> Path:
            folder = tmp_path_factory.mktemp("home")
            patch.setenv("JENA_HOME", str(folder))
            patch.delenv("MLFLOW_TRACKING_URI", raising=False)
            return folder

        yield made


@pytest.fixture(scope="module")
def scenery(module_home) -> Scenery:
    return Scenery(module_home())
