"""How a champion forecasts when readings do not come: `python -m benchmarks.operation.outages --source FILE`.

The best profile's models are trained on the whole record; then every hour of a year is forecast again from the same
readings with rows or sensors taken out.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.markdown import output_option, table, tell
from benchmarks.operation.faults import YEAR, as_it_is, cases, silenced, without_rows
from benchmarks.processes import begin_quietly
from benchmarks.windows import windows_of_source
from jena_models.forecaster import INTERVALS_FILE, PARTIAL_FOLDER, STATION_FILE, Forecaster
from jena_models.models.model_files import copy_model
from jena_models.settings import Settings
from jena_models.stations import StationSchema
from tasks.training import PARTIAL, fit_architecture, forecasts_of
from tasks.workspace import Fit, Prepared

CHAMPION: Final = "ensemble"
NEWEST_HOURS: Final = 3
DEAD_DAYS: Final = 30
DEAD_QUANTITIES: Final = {"humidity": "rh", "pressure": "p", "wind": "wv"}
LEVEL: Final = 0.9
SPLITS: Final = ("train", "validation", "judging", "test")

Hours = NDArray[np.datetime64]


@dataclass(frozen=True)
class Replayed:
    """How a year went; errors in the target's unit."""

    hours: int
    """At which the target was measured, or had been within three hours."""
    spoken: float
    """The share of them at which the champion forecast."""
    whole: float
    """The share of them at which it had all it needed."""
    mae: float
    mae_before: float
    """Of the whole record's forecasts, on the same hours."""
    coverage: float
    """The share of targets within the 90 % interval."""


@click.command()
@click.option("--source", required=True, metavar="PATH", help="The hourly readings of 2009 to 2016.")
@click.option("--cities", metavar="PATH", help="The readings of the three cities.")
@output_option("availability.md")
def main(*, source: str, cities: str | None, page: Path | None) -> None:
    """Train as the best profile does, take readings away, and replay a year hour by hour."""
    begin_quietly()
    prepared, settings, station = windows_of_source("best", source)
    fit = fit_architecture(CHAMPION, prepared, settings)
    readings = pd.read_parquet(prepared.divided.checked.readings)
    forecaster = put_together(fit, prepared, settings, station)
    texts: dict[str, Callable[[], str]] = {
        "replay": lambda: replay_table(replays(forecaster, readings, station)),
        "training": lambda: trained_with_holes(fit, prepared),
    }
    if cities:
        texts["cities"] = lambda: city_table(Path(cities))
    for name, write in texts.items():
        tell(write(), page, name)


def put_together(fit: Fit, prepared: Prepared, settings: Settings, station: StationSchema) -> Forecaster:
    """Give what a registered version forecasts with."""
    folder, partial = Path(tempfile.mkdtemp(prefix="jena-outages-")), fit_architecture(PARTIAL, prepared, settings)
    for trained, to in ((fit, folder), (partial, folder / PARTIAL_FOLDER)):
        to.mkdir(exist_ok=True)
        copy_model(trained.folder, to)
        shutil.copy(trained.folder / INTERVALS_FILE, to)
    (folder / STATION_FILE).write_text(station.model_dump_json(), encoding="utf-8")
    return Forecaster.load(folder)


def replays(forecaster: Forecaster, readings: pd.DataFrame, station: StationSchema) -> dict[str, Replayed]:
    """Replay the year in each case, by what was done to the readings."""
    hours = readings.loc[str(YEAR)].index.to_numpy()
    before = forecaster.forecasts_at(readings, hours)
    found = {}
    for name, spoil in cases().items():
        spoiled = spoil(readings)
        after = before if spoil is as_it_is else forecaster.forecasts_at(spoiled, hours)
        found[name] = compared(before, after, readings[station.target], spoiled[station.target])
    return found | dead(forecaster, readings, station, before)


def dead(
    forecaster: Forecaster, readings: pd.DataFrame, station: StationSchema, before: pd.DataFrame
) -> dict[str, Replayed]:
    """Replay the year with one sensor dead after the other, thirty days each."""
    hours = readings.loc[str(YEAR)].index.to_numpy()
    found, one_after_the_other, target = {}, before.copy(), readings[station.target]
    for turn, (name, quantity) in enumerate(DEAD_QUANTITIES.items()):
        after, within = forecaster.forecasts_at(silenced(readings, station, quantity), hours), dead_in_turn(hours, turn)
        one_after_the_other[within] = after[within]
        days = round(int(within.sum()) / 24)
        found[f"{name} dead, {days} days"] = compared(before[within], after[within], target, target)
    found["one of the three dead, all the year"] = compared(before, one_after_the_other, target, target)
    return found


def dead_in_turn(hours: Hours, turn: int) -> NDArray[np.bool_]:
    """Give the hours of the year at which a sensor is dead: each in its turn for thirty days, and all over again."""
    stretch = (hours - hours[0]).astype("timedelta64[D]").astype(np.int64) // DEAD_DAYS
    return np.asarray(stretch % len(DEAD_QUANTITIES) == turn)


def compared(before: pd.DataFrame, after: pd.DataFrame, measured: pd.Series, left: pd.Series) -> Replayed:
    """Score forecasts made of readings with holes, which left so much of the target, beside those made of all."""
    known = left.dropna().index
    position = known.searchsorted(after["issue_time"], side="right") - 1
    age = after["issue_time"].to_numpy() - known.to_numpy()[position]
    counted = age <= np.timedelta64(NEWEST_HOURS, "h")
    spoke = after["forecast"].notna().to_numpy() & counted
    came = measured.reindex(
        pd.DatetimeIndex(after["valid_time"]), method="nearest", tolerance=pd.Timedelta(minutes=30)
    ).to_numpy()
    scored = spoke & np.isfinite(came) & before["forecast"].notna().to_numpy()
    percent = round(100 * LEVEL)
    held = after[f"lower_{percent}"].le(came) & after[f"upper_{percent}"].ge(came)
    return Replayed(
        hours=int(counted.sum()),
        spoken=float(spoke.sum() / counted.sum()),
        whole=float((spoke & (after["missing"] == "").to_numpy()).sum() / counted.sum()),
        mae=float(np.abs(after["forecast"].to_numpy() - came)[scored].mean()),
        mae_before=float(np.abs(before["forecast"].to_numpy() - came)[scored].mean()),
        coverage=float(held.to_numpy()[scored].mean()),
    )


def replay_table(found: Mapping[str, Replayed]) -> str:
    """Give the cases as Markdown."""
    rows = []
    for name, one in found.items():
        errors = [f"{one.mae:.3f}", f"{one.mae_before:.3f}", f"{one.mae - one.mae_before:+.3f}"]
        rows.append([name, f"{one.hours:,}", f"{one.spoken:.2%}", f"{one.whole:.2%}", *errors, f"{one.coverage:.1%}"])
    spoken = "hours | champion speaks | with all its parts"
    return table(f"what was taken out of 2015 | {spoken} | MAE | without the holes | difference | within 90 %", rows)


def trained_with_holes(whole: Fit, prepared: Prepared) -> str:
    """Train on the record with two rows in a hundred missing, and test both on the same windows."""
    folder = Path(tempfile.mkdtemp(prefix="jena-outages-"))
    readings = pd.read_parquet(prepared.divided.checked.readings)
    without_rows(0.02, None)(readings).to_csv(folder / "holes.csv", index_label="Date Time")
    with_holes, settings, _ = windows_of_source("best", str(folder / "holes.csv"))
    fit = fit_architecture(CHAMPION, with_holes, settings)
    one, other = (
        forecasts_of(each, of, "test").set_index("issue_time") for each, of in ((whole, prepared), (fit, with_holes))
    )
    shared = one.index.intersection(other.index)
    maes = [float((each.loc[shared, "forecast"] - each.loc[shared, "measured"]).abs().mean()) for each in (one, other)]
    begun, used_starts = (
        {split: each.rows("time")[each.starts(split)] for split in SPLITS} for each in (prepared, with_holes)
    )
    rows = []
    for split, whole_starts in begun.items():
        of = whole_starts[has_target(with_holes, prepared, whole_starts)]
        used = np.isin(of, np.concatenate(list(used_starts.values())))
        rows.append([split, f"{len(of):,}", f"{used.mean():.2%}"])
    return (
        f"{table('windows of | with a target | used', rows)}\n\n"
        f"On the {len(shared):,} test windows that both have: {maes[0]:.3f} trained on the whole record, "
        f"{maes[1]:.3f} trained and tested with 2 % of the rows missing ({maes[1] - maes[0]:+.3f} °C)."
    )


def has_target(with_holes: Prepared, prepared: Prepared, starts: Hours) -> NDArray[np.bool_]:
    """Tell which windows of the whole record have a target in the record with holes, by when their history begins."""
    all_times = prepared.rows("time")
    valid = all_times[np.searchsorted(all_times, starts) + prepared.target_offset_rows]
    return np.asarray(np.isin(valid, with_holes.rows("time")[np.isfinite(with_holes.rows("target"))]))


def city_table(path: Path) -> str:
    """Train on each of the three cities, and see at how many hours of the test split there is a forecast."""
    found = pd.read_csv(path, parse_dates=["time_utc"])
    folder = Path(tempfile.mkdtemp(prefix="jena-outages-"))
    rows = []
    for city, of_city in found.groupby("city"):
        station = folder / f"{city}.yaml"
        station.write_text(CITY.format(city=str(city).lower()), encoding="utf-8")
        named = {"time_utc": "time", "pressure_hpa": "p (mbar)", "temp_c": "T (degC)"}
        named |= {"wind_speed_ms": "wv (m/s)", "wind_dir_deg": "wd (deg)"}
        of_city.rename(columns=named).drop(columns="city").to_csv(folder / f"{city}.csv", index=False)
        rows.append(city_row(str(city), folder / f"{city}.csv", station))
    return table("city | hours of the test split | champion speaks | MAE | persistence", rows)


def city_row(city: str, source: Path, station_file: Path) -> list[str]:
    """Give a city's line of the table."""
    prepared, settings, station = windows_of_source("best", str(source), {"station": str(station_file)})
    readings = pd.read_parquet(prepared.divided.checked.readings)
    forecaster = put_together(fit_architecture("ridge", prepared, settings), prepared, settings, station)
    hours = readings.index[prepared.divided.borders.judging :].to_numpy()
    said = forecaster.forecasts_at(readings, hours)
    result = compared(said, said, readings[station.target], readings[station.target])
    now = readings[station.target].ffill(limit=NEWEST_HOURS).reindex(hours).to_numpy()
    came = readings[station.target].reindex(pd.DatetimeIndex(said["valid_time"])).to_numpy()
    scored = np.isfinite(now) & np.isfinite(came) & said["forecast"].notna().to_numpy()
    persistence = float(np.abs(now - came)[scored].mean())
    spoken = f"{said['forecast'].notna().mean():.2%}"
    return [city, f"{len(hours):,}", spoken, f"{result.mae:.3f}", f"{persistence:.3f}"]


CITY: Final = """
name: city-{city}
title: City {city}
credit: chaocraig/HourlyTimeSeries
latitude: 40
longitude: -75
clock: UTC
cadence_minutes: 60
target: T (degC)
target_name: temperature
columns:
  - {{name: p (mbar), quantity: p, kind: optional, minimum: 880, maximum: 1080}}
  - {{name: T (degC), quantity: T, kind: required, minimum: -60, maximum: 55}}
  - {{name: wv (m/s), quantity: wv, kind: optional, minimum: 0, maximum: 100, flat_values: [0]}}
  - {{name: wd (deg), quantity: wd, kind: optional, minimum: 0, maximum: 360, flat_values: [0]}}
"""


if __name__ == "__main__":
    main()
