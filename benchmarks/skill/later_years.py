"""How well a registered model forecasts readings of later years: `python -m benchmarks.skill.later_years FILE…`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
import numpy as np
import pandas as pd

from benchmarks.markdown import table
from jena_models.evaluation.metrics import mean_absolute_error, skill
from jena_models.reading.reading import read
from jena_models.settings import Settings
from jena_models.stations import StationSchema, load_station
from jena_models.stations.cleaned.cleaning import clean
from tasks.registry import load_champion, model_name


@dataclass(frozen=True)
class LaterScores:
    """Of one file, on the hours that have a whole history and a measured target; errors in the target's unit."""

    forecasts: int
    persistence_mae: float
    mae: float
    coverage: float
    """The share of targets within the 90 % interval."""

    @property
    def skill(self) -> float:
        """Give 1 − MAE / MAE of persistence."""
        return skill(self.mae, self.persistence_mae)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(files: tuple[Path, ...]) -> None:
    """Let the champion forecast every hour of FILES, which it was not trained on."""
    station, settings = load_station("jena"), Settings()
    champion = load_champion.fn(model_name(station, settings, "real"))
    if champion is None:
        raise click.ClickException("There is no champion: train one on the earlier years first.")
    click.echo(f"Version {champion.version} of {champion.model} ({champion.architecture})")
    click.echo(table("file | forecasts | persistence MAE | MAE | skill | within 90 %", ()))
    for path in files:
        found = score_file(path, champion.forecaster, station)
        click.echo(
            f"| {path.name} | {found.forecasts:,} | {found.persistence_mae:.3f} | {found.mae:.3f} | "
            f"{found.skill:+.1%} | {found.coverage:.1%} |"
        )


def score_file(path: Path, forecaster: Any, station: StationSchema) -> LaterScores:
    """Score hourly forecasts of a file of readings, by the forecaster's own way from raw readings to the target."""
    readings, _ = clean(read(path, station), station)
    issue_times = pd.DatetimeIndex(readings.index)
    hourly = issue_times[issue_times.minute == issue_times[0].minute]
    target = readings[station.target]
    horizon = timedelta(minutes=forecaster.preparation.horizon_minutes)
    measured = target.reindex(hourly + horizon).to_numpy()
    forecasts = forecaster.forecast_at(readings, hourly)
    now = target.loc[hourly].to_numpy()
    scored = np.isfinite(measured) & np.isfinite(forecasts) & np.isfinite(now)
    lower, upper = forecaster.interval_at(forecasts, hourly, 0.9)
    within = (lower <= measured) & (measured <= upper)
    return LaterScores(
        forecasts=int(scored.sum()),
        persistence_mae=mean_absolute_error(now[scored], measured[scored]),
        mae=mean_absolute_error(forecasts[scored], measured[scored]),
        coverage=float(within[scored].mean()),
    )


if __name__ == "__main__":
    main()
