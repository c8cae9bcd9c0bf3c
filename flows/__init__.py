"""What happens when: the flows, and the command line that calls them."""

import logging
import os

import tasks  # noqa: F401  (its defaults must stand before any tool is imported)

# Where Prefect takes what is logged to a run's page, it leaves the level to the logger.
logging.getLogger("jena").setLevel(logging.INFO)

if os.environ.get("PREFECT__FLOW_RUN_ID"):
    from tasks.orchestration import outlast_the_worker

    outlast_the_worker()
