"""Every gate's verdict on a challenger, from the registry, the trained model and the validation windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from jena_models.errors import RescoringError
from jena_models.evaluation.coverage_gate import coverage_gate
from jena_models.evaluation.distribution_gate import distribution_gate
from jena_models.evaluation.gates import (
    GateVerdict,
    Incumbent,
    champion_gate,
    closed,
    data_gate,
    groups_gate,
    leads_gate,
    persistence_gate,
    reload_gate,
    service_gate,
)
from jena_models.evaluation.seasons import SEASONS, judged_seasons
from jena_models.settings import Settings
from jena_models.stations.units import told_unit_of
from tasks.readings import service_of
from tasks.registry.curves.curve_comparison import curves_beside_champion
from tasks.registry.model_names import kind_of_model
from tasks.registry.rescoring import (
    Reloaded,
    Rescored,
    beside_champion,
    beside_champion_choosing,
    beside_persistence,
    learnt_seasons,
    reload,
    rescore,
)
from tasks.registry.version_files import VersionLostError
from tasks.registry.versions import find_model, history_of
from tasks.tracking import patiently
from tasks.workspace import SERVICE, Fit, Prepared

if TYPE_CHECKING:
    from mlflow import MlflowClient

SEASONS_TAG: Final = "judged_seasons"
"""The tag of a version that names the seasons it has learnt from or was compared in."""


@dataclass(frozen=True)
class Challenge:
    """Who stands against whom, and on what."""

    client: MlflowClient
    model_name: str
    version: int
    """The challenger's."""
    fit: Fit
    """The challenger's training."""
    champion: int | None
    prepared: Prepared
    settings: Settings
    now: datetime


@dataclass(frozen=True)
class Judgement:
    """All verdicts, in the order of the gates, and the seasons that the challenger knows."""

    verdicts: tuple[GateVerdict, ...]
    seasons: tuple[str, ...]
    champion_lost: str = ""
    """Why the champion cannot be compared with, where its files are gone or changed: no gate is to blame for that."""


@dataclass(frozen=True)
class _Compared:
    """What the gates say that set the challenger beside the champion."""

    verdicts: tuple[GateVerdict, ...]
    """Of `champion`, `groups` and, where there are several, `leads`."""
    distribution: GateVerdict
    seasons: tuple[str, ...] = ()
    """Those that the challenger knows."""


def judge(challenge: Challenge) -> Judgement:
    """Let every gate give its verdict, those after a closed one too; what cannot be had closes its gate."""
    asked, checked = challenge.settings.promotion, challenge.prepared.divided.checked
    failures = [finding.sentence for finding in checked.findings if finding.outcome == "fail"]
    kind = checked.ingested.source.kind
    data = data_gate(len(checked.findings), failures, kind, kind_of_model(challenge.model_name))
    persistence = persistence_gate(challenge.fit.result.val_skill, asked.margin)
    service_beaten = _service(challenge)
    intervals = coverage_gate(challenge.fit.result.intervals, asked.coverage_tolerance)
    try:
        service = service_of(checked)
        reloaded = reload(challenge.client, challenge.model_name, challenge.version).fed(service)
        station = challenge.prepared.station
        again = partial(rescore, reloaded, challenge.fit, challenge.prepared, station)
        rescored = again()
    except RescoringError as error:
        shut = {gate: closed(gate, str(error)) for gate in ("champion", "groups", "distribution", "reload")}
        compared = (shut["champion"], shut["groups"])
        last = (intervals, shut["distribution"], shut["reload"])
        return Judgement((data, persistence, *service_beaten, *compared, *last), ())
    lost = ""
    try:
        learnt = learnt_seasons(challenge.prepared, station)
        found = _compared(challenge, reloaded, rescored, partial(again, choosing=True), learnt)
    except VersionLostError as error:
        found = _incomparable(str(error))
        lost = str(error)
    unit = told_unit_of(challenge.prepared.preparation.target)
    allowed = asked.reload_tolerance * rescored.persistence_mae
    same = reload_gate(rescored.trained, rescored.reloaded, allowed, unit)
    verdicts = (data, persistence, *service_beaten, *found.verdicts, intervals, found.distribution, same)
    return Judgement(verdicts, found.seasons, lost)


def _service(challenge: Challenge) -> tuple[GateVerdict, ...]:
    """Give the verdict of the gate that only a station with a weather service's forecasts has."""
    prepared, fit = challenge.prepared, challenge.fit
    if prepared.divided.checked.service is None or fit.result.architecture == SERVICE:
        return ()
    from tasks.training import fit_architecture  # a forecast loads the champion, and trains nothing

    as_it_is = fit_architecture(SERVICE, prepared, challenge.settings).result
    return (service_gate(fit.result.val_mae, as_it_is.val_mae, told_unit_of(prepared.preparation.target)),)


def _compared(
    challenge: Challenge,
    reloaded: Reloaded,
    rescored: Rescored,
    choosing: Callable[[], Rescored],
    learnt: tuple[str, ...],
) -> _Compared:
    asked, incumbent = challenge.settings.promotion, _incumbent(challenge)
    others = None
    try:
        service = service_of(challenge.prepared.divided.checked)
        standing = reload(challenge.client, challenge.model_name, incumbent.version).fed(service) if incumbent else None
        scored = beside_champion(standing, rescored) if standing else beside_persistence(rescored)
        if len(judged_seasons(scored.groups, scored.issue_times)) < len(SEASONS) and not rescored.chosen_on_these:
            others = beside_champion_choosing(standing, choosing()) if standing else beside_persistence(choosing())
    except VersionLostError:
        raise
    except RescoringError as error:
        return _incomparable(str(error))
    refused = _refused_by_a_person(challenge)
    champion = closed("champion", refused) if refused else champion_gate(incumbent, scored, asked)
    groups = groups_gate(incumbent, scored, asked.group_tolerance, choosing=others, learnt=learnt)
    compared = [judged_seasons(each.groups, each.issue_times) for each in (scored, others) if each]
    known = {*learnt, *(season for seasons in compared for season in seasons)}
    verdicts: tuple[GateVerdict, ...] = (champion, groups)
    if len(getattr(reloaded.forecaster, "leads_hours", ())) > 1:
        verdicts += (_of_leads(challenge, incumbent, reloaded, standing, rescored),)
    own = reloaded.quantiles(scored.challenger, scored.issue_times)
    theirs = standing.quantiles(scored.reference, scored.issue_times) if standing else None
    distribution = distribution_gate(incumbent, scored, own, theirs, asked.distribution_tolerance)
    return _Compared(verdicts, distribution, tuple(season for season in SEASONS if season in known))


def _incomparable(why: str) -> _Compared:
    return _Compared((closed("champion", why), closed("groups", why)), closed("distribution", why))


def _of_leads(
    challenge: Challenge, incumbent: Incumbent | None, own: Reloaded, standing: Reloaded | None, rescored: Rescored
) -> GateVerdict:
    unit = told_unit_of(challenge.prepared.preparation.target)
    try:
        errors = curves_beside_champion(standing, own, rescored) if standing else {}
    except RescoringError as error:
        return closed("leads", str(error))
    return leads_gate(incumbent, errors, challenge.settings.promotion.group_tolerance, unit)


def _incumbent(challenge: Challenge) -> Incumbent | None:
    if challenge.champion is None:
        return None
    found = patiently(challenge.client.get_model_version, challenge.model_name, str(challenge.champion))
    age = challenge.now - datetime.fromtimestamp(found.creation_timestamp / 1000, UTC)
    seasons = tuple(filter(None, found.tags.get(SEASONS_TAG, "").split(","))) or SEASONS
    return Incumbent(version=challenge.champion, age_days=age.total_seconds() / 86_400, seasons=seasons)


def _refused_by_a_person(challenge: Challenge) -> str:
    model, version = find_model(challenge.client, challenge.model_name), challenge.version
    changes = [
        change for change in (history_of(model) if model else ()) if version in (change.version, change.replaced)
    ]
    if not changes or changes[-1].replaced != version or changes[-1].way == "gates":
        return ""
    return (
        f"It was the champion until {changes[-1].time:%Y-%m-%d %H:%M}, when a person chose another; "
        f"only `jena registry promote {version}` makes it the champion again."
    )
