"""A home with made-up stations, as commands leave it, and the page that reads it."""

import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from fastapi.testclient import TestClient
from made_once import empty_store

from benchmarks.page.made_up_home import MadeUp, make_home, shown, write_forecasts
from tasks.page.further_links import Elsewhere
from tasks.page.page_app import page_app
from tasks.page.shown_station import Listed
from tasks.page.watched_stations import Watch

STATIONS = (
    MadeUp("jena", "Jena, Beutenberg", 50.91, 11.57, "UTC+01:00"),
    MadeUp("krakow", "Kraków <Balice>", 50.08, 19.80, "Europe/Warsaw", silent_hours=11.0),
    MadeUp("zugspitze", "Zugspitze", 47.42, 10.98, "Europe/Berlin", action="repair"),
)
NOW = datetime(2026, 11, 26, 9, 20, tzinfo=UTC)


@dataclass
class Scenery:
    """A home, its page, and a clock that tests put forward."""

    home: Path
    now: datetime = NOW
    days: int = 12
    watch: Watch = field(init=False)
    client: TestClient = field(init=False)

    def __post_init__(self) -> None:
        shutil.copy(empty_store(), self.home / "mlflow.db")
        make_home(self.home, STATIONS, self.now, self.days)
        store = f"sqlite:///{self.home}/mlflow.db"
        self.stations, self.faults = shown(STATIONS, self.home), ()
        self.watch = Watch(lambda: Listed(self.stations, self.faults), store, follow_seconds=5, clock=lambda: self.now)
        app = page_app(
            self.watch,
            others=Elsewhere("http://mlflow.example", "http://prefect.example"),
            registry=store,
            follow_seconds=5,
            clock=lambda: self.now,
        )
        self.client = TestClient(app)
        self.watch.look()

    def an_hour_later(self, station: int = 0) -> None:
        """The next forecast of one station comes."""
        self.now += timedelta(hours=1)
        write_forecasts(self.home, STATIONS[station], station, self.now, self.days)
