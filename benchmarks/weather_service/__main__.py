"""What a weather service's forecasts are worth: `python -m benchmarks.weather_service --data FOLDER --set hannover`.

Candidates are chosen on validation, trained again on all that is given, and scored once on the test.
"""

from __future__ import annotations

import json
import logging
import os
import time
from pathlib import Path
from typing import Any

import click
import numpy as np

from benchmarks import markdown
from benchmarks.processes import InSentences
from benchmarks.weather_service.described_sets import DescribedSet, described
from benchmarks.weather_service.late_runs import late_table, made_late
from benchmarks.weather_service.records import pooled, record_of
from benchmarks.weather_service.trials import BLEND, Tried, scores, tried

FIGURES = ("mae", "rmse", "crps", "within_80", "within_90")


@click.command(cls=InSentences)
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), required=True)
@click.option("--set", "named", default="hannover", show_default=True, help="One that is shipped, or a YAML file.")
@click.option("--series", "only", help="By commas, some of the set's series, or others whose files are alike.")
@click.option("--threads", default=1, show_default=True)
@click.option("--late", help="Hours by which runs are made late on the test, by commas, beside on time and not at all.")
@click.option("--output", type=click.Path(path_type=Path), help="A file to write all figures to, as JSON.")
def main(  # noqa: PLR0917  (what click gives)
    data: Path, named: str, only: str | None, threads: int, late: str | None, output: Path | None
) -> None:
    """Train, choose and score."""
    logging.basicConfig(level=logging.ERROR)
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    told, began = described(named), time.perf_counter()
    series = tuple(name.strip() for name in only.split(",")) if only else told.series
    told = told.of_series(series)
    records = [record_of(told, name, data, number) for number, name in enumerate(series)]
    together = [pooled(records)] if told.pooled else records
    if late:
        hours = tuple(float(text) for text in late.split(","))
        results = [made_late(record, told, hours, threads) for record in together]
        click.echo(late_table(told, results))
        click.echo(f"{time.perf_counter() - began:.0f} seconds")
        return
    found = [tried(record, told, threads) for record in together]
    rows = figures(told, series, found)
    click.echo(table(told, rows, found))
    click.echo(f"{time.perf_counter() - began:.0f} seconds")
    if output:
        output.write_text(json.dumps(rows, indent=1), encoding="utf-8")


def figures(told: DescribedSet, series: tuple[str, ...], found: list[Tried]) -> list[dict[str, Any]]:
    """Give a row for each series and candidate: what it scored on validation and on test."""
    rows = []
    for number, name in enumerate(series):
        each, among = (found[0], number) if told.pooled else (found[number], None)
        for candidate in each.validation.by_name:
            row: dict[str, Any] = {"series": name, "candidate": candidate}
            for part, forecasts in (("validation", each.validation), ("test", each.test)):
                row[part] = scores(forecasts, candidate, among)
            rows.append(row)
    return rows


def table(told: DescribedSet, rows: list[dict[str, Any]], found: list[Tried]) -> str:
    """Give the means over the series, the best on validation first, then the best one's figures by series."""
    names = list(dict.fromkeys(row["candidate"] for row in rows))
    ranked = sorted(names, key=lambda name: _mean(rows, name, "validation", told.score))
    asked = [("validation", told.score), *(("test", figure) for figure in FIGURES)]
    cells = [
        [f"{name} (chosen)" if name == ranked[0] else name, *(f"{_mean(rows, name, *each):.4f}" for each in asked)]
        for name in ranked
    ]
    head = " | ".join(["candidate", *(" ".join(each) for each in asked)])
    lines = [told.title, "", markdown.table(head, cells), ""]
    for row in rows:
        if row["candidate"] == ranked[0]:
            told_test = ", ".join(f"{figure} {row['test'][figure]:.4f}" for figure in FIGURES if figure in row["test"])
            lines.append(f"{row['series']}: {row['test']['windows']:.0f} windows, {told_test}")
    if ranked[0] == BLEND:
        weights = [dict(each.weights) for each in found]
        mean = {name: np.mean([each[name] for each in weights]) for name in weights[0]}
        lines.append("Blend: " + ", ".join(f"{share:.2f} {name}" for name, share in mean.items() if share > 0))
    return "\n".join(lines)


def _mean(rows: list[dict[str, Any]], name: str, part: str, figure: str) -> float:
    of = [row[part].get(figure, np.nan) for row in rows if row["candidate"] == name]
    return float(np.mean(of))


if __name__ == "__main__":
    main()
