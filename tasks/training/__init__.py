"""One architecture trained, in this process, one of its own or on a cluster."""

from tasks.training.child_process import (
    ending_trainings,
    fulfil_in_child,
    require_going_on,
    told_to_end_afterwards,
)
from tasks.training.fit import (
    FIT_VERSION,
    PARTIAL,
    fit_architecture,
    fit_curve,
    fit_partial,
    prepare_trainings,
    threads_of_a_training,
    trained_beside,
    training_here,
    training_request,
)
from tasks.training.predictions import forecasts_of
from tasks.training.progress import console, listen, live_progress
from tasks.training.runners import longest_first, training_slot, trainings_at_a_time, with_runner
