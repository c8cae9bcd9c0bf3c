"""Runs fetched of weather services that have a ready description: each once, and kept."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
import pandas as pd

from jena_models.errors import DownloadError, DownloadInterruptedError, JenaError, SourceUnreadableError
from jena_models.options.readings_options import Ingestion
from jena_models.stations.forecast_sources import ForecastSource
from jena_models.stations.ready_services import ServiceClient
from jena_models.stations.schema import StationSchema
from jena_models.weather_service.service_answers import (
    ISSUED,
    VALID,
    nearest_of_catalogue,
    rows_of_mosmix,
    rows_of_previous_runs,
    rows_of_run,
)
from jena_models.whole_files import whole_file
from tasks.workspace import Source, cache_folder, content_key, exclusive

CONNECT_SECONDS: Final = 3.0
"""A network that is closed is to be known of at once."""
TOLD_EVERY: Final = 100
"""Runs after which a line in the log says how many have come."""
DAYS_AT_ONCE: Final = 90
"""Of previous runs, in one question."""
STILL_COMING_DAYS: Final = 2
"""A run that is younger and not there may still come; of an older one it is kept that it is not."""
LEAD_DAYS: Final = 10
"""Runs issued so long before the first reading are fetched too: they are what was known of it."""
NOT_THERE: Final = 400
MOSMIX_RUN: Final = re.compile(r'href="(MOSMIX_L_(\d{10})_[^"/]+\.kmz)"')

Span = tuple[datetime, datetime]

logger = logging.getLogger("jena")


def fetched_runs(
    source: ForecastSource,
    client: ServiceClient,
    station: StationSchema,
    span: Span,
    ingestion: Ingestion,
    *,
    all_needed: bool,
) -> Source:
    """Give a table of the runs that say something of readings; those that are kept already are not asked for again.

    Args:
        source: says which columns are wanted.
        client: how they are asked for.
        station: where it stands is what runs are fetched for.
        span: the first and the last reading, in UTC.
        ingestion: how long to wait for an answer.
        all_needed: whether a service that does not answer ends the work; else what is kept is what there is.

    Raises:
        DownloadInterruptedError: where it cannot be reached, or asks for patience.
        DownloadError: where it refuses to answer.
        SourceUnreadableError: where its answers are not what it documents, or there is none.
    """
    names = _names(source)
    asked = {"client": client, "columns": names, "place": (station.latitude, station.longitude)}
    folder = cache_folder() / "services" / f"{source.name}-{content_key(**asked)}"
    folder.mkdir(parents=True, exist_ok=True)
    first = max(span[0] - timedelta(days=LEAD_DAYS), datetime.combine(client.first, datetime.min.time()))
    with exclusive(folder / ".lock"):
        try:
            with httpx.Client(
                timeout=httpx.Timeout(ingestion.download_timeout_seconds, connect=CONNECT_SECONDS),
                follow_redirects=True,
            ) as web:
                FETCHERS[client.client](_Asking(web, client, station, names, folder), first, span[1])
        except JenaError as error:
            if all_needed:
                raise
            logger.warning("No newer run of the weather service '%s' can be had: %s", source.name, error)
        files = sorted(each for each in folder.glob("*.csv") if each.stat().st_size)
        if not files:
            raise SourceUnreadableError(
                f"The weather service '{source.name}' has no run for {first:%Y-%m-%d} to {span[1]:%Y-%m-%d}; "
                f"it keeps runs from {client.first} on."
            )
        key = content_key(runs=[(file.name, file.stat().st_size, file.stat().st_mtime_ns) for file in files])
        table = folder / f"together-{key}.txt"
        if not table.is_file():
            for old in folder.glob("together-*.txt"):
                old.unlink()
            rows = pd.concat([pd.read_csv(file) for file in files], ignore_index=True)
            with whole_file(table) as beside:
                rows.to_csv(beside, index=False)
    return Source(path=table, origin=client.address, kind="real", key=key)


class _Asking:
    """A client at work for one source."""

    def __init__(
        self, web: httpx.Client, client: ServiceClient, station: StationSchema, names: tuple[str, ...], folder: Path
    ) -> None:
        self.web, self.client, self.station, self.names, self.folder = web, client, station, names, folder

    def get(self, address: str, **params: Any) -> httpx.Response:
        """Give an answer that is one; 400 too, which says that a run is not there.

        Raises:
            DownloadInterruptedError: where trying again may help.
            DownloadError: where it does not.
        """
        try:
            response = self.web.get(address, params=params or None)
        except httpx.TransportError as error:
            reason = " ".join(str(error).split()) or type(error).__name__
            raise DownloadInterruptedError(
                f"The weather service at {address} cannot be reached ({reason}); check the network, or try again later."
            ) from error
        if response.is_success or response.status_code == NOT_THERE:
            return response
        sentence = f"The weather service at {address} answered {response.status_code} {response.reason_phrase}"
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            raise DownloadInterruptedError(f"{sentence}: it has been asked too often; go on in an hour.")
        if response.is_server_error:
            raise DownloadInterruptedError(f"{sentence}; try again later.")
        raise DownloadError(f"{sentence}; check the address and the station in the station file.")

    def keep(self, name: str, rows: pd.DataFrame | None) -> None:
        """Keep rows under a name; None for a run that is not there, and will not come."""
        with whole_file(self.folder / f"{name}.csv") as beside:
            if rows is None:
                beside.touch()
            else:
                ahead = (rows[VALID] - rows[ISSUED]).dt.total_seconds() / 3600
                kept = rows[(ahead >= 0) & (ahead <= self.client.leads_hours)].dropna(how="all", subset=[*self.names])
                kept.to_csv(beside, index=False, date_format="%Y-%m-%dT%H:%M:%SZ")

    def has(self, name: str) -> bool:
        """Tell whether something is kept under a name."""
        return (self.folder / f"{name}.csv").is_file()

    def place(self) -> dict[str, Any]:
        """Give the parameters that Open-Meteo's interfaces share."""
        told = {"latitude": f"{self.station.latitude:.4f}", "longitude": f"{self.station.longitude:.4f}"}
        if self.station.elevation is not None:
            told["elevation"] = f"{self.station.elevation:g}"
        return told | {"models": self.client.model, "timezone": "GMT", "wind_speed_unit": "ms"}


def _open_meteo_runs(asking: _Asking, first: datetime, last: datetime) -> None:
    """Fetch each run between two times that is not kept, the newest first: what a forecast needs comes at once."""
    client, now = asking.client, datetime.now(UTC).replace(tzinfo=None)
    runs = [run for run in _run_times(first, min(last, now), client.every_hours) if not asking.has(f"{run:%Y%m%d%H}")]
    for number, run in enumerate(reversed(runs), 1):
        days = -(-client.leads_hours // 24) + 1
        answer = asking.get(
            client.address,
            **asking.place(),
            hourly=",".join(asking.names),
            run=f"{run:%Y-%m-%dT%H:%M}",
            forecast_days=days,
        )
        told = _json(answer)
        if answer.status_code == NOT_THERE:
            if "unavailable" not in str(told.get("reason", "")).casefold():
                raise DownloadError(f"The weather service at {client.address} answers: {told.get('reason', 'no')}")
            if now - run > timedelta(days=STILL_COMING_DAYS):
                asking.keep(f"{run:%Y%m%d%H}", None)
            continue
        asking.keep(f"{run:%Y%m%d%H}", rows_of_run(told, run, asking.names))
        if number % TOLD_EVERY == 0:
            logger.info("%d of %d runs have come from %s.", number, len(runs), client.address)


def _open_meteo_previous(asking: _Asking, first: datetime, last: datetime) -> None:
    """Fetch previous runs, some months at a time; a stretch that may still change is asked for again."""
    client, days = asking.client, max(1, asking.client.leads_hours // 24)
    hourly = ",".join(f"{name}_previous_day{day}" for name in asking.names for day in range(1, days + 1))
    epoch, ahead = datetime(2020, 1, 1), timedelta(days=days)
    begin = epoch + timedelta(days=(first - epoch).days // DAYS_AT_ONCE * DAYS_AT_ONCE)
    now = datetime.now(UTC).replace(tzinfo=None)
    while begin <= last + ahead:
        end = begin + timedelta(days=DAYS_AT_ONCE - 1)
        name = f"{begin:%Y%m%d}"
        if not asking.has(name) or end + timedelta(days=STILL_COMING_DAYS) > min(now, last):
            until = min(end, now + ahead)
            start = max(begin, datetime.combine(client.first, datetime.min.time()))
            dates = {"start_date": f"{start:%Y-%m-%d}", "end_date": f"{until:%Y-%m-%d}"}
            answer = _json(asking.get(client.address, **asking.place(), hourly=hourly, **dates))
            rows = rows_of_previous_runs(answer, asking.names, days)
            # What was forecast after now is not known yet, whatever stands there.
            asking.keep(name, rows[rows[ISSUED] <= pd.Timestamp(now)])
        begin = end + timedelta(days=1)


def _mosmix(asking: _Asking, first: datetime, last: datetime) -> None:
    """Fetch the runs that DWD still has, of two days or so; those that were fetched before stay."""
    client, station_id = asking.client, asking.client.station_id
    if not station_id:
        known = asking.folder / "station.json"
        if not known.is_file():
            text = asking.get(client.catalogue).content.decode("latin-1")
            found = nearest_of_catalogue(text, asking.station.latitude, asking.station.longitude)
            logger.info("The nearest of MOSMIX's stations is %s (%s), %.0f km away.", *found)
            with whole_file(known) as beside:
                beside.write_text(json.dumps(found), encoding="utf-8")
        station_id = json.loads(known.read_text(encoding="utf-8"))[0]
    folder = f"{client.address}/{station_id}/kml/"
    for file, stamp in sorted(set(MOSMIX_RUN.findall(asking.get(folder).text))):
        if not asking.has(stamp) and first <= datetime.strptime(stamp, "%Y%m%d%H") <= last:
            asking.keep(stamp, rows_of_mosmix(asking.get(folder + file).content, asking.names))


FETCHERS: Final = {"open_meteo_runs": _open_meteo_runs, "open_meteo_previous": _open_meteo_previous, "mosmix": _mosmix}


def _names(source: ForecastSource) -> tuple[str, ...]:
    winds = (name for wind in source.winds for name in (wind.east, wind.north, wind.speed, wind.direction))
    return tuple(dict.fromkeys(filter(None, [*(column.source for column in source.columns), *winds])))


def _run_times(first: datetime, last: datetime, every_hours: int) -> Iterator[datetime]:
    run = datetime(first.year, first.month, first.day)
    while run <= last:
        if run >= first:
            yield run
        run += timedelta(hours=every_hours)


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        return dict(answer.json())
    except (ValueError, TypeError) as error:
        raise SourceUnreadableError(f"What came from {answer.url.host} is no JSON ({error}).") from error
