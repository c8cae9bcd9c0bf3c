"""A network goes to a GPU where cuDNN computes it, and to the kernels where it would be stepped through."""

import os

import pytest

from jena_models.architectures import build
from jena_models.errors import TrainingError
from jena_models.models.tensorflow_start import share_gpus
from jena_models.settings import Settings
from jena_models.training.networks.devices import CPU, chosen_device, is_faster_on_gpu
from jena_models.training.networks.session import Session, twin_on
from jena_models.windows.preparation import Preparation

GPU = "Some GPU"
STEPS, COLUMNS = 80, 3
PREPARATION = Preparation(
    station="small",
    target="T (degC)",
    columns=("p (mbar)", "T (degC)", "rh (%)"),
    mean=(990.0, 9.0, 70.0),
    standard_deviation=(8.0, 8.0, 15.0),
    steps=STEPS,
    sampling_minutes=60,
    horizon_minutes=1440,
)


def built(architecture, **changed):
    chosen = Settings().hyperparameters[architecture].model_copy(update=changed)
    return lambda: build(architecture, chosen, STEPS, COLUMNS, PREPARATION)


def never():
    raise AssertionError("no network is needed for this choice")


@pytest.mark.parametrize("architecture", ["dense", "conv1d", "lstm", "bidirectional_lstm", "residual_conv"])
def test_what_cudnn_computes_goes_to_a_gpu_and_the_kernels_step_aside(architecture):
    # When
    device = chosen_device("auto", (GPU, "Another"), built(architecture))

    # Then
    assert (device.name, device.place) == (GPU, "/GPU:0")
    model = built(architecture)()
    assert twin_on(device, model) is model


@pytest.mark.parametrize("architecture", ["simple_rnn", "lstm_dropout", "stacked_gru_dropout", "residual_gru"])
def test_what_is_stepped_through_stays_with_the_kernels(architecture):
    # When
    device = chosen_device("auto", (GPU,), built(architecture))

    # Then
    assert (device.name, device.place) == ("CPU", "/CPU:0")
    model = built(architecture)()
    assert twin_on(device, model) is not model


def test_recurrent_dropout_alone_makes_the_difference():
    assert is_faster_on_gpu(built("stacked_gru_dropout", recurrent_dropout=0.0))
    assert not is_faster_on_gpu(built("bidirectional_lstm", recurrent_dropout=0.1))


@pytest.mark.parametrize("wanted", ["auto", "cpu"])
def test_without_a_gpu_there_is_one_place_and_no_choice(wanted):
    assert chosen_device(wanted, (), never) is CPU


def test_a_device_that_is_asked_for_is_taken_whatever_the_layers_are():
    assert chosen_device("gpu", (GPU,), never).is_gpu
    assert not chosen_device("cpu", (GPU,), never).is_gpu


def test_a_gpu_that_is_not_there_is_said():
    with pytest.raises(TrainingError, match="TensorFlow sees no GPU here"):
        chosen_device("gpu", (), never)


def test_training_beside_a_gpu_places_the_kernels_on_the_processor(job, monkeypatch):
    # Given
    monkeypatch.setattr("jena_models.training.networks.session.visible_gpus", lambda: (GPU,))
    asked = job("lstm", device="cpu")

    # When
    session = Session(asked, asked.hyperparameters)

    # Then
    tensors = [session.readings.features, session.readings.target, *(v.value for v in session.model.variables)]
    assert session.device.name == "CPU"
    assert {tensor.device.rpartition("/device:")[2] for tensor in tensors} == {"CPU:0"}


def test_processes_share_a_gpu_unless_somebody_set_otherwise(monkeypatch):
    # Given
    monkeypatch.delenv("TF_FORCE_GPU_ALLOW_GROWTH", raising=False)
    monkeypatch.setenv("NVIDIA_TF32_OVERRIDE", "1")

    # When
    share_gpus()

    # Then
    assert os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
    assert os.environ["NVIDIA_TF32_OVERRIDE"] == "1"
