"""What stations gain from their neighbours: `python -m benchmarks.skill.neighbours --data FOLDER`.

Cities in one long table with a column `city`, and the wind farms of GEFCom2012, each with all others as neighbours that
its records offer. Which neighbours and which architecture count is chosen on the years before the test; the test is
scored for what was chosen, and for the station alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click
import pandas as pd
import yaml

from benchmarks.markdown import output_option, table, tell
from benchmarks.processes import begin_quietly
from flows.fleets.study_steps import checked_with
from jena_models.errors import RequestError
from jena_models.neighbours.gains import NeighbourGains, ahead_in_words
from jena_models.settings import Settings
from jena_models.stations import StationSchema, load_station
from tasks.readings import normalize, split_chronologically
from tasks.studies import measure_neighbours
from tasks.training import fit_architecture
from tasks.workspace import Borders, Fit, Prepared, cache_folder, content_key, requested, resolve

CITIES: Final = "*cities*.csv*"
FARMS: Final = "gefcom2012_wind_power.csv"
ARCHITECTURES: Final = ("ridge", "gradient_boosting")
CITY_COLUMNS: Final = """
- {name: T (degC), quantity: T, kind: required, minimum: -60, maximum: 55, source: temp_c, unit: degC}
- {name: p (mbar), quantity: p, kind: optional, minimum: 880, maximum: 1080, source: pressure_hpa, unit: hPa}
- {name: wd (deg), quantity: wd, kind: optional, minimum: 0, maximum: 360, source: wind_dir_deg, unit: deg}
- {name: wv (m/s), quantity: wv, kind: optional, minimum: 0, maximum: 99, source: wind_speed_ms, unit: m/s}
"""


@dataclass(frozen=True)
class Record:
    """Several stations whose readings lie in one file."""

    source: Path
    stations: tuple[str, ...]
    chosen_from: str
    """When training ends and choosing begins."""
    tested_from: str
    station: Callable[[str], dict[str, object]]
    """Gives what the file of one of the stations says."""
    own_anomalies: bool = False
    """Whether learners are shown the station's own anomalies, so that a neighbour gains nothing by telling of them."""


def city(name: str) -> dict[str, object]:
    """Give what the file of a city says, whose rows the column `city` tells apart; where it stands is not known."""
    columns = yaml.safe_load(CITY_COLUMNS)
    rows = {"time_columns": ["time_utc"], "select": {"city": [name]}, "columns": columns}
    return _told(f"city-{name}", "T (degC)", "temperature") | rows


def farm(name: str) -> dict[str, object]:
    """Give what the file of a wind farm says, which has a column of hourly power."""
    column = {"name": "power", "quantity": "power", "kind": "required", "minimum": 0, "maximum": 1}
    told = {"source": name, "flat_values": [0], "flat_hours": 72}
    return _told(name, "power", "power") | {"time_columns": ["time"], "columns": [column | told]}


@dataclass(frozen=True)
class Outcome:
    """A station with some neighbours: what was chosen on validation, and how it did on the test."""

    station: str
    neighbours: tuple[str, ...]
    architecture: str
    val_skill: float
    test_skill: float
    test_mae: float
    windows: int


@click.command()
@click.option("--data", required=True, type=click.Path(exists=True, path_type=Path), help="A folder, or the table.")
@click.option("--stations", help="Which are forecast, by commas; all where it is not given.")
@click.option("--farms/--no-farms", default=True, help="Whether the wind farms are tried too, where they are there.")
@click.option("--chosen-from", default="2008-01-01", help="When training ends, of the cities.")
@click.option("--tested-from", default="2010-01-01", help="When choosing ends, of the cities.")
@click.option("--own-anomalies", is_flag=True, help="Show learners the station's own anomalies too.")
@output_option("neighbours.md")
def main(
    *,
    data: Path,
    stations: str | None,
    farms: bool,
    chosen_from: str,
    tested_from: str,
    own_anomalies: bool,
    page: Path | None,
) -> None:
    """Forecast each station alone and with its neighbours, 24 hours ahead."""
    begin_quietly()
    found: dict[str, Record] = {"cities": _cities(data, chosen_from, tested_from, own_anomalies)}
    if farms and (power := _file(data, FARMS)):
        names = tuple(name for name in pd.read_csv(power, nrows=1).columns if name.startswith("farm"))
        found["farms"] = Record(power, names, "2011-01-01", "2011-07-01", farm, own_anomalies)
    wanted = set(stations.split(",")) if stations else None
    for name, record in found.items():
        asked = [each for each in record.stations if wanted is None or each in wanted]
        parts = [studied(record, station) for station in asked]
        tell("\n\n".join([_outcomes([row for rows, _ in parts for row in rows]), _gains(asked, parts)]), page, name)


def studied(record: Record, name: str) -> tuple[list[Outcome], NeighbourGains | None]:
    """Give how a station is forecast alone, with the neighbour that gains most, and with all that help."""
    others = tuple(each for each in record.stations if each != name)
    folder = cache_folder() / "neighbours"  # one place, so that what was trained before is found again
    folder.mkdir(parents=True, exist_ok=True)
    gains = measure_neighbours(*prepared(record, name, others, folder)[1:]) if others else None
    helping = tuple(each.name for each in gains.neighbours if each.helps) if gains else ()
    return [outcome(record, name, chosen, folder) for chosen in dict.fromkeys(((), helping[:1], helping))], gains


def outcome(record: Record, name: str, neighbours: tuple[str, ...], folder: Path) -> Outcome:
    """Give the architecture with the least error on validation, and its skill on the test."""
    settings, windows, _ = prepared(record, name, neighbours, folder)
    fits: list[Fit] = [fit_architecture(each, windows, settings) for each in ARCHITECTURES]
    best = min(fits, key=lambda fit: fit.result.val_mae).result
    found = Outcome(
        station=name,
        neighbours=neighbours,
        architecture=best.architecture,
        val_skill=best.val_skill,
        test_skill=best.test_skill,
        test_mae=best.test_mae,
        windows=windows.windows["test"],
    )
    click.echo(" ".join(_row(found)), err=True)
    return found


def prepared(
    record: Record, name: str, neighbours: Sequence[str], folder: Path
) -> tuple[Settings, Prepared, StationSchema]:
    """Give the windows of a station with some neighbours, its splits at the record's dates."""
    for each in (name, *neighbours):
        (folder / f"{each}.yaml").write_text(yaml.safe_dump(record.station(each)), encoding="utf-8")
    file = folder / f"{'-'.join((name, 'with', *neighbours))}.yaml"
    named = [{"station": f"{each}.yaml", "name": each} for each in neighbours]
    file.write_text(yaml.safe_dump(record.station(name) | {"neighbours": named}), encoding="utf-8")
    shown = {f"{each}.features.target_anomalies": record.own_anomalies for each in ARCHITECTURES}
    settings = resolve("best", requested(str(record.source), None, 1, {"station": str(file), **shown}))
    station = load_station(settings.station)
    divided = split_chronologically.fn(checked_with(settings, station), settings)
    times = pd.read_parquet(divided.checked.readings, columns=[]).index
    train, judged = (int(times.searchsorted(pd.Timestamp(day))) for day in (record.chosen_from, record.tested_from))
    borders = Borders(train=train, validation=judged, judging=judged, rows=len(times))
    key = content_key(divided=divided.key, borders=borders)
    divided = divided.model_copy(update={"borders": borders, "key": key})
    return settings, normalize.fn(divided, settings, station), station


def _cities(data: Path, chosen_from: str, tested_from: str, own_anomalies: bool) -> Record:
    source = data if data.is_file() else _file(data, CITIES)
    if source is None:
        raise RequestError(f"There is no table of cities ({CITIES}) in {data}; name it with --data.")
    names = pd.read_csv(source, usecols=["city"])["city"].astype(str).unique()
    return Record(source, tuple(sorted(names)), chosen_from, tested_from, city, own_anomalies)


def _file(data: Path, pattern: str) -> Path | None:
    return next(iter(sorted(data.rglob(pattern))), None) if data.is_dir() else None


def _told(name: str, target: str, target_name: str) -> dict[str, object]:
    place = {"latitude": 40.0, "longitude": -75.0, "clock": "UTC", "cadence_minutes": 60}
    return {"name": name, "title": name, "credit": "", "target": target, "target_name": target_name} | place


def _outcomes(rows: Sequence[Outcome]) -> str:
    head = "station | neighbours | chosen on validation | skill there | skill on the test | MAE on the test | windows"
    return table(head, map(_row, rows), words=3)


def _row(row: Outcome) -> list[str]:
    figures = [f"{figure:.3f}" for figure in (row.val_skill, row.test_skill, row.test_mae)]
    return [row.station, ", ".join(row.neighbours) or "none", row.architecture, *figures, f"{row.windows:,}"]


def _gains(stations: Sequence[str], parts: Sequence[tuple[object, NeighbourGains | None]]) -> str:
    rows = []
    for station, (_, gains) in zip(stations, parts, strict=True):
        for each in gains.neighbours if gains else ():
            figures = [f"{each.correlation:.2f}", f"{each.gain:+.3f}", f"{each.lower:+.3f} to {each.upper:+.3f}"]
            rows.append([station, each.name, ahead_in_words(each), *figures, f"{each.beside_others:+.3f}"])
    head = "station | neighbour | its weather | r | gain on validation | 95 % interval | beside the others"
    return table(head, rows, words=3)


if __name__ == "__main__":
    main()
