"""A process that works at stations of a fleet, one after the other; started as `python -m flows.fleets.worker`.

Each line of standard input asks for work at one station; each is answered with one line on standard output.
"""

from __future__ import annotations

import json
import logging
import signal
import sys
import traceback
from typing import IO, Any

from flows.fleets.station_steps import work_at
from flows.outcome import heed_being_told_to_end
from jena_models.optional_imports import leave_out_unneeded
from jena_models.training.process import own_standard_output
from tasks.fleet import Entry, Outcome
from tasks.forecasting import forecasts_sent_later
from tasks.readings import sources_read_once
from tasks.training import training_here


def main() -> int:
    """Answer until standard input ends."""
    answers = own_standard_output()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it ends it
    heed_being_told_to_end()
    leave_out_unneeded()
    with training_here(), forecasts_sent_later(), sources_read_once():
        for line in sys.stdin:
            answers.write(f"{_answer(line).model_dump_json()}\n")
            answers.flush()
    return 0


def _answer(line: str) -> Outcome:
    asked: dict[str, Any] = json.loads(line)
    entry, work, log = Entry.model_validate(asked.pop("entry")), asked.pop("work"), asked.pop("log")
    with open(log, "a", encoding="utf-8") as said:  # noqa: PTH123
        _log_to(said)
        try:
            return work_at(entry, work, asked)
        except BaseException:
            traceback.print_exc(file=said)
            raise


def _log_to(said: IO[str]) -> None:
    logger, handler = logging.getLogger("jena"), logging.StreamHandler(said)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger.handlers[:] = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False


if __name__ == "__main__":
    sys.exit(main())
