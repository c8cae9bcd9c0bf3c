"""The one tree of settings: read from a profile file, then `JENA_*` variables, then the command line."""

from __future__ import annotations

import os
from typing import Annotated, Any, Final, Literal

from pydantic import Field, create_model, field_validator, model_validator

from jena_models.architectures import ARCHITECTURES, Hyperparameters, LearnerHyperparameters
from jena_models.frozen import Frozen

Fraction = Annotated[float, Field(gt=0, lt=1)]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
Count = Annotated[int, Field(ge=1)]
MonitoredGroup = Literal["source", "sensors", "inputs", "residuals", "scores"]
Port = Annotated[int, Field(ge=1, le=65_535)]


CHAPTER_AND_CHEAP: Final = (
    "persistence",
    "dense",
    "conv1d",
    "simple_rnn",
    "lstm",
    "reversed_lstm",
    "bidirectional_lstm",
    "lstm_dropout",
    "stacked_gru_dropout",
    "climatology",
    "ridge",
    "gradient_boosting",
)
"""The chapter's architectures, and those beside them that take seconds."""


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
    coverage_tolerance: Share = 0.05
    """How far the share of targets that intervals hold may be from what they say, as a share."""
    reload_tolerance: Positive = 1e-4
    """How far the version loaded back may forecast from what was trained, in the target's unit."""


class Tracking(Frozen):
    """Where runs and versions are kept."""

    experiment: str = "jena"
    """The experiment's name in MLflow."""
    register_versions: bool = True
    """Whether trained architectures become versions in the registry."""


class Servers(Frozen):
    """The servers of one machine, which `jena up` starts."""

    address: str = "127.0.0.1"
    """The address that they listen on; the default answers this machine alone."""
    prefect_port: Port = 4200
    """The port of the Prefect server."""
    mlflow_port: Port = 5000
    """The port of the MLflow server."""
    start_seconds: Positive = 300.0
    """How long they may take until all are healthy, in seconds."""
    stop_seconds: Positive = 60.0
    """How long each may take to end when told to, with the flow runs that it is at, in seconds."""


class Serving(Frozen):
    """The model server, which `jena serve` starts."""

    address: str = "127.0.0.1"
    """The address that it listens on; the default answers this machine alone."""
    port: Annotated[int, Field(ge=0, le=65535)] = 5001
    """Its port; 0 takes one that is free."""
    follow_seconds: Positive = 1.0
    """How long until it asks the registry for the champion again, in seconds."""
    largest_request_mib: Positive = 8.0
    """The largest request that it reads, in MiB."""
    grace_seconds: Count = 30
    """How long it may take, when told to end, to answer the requests that it has, in seconds."""


class Forecasting(Frozen):
    """How the champion forecasts from the newest readings."""

    days: Positive = 30.0
    """How many days of readings are checked before a forecast is made; never fewer than the history and a day."""
    max_age_hours: Positive = 3.0
    """How old the newest reading may be when a forecast is made of it."""
    utc_offset_hours: float = Field(default=1.0, ge=-12, le=14)
    """How far the station's clock is ahead of UTC; that of Jena shows Central European Time all the year."""
    level: float = 0.9
    """The share of what comes true that is to lie between `lower` and `upper`: 0.8 or 0.9."""
    pictures: int = Field(default=240, ge=0)
    """How many pictures of forecasts are kept on disk: the newest."""

    @field_validator("level")
    @classmethod
    def _is_one_that_models_give(cls, level: float) -> float:
        if level not in (0.8, 0.9):
            raise ValueError("models give intervals of 0.8 and 0.9")
        return level


class Monitoring(Frozen):
    """When the champion, its readings or its forecasts count as gone astray, and what is done about it."""

    max_age_hours: Positive = 6.0
    """How old the newest value of a column may be at midnight, in hours."""
    completeness: Share = 0.9
    """The least share of a column's values over the last seven days that must have come."""
    formula_tolerance: Positive = 0.05
    """How far a column may lie from its formula in the mean of a day, in its own unit (mbar, K)."""
    false_alarm: Fraction = 0.001
    """How often a figure may pass its limit in a year like the earlier ones, as a share of the days."""
    season_days: Positive = 45.0
    """How far apart in the calendar days of different years may be to be compared."""
    patience_days: Count = 3
    """For how many days in a row a figure must be past its limit before that counts; a broken sensor counts at once."""
    retrain_on: tuple[MonitoredGroup, ...] = ("inputs", "residuals", "scores")
    """What retraining can mend; where anything else counts, a person must mend it before anything is retrained."""
    cooldown_days: Count = 30
    """For how many days after a retraining was asked for none is asked for again."""
    retrain: bool = True
    """Whether to ask for a retraining at all, or only to say that it is due."""
    deployment: str = "train/on-demand"
    """The Prefect deployment that retrains."""
    retrain_source: str | None = None
    """The source that the retraining is given; the one that is monitored where not given."""


class Backtest(Frozen):
    """How the past is forecast again, by models trained at one origin after the other."""

    architectures: tuple[str, ...] = ("ridge", "gradient_boosting")
    """The architectures to train at each origin; persistence is always beside them."""
    first_training_days: Positive = 1461.0
    """How far the first origin lies after the first reading, in days; every model trains on all readings so far."""
    retrain_days: Annotated[float, Field(ge=1)] = 91.0
    """How far apart origins lie, in days."""
    validation_days: Positive = 365.0
    """The last so many days before each origin choose the epoch and are not trained on."""


class Tuning(Frozen):
    """How hyper-parameters are searched."""

    trials: Count = 20
    """How many sets of hyper-parameters are tried, the one that the search starts from among them."""
    random_trials: Count = 6
    """So many trials are drawn at random, and trained to their end, before the search learns from them."""
    pruning: bool = True
    """Whether a trial is given up that is worse than half of those before it at the same share of its epochs."""
    spared_share: Share = 0.3
    """The share of its epochs in which no trial is given up."""


class HyperparameterTable(Frozen):
    """The hyper-parameters of each architecture."""

    @model_validator(mode="before")
    @classmethod
    def _own_defaults(cls, given: Any) -> Any:
        """Naming one hyper-parameter leaves the others as the architecture has them, not as its class has them."""
        if not isinstance(given, dict):
            return given
        return {
            name: _deeply(ARCHITECTURES[name].hyperparameters.model_dump(), named)
            if name in ARCHITECTURES and isinstance(named, dict)
            else named
            for name, named in given.items()
        }

    def __getitem__(self, name: str) -> Hyperparameters | LearnerHyperparameters:
        """Give the hyper-parameters of an architecture."""
        chosen: Hyperparameters | LearnerHyperparameters = getattr(self, name)
        return chosen


def _deeply(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    return under | {
        key: _deeply(under[key], value) if isinstance(value, dict) and isinstance(under.get(key), dict) else value
        for key, value in over.items()
    }


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
    architectures: tuple[str, ...] = CHAPTER_AND_CHEAP
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
    leads_hours: tuple[Positive, ...] = ()
    """Further horizons: a study trains its best architecture for each of them too, and a backtest all that it is of."""
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
    forecasting: Forecasting = Forecasting()
    """How the champion forecasts."""
    monitoring: Monitoring = Monitoring()
    """What is watched, and what follows."""
    servers: Servers = Servers()
    """The servers of one machine."""
    serving: Serving = Serving()
    """The model server."""
    backtest: Backtest = Backtest()
    """How the past is forecast again."""
    tuning: Tuning = Tuning()
    """How hyper-parameters are searched."""

    @property
    def leads(self) -> tuple[float, ...]:
        """Give every horizon there is, in hours, the shortest first."""
        return tuple(sorted({self.horizon_hours, *self.leads_hours}))
