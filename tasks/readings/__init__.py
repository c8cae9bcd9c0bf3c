"""From a source to readings that were checked, divided and prepared for training."""

from tasks.readings.described_source import description
from tasks.readings.ingestion import ingest, ingested_before
from tasks.readings.newest_readings import check_recent, recent_readings
from tasks.readings.prepared_arrays import SUMMARY_FILE, normalize
from tasks.readings.sources import check_request, locate
from tasks.readings.split import split_chronologically
from tasks.readings.validation import validate

__all__ = [
    "SUMMARY_FILE",
    "check_recent",
    "check_request",
    "description",
    "ingest",
    "ingested_before",
    "locate",
    "normalize",
    "recent_readings",
    "split_chronologically",
    "validate",
]
