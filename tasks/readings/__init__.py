"""From a source to readings that were checked, divided and prepared for training."""

from tasks.readings.described_source import description
from tasks.readings.forecast_runs.services import describe_services, known_service, service_of, with_services
from tasks.readings.ingestion import ingest, ingested_before
from tasks.readings.later_readings import later_readings
from tasks.readings.locating import WORDS, bring, check_request, locate, sources_read_once
from tasks.readings.neighbour_check import checked_neighbours, require_forecasts
from tasks.readings.newest_readings import (
    check_recent,
    kept_recent,
    needed_days,
    recent_readings,
    that_stop_nothing,
)
from tasks.readings.prepared_arrays import normalize
from tasks.readings.split import split_chronologically
from tasks.readings.window_arrays import ARRAYS, Normalization, prepared_in, shape_of_windows, write_rows, write_windows
