"""The stages: I/O, caching and tracking, thin over the library."""

import os

QUIET = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "GX_ANALYTICS_ENABLED": "false",
    "TF_CPP_MIN_LOG_LEVEL": "2",
}
"""No tool reports on its user, or talks about itself, unless the user says so."""

PATIENT = {
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "300",
    "PREFECT_CLIENT_RETRY_EXTRA_CODES": "500",
}
"""On a busy machine Prefect's temporary server takes longer to start than Prefect waits by default, and a server whose
SQLite database was in use for a moment may answer 500 in place of 503, which alone is asked again by default."""

for _name, _value in {**QUIET, **PATIENT}.items():
    os.environ.setdefault(_name, _value)
