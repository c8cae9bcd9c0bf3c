"""Fits: trained once, side by side, resumed after a kill, and never left running."""

import os
import pickle
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import psutil
import pytest
from small_study import SETTINGS, small_prepared

from jena_models.errors import SettingsError, TrainingError, TrainingInterruptedError
from jena_models.settings import HyperparameterTable
from jena_models.training.process import PROCESS_NAME
from tasks.training import child_process as fit_child
from tasks.training import fit, forked_process
from tasks.training.fit import fit_architecture
from tasks.training.progress import listen

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def prepared(home):
    return small_prepared(home / "prepared")


def settings(workers=1, hyperparameters=None, **training):
    chosen = SETTINGS.training.model_copy(update={"epochs": 2, "batches_per_epoch": 8, "batch_size": 16, **training})
    table: HyperparameterTable = SETTINGS.hyperparameters.model_copy(update=hyperparameters or {})
    return SETTINGS.model_copy(update={"workers": workers, "training": chosen, "hyperparameters": table})


def figures(result):
    epochs = [record.model_dump(exclude={"seconds"}) for record in result.epochs]
    return epochs, result.model_dump(exclude={"epochs", "seconds", "seconds_per_epoch", "windows_per_second"})


def leftovers(home):
    return [path.name for path in (home / ".cache" / "fit").iterdir() if path.name.startswith(".")]


def test_a_fit_leaves_what_its_handover_says_and_nothing_else(prepared, home):
    done = fit_architecture("dense", prepared, settings())

    assert {path.name for path in done.folder.iterdir()} == {
        "model.keras",
        "preparation.json",
        "predictions.npz",
        "intervals.json",
        "result.json",
    }
    with np.load(done.folder / "predictions.npz") as predictions:
        assert predictions["test"].shape == (prepared.windows["test"],)
    assert leftovers(home) == []


def test_what_was_trained_is_reused_and_its_epochs_are_told_again(prepared, monkeypatch):
    # Given
    first, again = [], []
    before = fit_architecture("dense", prepared, settings(), first.append)
    monkeypatch.setattr(fit, "fulfil", lambda *_: pytest.fail("trained twice"))

    # When
    after = fit_architecture("dense", prepared, settings(), again.append)

    # Then
    assert after == before
    assert again == first == list(before.result.epochs)


def test_only_what_matters_for_the_result_means_another_fit(prepared):
    key = fit_architecture("persistence", prepared, settings()).key

    def key_of(changed, of=prepared):
        return fit_architecture("persistence", of, changed).key

    same = settings(hyperparameters={"lstm": SETTINGS.hyperparameters["lstm"].model_copy(update={"units": 99})})
    assert key_of(same.model_copy(update={"profile": "other", "architectures": ("persistence",)})) == key
    assert key_of(settings().model_copy(update={"seed": 7})) != key
    assert key_of(settings(epochs=3)) != key
    assert key_of(settings(device="cpu")) != key
    assert key_of(settings(), prepared.model_copy(update={"key": "other"})) != key


def test_a_station_file_that_changes_while_a_study_runs_changes_nothing_of_it(prepared, tmp_path):
    """A training was kept as one of the readings of before, and was of the clock and the holidays of after."""
    key = fit_architecture("ridge", prepared, settings()).key

    gone = settings().model_copy(update={"station": str(tmp_path / "changed-or-gone.yaml")})
    moved = prepared.model_copy(update={"station": prepared.station.model_copy(update={"latitude": -33.0})})

    assert fit_architecture("ridge", prepared, gone).key == key
    assert fit_architecture("ridge", moved, gone).key != key


def test_a_learner_is_told_nothing_by_what_networks_share(prepared):
    key = fit_architecture("ridge", prepared, settings()).key

    assert fit_architecture("ridge", prepared, settings(epochs=7, loss="mae")).key == key
    assert fit_architecture("ridge", prepared, settings().model_copy(update={"seed": 7})).key != key


def test_an_ensemble_trains_its_members_first_and_only_once(prepared, monkeypatch, caplog):
    # Given
    members = SETTINGS.hyperparameters["ensemble"].model_copy(update={"members": ("ridge", "climatology")})
    chosen = settings(hyperparameters={"ensemble": members})
    trained, plain = [], fit.fulfil_in_child

    def counted(request, tell, lock):
        trained.append(request.architecture)
        plain(request, tell, lock)

    monkeypatch.setattr(fit, "fulfil_in_child", counted)
    fit_architecture("ridge", prepared, chosen)
    caplog.clear()

    # When
    with caplog.at_level("INFO", logger="jena"):
        done = fit_architecture("ensemble", prepared, chosen)

    # Then
    assert trained == ["ridge", "climatology", "ensemble"]
    assert [line.split()[0] for line in caplog.messages] == ["climatology", "ensemble"], "a member's reuse is no news"
    left = {path.name for path in (done.folder / "learner").iterdir()}
    assert left == {"architecture.txt", "members", "weights.json"}
    # And other members are another ensemble
    other = SETTINGS.hyperparameters["ridge"].model_copy(update={"penalty": 2.0})
    changed = settings(hyperparameters={"ensemble": members, "ridge": other})
    assert fit_architecture("ensemble", prepared, changed).key != done.key


@pytest.mark.parametrize("member", ["persistence", "ensemble"])
def test_what_cannot_be_a_member_is_refused(prepared, member):
    members = SETTINGS.hyperparameters["ensemble"].model_copy(update={"members": ("ridge", member)})

    with pytest.raises(SettingsError, match=f"'{member}' cannot be a member of ensemble"):
        fit_architecture("ensemble", prepared, settings(hyperparameters={"ensemble": members}))


@pytest.mark.parametrize("architecture", ["gradient_boosting", "dense"])
def test_how_many_are_trained_at_a_time_makes_no_difference_in_any_digit(prepared, home, monkeypatch, architecture):
    boosting = SETTINGS.hyperparameters["gradient_boosting"].model_copy(update={"boosters": 1, "rounds": 20})
    table = {"gradient_boosting": boosting}
    apart = fit_architecture(architecture, prepared, settings(workers=2, hyperparameters=table))
    monkeypatch.setenv("JENA_CACHE", str(home / "here"))

    # In a process where TensorFlow is not at work yet: it keeps the threads that it began with
    chosen, asked = settings(workers=1, hyperparameters=table), home / "asked.pickle"
    asked.write_bytes(pickle.dumps((architecture, prepared, chosen)))
    code = (
        "import pathlib, pickle, sys; from tasks.training.fit import fit_architecture;"
        "fit_architecture(*pickle.loads(pathlib.Path(sys.argv[1]).read_bytes()))"
    )
    subprocess.run([sys.executable, "-c", code, str(asked)], cwd=ROOT, check=True)
    alone = fit_architecture(architecture, prepared, chosen)

    assert figures(alone.result) == figures(apart.result)
    with np.load(alone.folder / "predictions.npz") as one, np.load(apart.folder / "predictions.npz") as other:
        assert all(np.array_equal(one[split], other[split]) for split in one)
    assert leftovers(home) == []


def test_an_unknown_architecture_is_refused(prepared, home):
    with pytest.raises(SettingsError, match="did you mean 'dense'"):
        fit_architecture("densee", prepared, settings())

    assert not (home / ".cache").exists()


def test_asked_for_twice_at_once_it_is_trained_once(prepared, monkeypatch):
    # Given two that ask, where the first does not get on before the second has asked
    trained, fits, asked = [], [], threading.Barrier(2)
    plain = fit.fulfil

    def slow(request, on_event):
        trained.append(request.architecture)
        asked.wait(30)
        return plain(request, on_event)

    monkeypatch.setattr(fit, "fulfil", slow)

    def ask():
        fits.append(fit_architecture("persistence", prepared, settings()))

    threads = [threading.Thread(target=ask) for _ in range(2)]

    # When
    threads[0].start()
    threads[1].start()
    asked.wait(30)
    for thread in threads:
        thread.join(60)

    # Then
    assert trained == ["persistence"]
    assert fits[0] == fits[1]


def test_persistence_needs_no_tensorflow(prepared, home):
    code = (
        "import sys, pathlib; sys.path.insert(0, 'tests/given');"
        "from small_study import SETTINGS, small_prepared; from tasks.training.fit import fit_architecture;"
        "settings = SETTINGS.model_copy(update={'workers': 1});"
        f"fit_architecture('persistence', small_prepared(pathlib.Path({str(home / 'other')!r})), settings);"
        "print([m for m in ('tensorflow', 'keras', 'prefect', 'mlflow') if m in sys.modules])"
    )

    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"


def test_killed_at_two_moments_it_ends_with_the_figures_of_an_undisturbed_training(prepared, home, monkeypatch):
    # Given an undisturbed training in a process of its own
    monkeypatch.setenv("JENA_CACHE", str(home / "undisturbed"))
    chosen = settings(workers=2, epochs=3, batches_per_epoch=32)
    undisturbed = fit_architecture("lstm_dropout", prepared, chosen)
    monkeypatch.setenv("JENA_CACHE", str(home / "disturbed"))

    # When it is killed within an epoch, and right after another
    for epoch, finished in ((1, False), (2, True)):

        def kill(event, moment=(epoch, finished)):
            if (event.epoch, event.finished is not None) >= moment:
                for child in psutil.Process().children(recursive=True):
                    if child.name() == PROCESS_NAME:
                        child.send_signal(signal.SIGKILL)

        with listen(kill), pytest.raises(TrainingError, match="training of lstm_dropout was ended by SIGKILL"):
            fit_architecture("lstm_dropout", prepared, chosen)

    # Then it goes on from its last whole epoch, to the same end
    events = []
    with listen(events.append):
        resumed = fit_architecture("lstm_dropout", prepared, chosen)
    assert {event.epoch for event in events if event.finished is None} <= {3}  # a fast epoch tells of its end alone
    assert figures(resumed.result) == figures(undisturbed.result)
    for split in ("validation", "test"):
        np.testing.assert_array_equal(
            np.load(resumed.folder / "predictions.npz")[split], np.load(undisturbed.folder / "predictions.npz")[split]
        )


def test_a_child_dies_with_its_parent(prepared, home, tmp_path):
    # Given a parent in the middle of a long training
    code = f"""
import pathlib, sys
sys.path.insert(0, "tests/given")
from small_study import SETTINGS, small_prepared
from tasks.training.fit import fit_architecture
from tasks.training.progress import listen
training = SETTINGS.training.model_copy(update={{"epochs": 9999}})
settings = SETTINGS.model_copy(update={{"workers": 2, "training": training}})
with listen(lambda event: print(event.epoch, flush=True)):
    fit_architecture("dense", small_prepared(pathlib.Path({str(tmp_path / "p")!r})), settings)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    parent.stdout.readline()
    children = psutil.Process(parent.pid).children(recursive=True)
    assert PROCESS_NAME in [child.name() for child in children]

    # When the parent is killed
    os.kill(parent.pid, signal.SIGKILL)
    parent.wait(10)

    # Then
    psutil.wait_procs(children, timeout=10)
    assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize("workers", [1, 2])
def test_trainings_end_with_the_block_that_is_interrupted(prepared, workers):
    # Given a training in another thread
    begun, ended = threading.Event(), []

    def train():
        try:
            fit_architecture("dense", prepared, settings(workers=workers, epochs=99999))
        except TrainingError as error:
            ended.append(error)

    training = threading.Thread(target=train, daemon=True)

    def wait_until_interrupted():
        with fit_child.ending_trainings():
            training.start()
            begun.wait(300)
            raise KeyboardInterrupt

    # When the block that waits for it is interrupted
    with listen(lambda _: begun.set()), pytest.raises(KeyboardInterrupt):
        wait_until_interrupted()
    training.join(120)

    # Then
    [error] = ended
    assert isinstance(error, TrainingInterruptedError)
    assert "was interrupted; run again to go on" in str(error)

    # And another block trains again
    with fit_child.ending_trainings():
        fit_architecture("dense", prepared, settings(workers=workers, epochs=1))


def test_a_child_that_dies_says_why_in_a_sentence(prepared, tmp_path, monkeypatch):
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'no such library' >&2\nexit 3\n")
    broken.chmod(0o755)
    monkeypatch.setattr(forked_process, "_servers", {})
    monkeypatch.setattr(fit_child.sys, "executable", str(broken))

    with pytest.raises(TrainingError, match="of dense ended with exit code 3: no such library; run again"):
        fit_architecture("dense", prepared, settings(workers=2))


def test_the_childs_own_sentence_reaches_the_user(prepared, home):
    chosen = SETTINGS.hyperparameters["dense"].model_copy(update={"optimizer": "sgd", "learning_rate": 1.0})

    with pytest.raises(TrainingError, match="The loss of dense is no longer a number in epoch 1; lower"):
        fit_architecture("dense", prepared, settings(workers=2, hyperparameters={"dense": chosen}))
