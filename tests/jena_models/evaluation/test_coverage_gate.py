"""The gate closes on intervals that do not hold, and not by the chance of few windows that err alike."""

import numpy as np
import pytest
from scipy.signal import lfilter
from scipy.stats import norm

from jena_models.evaluation.coverage_gate import FEWEST_INDEPENDENT, coverage_gate, share_off_by_chance
from jena_models.evaluation.interval_scores import Hindcast, IntervalScore, score_crosswise
from jena_models.evaluation.seasons import FEWEST_DAYS, FEWEST_WINDOWS
from jena_models.evaluation.significance import independent_windows

DAY = 24
MEMORY = 0.9
"""How much of its error a forecast shares with the one an hour before."""
HOURS_ALIKE = 7
"""So many hours of such errors tell as much of a coverage as one that is independent."""
DRAWS = 200


def interval_score(
    level: float,
    held: float,
    *,
    split: str = "validation",
    windows: int = 3000,
    days: int = 0,
    independent: float = 3000.0,
) -> IntervalScore:
    return IntervalScore(
        split=split,
        level=level,
        windows=windows,
        days=days,
        independent=independent,
        coverage=held,
        width=9.0,
        seasons={},
    )


@pytest.mark.parametrize(
    ("of_80", "of_90", "passed"),
    [
        (0.8, 0.9, True),
        (0.76, 0.94, True),
        (0.74, 0.9, False),
        (0.8, 0.84, False),
        (0.8, 0.96, False),
        (float("nan"), 0.9, False),
    ],
)
def test_coverage_gate_wants_every_level_near_what_it_says_on_either_side(of_80, of_90, passed):
    scores = [interval_score(0.8, of_80), interval_score(0.9, of_90)]

    verdict = coverage_gate(scores, 0.05)

    assert verdict.passed is passed
    assert f"90 % hold {100 * of_90:.1f} %" in verdict.evidence


def test_coverage_gate_does_not_look_at_the_test_split():
    scores = [interval_score(0.9, 0.9), interval_score(0.9, 0.1, split="test")]

    assert coverage_gate(scores, 0.05).passed
    assert not coverage_gate(scores[1:], 0.05).passed


def test_coverage_gate_stays_closed_on_too_few_windows():
    verdict = coverage_gate([interval_score(0.9, 0.9, windows=FEWEST_WINDOWS - 1)], 0.05)

    assert not verdict.passed
    assert "Only 99" in verdict.evidence


def errors(windows: int, seed: int) -> np.ndarray:
    """Hourly errors of variance 1 with a memory."""
    shocks = np.random.default_rng(seed).normal(0, np.sqrt(1 - MEMORY**2), windows + 200)
    return lfilter([1], [1, -MEMORY], shocks)[200:]


def verdict_on(independent: int, held: tuple[float, float], seed: int):
    """The verdict on intervals that hold such shares in truth of those levels, judged by so many windows' worth."""
    size = np.abs(errors(independent * HOURS_ALIKE, seed))
    hits = [size < norm.ppf((1 + share) / 2) for share in held]
    found = independent_windows(np.sum(hits, axis=0), horizon_windows=DAY)
    scores = [
        interval_score(level, hit.mean(), windows=len(size), independent=found)
        for level, hit in zip((0.8, 0.9), hits, strict=True)
    ]
    return coverage_gate(scores, 0.05)


def share_passed(independent: int, held: tuple[float, float]) -> float:
    return float(np.mean([verdict_on(independent, held, seed).passed for seed in range(DRAWS)]))


@pytest.mark.parametrize("independent", [30, 100, 1000])
def test_intervals_that_are_right_pass_however_few_windows_judge(independent):
    assert share_passed(independent, (0.8, 0.9)) >= 0.95


@pytest.mark.parametrize(("independent", "most"), [(100, 0.15), (300, 0.0), (1000, 0.0)])
@pytest.mark.parametrize("held", [(0.65, 0.75), (0.95, 1 - 1e-9)])
def test_intervals_fifteen_points_off_are_refused_where_a_hundred_windows_judge(independent, most, held):
    assert share_passed(independent, held) <= most


def test_with_few_windows_only_what_is_far_off_is_refused_and_a_thousand_see_six_points():
    assert share_passed(30, (0.5, 0.6)) <= 0.1
    assert share_passed(2000, (0.74, 0.84)) <= 0.2


def test_intervals_fitted_on_as_few_days_as_judge_them_pass_where_errors_do_not_change():
    hours = np.datetime64("2012-01-01", "s") + np.arange(24 * 90) * np.timedelta64(1, "h")
    scored = []
    for seed in range(60):
        forecast, persistence = errors(len(hours), seed), 3 * errors(len(hours), 1000 + seed)
        record = Hindcast(np.zeros(len(hours)), forecast, persistence, hours)
        judged = hours >= hours[24 * 60]
        scored.append(score_crosswise(record.where(judged), record.where(~judged), 51.0, DAY).intervals)

    assert np.mean([coverage_gate(scores, 0.05).passed for scores in scored]) >= 0.9
    farther = [max(abs(score.coverage - score.level) for score in scores) > 0.05 for scores in scored]
    assert np.mean(farther) > 0.3  # which the tolerance alone would have refused


def test_the_sentence_tells_what_chance_explains_where_that_is_more_than_the_tolerance():
    few, many = (verdict_on(independent, (0.8, 0.9), 1).evidence for independent in (40, 3000))

    assert "independent ones, chance explains" in few
    assert "independent" not in many


def test_what_chance_explains_falls_with_the_windows_and_is_less_than_the_tolerance_of_many():
    chance = [share_off_by_chance(0.8, independent) for independent in (20, 100, 500, 1000)]

    assert chance == sorted(chance, reverse=True)
    assert chance[-1] < 0.05 < chance[0]


def test_windows_that_all_err_alike_are_too_few_to_judge_by():
    verdict = coverage_gate([interval_score(0.9, 0.9, independent=FEWEST_INDEPENDENT - 1)], 0.05)

    assert not verdict.passed
    assert "tell as much as 19 independent ones; at least 20 are needed" in verdict.evidence


def test_daily_windows_of_a_month_can_be_judged_by():
    daily = [interval_score(level, level, windows=40, days=FEWEST_DAYS, independent=40.0) for level in (0.8, 0.9)]

    assert coverage_gate(daily, 0.05).passed
