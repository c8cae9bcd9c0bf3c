"""The station schema: columns, units, physical limits, sentinels, cadence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, ValidationError, field_validator, model_validator

from jena_models.errors import SettingsError, nearest
from jena_models.frozen import Frozen
from jena_models.named_files import named_path, parsed_yaml, shortened
from jena_models.stations.clock import Clock, clock_named, offset_name, zone_hours
from jena_models.stations.forecast_sources import ForecastSource

FORMULAS = ("Tpot", "Tdew", "VPmax", "VPact", "VPdef", "sh", "H2OC", "rho")
"""The quantities that follow from pressure, temperature and humidity; see `jena_models.stations.formulas`."""


NAME = r"^\w[\w.-]*$"
"""What a registered model, a lock and a file can be called; MLflow refuses slashes and colons."""


LEAST_ALIKE = 3
"""So many readings after the first may repeat its value before a sensor can be stuck."""


class Column(Frozen):
    """One measured or derived quantity."""

    model_config = ConfigDict(allow_inf_nan=False)

    name: str
    """The canonical name, with the unit in parentheses."""
    quantity: str
    """The short name of the quantity, as the formulas use it."""
    description: str = ""
    """What it is, in words."""
    minimum: float
    """The lowest value that is physically possible at the station, in the column's unit."""
    maximum: float
    """The highest value that is physically possible at the station, in the column's unit."""
    kind: Literal["required", "derived", "optional"]
    """Must be measured; follows by a formula where it is not measured; or is left out where it is not measured."""
    aliases: tuple[str, ...] = ()
    """Other names that files give it, beside its quantity. Case, spaces and mangled unit signs never matter."""
    source: str = ""
    """The name that it has in the station's files, where several columns may be meant or none is like it."""
    unit: str = ""
    """What the files' numbers are in, where their header does not say so: `degF`, `km/h`; they are converted."""
    flat_hours: float = 12.0
    """A sensor that repeats one value for longer than this is stuck."""
    flat_values: tuple[float, ...] = ()
    """Values that may repeat for any time, such as a calm or saturated air."""

    def at_cadence(self, cadence_minutes: float) -> Column:
        """Give the column as it is checked: of daily readings a few may be alike, whatever `flat_hours` says."""
        least = LEAST_ALIKE * cadence_minutes / 60
        return self if self.flat_hours >= least else self.model_copy(update={"flat_hours": least})


class Question(Frozen):
    """What a station file does not say yet."""

    key: str
    """What an answer is given under, such as `clock`."""
    question: str
    evidence: str = ""
    """What the source tells of it."""
    proposed: str = ""
    """The likeliest answer; empty where none is likelier than others."""


class StationSchema(Frozen):
    """What a station measures, and how its files say so."""

    model_config = ConfigDict(allow_inf_nan=False)

    name: str = Field(pattern=NAME, max_length=80)
    """The station's short name; registered models are named after it."""
    title: str
    """The station's name in full, for figures and reports."""
    credit: str
    """Who measured, and under which licence."""
    latitude: float = Field(ge=-90, le=90)
    """In degrees north."""
    longitude: float = Field(ge=-180, le=360)
    """In degrees east."""
    clock: str
    """What its time stamps are in where they do not say: `UTC`, an offset such as `UTC+01:00`, or a zone such as
    `Europe/Berlin`; people are shown times in it."""
    cadence_minutes: float = Field(gt=0, le=1e6)
    """How far apart readings usually are, in minutes; each file's own cadence is detected."""
    time_aliases: tuple[str, ...] = ("Date Time", "date", "time", "datetime", "timestamp")
    """What files call the column of time stamps."""
    time_columns: tuple[str, ...] = ()
    """The columns that tell the time together, such as a date and a clock; with none they are found out."""
    time_formats: tuple[str, ...] = ()
    """The only ways in which files write a time stamp, as `strptime` has them; with none they are found out."""
    file_columns: tuple[str, ...] = ()
    """The names of the columns, in order, of files that do not name them."""
    select: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Rows that count: by column, the texts that it may hold, such as the name of one station of several."""
    resample_minutes: float | None = Field(default=None, gt=0)
    """The step that readings are brought to by means, sums and the largest; None leaves them as they come."""
    flags: str = ""
    """Letters that may follow a number in the files, and say nothing of its value."""
    sentinels: tuple[float, ...] = (-9999.0,)
    """Values that stand for a missing one."""
    week: bool = False
    """Whether the target may follow people's weeks, as a load does; whether it does is found out in training."""
    holidays: str = ""
    """The public holidays that it may follow, those of a country such as `DE`, or of a part of one such as `DE-TH`."""
    target: str
    """The canonical name of the column to forecast."""
    target_name: str = Field(pattern=NAME, max_length=80)
    """The target in one word; registered models are named after it."""
    columns: tuple[Column, ...]
    """In canonical order, which is the order of features."""
    forecasts: tuple[ForecastSource, ...] = ()
    """What weather services forecast for the station, run by run; see docs/weather-service.md."""
    questions: tuple[Question, ...] = ()
    """What is still open: nothing is trained before each is answered and taken out."""
    addresses: tuple[str, ...] = ()
    """Where the official file can be downloaded."""
    official_file: str = ""
    """What the downloaded file is called in the cache."""
    official_rows: tuple[int, ...] = ()
    """How many data rows the copies of the official file have."""
    official_bytes: tuple[int, int] = (1, 2**31)
    """The fewest and the most bytes that the download can have."""

    @field_validator("clock")
    @classmethod
    def _is_a_clock(cls, clock: str) -> str:
        clock_named(clock)
        return clock

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError("two columns have the same name")
        if self.target not in names:
            raise ValueError(f"the target '{self.target}' is not one of the columns")
        reversed_limits = [column.name for column in self.columns if column.minimum > column.maximum]
        if reversed_limits:
            raise ValueError(f"the minimum of '{reversed_limits[0]}' lies above its maximum")
        unknown = [c.name for c in self.columns if c.kind == "derived" and c.quantity not in FORMULAS]
        if unknown:
            raise ValueError(f"no formula is known for {', '.join(unknown)}")
        services = [source.name for source in self.forecasts]
        if len(set(services)) != len(services):
            raise ValueError("two forecast sources have the same name")
        strange = [of for source in self.forecasts for _, of in source.told if of and of not in names]
        if strange:
            raise ValueError(f"a forecast source forecasts '{strange[0]}', which is not one of the columns")
        return self

    @classmethod
    def kept_before(cls, told: Mapping[str, Any]) -> Self:
        """Read what a model, or a study, was left with.

        One of before stations had clocks gets the standard time of its longitude's zone, which models had then.
        """
        clock = offset_name(timedelta(hours=zone_hours(told.get("longitude", 0.0))))
        return cls.model_validate({"clock": clock} | dict(told))

    @property
    def local(self) -> Clock:
        """The station's clock."""
        return clock_named(self.clock)

    @property
    def follows_week(self) -> bool:
        """Whether the target may follow weekdays or public holidays."""
        return self.week or bool(self.holidays)

    @property
    def names(self) -> tuple[str, ...]:
        """The canonical column names, in order."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """Give the column of a canonical name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def named(self, quantity: str) -> str | None:
        """Give the canonical name of a quantity, or None where the station does not know it."""
        return next((c.name for c in self.columns if c.quantity == quantity), None)


@cache
def load_station(name_or_path: str) -> StationSchema:
    """Read a station schema that is shipped under a name, or a YAML file.

    >>> load_station("jena").named("rh")
    'rh (%)'

    Raises:
        SettingsError: where there is no such station, or the file does not describe one.
    """
    shipped = {path.stem: path for path in Path(__file__).parent.glob("*.yaml")}
    path = shipped[name_or_path] if name_or_path in shipped else named_path(name_or_path)
    if not path.is_file():
        raise SettingsError(f"There is no station '{name_or_path}'; {nearest(name_or_path, shipped)}")
    try:
        station = StationSchema.model_validate(parsed_yaml(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, RecursionError) as error:
        reason = shortened(getattr(error, "strerror", None) or _reason(error))
        raise SettingsError(f"The station file {path} does not describe a station: {reason}") from error
    if station.questions:
        listed = "; ".join(f"{each.key}: {each.question}" for each in station.questions)
        how_many = "an open question" if len(station.questions) == 1 else f"{len(station.questions)} open questions"
        raise SettingsError(
            f"The station file {path} has {how_many} ({listed}); answer each where it belongs and "
            "take it out, or give the answers to `jena station new`."
        )
    return station


def _reason(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return f"{place}: {first['msg'].removeprefix('Value error, ')}" if place else str(first["msg"])
