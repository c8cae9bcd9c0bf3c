"""Where readings come from, what they must keep to, and how they are divided."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from jena_models.frozen import Branch
from jena_models.options.quantities import Fraction, Positive, Seed, Share


class Ingestion(Branch):
    """Where readings come from and how they are read."""

    download_timeout_seconds: Positive = 15.0
    """How long to wait for an address to answer, in seconds."""
    simulated_years: Annotated[float, Field(gt=0, le=100)] = 8.0
    """How many years of readings the simulated station gives; eight make a file of the official size."""
    simulated_seed: Seed = 2009
    """The seed of the simulated station's weather."""
    simulated_service: bool = False
    """Whether a station that names no forecasts has a simulated weather service: late, partial and lost runs too."""


class Validation(Branch):
    """What the readings must keep to; see `tasks.validation.expectations` for each expectation."""

    least_days: Positive = 7.0
    """The fewest days that readings at the cadence must fill."""
    completeness: Share = 0.99
    """The least share of values that a required column must have."""
    optional_completeness: Share = 0.90
    """The least share of values that another column should have, else a warning is given."""
    regularity: Share = 0.99
    """The least share of steps between readings that must equal the cadence."""
    within_limits: Share = 0.999
    """The least share of a column's readings that must be physically possible; the other values are set aside."""
    formula_tolerance: Positive = 0.1
    """How far vapour pressures may lie from their formula, in mbar, and the dew point above the temperature, in K."""
    resting_hours: Positive = 168.0
    """How long a column may rest on one of its `flat_values`, such as a calm, before its sensor counts as stuck."""
    flat_share: Share = 0.02
    """The largest share of a column's readings that a stuck sensor may have left; fewer give a warning."""
    stuck_values: Literal["keep", "set aside"] = "keep"
    """What becomes of the values of a sensor that seems stuck; a forecast always sets them aside."""


class History(Branch):
    """What a history must have, of a window to train on as of a forecast; see docs/windows.md."""

    newest_hours: Positive = 3.0
    """How old the target's newest value may be at the last step of a history."""
    fallback_hours: Positive = 24.0
    """How old it may be where nothing but the fallback is left to forecast: as old as the horizon is long."""
    carried_hours: Positive = 6.0
    """How long a value stands in for missing ones after it; what is older counts as missing."""
    least_share: Share = 0.9
    """The least share of the steps at which a column must be known, else it counts as missing."""

    @model_validator(mode="after")
    def _carries_the_newest(self) -> History:
        if self.carried_hours < self.newest_hours:
            raise ValueError("carried_hours must be at least newest_hours, or the newest value would not be seen")
        return self


class Split(Branch):
    """How the readings are divided, in the order of time."""

    train: Fraction = 0.5
    """Share of the readings to train on: the first."""
    validation: Fraction = 0.25
    """Share of the readings to choose and judge by: those after. The rest is the test split."""
    judging: float = Field(default=0.5, ge=0, lt=1)
    """Share of those, the last, that choose nothing: there a challenger is judged beside the champion."""

    @model_validator(mode="after")
    def _leaves_a_test(self) -> Split:
        if self.train + self.validation >= 1:
            raise ValueError("train and validation leave no readings to test on")
        return self
