from dataclasses import replace

import numpy as np
import pytest

from jena_models.evaluation.gates import (
    Incumbent,
    LeadErrors,
    SideBySide,
    champion_gate,
    data_gate,
    groups_gate,
    leads_gate,
    persistence_gate,
    reload_gate,
    service_gate,
)
from jena_models.evaluation.seasons import FEWEST_WINDOWS, SEASONS, TENTHS, groups, judged_seasons
from jena_models.options.promotion_options import Promotion

ASKED = Promotion(significance=0.05, champion_age_days=90, tolerance=0.02, group_tolerance=0.10)
YOUNG, OLD = Incumbent(version=3, age_days=10), Incumbent(version=3, age_days=100)
WINDOWS = 2 * 365 * 4


def side_by_side(
    challenger: float, reference: float, *, windows: int = WINDOWS, where=None, worse_by: float = 0.0, persistence=1.0
):
    """Two years of six-hourly forecasts whose absolute errors average to what is given."""
    rng = np.random.default_rng(1)
    valid = np.datetime64("2010-01-01", "s") + np.arange(windows) * np.timedelta64(6, "h")
    measured = 10 - 9 * np.cos(np.arange(windows) / WINDOWS * 4 * np.pi) + rng.standard_normal(windows)
    masks = groups(valid, measured, latitude=51)
    error = np.full(windows, challenger) + rng.uniform(-0.01, 0.01, windows)
    if where:
        error[masks[where]] += worse_by
    return SideBySide(
        measured=measured,
        challenger=measured + error,
        reference=measured - reference,
        groups=masks,
        horizon_windows=4,
        unit="°C",
        persistence_mae=persistence,
    )


@pytest.mark.parametrize(
    ("expectations", "failures", "kind", "model_kind", "passed"),
    [
        (20, [], "real", "real", True),
        (20, [], "simulated", "simulated", True),
        (20, [], "simulated", "real", False),
        (20, [], "real", "simulated", False),
        (20, ["p is too high."], "real", "real", False),
        (0, [], "real", "real", False),
    ],
)
def test_data_gate_wants_validated_readings_of_the_kind_in_the_name(expectations, failures, kind, model_kind, passed):
    assert data_gate(expectations, failures, kind, model_kind).passed is passed


@pytest.mark.parametrize(("skill", "passed"), [(0.02, True), (0.019, False), (-0.3, False), (float("nan"), False)])
def test_persistence_gate_wants_the_margin(skill, passed):
    verdict = persistence_gate(skill, 0.02)

    assert verdict.passed is passed
    assert f"{skill:.3f}" in verdict.evidence


def test_champion_gate_is_open_where_there_is_no_champion():
    assert champion_gate(None, None, ASKED).passed


@pytest.mark.parametrize(("mae", "passed"), [(0.84, True), (0.86, False), (np.nan, False)])
def test_service_gate_wants_to_be_nearer_than_what_anybody_can_have(mae, passed):
    verdict = service_gate(mae, 0.86, "°C")

    assert verdict.passed == passed
    assert "0.860 °C" in verdict.evidence


@pytest.mark.parametrize(
    ("incumbent", "challenger", "champion", "passed"),
    [
        (YOUNG, 2.0, 2.1, True),
        (YOUNG, 2.1, 2.1, False),
        (YOUNG, 2.11, 2.1, False),
        (OLD, 2.11, 2.1, True),
        (OLD, 2.13, 2.1, False),
        (OLD, 2.0, 2.1, True),
    ],
)
def test_champion_gate_wants_better_or_about_as_good_as_one_grown_old(incumbent, challenger, champion, passed):
    assert champion_gate(incumbent, side_by_side(challenger, champion), ASKED).passed is passed


def test_champion_gate_is_closed_to_what_is_better_by_accident():
    scored = side_by_side(2.0, 2.001)
    noise = np.random.default_rng(2).standard_normal(WINDOWS)
    noisy = SideBySide(**{**vars(scored), "challenger": scored.challenger + 0.3 * (noise - noise.mean())})

    verdict = champion_gate(YOUNG, noisy, ASKED)

    assert "better by" in verdict.evidence
    assert not verdict.passed


def test_champion_gate_tells_figures_and_probability():
    evidence = champion_gate(YOUNG, side_by_side(2.0, 2.1), ASKED).evidence

    for said in (f"{WINDOWS} windows", "2.000 °C", "version 3, 2.100", "p = ", "0.05"):
        assert said in evidence


def test_gates_tell_errors_of_a_target_far_below_one_apart():
    champion = champion_gate(YOUNG, side_by_side(0.00042, 0.00047), ASKED).evidence
    service = service_gate(0.00042, 0.00047, "kg/kg").evidence

    assert "version 3, 0.000470: worse by 0.00" in champion
    assert "is 0.000420 kg/kg" in service
    assert "0.000470 kg/kg" in service


@pytest.mark.parametrize("windows", [0, FEWEST_WINDOWS - 1])
def test_too_few_windows_close_the_gates_that_compare(windows):
    few = side_by_side(1.0, 2.0, windows=windows)

    verdicts = [champion_gate(OLD, few, ASKED), groups_gate(OLD, few, 0.1), groups_gate(None, few, 0.1)]

    assert not any(verdict.passed for verdict in verdicts)
    assert all(f"Only {windows}" in verdict.evidence for verdict in verdicts)


@pytest.mark.parametrize("gap", [np.nan, np.inf])
def test_forecasts_that_are_no_numbers_close_the_gates(gap):
    scored = side_by_side(1.0, 2.0)
    scored.challenger[5] = gap

    verdict = champion_gate(OLD, scored, ASKED)
    assert not verdict.passed
    assert f"On 1 of {WINDOWS}" in verdict.evidence
    assert not groups_gate(OLD, scored, 0.1).passed
    assert not groups_gate(None, scored, 0.1).passed
    assert not reload_gate(scored.challenger, scored.reference, 1e-4, "°C").passed


@pytest.mark.parametrize("where", SEASONS + TENTHS)
def test_groups_gate_closes_for_a_single_season_or_tenth(where):
    tolerated = side_by_side(2.0, 2.1, where=where, worse_by=0.18)
    worse = side_by_side(2.0, 2.1, where=where, worse_by=0.22)

    assert groups_gate(YOUNG, tolerated, ASKED.group_tolerance).passed
    verdict = groups_gate(YOUNG, worse, ASKED.group_tolerance)
    assert not verdict.passed
    assert f"in {where if where in SEASONS else 'the ' + where}:" in verdict.evidence


def test_without_a_champion_seasons_are_compared_with_persistence_and_tenths_are_not():
    assert groups_gate(None, side_by_side(2.0, 2.1, where="coldest tenth", worse_by=0.4), 0.1).passed
    verdict = groups_gate(None, side_by_side(2.0, 2.1, where="winter", worse_by=0.4), 0.1)
    assert not verdict.passed
    assert "persistence" in verdict.evidence


def in_summer_half(scored):
    """Without the other seasons' windows."""
    empty = {season: np.zeros(len(scored.measured), bool) for season in ("winter", "autumn")}
    return replace(scored, groups=scored.groups | empty)


def test_challenger_must_know_every_season_that_the_champion_knows():
    half = in_summer_half(side_by_side(2.0, 2.2, windows=4 * 300))

    assert judged_seasons(half.groups, half.issue_times) == ("spring", "summer")
    assert not groups_gate(YOUNG, half, 0.1).passed
    assert groups_gate(Incumbent(version=3, age_days=1, seasons=("summer",)), half, 0.1).passed
    assert groups_gate(None, half, 0.1).passed


@pytest.mark.parametrize(("hours_apart", "passed"), [(24, True), (6, False), (1, False)])
def test_a_season_is_judged_in_by_a_month_of_daily_windows_and_not_by_as_many_hourly_ones(hours_apart, passed):
    windows = 4 * 66
    times = np.datetime64("2010-01-01", "s") + np.arange(windows) * np.timedelta64(hours_apart, "h")
    scored = side_by_side(2.0, 2.2, windows=windows)
    seasons = {season: np.arange(windows) // 66 == place for place, season in enumerate(SEASONS)}
    scored = replace(scored, groups=scored.groups | seasons, horizon_windows=1, issue_times=times)

    assert groups_gate(None, scored, 0.1).passed is passed
    assert groups_gate(None, scored, 0.1, choosing=scored).passed is passed


def test_a_season_that_was_learnt_from_but_has_no_windows_is_named_and_not_judged():
    half = in_summer_half(side_by_side(2.0, 2.2, windows=4 * 300))

    verdict = groups_gate(YOUNG, half, 0.1, learnt=SEASONS)

    assert verdict.passed
    assert "Compared in spring, summer, the coldest tenth" in verdict.evidence
    assert "Not compared in winter and autumn" in verdict.evidence
    assert not groups_gate(YOUNG, half, 0.1, learnt=("winter",)).passed
    assert not groups_gate(YOUNG, in_summer_half(side_by_side(2.0, 2.2, windows=50)), 0.1, learnt=SEASONS).passed


@pytest.mark.parametrize(("where", "passed"), [("winter", False), ("autumn", False), ("spring", True)])
def test_windows_that_chose_stand_in_for_seasons_in_which_no_others_lie(where, passed):
    half = in_summer_half(side_by_side(2.0, 2.2, windows=4 * 300))
    choosing = side_by_side(2.0, 2.2, where=where, worse_by=0.5)

    verdict = groups_gate(YOUNG, half, 0.1, choosing=choosing)

    assert verdict.passed is passed
    assert "chose neither lie in winter and autumn; there those that chose count" in verdict.evidence
    assert "Not compared" not in verdict.evidence


def test_windows_that_chose_have_no_say_where_every_season_has_others():
    scored, choosing = side_by_side(2.0, 2.2), side_by_side(9.0, 2.2)

    assert groups_gate(YOUNG, scored, 0.1, choosing=choosing) == groups_gate(YOUNG, scored, 0.1)


def test_no_season_with_enough_windows_closes_the_groups_gate():
    scored = side_by_side(2.0, 2.2)
    none = {name: np.zeros(WINDOWS, bool) for name in scored.groups}

    assert not groups_gate(None, SideBySide(**{**vars(scored), "groups": none}), 0.1).passed


@pytest.mark.parametrize(
    ("apart", "passed"), [(0.0, True), (9e-5, True), (-9e-5, True), (2e-4, False), (-2e-4, False), (np.nan, False)]
)
def test_reload_gate_looks_at_the_window_that_is_farthest_off(apart, passed):
    trained = np.linspace(-10, 30, 50)
    reloaded = trained.copy()
    reloaded[17] += apart

    assert reload_gate(trained, reloaded, 1e-4, "°C").passed is passed


@pytest.mark.parametrize("unit", [1.0, 1000.0, 0.001])
@pytest.mark.parametrize(("worse_by", "passed"), [(0.015, True), (0.025, False)])
def test_tolerances_are_shares_of_what_persistence_is_off_by(unit, worse_by, passed):
    scored = side_by_side(2.0 + worse_by, 2.0)
    inflated = replace(
        scored,
        **{name: unit * getattr(scored, name) for name in ("measured", "challenger", "reference", "persistence_mae")},
    )

    assert champion_gate(OLD, inflated, ASKED).passed is passed


def test_reload_gate_stays_closed_without_anything_to_compare():
    assert not reload_gate(np.empty(0), np.empty(0), 1e-4, "°C").passed
    assert not reload_gate(np.zeros(3), np.zeros(4), 1e-4, "°C").passed


def lead_errors(**challenger):
    return {name: LeadErrors(challenger.get(key, 1.0), 1.0, 2.0, 500) for key, name in GROUPS_OF_LEADS.items()}


GROUPS_OF_LEADS = {"short": "1 to 6 h", "day": "7 to 24 h", "long": "beyond 24 h"}


@pytest.mark.parametrize(
    ("errors", "passed"),
    [({}, True), ({"short": 1.07}, True), ({"short": 1.09}, False), ({"short": 0.5, "long": 1.09}, False)],
)
def test_no_group_of_leads_may_be_worse_by_more_than_the_tolerance(errors, passed):
    verdict = leads_gate(Incumbent(version=3, age_days=1), lead_errors(**errors), 0.04, "°C")

    assert (verdict.gate, verdict.passed) == ("leads", passed)
    if not passed:
        assert GROUPS_OF_LEADS[list(errors)[-1]] in verdict.evidence
        assert "1.090 against 1.000 °C" in verdict.evidence


@pytest.mark.parametrize(("challenger", "passed"), [(0.0, True), (0.1, False)])
def test_where_nothing_changed_as_of_rain_in_a_dry_month_leads_may_be_no_worse(challenger, passed):
    errors = lead_errors() | {"1 to 6 h": LeadErrors(challenger, 0.0, 0.0, 500)}

    verdict = leads_gate(Incumbent(version=3, age_days=1), errors, 0.04, "mm")

    assert verdict.passed is passed
    assert passed or "from 1 to 6 h" in verdict.evidence


def test_leads_are_compared_only_where_both_have_a_curve():
    assert leads_gate(Incumbent(version=3, age_days=1), {}, 0.04, "°C").passed
    assert leads_gate(None, {}, 0.04, "°C").passed
