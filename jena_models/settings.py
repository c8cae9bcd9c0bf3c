"""The one tree of settings: read from a profile file, then `JENA_*` variables, then the command line."""

from __future__ import annotations

import os
from typing import Annotated, Any, Literal

from pydantic import Field, create_model, model_validator

from jena_models.architectures import ARCHITECTURES, Hyperparameters
from jena_models.frozen import Frozen

Fraction = Annotated[float, Field(gt=0, lt=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]


class Ingestion(Frozen):
    """Where readings come from and how they are read."""

    download_timeout_seconds: Positive = 15.0
    """How long to wait for an address to answer, in seconds."""
    simulated_years: Positive = 8.0
    """How many years of readings the simulated station gives; eight make a file of the official size."""
    simulated_seed: int = 2009
    """The seed of the simulated station's weather."""


class Validation(Frozen):
    """What the readings must keep to; see `tasks.expectations` for each expectation."""

    least_days: Positive = 7.0
    """The fewest days that readings at the cadence must fill."""
    completeness: Share = 0.99
    """The least share of values that a required column must have."""
    optional_completeness: Share = 0.90
    """The least share of values that another column should have, else a warning is given."""
    regularity: Share = 0.99
    """The least share of steps between readings that must equal the cadence."""
    within_limits: Share = 0.999
    """The least share of a column's readings that must be physically possible; the others are set aside."""
    formula_tolerance: Positive = 0.1
    """How far vapour pressures may lie from their formula, in mbar, and the dew point above the temperature, in K."""
    resting_hours: Positive = 168.0
    """How long a column may rest on one of its `flat_values`, such as a calm, before its sensor counts as stuck."""
    flat_share: Share = 0.02
    """The largest share of a column's readings that a stuck sensor may have left; fewer give a warning."""


class Split(Frozen):
    """How the readings are divided, in the order of time."""

    train: Fraction = 0.5
    """Share of the readings to train on: the first."""
    validation: Fraction = 0.25
    """Share of the readings to choose by: those after. The rest is the test split."""

    @model_validator(mode="after")
    def _leaves_a_test(self) -> Split:
        if self.train + self.validation >= 1:
            raise ValueError("train and validation leave no readings to test on")
        return self


class Training(Frozen):
    """What all architectures share."""

    batch_size: Count = 256
    """Windows in a batch."""
    batches_per_epoch: Count = 819
    """Batches in an epoch: 819 are one pass over the chapter's training windows."""
    epochs: Count | None = None
    """Epochs of every architecture, in place of each one's own number."""
    loss: Literal["mse", "mae", "huber"] = "mse"
    """The loss that training lowers."""
    patience: Count | None = None
    """Stop after so many epochs without a better validation loss; never where it is not given."""


class Promotion(Frozen):
    """What a challenger must show before it becomes the champion."""

    margin: float = 0.02
    """The least skill against persistence, on validation."""
    significance: Fraction = 0.05
    """The largest probability that the better score is an accident, in the paired test against the champion."""
    champion_age_days: Positive = 90.0
    """A champion that is older may be replaced by a challenger that is not worse by more than `tolerance`."""
    tolerance: float = Field(default=0.02, ge=0)
    """How much worse, in the target's unit, a challenger may be than a champion that has grown old."""
    group_tolerance: float = Field(default=0.10, ge=0)
    """How much worse, in the target's unit, it may be in any season and in the coldest and warmest tenth."""
    reload_tolerance: Positive = 1e-4
    """How far the version loaded back may forecast from what was trained, in the target's unit."""


class Tracking(Frozen):
    """Where runs and versions are kept."""

    experiment: str = "jena"
    """The experiment's name in MLflow."""
    register_versions: bool = True
    """Whether trained architectures become versions in the registry."""


class HyperparameterTable(Frozen):
    """The hyper-parameters of each architecture."""

    @model_validator(mode="before")
    @classmethod
    def _own_defaults(cls, given: Any) -> Any:
        """Naming one hyper-parameter leaves the others as the architecture has them, not as its class has them."""
        if not isinstance(given, dict):
            return given
        return {
            name: ARCHITECTURES[name].hyperparameters.model_dump() | named
            if name in ARCHITECTURES and isinstance(named, dict)
            else named
            for name, named in given.items()
        }

    def __getitem__(self, name: str) -> Hyperparameters:
        """Give the hyper-parameters of an architecture."""
        chosen: Hyperparameters = getattr(self, name)
        return chosen


_fields: dict[str, Any] = {
    name: (type(entry.hyperparameters), Field(default=entry.hyperparameters, description=f"{entry.title}."))
    for name, entry in ARCHITECTURES.items()
}
EveryArchitecture = create_model("EveryArchitecture", __base__=HyperparameterTable, __module__=__name__, **_fields)


class Settings(Frozen):
    """Everything that a study depends on."""

    profile: str = "quick"
    """The name of the profile that the settings started from."""
    source: str = "auto"
    """A path, an address, `simulated`, or `auto`: the official file, else the simulated station."""
    station: str = "jena"
    """The name of a station that is shipped, or a YAML file that describes one."""
    architectures: tuple[str, ...] = tuple(ARCHITECTURES)
    """The names of the architectures to train and compare."""
    seed: int = 1
    """The seed of everything that is drawn at random."""
    workers: Count = Field(default_factory=lambda: min(4, os.cpu_count() or 1))
    """How many architectures are trained at a time, each in a process of its own; 1 trains in the running one."""
    runner: Literal["processes", "dask"] = "processes"
    """What runs the trainings: processes of this machine, or a Dask cluster."""
    dask_address: str | None = None
    """The address of the Dask scheduler."""

    history_hours: Positive = 120.0
    """How much of the past a model sees."""
    sampling_minutes: Positive = 60.0
    """How far apart the steps of the history are."""
    horizon_hours: Positive = 24.0
    """How far ahead the forecast is, from the last step of the history."""
    windows: Literal["contiguous", "indexed"] = "contiguous"
    """Leave out windows that span a gap or whose target crosses a split's border, or count rows as the chapter does."""
    window_stride_minutes: float = Field(default=0.0, ge=0)
    """How far apart windows start; 0 starts one at every reading."""

    ingestion: Ingestion = Ingestion()
    """Where readings come from."""
    validation: Validation = Validation()
    """What readings must keep to."""
    split: Split = Split()
    """How readings are divided."""
    training: Training = Training()
    """What all architectures share."""
    hyperparameters: EveryArchitecture = EveryArchitecture()
    """What each architecture is told."""
    promotion: Promotion = Promotion()
    """What a challenger must show."""
    tracking: Tracking = Tracking()
    """Where runs and versions are kept."""
