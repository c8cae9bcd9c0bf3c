"""What a station file says of forecasts that others make: where their runs are, and what each column forecasts."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from jena_models.frozen import Frozen
from jena_models.stations.clock import Clock, ClockName, clock_named
from jena_models.stations.ready_services import FETCHED, ServiceClient
from jena_models.stations.units import in_degrees, known_forecast_unit

LEAD: str = "{lead}"
"""Stands in the name of a wide table's column for the lead."""
SHORT_NAME = r"^\w[\w.-]*$"
ISSUE_TIME: tuple[str, ...] = ("issue_time",)
"""The column of the issue time where a station file names none."""
LEAD_UNITS: dict[str, int] = {"days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}
"""What leads may be counted in, in seconds."""

Hours = Annotated[float, Field(ge=0, le=24 * 400, allow_inf_nan=False)]
HourOfDay = Annotated[float, Field(ge=0, lt=24, allow_inf_nan=False)]


def _as_names(told: Any) -> Any:
    return tuple(filter(None, [told])) if isinstance(told, str) else told


TimeColumns = Annotated[tuple[str, ...], BeforeValidator(_as_names)]
"""The column that tells a time, or several that tell it together, such as a date and an hour."""


class ForecastColumn(Frozen):
    """One quantity of a weather service's forecasts."""

    name: str = Field(pattern=SHORT_NAME, max_length=40)
    """What it is called among the features."""
    source: str = ""
    """The file's column; in a wide table with `{lead}` where names have the lead in hours, such as `t2m_{lead}h`."""
    members: tuple[str, ...] = ()
    """In place of `source`: the columns of an ensemble's members, `t2m_*` for all that begin so."""
    quantiles: dict[str, float] = Field(default_factory=dict)
    """In place of `source`: columns and the level, between 0 and 1, that each is the quantile of."""
    spread: str = ""
    """The file's column of the standard deviation, where it has one beside `source`."""
    of: str = ""
    """The station's column that it is a forecast of, such as `T (degC)`; empty where the station measures none."""
    unit: str = ""
    """What the file's numbers are in, such as `K`; they are converted to the unit of `of`."""
    accumulated: bool = False
    """Whether numbers are sums since the run's issue time, as of rain and radiation: they become rates an hour, or what
    `of` counts: the rain of a step of the station, the radiation in W/m². A rate holds for all of its step."""
    amount_hours: Annotated[float, Field(gt=0, le=24 * 31)] | None = None
    """In place of `accumulated`: over how many hours before the valid time each number is an amount, as of rain; it
    becomes a rate likewise."""
    amount_ahead: bool | None = None
    """Whether these hours come after the valid time, as of MET Norway's `next_1_hours`."""

    @property
    def is_sum(self) -> bool:
        """Whether numbers are what came over some time, and become what comes an hour."""
        return self.accumulated or self.amount_hours is not None

    @model_validator(mode="after")
    def _has_one_way(self) -> Self:
        ways = [bool(self.source), bool(self.members), bool(self.quantiles)]
        if sum(ways) != 1:
            raise ValueError(f"'{self.name}' is to have one of source, members and quantiles")
        if self.spread and not self.source:
            raise ValueError(f"'{self.name}' has a spread beside its members or quantiles, which have their own")
        if self.accumulated and self.amount_hours is not None:
            raise ValueError(f"'{self.name}' is to have one of accumulated and amount_hours")
        if self.amount_ahead and self.amount_hours is None:
            raise ValueError(f"'{self.name}' is to say with 'amount_hours' how many hours its amounts are of")
        if any(not 0 < level < 1 for level in self.quantiles.values()):
            raise ValueError(f"'{self.name}' has a quantile whose level is not between 0 and 1")
        if len(set(self.quantiles.values())) != len(self.quantiles):
            raise ValueError(f"'{self.name}' has two quantiles of one level")
        if self.unit and known_forecast_unit(self.unit) is None:
            raise ValueError(f"'{self.name}' is in '{self.unit}', which is no unit that is known")
        return self


class ForecastWind(Frozen):
    """A wind, which becomes its speed and a vector to the east and to the north."""

    name: str = Field(pattern=SHORT_NAME, max_length=40)
    """What it is called among the features: `<name> speed`, `<name> east`, `<name> north`."""
    east: str = ""
    """The file's column of how fast the air moves to the east (`u`)."""
    north: str = ""
    """The file's column of how fast the air moves to the north (`v`)."""
    speed: str = ""
    """In their place, or beside them: the file's column of the speed."""
    direction: str = ""
    """In their place: the file's column of the direction, in degrees clockwise from north."""
    direction_unit: str = ""
    """What the direction's numbers are in where its header does not say and they are no degrees: `10 deg`, `radian`."""
    blows: Literal["from", "to"] | None = None
    """Whether the direction says where the wind comes from, or where it blows to; it has to be said."""
    of: str = ""
    """The station's column that the speed is a forecast of."""
    unit: str = ""
    """What the file's numbers are in."""

    @model_validator(mode="after")
    def _is_a_vector(self) -> Self:
        if bool(self.east) != bool(self.north):
            raise ValueError(f"the wind '{self.name}' has one of east and north alone")
        if self.direction and self.east:
            raise ValueError(f"the wind '{self.name}' is to have east and north, or a speed and a direction, not both")
        if not self.east and not (self.speed and self.direction):
            raise ValueError(f"the wind '{self.name}' is to have east and north, or a speed and a direction")
        if self.direction and self.blows is None:
            raise ValueError(
                f"the wind '{self.name}' is to say with 'blows' whether its direction is where it comes 'from' or "
                "blows 'to'"
            )
        if self.unit and known_forecast_unit(self.unit) is None:
            raise ValueError(f"the wind '{self.name}' is in '{self.unit}', which is no unit that is known")
        if self.direction_unit and not self.direction:
            raise ValueError(f"the wind '{self.name}' is to name its direction beside 'direction_unit'")
        if self.direction_unit and in_degrees(self.direction_unit) is None:
            raise ValueError(
                f"the direction of the wind '{self.name}' is in '{self.direction_unit}', which is no unit of one; "
                "write 'deg', '10 deg' or 'radian'"
            )
        return self


class ForecastSource(Frozen):
    """Runs of a weather service: what it forecast, at which issue time, and from when each run could be had."""

    name: str = Field(pattern=SHORT_NAME, max_length=40)
    """What it is called among the features and in sentences."""
    source: str
    """A path, a folder, a pattern, an address or a database, as of readings; or `simulated`, or `service`."""
    service: ServiceClient | None = None
    """How its runs are fetched; filled in where an entry names a ready description."""
    file_columns: tuple[str, ...] = ()
    """Names of the columns, in their order, where a text has none."""
    layout: Literal["long", "wide"] = "long"
    """A row for each issue and valid time; or a row for each issue time, with a column for each lead."""
    issue_time: TimeColumns = ISSUE_TIME
    """The column of the time that a run was made at, or several that tell it together, such as a date and an hour."""
    issue_time_in_name: str = Field(default="", pattern=r"^([^%]*%[YmdHMSyj][^%]*)*$")
    """In its place: how the name of each file has it, such as `ecmwf_%Y%m%d%H`."""
    issued_at_hours: tuple[HourOfDay, ...] = ()
    """In its place, where a table holds of each valid time the newest run alone: the hours of the day, in UTC, at which
    runs are made; a row is of the last of them before its valid time."""
    valid_time: TimeColumns = ()
    """Of a long table: the column of the time that a row is for, or several. Of a wide one, in place of `issue_time`:
    what stands there was issued each column's lead before, as of `temperature_2m_previous_day{lead}`."""
    lead: str = ""
    """In its place: the column of the lead."""
    lead_unit: Literal["days", "hours", "minutes", "seconds"] | None = None
    """What leads are counted in, where neither their column's name nor the row beneath it says; else hours."""
    lead_hours: Hours | None = None
    """In its place: the lead of every row, in hours."""
    clock: ClockName = "UTC"
    """What time stamps are in where they do not say: `UTC`, an offset, or a zone."""
    time_formats: tuple[str, ...] = ()
    """The only ways in which time stamps are written, as `strptime` has them; with none they are found out. Whether the
    day or the month comes first is told by all files of the source, else by the station's formats."""
    select: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """Rows that count: by column, the texts that it may hold, such as one farm of several."""
    member: str = ""
    """The column that numbers an ensemble's members, where each has a row of its own: rows become mean and spread."""
    available_after_hours: Hours
    """How long after its issue time a run can be had; it is not used before. It has to be said: a run that is taken
    too early leaks the future into training."""
    available: str = ""
    """The column that says so for each run, in hours after its issue time or as a time stamp; it goes before."""
    leave_past_rows: bool = False
    """Whether rows for times before the issue time are left out, as of downloads that begin with the day; without it
    they are refused where a mistaken clock would look the same."""
    interpolate_hours: Hours = 6.0
    """How far apart steps of a run may be for values between them; 3-hourly steps become hourly."""
    columns: tuple[ForecastColumn, ...] = ()
    winds: tuple[ForecastWind, ...] = ()

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        if not self.columns and not self.winds:
            raise ValueError(f"the forecast source '{self.name}' names no columns")
        names = [column for column, _ in self.told]
        if len(set(names)) != len(names):
            raise ValueError(f"two columns of the forecast source '{self.name}' have the same name")
        if (self.source == FETCHED) != (self.service is not None):
            raise ValueError(f"the forecast source '{self.name}' is to name a ready description with 'service:'")
        if self.source == "simulated":
            return self
        told = [bool(self.valid_time), bool(self.lead), self.lead_hours is not None]
        self._refuse_two_issue_times()
        if self.layout == "wide":
            if any(told[1:]):
                place = "lead" if self.lead else "lead_hours"
                raise ValueError(f"the wide table '{self.name}' has its leads in its columns, not in {place}")
            if self.winds or any(LEAD not in column.source for column in self.columns):
                raise ValueError(f"each column of the wide table '{self.name}' is to have a source with {LEAD} in it")
        elif sum(told) != 1:
            raise ValueError(f"the forecast source '{self.name}' is to have one of valid_time, lead and lead_hours")
        return self

    def _refuse_two_issue_times(self) -> None:
        # A station that was kept, as for a training's process, says its default too.
        told = {
            "issue_time": self.issue_time not in {(), ISSUE_TIME},
            "issue_time_in_name": bool(self.issue_time_in_name),
            "issued_at_hours": bool(self.issued_at_hours),
        }
        ways = [name for name, is_told in told.items() if is_told]
        if self.by_valid_time:
            ways.append("valid_time and the lead of each column")
        if len(ways) > 1:
            raise ValueError(f"the forecast source '{self.name}' has its issue times in {' and in '.join(ways)}")
        if not ways and not self.issue_time:
            raise ValueError(
                f"the forecast source '{self.name}' names no issue_time; a first column without a name is called "
                "'Unnamed: 0', as pandas calls it"
            )
        parts = set(re.findall("%.", self.issue_time_in_name))
        if parts and not (parts & {"%Y", "%y"} and (parts >= {"%m", "%d"} or "%j" in parts)):
            raise ValueError(f"'issue_time_in_name' of '{self.name}' is to have a year, a month and a day")
        if self.issued_at_hours and not self.valid_time:
            raise ValueError(f"the forecast source '{self.name}' is to have a valid_time beside issued_at_hours")
        if self.by_valid_time and self.available:
            raise ValueError(
                f"the wide table '{self.name}' has runs of several issue times in a row: leave 'available' out"
            )

    @property
    def by_valid_time(self) -> bool:
        """Whether a wide table has a row for each valid time, and the issue time is its columns' lead before."""
        return self.layout == "wide" and bool(self.valid_time)

    @property
    def time_names(self) -> tuple[str, ...]:
        """The columns that tell the issue time and the valid time."""
        is_told = self.issue_time_in_name or self.issued_at_hours or self.by_valid_time
        return (*(() if is_told else self.issue_time), *self.valid_time)

    @property
    def local(self) -> Clock:
        """The clock of its time stamps."""
        return clock_named(self.clock)

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """Give each column's name among the features, and the station's column that it is a forecast of, or nothing."""
        plain = tuple((column.name, column.of) for column in self.columns)
        parts = (("speed", True), ("east", False), ("north", False))
        winds = [
            (f"{wind.name} {part}", wind.of if is_speed else "") for wind in self.winds for part, is_speed in parts
        ]
        return (*plain, *winds)
