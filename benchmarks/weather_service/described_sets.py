"""What a set is: where its readings and forecasts are, what is forecast from when on, and what is chosen and scored."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from jena_models.architectures import find_architecture
from jena_models.errors import SettingsError
from jena_models.frozen import Frozen
from jena_models.models.registry import LearnerHyperparameters
from jena_models.named_files import in_a_line, parsed_yaml
from jena_models.stations import StationSchema, load_station
from jena_models.stations.named_stations import reason_of

SHIPPED = Path(__file__).parent
SERIES, OTHER = "{series}", "{other}"


def _in_utc(time: datetime) -> datetime:
    return time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time


Time = Annotated[datetime, AfterValidator(_in_utc)]
"""In UTC, as it is where no zone is told."""


class Candidate(Frozen):
    """An architecture to train, with hyper-parameters of its own."""

    name: str
    architecture: str
    hyperparameters: dict[str, Any] = Field(default_factory=dict)

    def chosen(self) -> LearnerHyperparameters:
        """Give its hyper-parameters, the others as the architecture has them."""
        plain = find_architecture(self.architecture).hyperparameters
        told = type(plain).model_validate(plain.model_dump() | self.hyperparameters)
        assert isinstance(told, LearnerHyperparameters)  # noqa: S101 - it was looked at when the set was read
        return told

    @model_validator(mode="after")
    def _learns_from_histories(self) -> Self:
        if find_architecture(self.architecture).learner is None:
            raise ValueError(f"'{self.architecture}' does not learn from histories; ridge and emos do, among others.")
        self.chosen()
        return self


class Readings(Frozen):
    """Where a series' readings are."""

    source: str
    """A path, with `{data}` and `{series}` where they belong."""
    shift_hours: float = 0.0
    """How long after its time stamp a row is known, where it holds what comes later."""
    holes: dict[str, str] = Field(default_factory=dict)
    """Rows of the test: the column that tells, and what it says there. Their values are hidden from everything else."""


class DescribedSet(Frozen):
    """A set of series, each a station with forecasts."""

    title: str
    series: Annotated[tuple[str, ...], Field(min_length=1)]
    """What stands for `{series}`."""
    station: dict[str, Any] | str
    """As a station file, or where one is, with `{data}` and `{series}` where they belong. A forecast source with
    `{other}` in it is there once for each of the series, this one among them."""
    readings: Readings
    leads_hours: tuple[float, ...]
    issue_hours: tuple[float, ...] = ()
    """Hours of the day, in UTC, at which forecasts are issued; every step where there are none."""
    training_issue_hours: tuple[float, ...] = ()
    """The same of the windows to train on, which may be more: what is between runs is learnt from too."""
    history_hours: float
    sampling_minutes: float
    pooled: bool = False
    """Whether all series are learnt from together."""
    validation: Annotated[tuple[Time, ...], Field(min_length=2)]
    """Borders of the stretches of valid times to choose by, one after the other; for each, all before is trained on."""
    test: tuple[Time, Time] | Literal["holes"]
    """Valid times that are scored once, by what was trained on all before; or the holes, by all that is given."""
    retrained_months: Annotated[int, Field(ge=1)] | None = None
    """Each candidate is trained again every so many months through validation and test, as an operated station is; only
    once before each stretch, and before the test, where it is not said."""
    blend_of: Annotated[int, Field(ge=1)] | None = None
    """The blend is the mean of so many candidates, the best on validation; where it is not said, weights are fitted."""
    score: Literal["mae", "rmse", "crps"] = "mae"
    """What is chosen by."""
    candidates: tuple[Candidate, ...]

    @model_validator(mode="after")
    def _retrained_between_borders(self) -> Self:
        if self.retrained_months and self.test == "holes":
            raise ValueError("retrained_months takes a test between two times: holes lie among what is trained on.")
        return self

    def of_series(self, names: tuple[str, ...]) -> DescribedSet:
        """Give the set of these series: some of its own, or in their place others, whose files are alike."""
        return self if set(names) <= set(self.series) else self.model_copy(update={"series": names})

    @model_validator(mode="after")
    def _candidates_have_names(self) -> Self:
        names = [each.name for each in self.candidates]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"two candidates are called '{min(twice)}'.")
        if sorted(self.validation) != list(self.validation):
            raise ValueError("the borders of validation do not follow one another.")
        if self.test != "holes" and not self.validation[-1] <= self.test[0] < self.test[1]:
            raise ValueError("the test does not come after validation, or does not end after it begins.")
        return self

    @property
    def at_issue_times(self) -> DescribedSet:
        """The set with windows to train on at the issue times alone: other libraries are given the same."""
        return self.model_copy(update={"training_issue_hours": ()})

    def of(self, series: str, data: Path) -> tuple[StationSchema, str]:
        """Give a series' station, and where its readings are.

        Raises:
            SettingsError: where that is no station.
        """
        source = str(_filled(self.readings.source, series, data))
        if isinstance(self.station, str):
            return load_station(str(_filled(self.station, series, data))), source
        told = {**self.station, "forecasts": self._forecasts(self.station.get("forecasts", []))}
        try:
            return StationSchema.model_validate(_filled(told, series, data)), source
        except ValueError as error:
            raise SettingsError(
                f"The set does not describe the station {series}: {in_a_line(reason_of(error))}"
            ) from error

    def _forecasts(self, sources: list[Any]) -> list[Any]:
        found: list[Any] = []
        for source in sources:
            found += [_with(source, OTHER, each) for each in self.series] if OTHER in str(source) else [source]
        return found


def described(name_or_path: str) -> DescribedSet:
    """Read a set that is shipped under a name, or a YAML file.

    Raises:
        SettingsError: where there is no such set, or the file does not describe one.
    """
    path = SHIPPED / f"{name_or_path}.yaml"
    path = path if path.is_file() else Path(name_or_path)
    if not path.is_file():
        names = ", ".join(sorted(each.stem for each in SHIPPED.glob("*.yaml")))
        raise SettingsError(f"There is no set '{name_or_path}'; name a file, or one of {names}.")
    try:
        return DescribedSet.model_validate(parsed_yaml(path.read_text(encoding="utf-8")))
    except ValueError as error:
        reason = in_a_line(reason_of(error, DescribedSet))
        raise SettingsError(f"The file {path} does not describe a set: {reason}") from error


def _filled(told: Any, series: str, data: Path) -> Any:
    return _with(_with(told, SERIES, series), "{data}", str(data))


def _with(told: Any, place: str, value: str) -> Any:
    if isinstance(told, dict):
        return {_with(key, place, value): _with(each, place, value) for key, each in told.items()}
    if isinstance(told, list):
        return [_with(each, place, value) for each in told]
    return told.replace(place, value) if isinstance(told, str) else told
