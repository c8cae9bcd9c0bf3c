"""The gates of promotion: each gives a verdict and what it was seen by, and none opens for want of evidence."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.evaluation.seasons import (
    NEEDED,
    SEASONS,
    TENTHS,
    are_enough,
    days_of,
    judged_seasons,
)
from jena_models.evaluation.significance import paired_test
from jena_models.exactness import as_exact, digits_for
from jena_models.frozen import Frozen
from jena_models.options.promotion_options import Promotion

GATES: Final = ("data", "persistence", "service", "champion", "groups", "leads", "coverage", "distribution", "reload")
"""The names of the gates, in the order they are told in; that of a service is asked only of a station with one, that of
leads only where there are several."""

Forecasts = NDArray[np.floating]


class GateVerdict(Frozen):
    """One condition of promotion, and what was seen."""

    gate: str
    passed: bool
    evidence: str


@dataclass(frozen=True)
class SideBySide:
    """What was measured and forecast for the same windows, in the order of time; each array has shape (windows,)."""

    measured: Forecasts
    challenger: Forecasts
    reference: Forecasts
    """The champion's forecasts; those of persistence where there is no champion."""
    groups: dict[str, NDArray[np.bool_]]
    """Of `jena_models.evaluation.seasons`."""
    horizon_windows: int
    """How many windows start within one horizon."""
    unit: str
    """Of the target."""
    persistence_mae: float
    """How far persistence is off in the mean: what tolerances are shares of, so that the target's unit has no say."""
    issue_times: NDArray[np.datetime64] = field(default_factory=lambda: np.empty(0, "datetime64[s]"))
    """When each was made, in UTC."""


@dataclass(frozen=True)
class LeadErrors:
    """Mean absolute errors in a group of leads, in the target's unit, for the same targets."""

    challenger: float
    champion: float
    persistence: float
    windows: int

    @property
    def worse(self) -> float:
        """Give by how much the challenger is worse than the champion; less than nothing where it is better."""
        return self.challenger - self.champion


@dataclass(frozen=True)
class Incumbent:
    """The present champion."""

    version: int
    age_days: float
    seasons: tuple[str, ...] = SEASONS
    """The seasons it has learnt from or been judged in."""


def service_gate(mae: float, service_mae: float, unit: str) -> GateVerdict:
    """Tell whether a challenger is nearer on validation than the weather service's own forecast.

    Args:
        mae: of the challenger.
        service_mae: of the service's forecast as it is, on the same windows.
        unit: of both.
    """
    evidence = (
        f"Its mean absolute error on validation is {as_exact(mae)} {unit}; that of the weather service's forecast "
        f"as it is, {as_exact(service_mae)} {unit}, is to be beaten."
    )
    return GateVerdict(gate="service", passed=bool(mae < service_mae), evidence=evidence)


def data_gate(expectations: int, failures: Sequence[str], kind: str, model_kind: str) -> GateVerdict:
    """Tell whether the data passed validation and is of the kind that the model's name says.

    Args:
        expectations: how many were checked.
        failures: a sentence for each that failed.
        kind: `real` or `simulated`, of the readings.
        model_kind: the same, of the registered model.
    """
    if expectations == 0:
        return closed("data", "The readings were not validated.")
    if failures:
        return closed("data", f"Validation failed: {failures[0]}")
    if kind != model_kind:
        return closed("data", f"The readings are {kind}, and the model is one of {model_kind} readings.")
    evidence = f"None of {expectations} expectations failed; the readings are {kind}, as the model's name says."
    return GateVerdict(gate="data", passed=True, evidence=evidence)


def persistence_gate(skill: float, margin: float) -> GateVerdict:
    """Tell whether the challenger beats persistence on validation by a margin; both are skills."""
    evidence = f"Its skill against persistence on validation is {skill:.3f}; at least {margin:.3f} is asked for."
    return GateVerdict(gate="persistence", passed=skill >= margin, evidence=evidence)


def champion_gate(incumbent: Incumbent | None, scored: SideBySide | None, settings: Promotion) -> GateVerdict:
    """Tell whether the challenger beats the champion, and not by accident, or may replace one that has grown old."""
    if incumbent is None:
        return GateVerdict(gate="champion", passed=True, evidence="There is no champion to beat yet.")
    unusable = _unusable(scored)
    if scored is None or unusable:
        return closed("champion", unusable)
    challenger, champion = _error(scored.challenger, scored), _error(scored.reference, scored)
    test = paired_test(scored.challenger - scored.measured, scored.reference - scored.measured, scored.horizon_windows)
    beats = test.improvement > 0 and test.p_value <= settings.significance
    tolerance = settings.tolerance * scored.persistence_mae
    old = incumbent.age_days > settings.champion_age_days
    evidence = (
        f"On {scored.measured.size} windows that chose neither its MAE is {as_exact(challenger)} {scored.unit}, "
        f"that of the champion, version {incumbent.version}, {as_exact(champion)}: "
        f"{_comparison(champion - challenger, champion)} with p = {test.p_value:.3g} "
        f"(at most {settings.significance:g} is asked for)."
    )
    if old and not beats:
        evidence += (
            f" The champion is {incumbent.age_days:.0f} days old, more than {settings.champion_age_days:g}: being "
            f"worse by at most {tolerance:.3g} {scored.unit} is enough."
        )
    passed = beats or (old and challenger - champion <= tolerance)
    return GateVerdict(gate="champion", passed=passed, evidence=evidence)


def groups_gate(
    incumbent: Incumbent | None,
    scored: SideBySide | None,
    tolerance: float,
    *,
    choosing: SideBySide | None = None,
    learnt: Sequence[str] = (),
) -> GateVerdict:
    """Tell whether the challenger is worse than the champion in some season, or the coldest or warmest tenth.

    Without a champion persistence stands in for it, in the seasons only: the tenths are picked by what came, and among
    those any forecast that is better on the whole, being nearer the mean, is behind persistence.

    Args:
        incumbent: the champion, if there is one.
        scored: on windows that chose neither.
        tolerance: as a share of persistence's error.
        choosing: on windows that trained neither but may have chosen one, for seasons of which `scored` has too few: a
            choice flatters by far less than the tolerance.
        learnt: the seasons that the challenger has learnt from; one that it has neither learnt from nor is judged in
            closes the gate, where the champion knows it.
    """
    unusable = _unusable(scored)
    if scored is None or unusable:
        return closed("groups", unusable)
    other = f"the champion, version {incumbent.version}" if incumbent else "persistence, there being no champion yet"
    judged = judged_seasons(scored.groups, scored.issue_times)
    instead = _standing_in(scored, choosing)
    lacking = [season for season in SEASONS if season not in judged + instead]
    unseen = [
        season for season in (incumbent.seasons if incumbent else ()) if season in lacking and season not in learnt
    ]
    if unseen or not judged + instead:
        return closed("groups", f"Too few windows to compare it with {other} lie in {_listed(unseen or SEASONS)}.")
    compared = judged + instead + (TENTHS if incumbent else ())
    errors = {}
    for name in compared:
        of = choosing if choosing is not None and name in instead else scored
        errors[name] = (_error(of.challenger, of, of.groups[name]), _error(of.reference, of, of.groups[name]))
    worst = max(compared, key=lambda name: errors[name][0] - errors[name][1])
    own, theirs = errors[worst]
    allowed = tolerance * scored.persistence_mae
    evidence = (
        f"Against {other}, it does least well in {_listed([worst])}: {as_exact(own)} against {as_exact(theirs)} "
        f"{scored.unit}; "
        f"worse by {allowed:.3g} is allowed. Compared in {_listed(compared)}."
    )
    if instead:
        evidence += f" Too few windows that chose neither lie in {_listed(instead)}; there those that chose count."
    if lacking:
        evidence += f" Not compared in {_listed(lacking)}, where too few windows lie."
    return GateVerdict(gate="groups", passed=own - theirs <= allowed, evidence=evidence)


def leads_gate(
    incumbent: Incumbent | None, errors: Mapping[str, LeadErrors], tolerance: float, unit: str
) -> GateVerdict:
    """Tell whether the challenger's curve is worse than the champion's in some group of leads.

    Args:
        incumbent: the champion, if there is one.
        errors: by group of leads, on windows that chose neither; none where only one of them has a curve.
        tolerance: as a share of persistence's error in the same group.
        unit: of the target.
    """
    if incumbent is None:
        return GateVerdict(gate="leads", passed=True, evidence="There is no champion to compare its curve with yet.")
    named = f"the champion, version {incumbent.version}"
    if not errors:
        why = f"It is not compared with {named}, which has no curve, or too few windows chose neither."
        return GateVerdict(gate="leads", passed=True, evidence=why)
    # Persistence errs by nothing where nothing changed, as of rain in a dry month.
    worst = max(errors, key=lambda name: errors[name].worse / max(errors[name].persistence, sys.float_info.min))
    found = errors[worst]
    allowed = tolerance * found.persistence
    evidence = (
        f"Against {named}, its curve does least well from {worst}: {as_exact(found.challenger)} against "
        f"{as_exact(found.champion)} {unit} on {found.windows} windows; worse by {allowed:.3g} is "
        f"allowed. Compared in {', '.join(errors)}."
    )
    return GateVerdict(gate="leads", passed=found.worse <= allowed, evidence=evidence)


def reload_gate(trained: Forecasts, reloaded: Forecasts, allowed: float, unit: str) -> GateVerdict:
    """Tell whether the version loaded back forecasts what the trained model did, window for window, in its unit."""
    if trained.size == 0 or trained.shape != reloaded.shape:
        return closed("reload", "There are no windows to compare the version loaded back with the trained model on.")
    apart = float(np.abs(trained.astype(np.float64) - reloaded.astype(np.float64)).max())
    evidence = (
        f"On {trained.size} windows the version loaded back is at most {apart:.2g} {unit} from the trained model; "
        f"{allowed:.2g} is allowed."
    )
    return GateVerdict(gate="reload", passed=apart <= allowed, evidence=evidence)


def closed(gate: str, evidence: str) -> GateVerdict:
    """Give the verdict of a gate whose evidence could not be had, and why."""
    return GateVerdict(gate=gate, passed=False, evidence=evidence)


def _standing_in(scored: SideBySide, choosing: SideBySide | None) -> tuple[str, ...]:
    """Give the seasons in which windows that may have chosen stand in for those that did not."""
    if choosing is None or _unusable(choosing):
        return ()
    judged = judged_seasons(scored.groups, scored.issue_times)
    return tuple(season for season in judged_seasons(choosing.groups, choosing.issue_times) if season not in judged)


def _unusable(scored: SideBySide | None) -> str:
    windows = 0 if scored is None else scored.measured.size
    if scored is None or not are_enough(windows, days_of(scored.issue_times)):
        return f"Only {windows} validation windows can be compared on; {NEEDED}."
    both = np.stack([scored.challenger, scored.reference])
    unknown = np.count_nonzero(~np.isfinite(both).all(axis=0))
    return f"On {unknown} of {windows} validation windows a forecast is no number." if unknown else ""


def _error(forecasts: Forecasts, scored: SideBySide, group: NDArray[np.bool_] | None = None) -> float:
    errors = np.abs(forecasts.astype(np.float64) - scored.measured.astype(np.float64))
    return float(np.mean(errors if group is None else errors[group]))


def _comparison(improvement: float, size: float) -> str:
    apart = f"{abs(improvement):.{digits_for(size, 3)}f}"
    return f"{'better' if improvement > 0 else 'worse'} by {apart}" if improvement else "as good"


def _listed(names: Sequence[str]) -> str:
    named = [f"the {name}" if name in TENTHS else name for name in names]
    return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"
