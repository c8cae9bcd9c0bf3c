"""What can go wrong, each with a sentence for the user and the exit code it ends with."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import ClassVar


class JenaError(Exception):
    """Something the user can understand went wrong; its text is one sentence for them."""

    exit_code: ClassVar[int] = 1


class RequestError(JenaError):
    """What was asked for cannot be: an unknown name, a value out of range, a file that is not there."""

    exit_code: ClassVar[int] = 2


class SettingsError(RequestError):
    """A setting, profile or architecture is unknown or has a value it cannot have."""


class SourceNotFoundError(RequestError):
    """The source names no file and no address."""


class SourceUnreadableError(JenaError):
    """The source is there but does not hold readings."""


class SourceEmptyError(SourceUnreadableError):
    """A table holds no row of readings, as a file that was just begun; of several tables it can be left out."""


class DayUncertainError(SourceUnreadableError):
    """Dates can be read with the day or with the month first."""

    def __init__(self, sentence: str, ways: tuple[str, str] = ("", "")) -> None:
        super().__init__(sentence)
        self.ways = ways
        """How they are written, as `strptime` has it: with the day, and with the month first."""


class PeriodsCountedError(SourceUnreadableError):
    """Periods are counted through a day, to more than it has by the clock."""


class DatabaseUnreachableError(SourceUnreadableError):
    """A database does not answer; trying again may help."""


class DownloadError(JenaError):
    """The source could not be downloaded."""


class NothingThereError(DownloadError):
    """Nothing is at the address."""


class DownloadInterruptedError(DownloadError):
    """The download failed in a way that trying again may mend."""


class TooFewReadingsError(JenaError):
    """A split does not hold a single window."""


class DataInvalidError(JenaError):
    """The readings failed an expectation that must hold."""


class ForecastsImpossibleError(SourceUnreadableError, DataInvalidError):
    """Forecasts are not of what the station file says: their numbers can be none of its readings."""


class TrainingError(JenaError):
    """An architecture could not be trained."""


class TrainingInterruptedError(TrainingError):
    """A training was ended from outside, and can go on."""


class TrainingAbandonedError(TrainingError):
    """A training was given up on its way, and is not to go on."""


class ClusterLostError(TrainingError):
    """The cluster that trainings were to run on cannot be reached, or was lost on the way."""


class StoreUnreachableError(JenaError):
    """The tracking store cannot be reached."""


class StoreStaysAwayError(StoreUnreachableError):
    """The tracking store was waited for as long as it is; trying again at once would only double that."""


class ArtifactsUnreachableError(StoreStaysAwayError):
    """The tracking store answers, and what keeps its artifacts stays away, or refuses them."""


class RegistryError(RequestError):
    """The registry does not hold the version or alias that was asked for."""


class RescoringError(JenaError):
    """A registered version cannot be loaded back, or not be made to forecast."""


class ServingError(JenaError):
    """The model server cannot be started: there is no champion, or its address cannot be listened on."""


class PageError(RequestError):
    """The page cannot be served as it was asked for: an address without a sign-in, a token that cannot be used."""


class HistoryIncompleteError(JenaError):
    """The readings given to a model do not cover the history it needs."""


class ReadingsStaleError(JenaError):
    """The newest reading of the source is too old to forecast from."""


class ForecastsTableError(JenaError):
    """The table of forecasts cannot be read or written."""


def in_one_line(error: BaseException, most: int = 300) -> str:
    """Give what an error of another library says, in one line of so many letters; its kind where it says nothing."""
    return " ".join(str(error).split())[:most] or type(error).__name__


def nearest(name: str, known: Iterable[str], before: str = "") -> str:
    """Give a closing remark that names the nearest known name, or one that begins so, or else all of them.

    What stands before each, such as the branch of a setting, is named with the nearest.
    """
    names = sorted(known)
    beginning = [each for each in names if name and each.startswith(name)]
    matches = difflib.get_close_matches(name, names, n=1, cutoff=0.6) or beginning
    return f"did you mean '{before}{matches[0]}'?" if matches else f"known are: {', '.join(names)}."
