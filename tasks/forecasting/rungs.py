"""Who speaks: the champion where it can, else what needs less, so that there is a forecast where readings come."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.errors import DataInvalidError, JenaError, RescoringError, in_one_line
from tasks.registry import Champion, NoChampion

Rung = Literal["champion", "champion with parts missing", "fallback", "climatology", "persistence"]

WHOLE: Final = "champion"
PARTS: Final = "champion with parts missing"

logger = logging.getLogger("jena")


@dataclass(frozen=True)
class Spoken:
    """What was said, and by whom."""

    rung: Rung
    issue_time: pd.Timestamp
    valid_time: pd.Timestamp
    forecast: float
    bounds: dict[str, float]
    """By name, such as `lower_90`; none where there is no interval."""
    missing: str
    """The columns that were missing from the history, by commas."""
    version: Champion | None
    """The registered version that spoke; None where none did."""
    why: str
    """Why nothing higher spoke, as a clause; empty where the champion did."""
    curve: pd.DataFrame
    """A row a lead, the shortest first, that of the forecast among them: `horizon_hours`, `valid_time`, `forecast` and
    the bounds, where there are any; times in UTC."""
    service_run: pd.Timestamp | None = None
    """The issue time of the weather service's run that was used; None where none was."""


def speak(
    readings: pd.DataFrame,
    target: str,
    champion: Champion | NoChampion,
    fallback: Callable[[str], Champion | None],
    horizon: timedelta,
    *,
    leads_hours: Sequence[float] = (),
) -> Spoken:
    """Give what the highest rung says that can: champion, fallback, climatology, persistence.

    Without a champion nothing that is registered has passed the gates, and persistence speaks.

    Args:
        readings: canonical, indexed by time, with a value at the newest.
        target: the name of the column to forecast.
        champion: the champion, or why it cannot be asked.
        fallback: gives the registered fallback of a model; asked only where it is needed.
        horizon: from one to the other, for persistence and climatology.
        leads_hours: of their curves, beside the horizon.

    Raises:
        DataInvalidError: where there is nothing registered, and no reading of the target.
    """
    reasons = [champion.why] if isinstance(champion, NoChampion) else []
    asked: list[Champion] = []
    for rung, version in _versions(champion, fallback, reasons):
        asked.append(version)
        try:
            return _said_by(version, rung, readings, "; ".join(reasons))
        except JenaError as error:
            reasons.append(str(error).rstrip("."))
            logger.warning("Version %d of %s does not forecast: %s", version.version, version.model, error)
    issued = readings.index[-1]
    valid, why = issued + horizon, "; ".join(dict.fromkeys(reasons))
    leads = np.unique([horizon / timedelta(hours=1), *leads_hours])
    curve = pd.DataFrame({"horizon_hours": leads, "valid_time": issued + pd.to_timedelta(leads, unit="h")})
    at_horizon = int(np.abs(leads - horizon / timedelta(hours=1)).argmin())
    for version in asked:
        if (usual := _usual(version, pd.DatetimeIndex(curve["valid_time"]))) is not None:
            said = float(usual[at_horizon])
            return Spoken("climatology", issued, valid, said, {}, target, version, why, curve.assign(forecast=usual))
    measured = readings[target].dropna()
    if measured.empty:
        raise DataInvalidError(f"No reading of {target} is there to forecast from, and {why}; mend the readings.")
    last, missing = float(measured.iloc[-1]), "" if measured.index[-1] == issued else target
    return Spoken("persistence", issued, valid, last, {}, missing, None, why, curve.assign(forecast=last))


def _versions(
    champion: Champion | NoChampion, fallback: Callable[[str], Champion | None], reasons: list[str]
) -> Iterator[tuple[Rung, Champion]]:
    if isinstance(champion, Champion):
        yield WHOLE, champion
    elif not champion.has_one:
        return
    try:
        version = fallback(champion.model)
    except JenaError as error:
        reasons.append(str(error).rstrip("."))
        return
    if version is not None and not (isinstance(champion, Champion) and version.version == champion.version):
        yield "fallback", version


def _said_by(version: Champion, rung: Rung, readings: pd.DataFrame, why: str) -> Spoken:
    name = f"Version {version.version} of {version.model}"
    try:
        curve = _curve(version, readings)
        row = curve.iloc[_headline(version, curve)]
    except JenaError:
        raise
    except Exception as error:  # a version of another time may fail in any way
        raise RescoringError(f"{name} cannot forecast: {in_one_line(error)}") from error
    if not math.isfinite(row["forecast"]):
        raise RescoringError(f"{name} forecasts no number; look at it with `jena registry show`, or roll it back.")
    missing = str(row.get("missing", ""))
    return Spoken(
        PARTS if rung == WHOLE and missing else rung,
        pd.Timestamp(row["issue_time"]),
        pd.Timestamp(row["valid_time"]),
        float(row["forecast"]),
        {str(bound): float(row[bound]) for bound in row.index if str(bound).startswith(("lower_", "upper_"))},
        missing,
        version,
        why,
        curve,
        _run_of(row),
    )


def _run_of(row: pd.Series) -> pd.Timestamp | None:
    run = row.get("service_run")
    return None if run is None or pd.isna(run) else pd.Timestamp(run)


def _curve(version: Champion, readings: pd.DataFrame) -> pd.DataFrame:
    """Give every lead that a version can forecast; one of another time may know but its own."""
    if hasattr(version.forecaster, "curve"):
        return version.forecaster.curve(readings)
    row = version.forecaster.forecast(readings)
    return row.assign(horizon_hours=(row["valid_time"] - row["issue_time"]).dt.total_seconds() / 3600)


def _headline(version: Champion, curve: pd.DataFrame) -> int:
    if len(curve) == 1:
        return 0
    return int(np.abs(curve["horizon_hours"] - version.forecaster.preparation.horizon_minutes / 60).argmin())


def _usual(version: Champion, valid: pd.DatetimeIndex) -> NDArray[np.float64] | None:
    return version.forecaster.usual(valid) if hasattr(version.forecaster, "usual") else None
