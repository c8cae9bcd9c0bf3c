"""The station schema: columns, units, physical limits, sentinels, cadence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal, Self

from pydantic import ConfigDict, Field, field_validator, model_validator

from jena_models.frozen import Frozen
from jena_models.stations.clock import Clock, ClockName, clock_named, offset_name, zone_hours
from jena_models.stations.forecast_sources import ForecastSource
from jena_models.stations.formulas import BASES, FORMULAS
from jena_models.stations.ready_services import filled_in

AUTO = "auto"
"""Stands in a list of neighbours for those of the fleet that are near."""

SUMMED = ("rain",)
"""The quantities that are amounts: of several readings together they are the sum."""

NAME = r"^\w[\w.-]*$"
"""What a registered model, a lock and a file can be called; MLflow refuses slashes and colons."""


LONGEST_AMOUNT_HOURS = 24 * 366
"""Amounts of a year; none is of longer."""
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
    """The name that it has in the station's files, where several columns may be meant or none is like it; a file
    without it is looked through for the same in another unit, and for the other names above."""
    unit: str = ""
    """What the files' numbers are in, where they do not say so themselves: `degF`, `km/h`; they are converted."""
    wrong_unit: str = ""
    """What files say that the numbers are in and are mistaken, such as a row of units; then `unit` holds."""
    sentinels: tuple[float, ...] = ()
    """Values that stand for a missing one in this column alone, such as 999 beside a pressure that may be 999."""
    traces: tuple[float, ...] = ()
    """Values that stand for an amount too little to be measured, as the files have them, such as -1 in rain of the
    Dutch weather service; they count as 0."""
    quality: str = ""
    """The files' column that tells how good each number is; of several of that name the one behind this column."""
    bad: tuple[str, ...] = ()
    """What stands there beside numbers that are not to be taken: texts, or patterns of them such as `[A-Z]`."""
    amount_hours: float | str | None = None
    """Over how many hours each number is an amount, such as rain, where that is no step of the station; or the files'
    column that says it row by row. Of each number counts what fell in a step of the station by it; None for amounts of
    a step each."""
    flat_hours: float = 12.0
    """A sensor that repeats one value for longer than this is stuck."""
    flat_values: tuple[float, ...] = ()
    """Values that may repeat for any time, such as a calm or saturated air."""
    neighbour: str = ""
    """The neighbour whose readings they are; empty for what the station measures itself."""

    @model_validator(mode="after")
    def _is_amount(self) -> Self:
        if self.traces and self.quantity not in SUMMED:
            raise ValueError(f"'{self.name}' is no amount that may be too little to be measured: leave traces out")
        if self.amount_hours is not None and self.quantity not in SUMMED:
            raise ValueError(f"'{self.name}' is no amount over some hours, as rain is: leave amount_hours out")
        if isinstance(self.amount_hours, float) and not 0 < self.amount_hours <= LONGEST_AMOUNT_HOURS:
            raise ValueError(f"amount_hours of '{self.name}' is to be more than 0, and {LONGEST_AMOUNT_HOURS} at most")
        return self

    def at_cadence(self, cadence_minutes: float) -> Column:
        """Give the column as it is checked: of daily readings a few may be alike, whatever `flat_hours` says."""
        least = LEAST_ALIKE * cadence_minutes / 60
        return self if self.flat_hours >= least else self.model_copy(update={"flat_hours": least})


class Neighbour(Frozen):
    """Another station, whose readings are inputs too."""

    model_config = ConfigDict(allow_inf_nan=False)

    station: str
    """Its station file; a path is looked for beside the file that names it, then where the program runs."""
    name: str = Field(default="", pattern=r"^(\w[\w.-]*)?$", max_length=80)
    """What its columns are named after, before a colon and their own name; its station file where none is given."""
    source: str = ""
    """Where its readings come from: a path, folder, pattern, address or database; empty for the station's own source,
    of which its station file, or `select`, takes other rows or columns."""
    select: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Rows of the source that count, in place of those that its station file selects."""
    available_after: float = Field(default=0.0, ge=0, le=24 * 31)
    """How many hours after it was measured a reading of it can be had; before that no forecast sees it."""
    columns: tuple[str, ...] = ()
    """Which of its columns count, by name or by quantity; where none is given, those of the target's quantity,
    temperature, air pressure, humidity and wind."""
    described: StationSchema | None = None
    """What its station file says, filled in when the file that names it is read."""

    @field_validator("source")
    @classmethod
    def _is_a_source(cls, source: str) -> str:
        if source in {"auto", "simulated"}:
            raise ValueError(f"it cannot be '{source}'; name a file, an address or a database")
        return source


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
    elevation: float | None = Field(default=None, ge=-500, le=9000)
    """In metres above the sea; a model of several stations makes something of it."""
    clock: ClockName
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
    """Signs that may follow a number in the files; they, and what is behind them, say nothing of its value."""
    sentinels: tuple[float, ...] = (-9999.0,)
    """Values that stand for a missing one in every column."""
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
    neighbours: tuple[Neighbour, ...] = ()
    """Other stations whose readings are inputs too; `auto`, alone or among them, is the fleet's that are near."""
    neighbours_within_km: float = Field(default=300.0, gt=0, le=20_000)
    """How far away a station may be that `auto` takes."""
    neighbours_at_most: int = Field(default=8, ge=1, le=64)
    """How many stations `auto` takes at most, the nearest of them."""
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

    @field_validator("neighbours", mode="before")
    @classmethod
    def _as_neighbours(cls, neighbours: Any) -> Any:
        if isinstance(neighbours, str):
            if neighbours != AUTO:
                raise ValueError(f"write '{AUTO}', or a list of station files, each as 'station: FILE'")
            neighbours = [neighbours]
        if not isinstance(neighbours, list | tuple):
            return neighbours
        return tuple({"station": each} if isinstance(each, str) else each for each in neighbours)

    @model_validator(mode="before")
    @classmethod
    def _with_services(cls, told: Any) -> Any:
        if not isinstance(told, Mapping) or not isinstance(told.get("forecasts"), list | tuple):
            return told
        columns = told.get("columns", ())
        return {**told, "forecasts": tuple(filled_in(entry, columns) for entry in told["forecasts"])}

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        names = [column.name for column in self.columns]
        if len(set(names)) != len(names):
            raise ValueError("two columns have the same name")
        if self.target not in self.own_names:
            raise ValueError(f"the target '{self.target}' is not one of the columns")
        reversed_limits = [column.name for column in self.columns if column.minimum > column.maximum]
        if reversed_limits:
            raise ValueError(f"the minimum of '{reversed_limits[0]}' lies above its maximum")
        unknown = [c.name for c in self.columns if c.kind == "derived" and c.quantity not in FORMULAS]
        if unknown:
            raise ValueError(f"no formula is known for {', '.join(unknown)}")
        called = [each.name.casefold() for each in self.named_neighbours if each.name]
        if twice := [name for name in called if called.count(name) > 1]:
            raise ValueError(f"two neighbours are named '{twice[0]}'; give one another 'name:'")
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
    def step_minutes(self) -> float:
        """From one reading to the next, as the station file says."""
        return self.resample_minutes or self.cadence_minutes

    @property
    def follows_week(self) -> bool:
        """Whether the target may follow weekdays or public holidays."""
        return self.week or bool(self.holidays)

    @property
    def names(self) -> tuple[str, ...]:
        """The canonical column names, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def own_names(self) -> tuple[str, ...]:
        """The canonical names of what the station measures itself, in order."""
        return tuple(column.name for column in self.columns if not column.neighbour)

    @property
    def named_neighbours(self) -> tuple[Neighbour, ...]:
        """The neighbours that have a station file."""
        return tuple(each for each in self.neighbours if each.station != AUTO)

    @property
    def asks_fleet(self) -> bool:
        """Whether stations of the fleet that are near are to be neighbours too."""
        return any(each.station == AUTO for each in self.neighbours)

    @property
    def with_its_own(self) -> StationSchema:
        """The same station, its fleet asked: with the neighbours that it has, and no others to come."""
        return self.model_copy(update={"neighbours": self.named_neighbours})

    @property
    def alone(self) -> StationSchema:
        """The same station without its neighbours and their columns: what its own source is read by."""
        if not self.neighbours:
            return self
        own = tuple(column for column in self.columns if not column.neighbour)
        return self.model_copy(update={"columns": own, "neighbours": ()})

    def column(self, name: str) -> Column:
        """Give the column of a canonical name; KeyError where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def sentinels_of(self, name: str) -> tuple[float, ...]:
        """Give the values that stand for a missing one in the column of a canonical name."""
        return (*self.sentinels, *self.column(name).sentinels)

    @property
    def bases(self) -> tuple[str | None, ...]:
        """The names of the columns that others follow from by formula: pressure, temperature and humidity."""
        return tuple(self.named(quantity) for quantity in BASES)

    def named(self, quantity: str) -> str | None:
        """Give the canonical name of a quantity, or None where the station does not measure it itself."""
        return next((c.name for c in self.columns if c.quantity == quantity and not c.neighbour), None)
