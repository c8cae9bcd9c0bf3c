"""Makes the pictures of the page that the docs show, of made-up stations: `python -m benchmarks.page.pictures`."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click
import httpx

from benchmarks.page.browser import browser_path, chromium
from benchmarks.page.made_up_home import SOME, make_home, shown
from benchmarks.processes import ROOT, MeasurementError, serving
from tasks.orchestration import free_port

PICTURES: Final = {
    "page-stations": ("/", 1180, 960, False),
    "page-station": ("/stations/jena", 1040, 930, False),
    "page-station-dark-phone": ("/stations/krakow", 390, 844, True),
}
"""Address, width, height, and whether in the dark, by the name of the picture."""
LEADS: Final = tuple(range(1, 49))
DAYS: Final = 40
START_SECONDS: Final = 120.0


@click.command()
@click.option(
    "--output", type=click.Path(path_type=Path, file_okay=False), default=ROOT / "docs" / "images", help="The folder."
)
def main(*, output: Path) -> None:
    """Draw the pictures; Chromium must be installed."""
    browser = browser_path()
    if browser is None:
        raise MeasurementError("no Chromium is installed, and it is what draws the pictures")
    with (
        tempfile.TemporaryDirectory(prefix="jena-page-") as folder,
        served(Path(folder)) as address,
        chromium(browser) as tab,
    ):
        for name, (path, width, height, dark) in PICTURES.items():
            tab.look_from(width, height, dark=dark, zone="Europe/London")
            tab.go(address + path)
            tab.picture(output / f"{name}.png")
            click.echo(f"{name}.png: {(output / f'{name}.png').stat().st_size / 1024:.0f} KiB")


@contextmanager
def served(home: Path) -> Iterator[str]:
    """Serve the page of made-up stations; gives its address."""
    os.environ["JENA_HOME"] = str(home)
    make_home(home, SOME, datetime.now(UTC), DAYS, LEADS)
    (home / "stations").mkdir()
    stations = shown(SOME, home / "stations")
    named = [part for each in stations for part in ("--station", str(home / "stations" / f"{each.name}.yaml"))]
    address = f"http://127.0.0.1:{free_port()}"
    command = ["page", "--source", "simulated", "--port", address.rpartition(":")[2], *named]

    def all_shown() -> bool:
        try:
            return len(httpx.get(f"{address}/api/stations").json()["stations"]) == len(stations)
        except httpx.HTTPError:
            return False

    with serving(*command, answers=all_shown, seconds=START_SECONDS):
        yield address


if __name__ == "__main__":
    main()
