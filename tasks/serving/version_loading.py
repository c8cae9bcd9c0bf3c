"""A registered version made ready to answer: loaded, warm, and shown to forecast."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import pandas as pd

from jena_models.curves.asked_leads import HEADLINE
from jena_models.errors import JenaError, RequestError, RescoringError
from jena_models.models.network import SIZES
from jena_models.stations.schema import StationSchema
from jena_models.windows.preparation import Preparation
from tasks.registry import fetched, load_files, not_loaded
from tasks.serving.request_readings import TIME, Wanted, readings_of
from tasks.tracking import client

if TYPE_CHECKING:
    from mlflow.pyfunc import PyFuncModel

ISSUE_TIMES: Final = "issue_times"
"""The parameter of a version that says whether it forecasts from the `newest` or from `all` issue times."""

LEADS: Final = "leads"
"""The parameter that says which leads to give."""
PARAMETERS: Final = (ISSUE_TIMES, LEADS)

WARM_BATCHES: Final = SIZES[1:]
"""How many forecasts at a time are tried before a version answers: a network is compiled once for each."""


@dataclass(frozen=True)
class Served:
    """A version that can answer."""

    number: int
    model: PyFuncModel
    wanted: Wanted
    station: StationSchema
    preparation: Preparation
    takes_issue_times: bool
    """Whether it can forecast from all issue times of a table; versions of earlier times cannot."""
    takes_leads: bool = False
    """Whether it can be asked for leads; versions of earlier times cannot."""

    def forecast(self, readings: pd.DataFrame, every_issue_time: bool = False, leads: str = HEADLINE) -> pd.DataFrame:
        """Give the forecast from the newest issue time, or a row for each issue time whose history is there.

        Args:
            readings: as a user has them.
            every_issue_time: whether from all.
            leads: see `jena_models.curves.asked_leads`.

        Raises:
            RequestError: where the version cannot forecast from all issue times, or not these leads.
            JenaError: where the readings are not what the model needs; the sentence says why.
        """
        if every_issue_time and not self.takes_issue_times:
            raise RequestError(
                f"Version {self.number} forecasts from the newest issue time only; send a request for each, "
                "or train and promote a version of today."
            )
        if leads != HEADLINE and not self.takes_leads:
            raise RequestError(
                f"Version {self.number} forecasts {self.preparation.horizon_minutes / 60:g} hours ahead only; leave "
                f"'{LEADS}' out, or train and promote a version of today."
            )
        params = ({ISSUE_TIMES: "all"} if every_issue_time else {}) | ({LEADS: leads} if leads != HEADLINE else {})
        return cast("pd.DataFrame", self.model.predict(readings, params=params or None))


def load_version(model_name: str, number: int) -> Served:
    """Load a version, let it forecast its own input example, and warm it up.

    A loaded version runs on this installation's `jena_models`, not on the copy that it carries: a process has one.

    Raises:
        RescoringError: where it cannot be loaded, or does not forecast its example.
        StoreUnreachableError: where the store cannot be reached.
    """
    name = f"Version {number} of {model_name}"
    with fetched(client(), model_name, number) as folder, _search_path_kept():
        try:
            model = load_files(folder)
            served, example = _served(number, model), model.input_example
        except Exception as error:  # a version of another time may fail in any way
            raise not_loaded(name, error) from error
    if example is None:
        raise RescoringError(f"{name} has no input example, so nothing shows that it forecasts.")
    try:
        prove(served, readings_of(example, served.wanted))
    except Exception as error:
        raise RescoringError(f"{name} does not forecast its own input example: {_said(error)}") from error
    return served


def prove(served: Served, example: pd.DataFrame) -> None:
    """Let a version forecast its example, alone and in batches, so that its first request is as fast as the next.

    Raises:
        RescoringError: where a forecast is no number.
        JenaError: where it refuses.
    """
    require_numbers(served.forecast(example))
    if served.takes_issue_times:
        for forecasts in WARM_BATCHES:
            require_numbers(served.forecast(lengthened(example, forecasts - 1), every_issue_time=True))


def lengthened(example: pd.DataFrame, rows: int) -> pd.DataFrame:
    """Give the example and so many rows more: it begins again, at times that go on."""
    times = pd.DatetimeIndex(pd.to_datetime(example[TIME], utc=True))
    positions = np.arange(len(example) + rows)
    table = example.iloc[positions % len(example)].reset_index(drop=True)
    return table.assign(**{TIME: times[0] + positions * (times[1] - times[0])})


def _served(number: int, model: PyFuncModel) -> Served:
    metadata: Any = model.metadata
    inputs, params = metadata.get_input_schema(), metadata.get_params_schema()
    forecaster = cast("Any", model).unwrap_python_model().forecaster
    station: StationSchema = forecaster.station
    names, known = inputs.input_names(), {param.name for param in params.params} if params is not None else set()
    return Served(
        number=number,
        model=model,
        wanted=Wanted(
            required=tuple(name for name in inputs.required_input_names() if name != TIME),
            numeric=tuple(name for name in names if name in station.names),
            station=station,
        ),
        station=station,
        preparation=forecaster.preparation,
        takes_issue_times=ISSUE_TIMES in known,
        takes_leads=LEADS in known,
    )


def require_numbers(forecasts: pd.DataFrame) -> None:
    """Make sure that each forecast is a number.

    Raises:
        RescoringError: where one is none.
    """
    if not len(forecasts) or not np.isfinite(forecasts["forecast"].to_numpy(dtype=np.float64)).all():
        raise RescoringError("the forecast is no number")


@contextmanager
def _search_path_kept() -> Iterator[None]:
    """MLflow puts each version's code on the search path for good."""
    before = list(sys.path)
    try:
        yield
    finally:
        sys.path = before


def _said(error: Exception) -> str:
    text = str(error) if isinstance(error, JenaError) else f"{type(error).__name__}: {error}"
    return " ".join(text.split())[:300]
