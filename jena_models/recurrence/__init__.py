"""Recurrent layers and convolutions over time by kernels compiled for this processor, for training on a CPU."""

from jena_models.recurrence.fast_layers import accelerated
