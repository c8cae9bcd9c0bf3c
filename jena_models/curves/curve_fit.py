"""How a curve follows a headline that another model says, and how far the target may be from it at each lead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.curves.past_curves import Truth
from jena_models.errors import TooFewReadingsError
from jena_models.evaluation.intervals import LEVELS, Bounds, Intervals, Weather, fit_intervals
from jena_models.frozen import Frozen

CURVE_FIT_FILE: Final = "curve.json"
GROUPS_HOURS: Final = (6.0, 24.0)
"""The last leads of all groups but the last."""
HIGHEST_WEIGHT: Final = 1.2
NEAR_HOURS: Final = 6.0
"""So far from the headline a curve's weight and its intervals pass over to the headline's own."""
SMOOTHED_OVER: Final = 0.2
"""Weights are smoothed over leads with a Gaussian of this width on the logarithm of the lead."""
FARTHEST_RATIO: Final = 2.0
"""A headline's interval widens those of leads beside it at most so many times, or narrows them."""

Values = NDArray[np.floating]


class LeadIntervals(Frozen):
    """Prediction intervals of each lead: those of its group of leads, in units of the lead's own mean error."""

    errors: tuple[float, ...]
    """The curve's mean absolute error at each lead, in the target's unit."""
    groups: tuple[int, ...]
    """The number of each lead's group."""
    of_groups: tuple[Intervals, ...]
    """By group, for residuals divided by the mean error."""

    def offsets(self, valid_times: NDArray[np.datetime64], level: float) -> tuple[Bounds, Bounds]:
        """Give what leads from curves to their lower and upper bounds, each of shape (curves, leads).

        Args:
            valid_times: of each lead, by the station's clock without daylight saving, shape (curves, leads).
            level: one of those that were fitted.

        Raises:
            RequestError: where there are no intervals of this level.
        """
        lower, upper = np.empty(valid_times.shape), np.empty(valid_times.shape)
        for lead, (error, group) in enumerate(zip(self.errors, self.groups, strict=True)):
            below, above = self.of_groups[group].bounds(np.zeros(len(valid_times)), valid_times[:, lead], level)
            lower[:, lead], upper[:, lead] = error * below, error * above
        return lower, upper


class CurveFit(Frozen):
    """What a registered version knows of its curve, fitted to its own headline."""

    leads_minutes: tuple[float, ...]
    """The shortest first, the headline's among them."""
    headline_minutes: float
    weights: tuple[float, ...]
    """How much of what the headline adds to the curve each lead follows; 1 at the headline's own."""
    intervals: LeadIntervals
    intervals_with_parts_missing: LeadIntervals

    @property
    def headline(self) -> int:
        """The number of the headline's lead."""
        return self.leads_minutes.index(self.headline_minutes)

    def through(self, curves: Values, headlines: Values) -> NDArray[np.float64]:
        """Give curves that pass through headlines, shape (curves, leads).

        Args:
            curves: of the curve's own model, shape (curves, leads).
            headlines: of any model at the headline's lead, shape (curves,).
        """
        return through(curves, headlines, self.weights, self.headline)

    def bounds(  # noqa: PLR0917  (one caller, which has all of them)
        self,
        curves: Values,
        valid_times: NDArray[np.datetime64],
        level: float,
        lower: Bounds,
        upper: Bounds,
        parts_missing: NDArray[np.bool_],
    ) -> tuple[Bounds, Bounds]:
        """Give the bounds of curves, each of shape (curves, leads), those of headlines as they are.

        Args:
            curves: as `through` gives them.
            valid_times: of each lead, by the station's clock without daylight saving, shape (curves, leads).
            level: one of those that were fitted.
            lower: of the headlines, shape (curves,).
            upper: likewise.
            parts_missing: which curves were made without some of the readings, shape (curves,).
        """
        found = []
        whole, missing = self.intervals, self.intervals_with_parts_missing
        for of_whole, of_missing, own in zip(
            whole.offsets(valid_times, level), missing.offsets(valid_times, level), (lower, upper), strict=True
        ):
            offsets = np.where(parts_missing[:, None], of_missing, of_whole)
            at_headline, wanted = offsets[:, self.headline], own - curves[:, self.headline]
            ratio = np.divide(wanted, at_headline, out=np.ones_like(wanted), where=at_headline != 0)
            ratio = np.clip(ratio, 1 / FARTHEST_RATIO, FARTHEST_RATIO)
            bounds = curves + offsets * (1 + (ratio[:, None] - 1) * _nearness(self.leads_minutes, self.headline))
            bounds[:, self.headline] = own
            found.append(bounds)
        return found[0], found[1]


def through(curves: Values, headlines: Values, weights: Sequence[float], headline: int) -> NDArray[np.float64]:
    """Give curves that pass through headlines, shape (curves, leads).

    Args:
        curves: shape (curves, leads).
        headlines: shape (curves,).
        weights: how much of what headlines add to curves each lead follows.
        headline: the number of the headline's lead.
    """
    added = headlines.astype(np.float64) - curves[:, headline]
    passing: NDArray[np.float64] = curves + np.asarray(weights) * added[:, None]
    passing[:, headline] = headlines
    return passing


def fit_weights(
    curves: Values, headlines: Values, measured: Values, leads_minutes: Sequence[float], headline: int
) -> tuple[float, ...]:
    """Give how much of what headlines add to curves each lead is to follow: by least squares, smooth, and 1 at its own.

    Args:
        curves: shape (windows, leads).
        headlines: for the same windows, shape (windows,).
        measured: shape (windows, leads), NaN where missing.
        leads_minutes: of the curve.
        headline: the number of the headline's lead.
    """
    added = (headlines.astype(np.float64) - curves[:, headline])[:, None]
    residuals = measured - curves
    known = np.isfinite(residuals) & np.isfinite(added)
    square = np.where(known, added**2, 0.0).sum(axis=0)
    product = np.where(known, residuals * added, 0.0).sum(axis=0)
    found = np.divide(product, square, out=np.zeros_like(product), where=square > 0)
    places = np.log(np.asarray(leads_minutes))
    kernel = np.exp(-0.5 * ((places[:, None] - places) / SMOOTHED_OVER) ** 2)
    smooth = found @ (kernel / kernel.sum(axis=0))
    smooth = smooth + (1 - smooth[headline]) * _nearness(leads_minutes, headline)
    smooth = np.clip(smooth, 0.0, HIGHEST_WEIGHT)
    smooth[headline] = 1.0
    return tuple(smooth.tolist())


def fit_lead_intervals(
    curves: Values, truth: Truth, record: Truth, leads_minutes: Sequence[float], latitude: float
) -> LeadIntervals:
    """Give intervals of each lead, fitted on residuals of windows that the curve was not trained on.

    Args:
        curves: passing through their headlines, shape (windows, leads).
        truth: of the same windows.
        record: of windows before, of which only persistence counts: it tells how usual the weather was.
        leads_minutes: of the curve.
        latitude: of the station, in degrees north.

    Raises:
        TooFewReadingsError: where no lead has a residual.
    """
    residuals = truth.measured - curves
    known_leads = np.asarray(np.isfinite(residuals).any(axis=0))
    if not known_leads.any():
        raise TooFewReadingsError(
            "No lead of the curve has a target in validation; give a longer file or shorter leads_hours."
        )
    of_known = np.nanmean(np.abs(residuals[:, known_leads]), axis=0)
    errors = np.interp(leads_minutes, np.asarray(leads_minutes)[known_leads], of_known)
    errors = np.maximum(errors, errors.max() * 1e-6 or 1.0)
    groups = [sum(minutes > 60 * hours for hours in GROUPS_HOURS) for minutes in leads_minutes]
    present = sorted(set(groups))
    fitted = []
    for group in present:
        chosen = [lead for lead, of in enumerate(groups) if of == group]
        if not known_leads[chosen].any():
            chosen = list(range(len(groups)))
        scaled = residuals[:, chosen] / errors[chosen]
        off, before = ((each.measured[:, chosen] - each.last[:, None]) / errors[chosen] for each in (truth, record))
        known, known_before = np.isfinite(scaled) & np.isfinite(off), np.isfinite(before)
        times, times_before = truth.valid_times[:, chosen][known], record.valid_times[:, chosen][known_before]
        weather = Weather(
            errors=off[known],
            record_errors=np.concatenate([before[known_before], off[known]]),
            record_times=np.concatenate([times_before, times]),
        )
        fitted.append(fit_intervals(scaled[known], times, latitude, LEVELS, weather))
    return LeadIntervals(
        errors=tuple(errors.tolist()),
        groups=tuple(present.index(group) for group in groups),
        of_groups=tuple(fitted),
    )


def _nearness(leads_minutes: Sequence[float], headline: int) -> NDArray[np.float64]:
    """Give how near each lead is to the headline's, from 1 to 0, shape (leads,)."""
    apart = (np.asarray(leads_minutes) - leads_minutes[headline]) / 60
    near: NDArray[np.float64] = np.exp(-0.5 * (apart / NEAR_HOURS) ** 2)
    return near
