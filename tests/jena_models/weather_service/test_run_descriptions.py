"""What a person is told of a weather service's runs, and what is to be doubted of them."""

from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from jena_models.weather_service.run_descriptions import describe_runs, doubts, rows_of
from jena_models.weather_service.run_files.compared_readings import measured_over
from jena_models.weather_service.service_runs import Runs

HOUR, START, TARGET = 3600, 1_577_836_800, "T (degC)"
SECONDS = START + np.arange(24 * 60) * HOUR
TRUTH = 10 + 5 * np.sin(np.arange(len(SECONDS) + 48) / 24)
CAME = TRUTH[: len(SECONDS)]
NEWEST = datetime(2020, 2, 29, 23)


def runs(*, growth=0.05, above=0.0) -> Runs:
    generator = np.random.default_rng(1)
    first = np.arange(0, len(SECONDS), 12)
    leads = np.arange(0, 48, 6)
    said = np.stack([TRUTH[at + leads] for at in first])
    said = said + above + generator.normal(0, 1, said.shape) * (0.5 + growth * leads)
    return Runs(
        name="s",
        columns=("t2m",),
        of=(TARGET,),
        issue_seconds=START + first * HOUR,
        available_seconds=START + (first + 5) * HOUR,
        lead_seconds=leads * HOUR,
        values=said[:, :, None],
        spread=np.full((*said.shape, 1), np.nan),
    )


def told(given):
    return describe_runs(given, SECONDS, {TARGET: CAME})


def changed(how, first=0):
    """Runs whose numbers are in another unit, from one on."""
    values = runs().values.copy()
    values[first:] = how(values[first:])
    return replace(runs(), values=values)


def test_runs_leads_delays_completeness_and_errors_are_told():
    late = runs()
    late.available_seconds[3] += 6 * HOUR
    late.values[:10, -1] = np.nan

    found = told(late)

    assert (found.runs, found.hours_between, found.leads, found.leads_hours) == (len(late), 12, 8, (0, 42))
    assert found.delay_hours == (5, 11)
    assert found.completeness["42"] == pytest.approx(1 - 10 / len(late), abs=1e-4)
    errors = found.errors[0].by_lead
    assert errors[-1].mae > 2 * errors[0].mae
    assert "12 h apart" in " ".join(rows_of(found).values())
    assert doubts(found, NEWEST) == ()


@pytest.mark.parametrize("hours", [-8, -6, 6, 9])
def test_a_clock_that_is_mistaken_is_doubted(hours):
    seen = [
        seen for outcome, _, seen in doubts(told(runs(growth=0.0).shifted(-hours * HOUR)), NEWEST) if outcome == "warn"
    ]

    way = "later" if hours > 0 else "earlier"
    assert any(f"from the readings {abs(hours)} h {way}: is its 'clock' right" in each for each in seen)


@pytest.mark.parametrize("growth", [0.0, 0.05, 0.5])
def test_a_clock_that_is_right_is_not_doubted_however_poor_the_service(growth):
    assert not [seen for _, _, seen in doubts(told(runs(growth=growth)), NEWEST) if "clock" in seen]


def test_daily_forecasts_for_the_next_day_that_are_said_to_be_for_this_one_are_doubted():
    days, generator = np.arange(400), np.random.default_rng(1)
    came = generator.normal(10, 5, len(days))
    said = Runs(
        name="s",
        columns=("highest",),
        of=(TARGET,),
        issue_seconds=START + (days[:-2] - 1) * 24 * HOUR,
        available_seconds=START + (days[:-2] - 1) * 24 * HOUR,
        lead_seconds=np.array([24 * HOUR]),
        values=(came[1:-1] + generator.normal(0, 1, len(days) - 2))[:, None, None],
        spread=np.full((len(days) - 2, 1, 1), np.nan),
    )

    found = describe_runs(said, START + days * 24 * HOUR, {TARGET: came})

    assert any("24 h later" in seen for _, _, seen in doubts(found, NEWEST))


def test_sums_are_not_doubted_for_saying_nothing_of_the_issue_time():
    values = runs().values.copy()
    values[:, 0] = np.nan

    sums, temperatures = (replace(runs(), values=values, step_means=(is_sum,)) for is_sum in (True, False))

    assert "0" not in told(sums).completeness
    assert not [seen for _, _, seen in doubts(told(sums), NEWEST) if "0 h is in 0%" in seen]
    assert [seen for _, _, seen in doubts(told(temperatures), NEWEST) if "0 h is in 0%" in seen]


@pytest.mark.parametrize(
    ("given", "outcome", "said"),
    [
        (runs(above=273.15), "fail", "unit: K"),
        (runs(above=-273.15), "fail", "unit: degC"),
        (changed(lambda celsius: celsius * 1.8 + 32), "fail", "as °F taken for °C is: write 'unit: °F'"),
        (changed(lambda celsius: (celsius - 32) / 1.8), "fail", "or 'unit: degC'"),
        (changed(lambda celsius: celsius * 10), "fail", "unit: 0.1 degC"),
        (changed(lambda celsius: celsius + 273.15, first=60), "fail", "unit: K"),
        (changed(lambda celsius: celsius * 1.8 + 32, first=60), "fail", "unit: °F"),
        (runs(growth=-0.004), "warn", "analyses from later"),
        (replace(runs(), values=np.where(np.arange(8)[:, None] > 5, np.nan, runs().values)), "warn", "36 h is in 0%"),
    ],
)
def test_what_cannot_be_is_doubted(given, outcome, said):
    found = doubts(told(given), NEWEST)

    assert [doubt[0] for doubt in found] == [outcome]
    assert said in found[0][2]


@pytest.mark.parametrize(
    ("of", "said", "advice"),
    [
        ("p (mbar)", lambda mbar: mbar * 100, "as Pa taken for mbar is: write 'unit: Pa'"),
        ("p (mbar)", lambda mbar: mbar + 265, ""),
        ("rh (%)", lambda percent: percent / 100, "as 0 to 1 taken for % is: write 'unit: \"1\"'"),
        ("rain (mm)", lambda mm: mm * 3, ""),
        ("power", lambda power: power + 273, ""),
    ],
)
def test_a_level_is_another_units_of_that_quantity_alone(of, said, advice):
    near = replace(runs(), of=(of,), values=said(runs().values))

    found = describe_runs(near, SECONDS, {of: CAME}).errors[0].mistaken_unit

    assert advice in found
    assert bool(advice) == bool(found)


def test_forecasts_of_rain_that_never_came_are_in_no_other_unit():
    drizzle = replace(runs(), of=("rain (mm)",), values=np.abs(runs().values))

    assert describe_runs(drizzle, SECONDS, {"rain (mm)": CAME * 0}).errors[0].mistaken_unit == ""


def test_runs_that_are_lost_or_have_ended_are_told_of():
    whole = runs()
    kept = np.arange(len(whole)) % 4 > 0
    arrays = ("issue_seconds", "available_seconds", "values", "spread")
    lost = replace(whole, **{name: getattr(whole, name)[kept] for name in arrays})

    assert "has a run at each of its times" in doubts(told(lost), NEWEST)[0][1]
    assert "goes on as the readings do" in doubts(told(whole), datetime(2020, 4, 1))[0][1]


def of_steps(*, behind=0):
    """Runs of radiation by steps of six hours, the mean of each, by a clock that is so many hours behind."""
    sun = np.clip(600 * np.sin(2 * np.pi * (np.arange(len(SECONDS) + 96) - 6) / 24), 0, None)
    first, leads = np.arange(0, len(SECONDS), 12), np.arange(0, 48, 6)
    ends = first[:, None] + leads
    means = np.mean([sun[np.maximum(ends - ago, 0)] for ago in range(6)], axis=0)
    means[:, 0] = np.nan
    means += np.random.default_rng(1).normal(0, 1, means.shape) * leads / 6
    given = replace(
        runs().shifted(-behind * HOUR),
        of=("radiation (W/m**2)",),
        values=means[:, :, None],
        spread=np.full((*means.shape, 1), np.nan),
        step_means=(True,),
    )
    return describe_runs(given, SECONDS, {"radiation (W/m**2)": sun[: len(SECONDS)]})


def test_the_mean_of_a_step_is_compared_with_the_mean_of_its_readings():
    """The reading at the end of a step is far from it in the morning and in the evening."""
    found = of_steps()

    assert [error.lead_hours for error in found.errors[0].by_lead] == [6, 12, 18, 24, 30, 36, 42]
    assert all(error.mae < 8 and abs(error.bias) < 2 for error in found.errors[0].by_lead)
    assert doubts(found, NEWEST) == ()


def test_a_mistaken_clock_of_the_means_of_steps_is_still_told():
    assert of_steps(behind=3).errors[0].nearer_hours[0] == 3


def test_of_a_step_with_a_reading_that_is_not_known_nothing_is_compared():
    spans = np.array([3, 3, 1, 0]) * HOUR
    readings = np.array([1.0, np.nan, 3.0, 4.0, 5.0, 6.0])

    found = measured_over(SECONDS[[3, 5, 3, 1]], spans, SECONDS[:6], readings)

    np.testing.assert_array_equal(found, [np.nan, 5.0, 4.0, np.nan])


def test_runs_of_hours_are_compared_with_days_at_the_leads_that_have_a_reading():
    days, leads = np.arange(60), np.arange(24, 73)
    values = np.ones((60, len(leads), 1))
    hourly = Runs(
        name="s",
        columns=("t2m",),
        of=(TARGET,),
        issue_seconds=START + days * 24 * HOUR,
        available_seconds=START + days * 24 * HOUR,
        lead_seconds=leads * HOUR,
        values=values,
        spread=values * np.nan,
    )

    found = describe_runs(hourly, START + np.arange(70) * 24 * HOUR - HOUR, {TARGET: np.zeros(70)})

    assert [(each.lead_hours, each.mae) for each in found.errors[0].by_lead] == [(47, 1), (71, 1)]


@pytest.mark.parametrize("past", [600, 1800])
def test_readings_of_some_minutes_past_the_hours_of_runs_are_compared_too(past):
    minutes = np.interp(np.arange(len(SECONDS)) + past / HOUR, np.arange(len(TRUTH)), TRUTH)

    found = describe_runs(runs(), SECONDS + past, {TARGET: minutes}).errors[0].by_lead

    wanted = told(runs()).errors[0].by_lead
    assert len(found) >= len(wanted) - 1
    assert found[0].mae == pytest.approx(wanted[0].mae, rel=0.5)
    kelvin = describe_runs(changed(lambda values: values + 273.15), SECONDS + past, {TARGET: minutes})
    assert "unit: K" in kelvin.errors[0].mistaken_unit
