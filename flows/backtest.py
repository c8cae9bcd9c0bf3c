"""What forecasts of the past would have been: models trained at one origin after the other."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.futures import wait
from prefect.states import Completed

from flows.steps.checked_readings import checked_readings
from jena_models.backtesting.backtest_result import BacktestResult
from jena_models.settings import Settings
from jena_models.stations import StationSchema, load_station
from tasks.backtesting import (
    backtest_request,
    backtested,
    backtesting,
    begin_backtest,
    conclude_backtest,
    earlier_backtest,
    prepare_folds,
    show_backtest,
    train_at_fold,
    trainings,
)
from tasks.orchestration import ending_in_a_sentence, on_its_source
from tasks.training import with_runner
from tasks.workspace import Checked, require_long_history, resolve


@flow(name="backtest", flow_run_name=on_its_source("profile"), timeout_seconds=12 * 3600)
@ending_in_a_sentence
def backtest(
    profile: str = "quick",
    source: str | None = None,
    architectures: list[str] | None = None,
    workers: int | None = None,
    settings: dict[str, Any] | None = None,
) -> State[BacktestResult]:
    """Train at one origin after the other on all that was known then, forecast until the next one, and score that.

    Args:
        profile: The settings to start from: quick, book, best, or the path of a YAML file.
        source: A path, folder, address, database, `simulated`, or `auto`: the official file, else a simulated one.
        architectures: The names of those to train at each origin, beside persistence; `backtest.architectures` where
            not given.
        workers: How many to train at a time; one a core, at most four, where not given.
        settings: Further settings by dotted key, such as {"backtest.leads_hours": [6, 12]}.
    """
    chosen = resolve(profile, backtest_request(source, architectures, workers, settings))
    station = load_station(chosen.station)
    require_long_history(chosen, backtested(chosen))
    checked = checked_readings(chosen, station)

    result = with_runner(roll, chosen)(checked, station, chosen)
    show_backtest(result)
    return Completed(message=result.sentence, data=result)


@flow(name="roll", flow_run_name="{settings.profile}", validate_parameters=False)
def roll(checked: Checked, station: StationSchema, settings: Settings) -> BacktestResult:
    """Train each architecture at each origin and lead, score all forecasts together; what is complete is told again.

    The origins are prepared here: as parameters of a flow run, hundreds of them would be more than Prefect takes.
    """
    folds = prepare_folds(checked, settings, station)
    if earlier := earlier_backtest(folds, settings):
        return earlier
    with backtesting(begin_backtest, folds, settings) as begun:
        trained = [
            train_at_fold.with_options(task_run_name=each.name).submit(each, begun, settings)
            for each in trainings(folds, settings)
        ]
        wait(trained)
        return conclude_backtest(begun, [each.result() for each in trained], station, settings)
