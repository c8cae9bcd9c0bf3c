"""The flow behind `forecast/hourly` says what `jena forecast` says, and shows it on its run's page."""

import base64
import re
import shutil

import pytest
from made_once import empty_store, shared_prefect
from prefect.client.orchestration import get_client
from small_study import small_readings

from jena_models.errors import ReadingsStaleError
from jena_models.stations import load_station
from tasks.forecasting.forecasts_table import read_forecasts
from tasks.workspace.requested_settings import resolve

pytestmark = pytest.mark.slow


@pytest.fixture
def prefect(home):
    shutil.copy(empty_store(), home / "mlflow.db")
    with shared_prefect():
        yield


@pytest.mark.usefixtures("prefect")
def test_the_flow_forecasts_as_the_command_does_and_ends_in_a_sentence(home):
    from flows.forecast import forecast
    from flows.steps.forecast_steps import forecast_with
    from flows.steps.ways import at_once

    source, at = str(home / "station.csv"), "2012-03-20T06:10"
    small_readings().to_csv(source, index_label="Date Time")

    state = forecast(source=source, at=at, return_state=True)
    stale = forecast(source=source, return_state=True)

    made = state.result()
    plain = forecast_with(at_once, resolve(None, {"source": source}), at)
    assert plain == made.model_copy(update={"written": False})
    assert len(read_forecasts(made.model, load_station("jena").local)) == 1
    assert state.is_completed()
    assert "at 2012-03-21 06:10" in state.message
    with get_client(sync_client=True) as client:
        run = state.state_details.flow_run_id
        [artifact] = [artifact for artifact in client.read_artifacts() if artifact.flow_run_id == run]
    assert artifact.key == "forecast-jena-temperature-24h"
    held = re.search(r"data:image/svg\+xml;base64,([\w+/=]+)", artifact.data)[1]
    assert base64.b64decode(held) == made.picture.read_bytes()

    assert stale.is_failed()
    assert "may be at most 3 hours old" in stale.message
    assert isinstance(stale.result(raise_on_failure=False), ReadingsStaleError)


def test_the_run_form_explains_each_parameter():
    from flows.forecast import forecast

    parameters = forecast.parameters.properties

    assert list(parameters) == ["source", "at", "settings"]
    assert all(parameter["description"] for parameter in parameters.values())


def test_only_what_touches_the_outside_is_tried_again():
    import flows.steps.forecast_steps as module
    from flows.forecast import forecast

    steps = (
        *(module.recent_readings, module.check_recent, module.make_forecast, module.keep_forecast),
        module.draw_forecast,
    )
    assert [step.retries for step in steps] == [0] * 5
    assert min(module.locate.retries, module.load_champion.retries) > 0
    assert all(step.timeout_seconds for step in (*steps, module.load_champion, forecast))
