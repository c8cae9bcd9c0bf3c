"""How readings become what a model sees; travels inside every registered model."""

from __future__ import annotations

from jena_models.features.channels import Channels
from jena_models.features.service_vector import ServiceVector
from jena_models.frozen import Frozen
from jena_models.options.readings_options import History


class Preparation(Frozen):
    """Columns, their normalization and the shape of a window.

    A network's input is float32 of shape (batch, steps, len(columns) + channels), normalized, and beside it, where a
    weather service feeds it, a vector of shape (batch, service_vector.width); its output is the target in its own unit,
    shape (batch, 1).
    """

    station: str
    target: str
    columns: tuple[str, ...]
    """Canonical columns, in the order of features."""
    mean: tuple[float, ...]
    """Mean of each column over the training rows."""
    standard_deviation: tuple[float, ...]
    """Standard deviation of each column over the training rows; never zero."""
    steps: int
    """Steps of history in a window."""
    sampling_minutes: float
    """From one step to the next."""
    horizon_minutes: float
    """From the last step to the target."""
    utc_offset_hours: float = 0.0
    """How far the station's clock is ahead of UTC without daylight saving; 0 in models of before times were in UTC."""
    channels: Channels | None = None
    """What a network is shown beside the columns."""
    service_vector: ServiceVector | None = None
    """What a network is shown of the weather service; None where it is fed by none, and in earlier versions."""
    target_scale: float = 1.0
    """How much of the target, in its own unit, counts as one where models learn."""
    target_offset: float = 0.0
    """What counts as zero for a network that does not add to the last reading."""
    cadence_minutes: float | None = None
    """From one reading to the next; None in versions of earlier times."""
    history: History | None = None
    """What a history had to have in training; None where rows were counted as they stand, and in earlier versions."""
    services: tuple[str, ...] = ()
    """The forecast sources that learners were fed with; none where the station names none or training knew none of
    their runs, and in earlier versions."""
    service_column: str | None = None
    """The station's column that a run has to speak of to count as known: the target, or empty where anything will do;
    None in earlier versions, of which the station file tells."""
