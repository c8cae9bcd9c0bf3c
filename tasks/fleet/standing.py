"""How a fleet stands: of each station what was trained, forecast and found last, and all of them in a few figures."""

from __future__ import annotations

import logging
import statistics
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from jena_models.errors import StoreUnreachableError
from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.frozen import Frozen
from tasks.fleet.entries import Entry
from tasks.fleet.station_state import Outcome, Work, last_outcomes
from tasks.registry import ChampionInBrief, champions_in_brief
from tasks.workspace import SERVICE, Justify, StudyResult, as_text, marked, plain_table, tracking_uri

SHARED: Final = "shared_boosting"
"""The architecture of a model that several stations share."""

COLUMNS: Final[dict[str, Justify]] = {
    "station": "left",
    "trained": "center",
    "champion": "left",
    "val skill": "right",
    "test skill": "right",
    "own": "right",
    "shared": "right",
    "forecast": "center",
    "issued": "left",
    "said": "right",
    "by": "left",
    "monitored": "center",
    "found": "left",
}

logger = logging.getLogger("jena")


class StationStanding(Frozen):
    """One station of a fleet."""

    name: str
    title: str
    model: str
    fault: str = ""
    """Why nothing can be done with it."""
    champion: int | None = None
    """The version that is its champion now; as its last training left it where the registry cannot be read."""
    champion_architecture: str | None = None
    last: dict[Work, Outcome]
    """How each kind of work ended the last time."""

    def figure(self, work: Work, name: str) -> float | str | None:
        """Give a figure of what was done last; None where there is none."""
        outcome = self.last.get(work)
        return outcome.figures.get(name) if outcome else None


class Overall(Frozen):
    """All stations of a fleet together; of those that were trained."""

    stations: int
    trained: int
    failed: tuple[str, ...]
    """The stations at which something failed the last time."""
    median_skill: float | None
    """On the test split, of the best model by validation of each."""
    worst_skill: float | None
    worst_station: str | None
    beat_persistence: float | None
    """The share of stations whose best model is better than persistence on the test split."""
    with_service: int
    """Stations that have a weather service's forecasts."""
    beat_service: float | None
    """The share of these whose best model is nearer on the test split than the service's forecast as it is."""
    shared_champions: int
    """Stations whose best model is the one that they share."""


class FleetStanding(Frozen):
    """How a fleet stands."""

    overall: Overall
    stations: tuple[StationStanding, ...]


def fleet_standing(entries: Sequence[Entry]) -> FleetStanding:
    """Tell how each station of a fleet stands, and all of them together, by their last outcomes and champions."""
    champions = _champions()
    stations = tuple(_station(each, champions) for each in entries)
    skills = {
        each.name: float(skill) for each in stations if isinstance(skill := each.figure("train", "test_skill"), float)
    }
    beaten = [figure == "true" for each in stations if (figure := each.figure("train", "beat_service"))]
    worst = min(skills, key=lambda name: skills[name], default=None)
    failed = tuple(each.name for each in stations if each.fault or any(not last.done for last in each.last.values()))
    return FleetStanding(
        overall=Overall(
            stations=len(stations),
            trained=sum(1 for each in stations if "train" in each.last and each.last["train"].done),
            failed=failed,
            median_skill=statistics.median(skills.values()) if skills else None,
            worst_skill=skills[worst] if worst else None,
            worst_station=worst,
            beat_persistence=sum(skill > 0 for skill in skills.values()) / len(skills) if skills else None,
            with_service=len(beaten),
            beat_service=sum(beaten) / len(beaten) if beaten else None,
            shared_champions=sum(each.figure("train", "architecture") == SHARED for each in stations),
        ),
        stations=stations,
    )


def _champions() -> Mapping[str, ChampionInBrief] | None:
    """Give every champion of the registry, which people may have changed since the last training; None without it."""
    try:
        return champions_in_brief(tracking_uri())
    except StoreUnreachableError as error:
        logger.warning("The champions are those that the last training left: %s", error)
        return None


def _station(entry: Entry, champions: Mapping[str, ChampionInBrief] | None) -> StationStanding:
    last = last_outcomes(entry.name, entry.model)
    standing = StationStanding(name=entry.name, title=entry.title, model=entry.model, fault=entry.fault, last=last)
    if champions is None:
        left = standing.figure("train", "champion")
        version = None if left is None else int(float(left))
        architecture = standing.figure("train", "champion_architecture")
    else:
        champion = champions.get(entry.model)
        version, architecture = (champion.version, champion.architecture) if champion else (None, None)
    return standing.model_copy(update={"champion": version, "champion_architecture": architecture})


def study_figures(result: StudyResult) -> dict[str, float | str | None]:
    """Give what a fleet's table shows of a station's study."""
    ranked = [row for row in result.leaderboard if row.architecture != PERSISTENCE]
    best = ranked[0] if ranked else None
    champion = next((row for row in ranked if row.standing == "champion"), None)
    own = next((row.val_skill for row in ranked if row.architecture != SHARED), None)
    shared = next((row.val_skill for row in ranked if row.architecture == SHARED), None)
    service = next((row.test_mae for row in ranked if row.architecture == SERVICE), None)
    beaten = None if service is None or best is None else best.test_mae < service
    return {
        "study": result.study,
        "architecture": best.architecture if best else None,
        "val_skill": best.val_skill if best else None,
        "test_skill": best.test_skill if best else None,
        "own_val_skill": own,
        "shared_val_skill": shared,
        "service_test_mae": service,
        "beat_service": None if beaten is None else str(beaten).lower(),
        "champion": result.promotion.champion,
        "champion_architecture": champion.architecture if champion else None,
        "promoted": str(result.promotion.promoted).lower(),
    }


def render_standing(shown: FleetStanding) -> str:
    """Give how a fleet stands as a table for a terminal, the best by test skill first."""
    table = plain_table("The fleet", COLUMNS)
    for each in sorted(shown.stations, key=_by_skill):
        issued = each.figure("forecast", "issue_time")
        forecast, unit = each.figure("forecast", "forecast"), each.figure("forecast", "unit")
        digits = int(each.figure("forecast", "digits") or 1)
        table.add_row(
            each.name,
            _done(each, "train"),
            "" if each.champion is None else f"{each.champion} {each.champion_architecture or ''}".strip(),
            _percent(each.figure("train", "val_skill")),
            _percent(each.figure("train", "test_skill")),
            _percent(each.figure("train", "own_val_skill")),
            _percent(each.figure("train", "shared_val_skill")),
            _done(each, "forecast"),
            "" if issued is None else f"{datetime.fromisoformat(str(issued)):%Y-%m-%d %H:%M %z}",
            f"{forecast:z.{digits}f} {unit}" if isinstance(forecast, float) else "",
            str(each.figure("forecast", "rung") or ""),
            _done(each, "monitor"),
            str(each.figure("monitor", "action") or ""),
        )
    return as_text(table, overall_sentence(shown.overall), *_faults(shown.stations))


def render_outcomes(outcomes: Sequence[Outcome]) -> str:
    """Give what became of the work at each station, what failed last."""
    table = plain_table(None, {"": "center", "station": "left", "seconds": "right", "evidence": "left"})
    for each in sorted(outcomes, key=lambda outcome: not outcome.done):
        table.add_row(marked(each.done), each.name, f"{each.seconds:.1f}", each.sentence)
    return as_text(table)


def overall_sentence(overall: Overall) -> str:
    """Give all stations in a sentence."""
    if overall.median_skill is None or overall.worst_skill is None or overall.beat_persistence is None:
        return f"{overall.trained} of {overall.stations} stations are trained."
    service = (
        ""
        if overall.beat_service is None
        else f", and {overall.beat_service:.0%} of the {overall.with_service} with a weather service beat that"
    )
    shared = f"; {overall.shared_champions} do best with the model that they share" if overall.shared_champions else ""
    return (
        f"{overall.trained} of {overall.stations} stations are trained: test skill {overall.median_skill:+.1%} in the "
        f"median, {overall.worst_skill:+.1%} at the worst ({overall.worst_station}); "
        f"{overall.beat_persistence:.0%} beat persistence{service}{shared}."
    )


def _by_skill(each: StationStanding) -> tuple[float, str]:
    skill = each.figure("train", "test_skill")
    return (-skill if isinstance(skill, float) else 2.0, each.name)


def _done(each: StationStanding, work: Work) -> str:
    outcome = each.last.get(work)
    return marked(False if each.fault else None if outcome is None else outcome.done)


def _percent(value: float | str | None) -> str:
    return f"{value:+.1%}" if isinstance(value, float) else ""


def _faults(stations: Iterable[StationStanding]) -> list[str]:
    lines = []
    for each in stations:
        wrong = {each.fault} if each.fault else {last.sentence for last in each.last.values() if not last.done}
        lines += [f"{each.name}: {sentence}" for sentence in sorted(wrong)]
    return lines
