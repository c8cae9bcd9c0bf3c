"""What is decided of a day, given the days before it."""

from datetime import date, timedelta

import pytest

from jena_models.monitoring.check import Check
from jena_models.monitoring.decision import JudgedDay, decide, judged
from jena_models.options.production_options import Monitoring

LIMITS = Monitoring(patience_days=3, cooldown_days=10)
DAY = date(2017, 9, 10)


def figure(group="scores", value: float | None = 3.0, limit: float | None = 2.0) -> Check:
    return Check(group=group, subject="forecasts", figure="MAE", window_days=30, value=value, limit=limit)


def run(days: list[list[Check]], limits: Monitoring = LIMITS, gap: int = 1) -> list[str]:
    """The action of each of some days."""
    earlier, actions = [], []
    for number, checks in enumerate(days):
        day = DAY + timedelta(days=number * gap)
        decision = decide(checks, day, earlier, limits)
        earlier.append(judged(day, checks, decision))
        actions.append(decision.action)
    return actions


def test_a_limit_must_be_passed_for_long_enough():
    assert run([[figure()]] * 4) == ["nothing", "nothing", "retrain", "wait"]


def test_one_good_day_begins_the_count_anew():
    assert run([[figure()], [figure()], [figure(value=1.0)], [figure()], [figure()], [figure()]])[-3:] == [
        "nothing",
        "nothing",
        "retrain",
    ]


def test_a_day_that_was_not_judged_neither_counts_nor_breaks_the_row():
    assert run([[figure()]] * 3, gap=2) == ["nothing", "nothing", "retrain"]
    assert run([[figure()]] * 3, gap=5) == ["nothing", "nothing", "nothing"]


def test_the_cooldown_keeps_from_retraining_again_and_ends():
    actions = run([[figure()]] * 25)

    assert [number for number, action in enumerate(actions) if action == "retrain"] == [2, 12, 22]
    assert set(actions[3:12]) == {"wait"}


@pytest.mark.parametrize("group", ["source", "sensors"])
def test_what_is_broken_counts_at_once_and_is_not_trained_on(group):
    assert run([[figure(group)]]) == ["repair"]
    assert run([[figure(group), figure()]] * 4) == ["repair"] * 4


def test_what_retraining_can_mend_is_a_setting():
    limits = Monitoring(retrain_on=("source", "sensors", "inputs", "residuals", "scores"))

    assert run([[figure("sensors")]], limits) == ["retrain"]


def test_what_is_unknown_is_no_alarm():
    assert run([[figure(value=None), figure(limit=None)]] * 5) == ["nothing"] * 5


def test_the_sentence_says_what_passed_which_limit_for_how_long():
    earlier = [JudgedDay(day=DAY - timedelta(days=n), past_limit={figure().name}, retrained=False) for n in (1, 2)]

    decision = decide([figure()], DAY, earlier, LIMITS)

    assert decision.sentence == "A retraining is due: forecasts: MAE over 30 days 3 (at most 2) for 3 days."


def test_judging_a_day_again_decides_the_same():
    earlier = [JudgedDay(day=DAY - timedelta(days=n), past_limit={figure().name}, retrained=False) for n in (1, 2)]
    once = decide([figure()], DAY, earlier, LIMITS)

    again = decide([figure()], DAY, [*earlier, judged(DAY, [figure()], once)], LIMITS)

    assert again == once


@pytest.mark.parametrize(("group", "action"), [("scores", "nothing"), ("inputs", "nothing"), ("service", "retrain")])
def test_days_of_another_version_do_not_count_for_what_is_the_champions_own(group, action):
    names = frozenset({figure(group).name})
    earlier = [
        JudgedDay(day=DAY - timedelta(days=n), past_limit=names, retrained=False, version=version)
        for n, version in ((1, 2), (2, 1))
    ]

    assert decide([figure(group)], DAY, earlier, LIMITS, version=2).action == action


def test_a_champion_that_cannot_be_loaded_calls_for_a_person_at_once():
    assert run([[figure("champion")]]) == ["repair"]
