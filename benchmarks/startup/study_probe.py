"""`jena`, with a witness of its trainings: `python -m benchmarks.startup.study_probe FILE train …`.

The witness is called with every event that the progress display is called with, in the same process, and writes
the time of each architecture's first and last one to FILE, in seconds since 1970.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from flows.command_line import main
from jena_models.training.jobs.progress_events import TrainingEvent
from tasks.training import listen


def _run(file: Path, arguments: list[str]) -> None:
    spans: dict[str, tuple[float, float]] = {}

    def witness(event: TrainingEvent) -> None:
        now = time.time()
        first, _ = spans.get(event.architecture, (now, now))
        spans[event.architecture] = (first, now)

    try:
        with listen(witness):
            main(arguments)
    finally:
        file.write_text(json.dumps(spans), encoding="utf-8")


if __name__ == "__main__":
    _run(Path(sys.argv[1]), sys.argv[2:])
