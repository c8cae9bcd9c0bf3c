"""A learning rate that rises at the start of a training and falls to nearly nothing along a cosine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import keras

WARM_UP_SHARE: Final = 0.03
"""Of all steps, those over which it rises."""
LEFT_AT_THE_END: Final = 0.01
"""Of the highest rate."""


def falling_rate(highest: float, steps: int) -> keras.optimizers.schedules.CosineDecay:
    """Give the learning rate of each of so many steps."""
    import keras

    warm_up = max(1, round(WARM_UP_SHARE * steps))
    return keras.optimizers.schedules.CosineDecay(
        0.0, max(1, steps - warm_up), alpha=LEFT_AT_THE_END, warmup_target=highest, warmup_steps=warm_up
    )
