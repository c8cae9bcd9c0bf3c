"""The service's forecast as it is: of the target itself, or through a curve that never turns."""

import numpy as np
import pytest

from jena_models.features.service.service_curve import fit_curve

SAID = np.random.default_rng(1).uniform(0, 20, 4000)


@pytest.mark.parametrize("way", [1.0, -1.0])
def test_a_curve_follows_what_came_and_never_turns(way):
    truth = way * np.clip((SAID / 12) ** 3, 0, 1)
    noisy = truth + np.random.default_rng(2).normal(0, 0.2, len(SAID))

    at, curve = fit_curve(SAID, noisy, 60, "mean")

    assert (way * np.diff(curve) >= -1e-12).all()
    assert np.abs(np.interp(SAID, at, curve) - truth).mean() < 0.03


def test_too_few_windows_make_no_curve():
    at, curve = fit_curve(SAID[:10], SAID[:10], 60, "median")

    assert len(at) == len(curve) == 0
