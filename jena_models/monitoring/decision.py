"""What follows from a day's figures: nothing, a retraining, or a call for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final, Literal, get_args

from jena_models.frozen import Frozen
from jena_models.monitoring.check import Check
from jena_models.options.production_options import MonitoredGroup, Monitoring

AT_ONCE: Final[frozenset[MonitoredGroup]] = frozenset({"source", "sensors", "champion"})
"""Broken is broken; only figures that weather moves too must stay past their limit for days."""

OF_THE_CHAMPION: Final[frozenset[MonitoredGroup]] = frozenset({"inputs", "residuals", "scores"})
"""Their limits are the version's own: what another version passed says nothing of this one."""

NAMED: Final = 3
"""How many alarms a sentence names."""

Action = Literal["nothing", "retrain", "wait", "repair", "due"]
"""`due`: a retraining would be asked for, but must not or cannot be."""


class Alarm(Frozen):
    """A figure that has been past its limit for long enough."""

    check: Check
    days: int
    """For how many days in a row, today included."""

    def sentence(self) -> str:
        """Give it in words."""
        return self.check.sentence() + (f" for {self.days} days" if self.days > 1 else "")


class Decision(Frozen):
    """What was decided, and why."""

    action: Action
    sentence: str
    alarms: tuple[Alarm, ...]
    flow_run: str | None = None
    """The id of the retraining's flow run, where one was asked for."""


class JudgedDay(Frozen):
    """What is known of an earlier day when the next is judged."""

    day: date
    past_limit: frozenset[str]
    """Names of the figures that were past their limit."""
    retrained: bool
    """Whether a retraining was asked for."""
    version: int = 0
    """Of the champion that was judged."""


def days_past_limit(name: str, day: date, earlier: Sequence[JudgedDay], patience_days: int) -> int:
    """Give for how many judged days in a row a figure is past its limit, today included.

    A day that is not among the earlier ones neither counts nor breaks the row, unless as many are missing as patience
    lasts.
    """
    count, last = 1, day
    for judged in sorted(earlier, key=lambda each: each.day, reverse=True):
        if judged.day >= day:
            continue
        if name not in judged.past_limit or last - judged.day > timedelta(days=patience_days):
            break
        count, last = count + 1, judged.day
    return count


def decide(
    checks: Sequence[Check], day: date, earlier: Sequence[JudgedDay], limits: Monitoring, version: int = 0
) -> Decision:
    """Give what is to be done.

    Args:
        checks: of the day.
        day: that is judged.
        earlier: the days before it, in any order; `day` itself does not count.
        limits: patience, cooldown, and what a retraining can mend.
        version: of the champion; days of another one do not count for figures that are the champion's.
    """
    alarms, of_version = [], [each for each in earlier if each.version == version]
    for check in checks:
        if check.past_limit:
            row = of_version if check.group in OF_THE_CHAMPION else earlier
            days = days_past_limit(check.name, day, row, limits.patience_days)
            if days >= (1 if check.group in AT_ONCE else limits.patience_days):
                alarms.append(Alarm(check=check, days=days))
    broken = [alarm for alarm in alarms if alarm.check.group not in limits.retrain_on]
    if not alarms:
        waiting = sum(check.past_limit for check in checks)
        return _decision("nothing", "Nothing is to be done" + _not_yet(waiting), ())
    if broken:
        return _decision("repair", f"Mend this before anything is retrained: {_named(broken)}", alarms)
    asked = max((each.day for each in earlier if each.retrained and each.day < day), default=None)
    if asked is not None and (day - asked).days < limits.cooldown_days:
        until = asked + timedelta(days=limits.cooldown_days)
        why = f"a retraining was asked for on {asked}, the next one can be on {until}"
        return _decision("wait", f"Nothing new is retrained yet, as {why}: {_named(alarms)}", alarms)
    return _decision("retrain", f"A retraining is due: {_named(alarms)}", alarms)


def judged(day: date, checks: Sequence[Check], decision: Decision, version: int = 0) -> JudgedDay:
    """Give what later days need to know of a day."""
    names = frozenset(check.name for check in checks if check.past_limit)
    asked = decision.action == "retrain" or decision.flow_run is not None
    return JudgedDay(day=day, past_limit=names, retrained=asked, version=version)


def counts(decision: Decision) -> Mapping[MonitoredGroup, int]:
    """Give how many alarms each group has."""
    groups = [alarm.check.group for alarm in decision.alarms]
    return {group: groups.count(group) for group in get_args(MonitoredGroup)}


def _decision(action: Action, sentence: str, alarms: Sequence[Alarm]) -> Decision:
    return Decision(action=action, sentence=f"{sentence}.", alarms=tuple(alarms))


def _named(alarms: Sequence[Alarm]) -> str:
    more = f"; and {len(alarms) - NAMED} more" if len(alarms) > NAMED else ""
    return "; ".join(alarm.sentence() for alarm in alarms[:NAMED]) + more


def _not_yet(waiting: int) -> str:
    if not waiting:
        return ""
    return f": {waiting} {'figure is' if waiting == 1 else 'figures are'} past the limit, but not for long enough"
