"""A trained model and all it needs, so that raw readings go in and the target's own unit comes out."""

from jena_models.forecaster.forecaster import Forecaster
from jena_models.forecaster.version_parts import CURVE_FOLDER, INTERVALS_FILE, PARTIAL_FOLDER, STATION_FILE
