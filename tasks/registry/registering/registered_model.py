"""The registered model, as MLflow runs it anywhere: raw readings in, the forecast out.

MLflow copies this script and `jena_models` into each version, so that loading one needs nothing else of this project.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel, PythonModelContext

if TYPE_CHECKING:
    from collections.abc import Callable

    from jena_models.forecaster import Forecaster
    from jena_models.weather_service.service import Service


class StationForecast(PythonModel):
    """Forecasts the target from a table of the station's last readings."""

    forecaster: Forecaster
    services: Callable[[], Service | None] | None = None
    """Gives what weather services forecast now; None for a model that was trained without."""

    def load_context(self, context: PythonModelContext) -> None:
        """Load the trained model and its preparation."""
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        from jena_models.forecaster import Forecaster

        self.forecaster = Forecaster.load(Path(context.artifacts["forecaster"]))
        if self.forecaster.preparation.services:
            from jena_models.weather_service.service_files import StationFiles

            self.services = StationFiles(self.forecaster.station)

    def predict(
        self, context: PythonModelContext, model_input: pd.DataFrame, params: dict[str, Any] | None = None
    ) -> pd.DataFrame:
        """Give `issue_time`, `valid_time`, `forecast` and its intervals; see `Forecaster.forecast`.

        Times that name no zone are taken for the station's clock; those that are given back name theirs.

        A model that was trained with a weather service's runs reads those of the station file's forecast sources, as
        far as they are files or databases; where they are not there, it forecasts as with parts missing.

        One row, from the newest issue time; with the parameter `issue_times` set to `all`, one for each. With `leads`
        set to `all`, or to hours such as `6,24`, a row a lead, which stands in the column `horizon_hours`.
        """
        from jena_models.curves.asked_leads import HEADLINE, with_leads
        from jena_models.reading.user_tables import in_station_clock, user_readings

        every = (params or {}).get("issue_times") == "all"
        station = self.forecaster.station
        readings = user_readings(model_input, station)
        forecaster = self.forecaster.fed(self.services()) if self.services else self.forecaster
        leads = str((params or {}).get("leads", HEADLINE))
        if leads == HEADLINE:
            made = forecaster.forecast_all(readings) if every else forecaster.forecast(readings)
        else:
            curves = forecaster.curves(readings) if every else forecaster.curve(readings)
            made = with_leads(curves, leads)
        return in_station_clock(made, station)


set_model(StationForecast())
