"""The windows that a curve is learnt from, each at a lead that is drawn for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.curves.curve_inputs import CurveInputs
from jena_models.features.feature_builder import FeatureBuilder
from jena_models.features.histories import Histories
from jena_models.models.learner import Lesson
from jena_models.windows.later_targets import LaterTargets
from jena_models.windows.silence import Generator, Silenced, Values, with_outages

LEAST_KNOWN: Final = 0.1
"""In so large a share of the windows of a split a lead must have a target, else it is left out of the curve."""
UNSERVED_SHARE: Final = 0.1
"""Of the windows to train on, in which the weather service is made silent: trees that have always known it would read
its silence as zeros."""


@dataclass(frozen=True)
class CurveWindows:
    """Windows of one split whose features of the history are known."""

    histories: Histories
    inputs: CurveInputs
    features: Values
    unserved: NDArray[np.bool_]
    """Of which of them the weather service is to say nothing, shape (windows,)."""
    later: LaterTargets
    split: str

    def __len__(self) -> int:
        """Give how many there are."""
        return len(self.histories)

    def drawn(
        self, shares: NDArray[np.float64], most: float, generator: Generator
    ) -> tuple[Values, NDArray[np.float64]]:
        """Give features and what is wanted of some of the windows, each at a lead that is drawn for it.

        Args:
            shares: how often each lead is drawn, shape (leads,), of sum 1.
            most: how many windows at most.
            generator: draws windows and leads.
        """
        few = np.sort(generator.permutation(len(self))[: round(min(most, len(self)))])
        minutes = generator.choice(np.asarray(self.inputs.leads_minutes), len(few), p=shares)
        histories = replace(self.histories.part(few), horizon_minutes=minutes)
        matrix = self.inputs.of_horizons(histories, self.features[few], self.unserved[few])
        measured = self.later.after(self.split, histories.rows[:, -1], minutes)
        wanted = (measured - matrix.last) / matrix.scale
        known = np.isfinite(wanted)
        return matrix.features[known], wanted[known]


def training_windows(  # noqa: PLR0917  (one caller, which has all of them)
    inputs: CurveInputs,
    lesson: Lesson,
    later: LaterTargets,
    most: int,
    shares: tuple[float, float, float],
    generator: Generator,
) -> Iterator[CurveWindows]:
    """Give windows, some as they are and the others with outages, sensors and the service silent in some of both.

    Args:
        inputs: make features of them.
        lesson: whose training windows they are.
        later: what came.
        most: how many of them all boosters together look at, evenly over the record.
        shares: of the windows in which every sensor speaks, of those with outages, and of the rows taken out in these.
        generator: draws all that.
    """
    whole_share, broken_share, outage_share = shares
    apart = max(1, len(lesson.train) // most)
    windows = lesson.train.part(slice(None, None, apart))
    silenced = Silenced.of(inputs.of_histories, lesson.train, lesson.target, lesson.station)
    is_broken = generator.random(len(windows)) < broken_share
    whole, broken = (windows.part(np.flatnonzero(mask)) for mask in (~is_broken, is_broken))
    if len(broken):
        broken = replace(broken, readings=with_outages(broken, outage_share, generator))
    for histories in (whole, broken):
        features = inputs.of_histories(histories)
        shown = silenced.at_random(features, inputs.silent_share, generator)
        speak = generator.random(len(features)) < whole_share
        shown[speak] = features[speak]
        unserved = inputs.unserved(len(features), UNSERVED_SHARE, generator)
        yield CurveWindows(histories, inputs, shown, unserved, later, "train")


def fed_at_all_leads(lesson: Lesson, builder: FeatureBuilder) -> FeatureBuilder:
    """Give the builder with what the weather service says at any lead: a source may reach to some of them alone.

    Args:
        lesson: its leads, and the windows to train on.
        builder: with what it says at the headline's.
    """
    leads = np.resize(np.asarray(lesson.leads_minutes), len(lesson.train))
    # Drawn, so that no lead falls on the same hours or windows each time.
    drawn = np.random.default_rng(lesson.seed).permutation(leads)
    return builder.fed_by(replace(lesson.train, horizon_minutes=drawn))


def fit_inputs(
    lesson: Lesson, later: LaterTargets, builder: FeatureBuilder, centres_hours: Sequence[float], silent_share: float
) -> CurveInputs:
    """Give what histories become, for those leads that have targets to learn from and to choose by.

    Args:
        lesson: its leads, and the windows of both splits.
        later: what came.
        builder: of the features.
        centres_hours: the leads around which there is to be a booster each.
        silent_share: in how large a share of the windows with silent sensors only one is.
    """
    place = lesson.train.columns.index(lesson.target)
    errors, shares = {}, {}
    for minutes in lesson.leads_minutes:
        found = []
        for split, histories in (("train", lesson.train), ("validation", lesson.validation)):
            now = histories.rows[:, -1]
            found.append(np.abs(later.after(split, now, minutes) - histories.readings[now, place]))
        shares[minutes] = min(float(np.isfinite(part).mean()) for part in found)
        if shares[minutes]:
            errors[minutes] = float(np.nanmean(found[0]))
    # The headline's windows all have a target; where even they have hardly any reading now, the fullest lead stays.
    enough = min(LEAST_KNOWN, max(shares.values()))
    errors = {minutes: error for minutes, error in errors.items() if shares[minutes] >= enough}
    least = max(errors.values()) * 1e-6 or 1.0
    return CurveInputs(
        builder=builder,
        leads_minutes=tuple(errors),
        errors=tuple(max(error, least) for error in errors.values()),
        centres_minutes=_centres(tuple(errors), centres_hours),
        silent_share=silent_share,
    )


def _centres(leads_minutes: tuple[float, ...], centres_hours: Sequence[float]) -> tuple[float, ...]:
    """Give the leads nearest to those that were chosen, the first and the last among them."""
    first, last = leads_minutes[0], leads_minutes[-1]
    leads = np.asarray(leads_minutes)
    within = [60 * hours for hours in centres_hours if first < 60 * hours < last]
    nearest = {float(leads[np.abs(leads - centre).argmin()]) for centre in within}
    return tuple(sorted({first, last, *nearest}))
