"""Recurrent layers and convolutions over time by kernels compiled for this processor, for training on a CPU."""

from jena_models.recurrence.fast_layers import accelerated
from jena_models.recurrence.reference import gru_steps, lstm_steps, simple_rnn_steps
