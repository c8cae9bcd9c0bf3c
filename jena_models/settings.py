"""The one tree of settings: read from a profile file, then `JENA_*` variables, then the command line."""

from __future__ import annotations

import os
from typing import Any, Final, Literal

from pydantic import Field, create_model, model_validator

from jena_models.architectures import ARCHITECTURES, Hyperparameters, LearnerHyperparameters
from jena_models.frozen import Branch
from jena_models.options.production_options import Forecasting, Monitoring, Page, Servers, Serving
from jena_models.options.promotion_options import Promotion, Tracking
from jena_models.options.quantities import Count, NotNegative, Positive, Seed
from jena_models.options.readings_options import History, Ingestion, Split, Validation
from jena_models.options.training_options import Backtest, Training, Tuning

CHAPTER_AND_CHEAP: Final = (
    *("persistence", "dense", "conv1d", "simple_rnn", "lstm", "reversed_lstm", "bidirectional_lstm", "lstm_dropout"),
    *("stacked_gru_dropout", "climatology", "ridge", "gradient_boosting"),
)
"""The chapter's architectures, and those beside them that take seconds."""


class HyperparameterTable(Branch):
    """The hyper-parameters of each architecture."""

    @model_validator(mode="before")
    @classmethod
    def _own_defaults(cls, given: Any) -> Any:
        """Naming one hyper-parameter leaves the others as the architecture has them, not as its class has them."""
        if not isinstance(given, dict):
            return given
        return {
            name: _deeply(ARCHITECTURES[name].hyperparameters.model_dump(), named or {})
            if name in ARCHITECTURES and isinstance(named, dict | None)
            else named
            for name, named in given.items()
        }

    def __getitem__(self, name: str) -> Hyperparameters | LearnerHyperparameters:
        """Give the hyper-parameters of an architecture."""
        chosen: Hyperparameters | LearnerHyperparameters = getattr(self, name)
        return chosen


DEFAULT_WORKERS: Final = min(4, os.cpu_count() or 1)
"""A process a core, up to four."""


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


class Settings(Branch):
    """Everything that a study depends on."""

    profile: str = "quick"
    """The name of the profile that the settings started from."""
    source: str = "auto"
    """A path, folder, address, database, `simulated`, or `auto`: the official file, else the simulated station."""
    station: str = "jena"
    """The name of a station that is shipped, or a YAML file that describes one."""
    architectures: tuple[str, ...] = CHAPTER_AND_CHEAP
    """The names of the architectures to train and compare."""
    seed: Seed = 1
    """The seed of everything that is drawn at random."""
    workers: Count = DEFAULT_WORKERS
    """How many architectures are trained at a time, each in its own process; 1 trains networks in the running one."""
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
    leads_hours: tuple[Positive, ...] | None = None
    """The leads that a forecast's curve has beside the horizon; an empty list gives no curve, none every hour."""
    windows: Literal["contiguous", "indexed"] = "contiguous"
    """Count time on the station's steps, no target beyond a split's border; or count rows as the chapter does."""
    window_stride_minutes: NotNegative = 0.0
    """How far apart windows start; 0 starts one at every reading."""

    ingestion: Ingestion = Ingestion()
    """Where readings come from."""
    validation: Validation = Validation()
    """What readings must keep to."""
    history: History = History()
    """What a history must have."""
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
    page: Page = Page()
    """The page that people look at."""
    backtest: Backtest = Backtest()
    """How the past is forecast again."""
    tuning: Tuning = Tuning()
    """How hyper-parameters are searched."""
