"""Where runs and versions are kept, and what a challenger must show."""

from __future__ import annotations

from pydantic import Field

from jena_models.frozen import Branch
from jena_models.options.quantities import Fraction, Positive, Share


class Promotion(Branch):
    """What a challenger must show before it becomes the champion."""

    margin: float = 0.02
    """The least skill against persistence, on validation."""
    significance: Fraction = 0.05
    """The largest probability that the better score is an accident, in the paired test against the champion."""
    champion_age_days: Positive = 90.0
    """A champion that is older may be replaced by a challenger that is not worse by more than `tolerance`."""
    tolerance: float = Field(default=0.008, ge=0)
    """How much worse, as a share of persistence's error, a challenger may be than a champion that has grown old."""
    group_tolerance: float = Field(default=0.04, ge=0)
    """How much worse, as a share of persistence's error, in any season and in the coldest and warmest tenth."""
    coverage_tolerance: Share = 0.05
    """How far the share of targets that intervals hold may be from what they say, as a share."""
    distribution_tolerance: float = Field(default=0.02, ge=0)
    """How much worse a challenger's CRPS may be than the champion's, as a share of persistence's error."""
    reload_tolerance: Positive = 4e-5
    """How far the version loaded back may forecast from what was trained, as a share of persistence's error."""


class Tracking(Branch):
    """Where runs and versions are kept."""

    experiment: str = "jena"
    """The experiment's name in MLflow."""
    register_versions: bool = True
    """Whether trained architectures become versions in the registry."""
    fallback: bool = True
    """Whether a study also trains what speaks where parts of a history are missing, or the champion cannot."""
    report: bool = True
    """Whether a study attaches its page and pictures of each training; `jena report` writes the page at any time."""
    data_docs: bool = True
    """Whether Great Expectations makes its pages of readings, which takes seconds; always of what stops the work."""
