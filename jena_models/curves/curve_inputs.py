"""From histories and leads to what the trees of a curve see, and what their answers count from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jena_models.features.almanac.seasonal_waves import Climatology
from jena_models.features.feature_builder import FeatureBuilder
from jena_models.features.histories import Histories
from jena_models.features.starting_point import first_known
from jena_models.frozen import Frozen
from jena_models.windows.silence import Generator, Values, with_steps_unknown

DAY_MINUTES: Final = 1440
SMOOTHING_SHARE: Final = 0.3
"""A lead's deviation is smoothed over leads with a Gaussian of this share of the lead …"""
WIDEST_SMOOTHING_MINUTES: Final = 90.0
"""… and at most of this width."""


@dataclass(frozen=True)
class Matrix:
    """A row for each history at its own lead."""

    features: Values
    """Shape (rows, features), NaN where a reading they need is missing."""
    last: NDArray[np.float64]
    """The target's last reading that is there, shape (rows,)."""
    course: NDArray[np.float64]
    """How far the target usually is from then to the valid time, shape (rows,)."""
    scale: NDArray[np.float64]
    """Persistence's mean error at each row's lead, in the target's unit, shape (rows,)."""
    minutes: NDArray[np.float64]
    """Each row's lead, shape (rows,)."""


class CurveInputs(Frozen):
    """How histories become what the trees of a curve see."""

    builder: FeatureBuilder
    leads_minutes: tuple[float, ...]
    """The leads of the curve, the shortest first."""
    errors: tuple[float, ...]
    """Persistence's mean error at each lead, in the target's unit, on the training windows; never zero."""
    centres_minutes: tuple[float, ...]
    """The leads around which there is a booster each, the first and the last of all among them."""
    silent_share: float
    """In how large a share of the windows with silent sensors only one was."""

    @property
    def usual(self) -> Climatology:
        """What the target usually is."""
        return self.builder.climatologies[self.builder.target]

    @property
    def errors_array(self) -> NDArray[np.float64]:
        """The errors, shape (leads,)."""
        return np.asarray(self.errors)

    @cached_property
    def shares(self) -> NDArray[np.float64]:
        """How much each booster has to say of each lead, shape (leads, boosters)."""
        return self.shares_at(np.asarray(self.leads_minutes))

    @cached_property
    def smoothing(self) -> NDArray[np.float64]:
        """What deviations at all leads are to be multiplied by, shape (leads, leads); at lead 0 there is none."""
        leads = np.asarray(self.leads_minutes)
        places = np.concatenate([[0.0], leads])
        widths = np.minimum(SMOOTHING_SHARE * leads, WIDEST_SMOOTHING_MINUTES)
        kernel = np.exp(-0.5 * ((places[:, None] - leads) / widths) ** 2)
        smoothing: NDArray[np.float64] = (kernel / kernel.sum(axis=0))[1:]
        return smoothing

    def shares_at(self, minutes: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give how much each booster has to say at some leads, in minutes, shape (leads, boosters); their sum is 1."""
        own = np.eye(len(self.centres_minutes))
        places, centres = np.log(minutes), np.log(self.centres_minutes)
        return np.stack([np.interp(places, centres, of_one) for of_one in own], axis=1)

    def unserved(self, windows: int, share: float, generator: Generator) -> NDArray[np.bool_]:
        """Draw of which windows a weather service is to say nothing, shape (windows,); of none where none is named."""
        if not self.builder.service:
            return np.zeros(windows, bool)
        return generator.random(windows) < share

    def of_histories(self, histories: Histories) -> Values:
        """Give the features that are the same at each lead, shape (histories, features)."""
        return with_steps_unknown(self.builder.of_the_history(), histories)

    def of_horizons(self, histories: Histories, of_histories: Values, unserved: NDArray[np.bool_]) -> Matrix:
        """Give the rows of histories at their own horizons.

        Args:
            histories: with a horizon for all of them, or one each.
            of_histories: what `of_histories` gives of the same.
            unserved: of which of them the weather service is to say nothing, shape (histories,).
        """
        minutes = np.broadcast_to(np.asarray(histories.horizon_minutes, np.float64), (len(histories),))
        builder = self.builder.of_the_horizon()
        of_horizons = builder.build(histories)
        if unserved.any():
            of_horizons[np.ix_(unserved, np.isin(builder.names(histories), builder.service))] = np.nan
        beside = np.empty((len(histories), 4), np.float32)
        last, course = np.empty(len(histories)), np.empty(len(histories))
        for part, batch in histories.batches():
            beside[part], last[part], course[part] = self._beside(batch, minutes[part])
        lead = np.stack([minutes / 60, np.log(minutes / 60)], axis=1).astype(np.float32)
        features = np.concatenate([of_histories, of_horizons, beside, lead], axis=1)
        places, errors = np.concatenate([[0.0], self.leads_minutes]), np.concatenate([[0.0], self.errors])
        return Matrix(features, last, course, np.interp(minutes, places, errors), minutes)

    def _beside(
        self, histories: Histories, minutes: NDArray[np.float64]
    ) -> tuple[Values, NDArray[np.float64], NDArray[np.float64]]:
        """Give what the target was whole days before the valid time, seen from now; the last reading; the course."""
        steps = histories.steps_of(self.builder.target)
        last = first_known(steps[:, ::-1].T)
        course = self.usual.at(histories.valid_seconds) - self.usual.at(histories.issue_seconds)
        ago = np.ceil(minutes / DAY_MINUTES) * DAY_MINUTES - minutes
        a_day_ago, two_days_ago = (
            _so_long_ago(steps, ago + days * DAY_MINUTES, histories.sampling_minutes) for days in (0, 1)
        )
        usual_then = self.usual.at(histories.issue_seconds - np.rint(60 * ago).astype(np.int64))
        shown = [course, a_day_ago - last, two_days_ago - last, a_day_ago - usual_then]
        return np.stack(shown, axis=1).astype(np.float32), last, course


def _so_long_ago(
    steps: NDArray[np.float64], minutes: NDArray[np.float64], sampling_minutes: float
) -> NDArray[np.float64]:
    """Give each row's value so long before its last step; NaN where the row does not reach so far back."""
    back = np.rint(minutes / sampling_minutes).astype(np.int64)
    place = steps.shape[1] - 1 - back
    return np.where(place >= 0, steps[np.arange(len(steps)), np.maximum(place, 0)], np.nan)
