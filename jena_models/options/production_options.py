"""What runs after a study: servers, serving, forecasts and monitoring."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from jena_models.frozen import Branch
from jena_models.options.quantities import Count, Fraction, Port, Positive, Share

MonitoredGroup = Literal["source", "sensors", "champion", "inputs", "residuals", "scores", "service"]


class Servers(Branch):
    """The servers of one machine, which `jena up` starts."""

    address: str = "127.0.0.1"
    """The address that they listen on; the default answers this machine alone."""
    prefect_port: Port = 4200
    """The port of the Prefect server."""
    mlflow_port: Port = 5000
    """The port of the MLflow server."""
    page: bool = True
    """Whether the page that people look at is served too; its address and port stand under `page`."""
    start_seconds: Positive = 300.0
    """How long they may take until all are healthy, in seconds."""
    stop_seconds: Positive = 60.0
    """How long each may take to end when told to, with the flow runs that it is at, in seconds."""


class Serving(Branch):
    """The model server, which `jena serve` starts."""

    address: str = "127.0.0.1"
    """The address that it listens on; the default answers this machine alone."""
    port: Annotated[int, Field(ge=0, le=65535)] = 5001
    """Its port; 0 takes one that is free."""
    follow_seconds: Positive = 1.0
    """How long until it asks the registry for the champion again, in seconds."""
    largest_request_mib: Positive = 8.0
    """The largest request that it reads, in MiB."""
    grace_seconds: Count = 30
    """How long it may take, when told to end, to answer the requests that it has, in seconds."""


class Page(Branch):
    """The page that people look at, which `jena up` and `jena page` serve."""

    address: str = "127.0.0.1"
    """The address that it listens on; another than this machine's own wants `token_file` or `behind_proxy`."""
    port: Annotated[int, Field(ge=0, le=65535)] = 5002
    """Its port; 0 takes one that is free."""
    token_file: str | None = None
    """A file whose first line is the token that visitors sign in with; without one, this machine alone is let in."""
    behind_proxy: bool = False
    """Whether a proxy before it signs people in, and says who they are in `user_header`."""
    user_header: str = "X-Forwarded-User"
    """The header in which that proxy names who is signed in; a request without it is refused."""
    follow_seconds: Positive = 5.0
    """How often it looks whether files have changed, in seconds."""
    readings_seconds: Positive = 60.0
    """How often it looks into a station's file for readings newer than its last forecast, in seconds."""
    mlflow_address: str | None = None
    """Where links to MLflow lead; where not given, to this machine's own server."""
    prefect_address: str | None = None
    """Where links to Prefect lead; where not given, to this machine's own server."""


class Forecasting(Branch):
    """How the champion forecasts from the newest readings."""

    days: Positive = 30.0
    """How many days of readings are checked before a forecast is made; never fewer than the history and a day."""
    max_age_hours: Positive = 3.0
    """How old the newest reading may be when a forecast is made of it; longer steps make it older."""
    level: float = 0.9
    """The share of what comes true that is to lie between `lower` and `upper`: 0.8 or 0.9."""
    pictures: int = Field(default=240, ge=0)
    """How many pictures of forecasts are kept on disk: the newest."""
    table: str | None = None
    """Where forecasts are kept: a folder or an address such as s3://bucket/path of a Delta table that many machines
    may write to; files of this machine where not given."""

    @field_validator("level")
    @classmethod
    def _is_one_that_models_give(cls, level: float) -> float:
        if level not in (0.8, 0.9):
            raise ValueError("models give intervals of 0.8 and 0.9")
        return level


class Monitoring(Branch):
    """When the champion, its readings or its forecasts count as gone astray, and what is done about it."""

    max_age_hours: Positive = 6.0
    """How old the newest value of a column may be at midnight, in hours; longer steps make it older."""
    completeness: Share = 0.9
    """The least share of a column's values over the last seven days that must have come."""
    formula_tolerance: Positive = 0.05
    """How far a column may lie from its formula in the mean of a day, in its own unit (mbar, K)."""
    false_alarm: Fraction = 0.001
    """How often a figure may pass its limit in a year like the earlier ones, as a share of the days."""
    season_days: Positive = 45.0
    """How far apart in the calendar days of different years may be to be compared."""
    patience_days: Count = 3
    """For how many days in a row a figure must be past its limit before that counts; a broken sensor counts at once."""
    retrain_on: tuple[MonitoredGroup, ...] = ("inputs", "residuals", "scores", "service")
    """What retraining can mend; where anything else counts, a person must mend it before anything is retrained."""
    cooldown_days: Count = 30
    """For how many days after a retraining was asked for none is asked for again."""
    retrain: bool = True
    """Whether to ask for a retraining at all, or only to say that it is due."""
    deployment: str = "train/on-demand"
    """The Prefect deployment that retrains."""
    retrain_source: str | None = None
    """The source that the retraining is given; the one that is monitored where not given."""
