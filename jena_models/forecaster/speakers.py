"""Which of a version's models speaks at an issue time, what it says, and which run of a weather service it used."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.architectures.emos import Emos
from jena_models.architectures.partial_boosting import PartialBoosting
from jena_models.architectures.service_forecast import ServiceForecast
from jena_models.architectures.shared_boosting import SharedBoosting
from jena_models.curves.curve_fit import CurveFit
from jena_models.evaluation.intervals import percent
from jena_models.features.histories import Histories
from jena_models.features.service_inputs import run_ages
from jena_models.forecaster.version_parts import VersionParts
from jena_models.models.learner import Model
from jena_models.options.readings_options import History
from jena_models.pooling.memory import MEMORY_DAYS
from jena_models.stations.clock import seconds_of
from jena_models.weather_service.oldest_run import are_worth_it
from jena_models.weather_service.service_runs import NO_RUN
from jena_models.windows.history import Placed, known_values, placed_at
from jena_models.windows.history_rule import Found

AT_A_TIME: Final = 65_536
"""Issue times whose histories are looked up at a time: 63 MB of 120 steps."""
SERVICE: Final = "weather service"


def placed_for(version: VersionParts, table: pd.DataFrame, issued: pd.DatetimeIndex) -> Placed:
    """Give the readings where the version's models look for the histories of the issue times."""
    remembers = any(isinstance(each, SharedBoosting) for each in (version.model, version.partial))
    return placed_at(table, seconds_of(issued), version.preparation, MEMORY_DAYS if remembers else 0.0)


def said_at(version: VersionParts, placed: Placed, found: Found, issued: pd.DatetimeIndex) -> pd.DataFrame:
    """Give a row for each issue time; its forecast is NaN where no model speaks.

    Args:
        version: whose models speak.
        placed: of `placed_for`.
        found: what of each history is there.
        issued: the issue times.
    """
    is_known, is_too_old = _of_the_service(version, placed)
    unknown = ~is_known
    by_model, by_partial = _who_speaks(version, found, unknown)
    rule = version.preparation.history or History()
    forecasts = said_by(version, version.model, placed, by_model, rule).astype(np.float64)
    if version.partial is not None and by_partial.any():
        # What a run that is not worth it says would be its starting point.
        for fed, speaks in ((version, by_partial & ~is_too_old), (version.fed(None), by_partial & is_too_old)):
            forecasts[speaks] = said_by(fed, version.partial, placed, speaks, rule)[speaks]
    valid_times = version.valid_times(issued)
    columns = {
        "issue_time": issued,
        "valid_time": valid_times,
        "forecast": forecasts,
        "missing": _missing(version, found, by_partial, unknown),
    }
    columns |= _bounds(version, forecasts, valid_times, by_partial)
    if version.preparation.services:
        columns["service_run"] = _runs_used(version, issued, valid_times, ~unknown)
    return pd.DataFrame(columns)


def said_by(
    version: VersionParts, model: Model, placed: Placed, speaks: NDArray[np.bool_], rule: History | None
) -> NDArray[np.float32]:
    """Give a model's forecasts of the histories that a mask picks, shape (issue times,); NaN of the others."""
    forecasts = np.full(len(speaks), np.nan, dtype=np.float32)
    for part, histories in histories_of(version, placed, np.flatnonzero(speaks), rule):
        forecasts[part] = model.forecast(histories)
    return forecasts


def histories_of(
    version: VersionParts, placed: Placed, chosen: NDArray[np.intp], rule: History | None
) -> Iterator[tuple[NDArray[np.intp], Histories]]:
    """Give the histories of the issue times chosen, some at a time, with the numbers of these."""
    preparation = version.preparation
    values = known_values(placed.values, rule, placed.cadence_minutes)
    ahead = round(version.station.local.standard_offset.total_seconds())
    service = None if version.service is None else version.service.shifted(ahead)
    for first in range(0, len(chosen), AT_A_TIME):
        part = chosen[first : first + AT_A_TIME]
        yield (
            part,
            Histories(
                values,
                preparation.columns,
                placed.seconds + ahead,
                placed.history_rows(placed.last_rows[part], preparation.steps),
                preparation.sampling_minutes,
                preparation.horizon_minutes,
                np.isnan(placed.values),
                service,
            ),
        )


def _who_speaks(
    version: VersionParts, found: Found, unknown: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell for which issue times the model speaks, and for which the partial model below it."""
    lacks = (found.missing & _needed(version)).any(axis=1) | unknown
    fallback_hours = (version.preparation.history or History()).fallback_hours
    by_model, by_partial = found.is_fresh & ~lacks, found.is_fresh & lacks & (version.partial is not None)
    if isinstance(version.model, PartialBoosting):
        by_model = found.age_hours <= fallback_hours
    if isinstance(version.partial, SharedBoosting):  # no other version stands below this one
        by_partial = (found.age_hours <= fallback_hours) & ~by_model
    return by_model, by_partial


def _needed(version: VersionParts) -> NDArray[np.bool_]:
    """Tell which columns the version's model cannot do without; trees that stations share are shown no neighbours."""
    if not isinstance(version.model, SharedBoosting):
        return np.ones(len(version.preparation.columns), bool)
    neighbours = {column.name for column in version.station.columns if column.neighbour}
    return np.array([name not in neighbours for name in version.preparation.columns])


def _missing(
    version: VersionParts, found: Found, by_partial: NDArray[np.bool_], unknown: NDArray[np.bool_]
) -> list[str]:
    columns = version.preparation.columns
    names, gone = np.array(columns), found.missing & (_needed(version) | by_partial[:, None])
    gone[by_partial & ~found.is_fresh, columns.index(version.preparation.target)] = True
    services = [SERVICE] if version.preparation.services else []
    return [
        ", ".join([*names[lacking], *(services if without else [])])
        for lacking, without in zip(gone, unknown, strict=True)
    ]


def _bounds(
    version: VersionParts,
    forecasts: NDArray[np.float64],
    valid_times: pd.DatetimeIndex,
    by_partial: NDArray[np.bool_],
) -> dict[str, NDArray[np.float64]]:
    bounds: dict[str, NDArray[np.float64]] = {}
    if version.intervals is None:
        return bounds
    local = version.station.local.standard_time(valid_times.to_numpy())
    for level in version.intervals.levels:
        lower, upper = version.intervals.bounds(forecasts, local, level)
        if version.partial_intervals is not None:
            wider = version.partial_intervals.bounds(forecasts, local, level)
            lower, upper = np.where(by_partial, wider[0], lower), np.where(by_partial, wider[1], upper)
        bounds |= {f"lower_{percent(level)}": lower, f"upper_{percent(level)}": upper}
    return bounds


def _of_the_service(version: VersionParts, placed: Placed) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell for which issue times the weather service says enough, and for which its newest run is not worth it.

    Enough is a run that is worth it and says what the model sets out from; it says so at all of them where the model
    asks for none.
    """
    known, too_old = (np.full(len(placed.last_rows), of_none) for of_none in (not version.preparation.services, False))
    if not version.preparation.services:
        return known, too_old
    for part, histories in histories_of(version, placed, np.flatnonzero(placed.last_rows >= 0), None):
        ages = run_ages(histories, version.service_column)
        known[part] = are_worth_it(ages, version.oldest_run_hours)
        too_old[part] = np.isfinite(ages) & ~known[part]
        if isinstance(version.model, ServiceForecast | Emos):
            known[part] &= version.model.is_fed(histories)
    return known, too_old


def fed_by_runs_worth_it(
    version: VersionParts, issued: pd.DatetimeIndex, fit: CurveFit
) -> tuple[VersionParts, NDArray[np.bool_]]:
    """Give a version that sees no run which its headline is not to use, and the issue times at which that leaves none.

    Args:
        version: that makes curves.
        issued: the issue times.
        fit: of its curves.
    """
    none = np.zeros(len(issued), bool)
    if version.service is None or math.isinf(version.oldest_run_hours):
        return version, none
    service = version.service.younger_than(version.oldest_run_hours)
    seconds, leads = seconds_of(issued), np.array(fit.leads_minutes) * 60
    valid = seconds[:, None] + leads.astype(np.int64)
    runs = service.newest_run(np.repeat(seconds, len(leads)), valid.ravel(), version.service_column)
    return version.fed(service), (runs.reshape(valid.shape) == NO_RUN).all(axis=1)


def runs_of_leads(version: VersionParts, rows: pd.DataFrame) -> pd.DatetimeIndex:
    """Give the issue time of the run that speaks of each lead, that of the headline as it is; NaT where none does.

    Args:
        version: whose rows they are.
        rows: a row a lead, with the headline's run at each.
    """
    issued, valid = (pd.DatetimeIndex(rows[name]) for name in ("issue_time", "valid_time"))
    of_leads = _runs_used(version, issued, valid, np.ones(len(rows), bool))
    is_headline = (valid == version.valid_times(issued)) | rows["forecast"].isna().to_numpy()
    return pd.DatetimeIndex(np.where(is_headline, rows["service_run"].to_numpy(), of_leads.to_numpy()))


def _runs_used(
    version: VersionParts,
    issued: pd.DatetimeIndex,
    valid: pd.DatetimeIndex,
    is_known: NDArray[np.bool_],
) -> pd.DatetimeIndex:
    """Give the issue time of the run that was known of each valid time; NaT where none was worth it."""
    runs = np.full(len(issued), np.datetime64("NaT", "s"), dtype="datetime64[s]")
    if version.service is not None:
        service = version.service.younger_than(version.oldest_run_hours)
        seconds = service.newest_run(seconds_of(issued), seconds_of(valid), version.service_column)
        found = is_known & (seconds != NO_RUN)
        runs[found] = seconds[found].astype("datetime64[s]")
    return pd.DatetimeIndex(runs)
