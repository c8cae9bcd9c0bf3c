"""What the chapter trains, as the book profile has it."""

from __future__ import annotations

from typing import Final

BOOK_ARCHITECTURES: Final = (
    *("dense", "conv1d", "simple_rnn", "lstm", "reversed_lstm", "bidirectional_lstm"),
    *("lstm_dropout", "stacked_gru_dropout"),
)
OFFICIAL_YEARS: Final = 8.0
"""Of the simulated station, as many as the chapter has of Jena."""
BOOK_BATCHES: Final = 819
"""Of an epoch of the book profile."""
WORKERS: Final = 2
"""Trainings side by side."""
SMALL_BATCHES, SMALL_YEARS = 32, 1.0
"""Of what is timed only to see that it works."""
