"""`python -m benchmarks.fleet`: one model for several places, and what a fleet costs."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

import click

from benchmarks.markdown import output_option, tell

FEW: Final = 6
"""Stations at which is measured where time goes."""
TEN: Final = 10


@click.command()
@click.option("--cities", "file", metavar="FILE", help="The long table of three cities: own and shared models of it.")
@click.option("--records", is_flag=True, help="With --cities: also as a city's record grows.")
@click.option("--farms", "power", metavar="FILE", help="GEFCom2012's wind power: own and shared models of four farms.")
@click.option("--scale", metavar="1,10,…", help="Simulated stations: what each costs.")
@click.option("--where", metavar="1000", type=int, help="Where time goes at a station of a fleet of so many.")
@click.option("--neighbours", metavar="0,2,…", help="What so many neighbours cost ten stations' hourly forecast.")
@click.option(
    "--works", default="ridge,boosting,shared,forecast,monitor", show_default=True, help="With --scale: what is done."
)
@click.option("--workers", default=2, show_default=True, help="With --scale: processes side by side.")
@click.option("--home", type=click.Path(path_type=Path), help="Where results are kept, to go on from.")
@output_option("fleet.md")
def main(  # noqa: PLR0917  (options)
    file: str | None,
    records: bool,
    power: str | None,
    scale: str | None,
    where: int | None,
    neighbours: str | None,
    works: str,
    workers: int,
    home: Path | None,
    page: Path | None,
) -> None:
    """Measure what is asked for, and print it as Markdown."""
    with tempfile.TemporaryDirectory(prefix="jena-fleet-") as scratch:
        os.environ["JENA_HOME"] = str((home or Path(scratch)).resolve())
        os.environ.pop("JENA_CACHE", None)
        os.environ["JENA_LEADS_HOURS"] = "[]"  # the headline alone: what its figures are of
        if file:
            from benchmarks.fleet.cities import as_a_record_grows, cities, own_or_shared

            found = cities(str(Path(file).resolve()))
            tell(own_or_shared(found), page, "cities")
            if records:
                tell(as_a_record_grows(found), page, "records")
        if power:
            from benchmarks.fleet.cities import farms, own_or_shared

            tell(own_or_shared(farms(str(Path(power).resolve())), "farm", own_anomalies=True), page, "farms")
        if scale:
            from benchmarks.fleet.scale import costs, kept, measure

            folder = (home or Path(tempfile.gettempdir()) / "jena-fleet-scale").resolve()
            click.echo(f"Figures are kept in {folder}; the same command goes on from them.", err=True)
            try:
                measure([int(each) for each in scale.split(",")], works.split(","), workers, folder)
            finally:
                if kept(folder):  # also where it is stopped
                    tell(costs(folder), page, "scale")
        if where:
            from benchmarks.fleet.where import where_time_goes

            tell(where_time_goes(FEW, where), page, "where")
        if neighbours:
            from benchmarks.fleet.shared_files import reads_of_neighbours

            tell(reads_of_neighbours(TEN, [int(each) for each in neighbours.split(",")]), page, "neighbours")


if __name__ == "__main__":
    main()
