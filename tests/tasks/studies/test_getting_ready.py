"""What a study imports while its trainings go on."""

import signal
import threading

import pytest

from jena_models.settings import Settings
from tasks.studies import get_ready_to_conclude, study
from tasks.training import child_process


@pytest.mark.parametrize(
    ("architectures", "imported"),
    [(("persistence", "ridge"), ["resampling"]), (("ridge", "dense"), ["resampling", "tensorflow"])],
)
def test_tensorflow_is_imported_where_a_network_may_be_the_best(architectures, imported, monkeypatch):
    done = []
    monkeypatch.setattr(study, "import_resampling", lambda: done.append("resampling"))
    monkeypatch.setattr(study, "start_tensorflow", lambda: done.append("tensorflow"))

    get_ready_to_conclude(Settings(architectures=architectures))

    assert done == imported


class ToldToEnd(BaseException):
    """What a handler raises, as Prefect's does."""


def end(*_):
    raise ToldToEnd


@pytest.fixture
def heard():
    """How this process hears that it is to end."""
    before = signal.signal(signal.SIGTERM, end)
    yield end
    signal.signal(signal.SIGTERM, before)


def test_a_study_that_is_told_to_end_meanwhile_ends_though_native_modules_make_an_import_error_of_it(
    heard, monkeypatch
):
    """Such a study went on training, and was killed a minute later with its run still running."""
    done, ended = [], threading.Event()

    def tensorflow():
        try:
            signal.raise_signal(signal.SIGTERM)
            done.append((ended.is_set(), "tensorflow"))
        except BaseException as error:
            raise ImportError("initialization failed") from error

    monkeypatch.setattr(child_process, "_ended", ended)
    monkeypatch.setattr(study, "import_resampling", lambda: None)
    monkeypatch.setattr(study, "start_tensorflow", tensorflow)

    with pytest.raises(ToldToEnd):
        get_ready_to_conclude(Settings(architectures=("dense",)))

    assert done == [(True, "tensorflow")]
    assert signal.getsignal(signal.SIGTERM) is heard
