"""Which features a learner is given."""

from __future__ import annotations

from jena_models.frozen import Frozen


class FeatureSettings(Frozen):
    """Groups of features, each switched on or off; see docs/features.md."""

    calendar: bool = True
    """Hour and time of year, as points on circles."""
    week: bool = True
    """Weekday and public holidays, for a station whose target follows them, where validation finds them useful."""
    sun: bool = True
    """How high the sun stands from the issue time to the valid time."""
    climatology: bool = True
    """What the target usually is at the issue time and at the valid time, by the training rows."""
    changes: bool = True
    """How the target has changed over the last hours and days."""
    ranges: bool = True
    """How far the target's lowest and highest lie apart, over the last days."""
    target_anomalies: bool = False
    """How far the target was from its climatology, over the last days."""
    pressure: bool = True
    """Air pressure, its tendencies, means and extremes."""
    anomalies: bool = True
    """How far humidity, vapour pressure deficit and wind speed were from their climatologies."""
    air: bool = True
    """Density, potential temperature, humidity and dew point of the air."""
    wind: bool = True
    """Wind speed and its highest of the last hours."""
    wind_vector: bool = True
    """Where the wind comes from, as a vector, where the station measures its direction."""
    neighbours: bool = True
    """What neighbouring stations measured, and how that differs from the station's own, where there are any."""
    weather_service: bool = True
    """What the weather service says, and how far it was off lately, where the station file names its forecasts."""
