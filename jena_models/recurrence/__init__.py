"""Recurrent layers computed by kernels compiled for this processor, for training on a CPU."""

from .reference import gru_steps, lstm_steps, simple_rnn_steps
from .twin import accelerated, warm_up

__all__ = ["accelerated", "gru_steps", "lstm_steps", "simple_rnn_steps", "warm_up"]
