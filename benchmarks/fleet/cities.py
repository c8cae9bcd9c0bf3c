"""One model for several places: beside one each, at one that it has not seen, and as a record grows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import click
import numpy as np
import pandas as pd
import yaml

from benchmarks.markdown import table
from benchmarks.skill.neighbours import farm
from flows.fleets.study_steps import checked_with
from jena_models.architectures.shared_boosting import SharedBoosting
from jena_models.evaluation.metrics import mean_absolute_error, skill
from jena_models.features.starting_point import latest
from jena_models.fleet import FleetFile, FleetStation
from jena_models.settings import Settings
from jena_models.stations import StationSchema
from jena_models.training.jobs.lessons import histories_of_splits
from jena_models.windows.steps import on_steps
from tasks.fleet import SHARED, entries_of, gather_part, grow_pool, job_for, with_pool
from tasks.readings import normalize
from tasks.training import fit_architecture
from tasks.workspace import Borders, Checked, Divided, Prepared, cache_folder, content_key, stage

STATION: Final = Path(__file__).with_name("us-city.yaml")
CITIES: Final = ("A", "B", "D")
FARMS: Final = ("farm1", "farm2", "farm3", "farm4")
RECORD_DAYS: Final = (30, 90, 180, 365, 730)
OWN: Final = "gradient_boosting"
LENIENT: Final = {"completeness": 0.5, "optional_completeness": 0.5, "regularity": 0.5, "flat_share": 0.1}
"""Hours are missing by rule, and a temperature in whole degrees stays the same for half a day."""


@dataclass(frozen=True)
class Periods:
    """Trained before the first time, chosen by what lies before the second, tested on what lies before the last."""

    choosing: np.datetime64
    testing: np.datetime64
    end: np.datetime64


YEARS: Final = Periods(*(np.datetime64(f"{year}-01-01") for year in (2008, 2010, 2012)))
FARM_YEARS: Final = Periods(*(np.datetime64(day) for day in ("2011-01-01", "2011-07-01", "2012-07-01")))


@dataclass(frozen=True)
class City:
    """A city or another place, its readings as they were checked, and all of its record prepared."""

    name: str
    station: StationSchema
    settings: Settings
    checked: Checked
    prepared: Prepared

    def with_record(self, days: int) -> Prepared:
        """Give the city as if its record began so many days before the test: three quarters train, one chooses."""
        begin = YEARS.testing - np.timedelta64(days, "D")
        choosing = YEARS.testing - np.timedelta64(days // 4, "D")
        return _prepared(self.checked, self.station, self.settings, begin, replace(YEARS, choosing=choosing))


def cities(file: str) -> list[City]:
    """Give the cities of a file."""
    fleet = FleetFile(
        name="cities",
        station=str(STATION),
        source=file,
        station_column="city",
        stations=tuple(FleetStation(name=name) for name in CITIES),
        settings={f"validation.{name}": value for name, value in LENIENT.items()},
    )
    return prepared_cities(fleet, YEARS)


def farms(file: str) -> list[City]:
    """Give the four wind farms of GEFCom2012's table of power; where they stand is not known."""
    folder = cache_folder() / "farms"
    folder.mkdir(parents=True, exist_ok=True)
    for name in FARMS:
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(farm(name)), encoding="utf-8")
    stations = tuple(FleetStation(name=name, station=str(folder / f"{name}.yaml"), source=file) for name in FARMS)
    return prepared_cities(FleetFile(name="farms", profile="best", stations=stations), FARM_YEARS)


def prepared_cities(fleet: FleetFile, periods: Periods) -> list[City]:
    """Give the stations of a fleet with their windows."""
    found = []
    for entry in entries_of(fleet):
        if entry.settings is None or entry.station is None:
            raise click.ClickException(entry.fault)
        checked = checked_with(entry.settings, entry.station)
        prepared = _prepared(checked, entry.station, entry.settings, np.datetime64("1900-01-01"), periods)
        found.append(City(entry.name, entry.station, entry.settings, checked, prepared))
    return found


def own_or_shared(found: Sequence[City], kind: str = "city", *, own_anomalies: bool = False) -> str:
    """Give the test skill at each city of a model of its own, of one for all, and of one that has not seen it.

    What has not seen it is grown on the others alone, and is told nothing but the city's place; or it is also told
    what is usual at the city, by the readings before the windows that choose.

    Args:
        found: the cities.
        kind: what they are.
        own_anomalies: whether to show also a model of its own that sees how far the target is from what is usual, as
            the one for all does.
    """
    parts = _parts(found)
    everybody = grow_pool(list(parts.values()), found[0].settings, threads=1)
    owns = ["own", *(["own, shown its anomalies"] if own_anomalies else [])]
    head = " | ".join([kind, *owns, "one for all", "one that has not seen it", "the same, told its climate"])
    rows, figures = [], []
    for city in found:
        shown = (city.settings, _with_anomalies(city.settings))[: len(owns)]
        own = [fit_architecture(OWN, city.prepared, settings).result.test_skill for settings in shown]
        shared = fit_architecture(SHARED, city.prepared, with_pool(city.settings, everybody)).result.test_skill
        others = _pool_of_others(city, parts)
        told_climate = fit_architecture(SHARED, city.prepared, with_pool(city.settings, others)).result.test_skill
        figures.append((*own, shared, unseen_skill(city, others), told_climate))
        rows.append([city.name, *(f"{figure:.3f}" for figure in figures[-1])])
        click.echo(" ".join(rows[-1]), err=True)
    rows.append(["mean", *(f"{np.mean(column):.3f}" for column in zip(*figures, strict=True))])
    return table(head, rows)


def as_a_record_grows(found: Sequence[City]) -> str:
    """Give the mean test skill of a model of a city's own and of one that others share, by days of record."""
    parts = _parts(found)
    pools = {city.name: _pool_of_others(city, parts) for city in found}
    rows = []
    for length in RECORD_DAYS:
        figures = []
        for city in found:
            prepared = city.with_record(length)
            own = fit_architecture(OWN, prepared, city.settings).result.test_skill
            shared = fit_architecture(SHARED, prepared, with_pool(city.settings, pools[city.name])).result.test_skill
            figures.append((own, shared))
        rows.append([str(length), *(f"{np.mean(column):+.3f}" for column in zip(*figures, strict=True))])
        click.echo(f"{' '.join(rows[-1])}: {figures}", err=True)
    return table("days of record | own alone | one that others share, with the record", rows, words=0)


def unseen_skill(city: City, pool: Path) -> float:
    """Give the test skill of a pool at a city of which it is told the place, and nothing else."""
    job = job_for(city.prepared, city.settings)
    model = SharedBoosting.for_newcomer(pool, city.prepared.preparation.columns, city.station)
    histories, target = histories_of_splits(job, ("test",))["test"], job.readings.targets("test")
    persistence = latest(histories, city.station.target)
    mae = mean_absolute_error(model.forecast(histories), target)
    return skill(mae, mean_absolute_error(persistence.astype(np.float32), target))


def _parts(found: Sequence[City]) -> dict[str, Path]:
    return {city.name: gather_part(city.prepared, city.station, city.settings, len(found)) for city in found}


def _pool_of_others(city: City, parts: Mapping[str, Path]) -> Path:
    return grow_pool([part for name, part in parts.items() if name != city.name], city.settings, threads=1)


def _with_anomalies(settings: Settings) -> Settings:
    table = settings.hyperparameters
    chosen: Any = table[OWN]
    shown = chosen.model_copy(update={"features": chosen.features.model_copy(update={"target_anomalies": True})})
    return settings.model_copy(update={"hyperparameters": table.model_copy(update={OWN: shown})})


def _prepared(
    checked: Checked, station: StationSchema, settings: Settings, begin: np.datetime64, periods: Periods
) -> Prepared:
    """Give the windows of a record that begins at one time and chooses from another on, tested on the last years."""
    readings = on_steps(pd.read_parquet(checked.readings), checked.cadence_minutes)
    kept = readings[(readings.index >= pd.Timestamp(begin)) & (readings.index < pd.Timestamp(periods.end))]

    def write(to: Path) -> None:
        kept.to_parquet(to / "readings.parquet")

    folder = stage("record", 1, {"checked": checked.key, "begin": str(begin), "end": str(periods.end)}, write)
    ends = [int(np.searchsorted(kept.index.to_numpy(), time)) for time in (periods.choosing, periods.testing)]
    borders = Borders(train=ends[0], validation=ends[1], judging=ends[1], rows=len(kept))
    cut = checked.model_copy(update={"readings": folder / "readings.parquet", "key": folder.name})
    divided = Divided(checked=cut, borders=borders, key=content_key(checked=cut.key, borders=borders))
    return normalize.fn(divided, settings, station)
