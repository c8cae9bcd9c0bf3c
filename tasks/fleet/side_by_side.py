"""Work at many stations, side by side in processes: one that fails, dies or takes too long leaves the others alone."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Any, Final

from pydantic import ValidationError

from tasks.fleet.entries import Entry
from tasks.fleet.station_state import Outcome, Work
from tasks.workspace import home_folder, places

SECONDS: Final[Mapping[Work, float]] = {"gather": 1800.0, "train": 4 * 3600.0, "forecast": 600.0, "monitor": 900.0}
"""The longest that work at one station may take."""
SECONDS_TO_END: Final = 10.0
"""How long a process that is to end may take: it marks its runs, and takes back what is half done."""
STATIONS_A_PROCESS: Final = 200
"""After so many a process makes room for a new one: what libraries do not give back goes with it."""
ONE_THREAD: Final = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "TF_NUM_INTRAOP_THREADS"), "1"
)
"""Processes side by side share the cores among them."""

OnOutcome = Callable[[Outcome], None]


def side_by_side(  # noqa: PLR0917  (what is done, by what, how)
    work: Work,
    entries: Sequence[Entry],
    command: Sequence[str],
    asked: Mapping[str, Any],
    workers: int,
    on_outcome: OnOutcome,
    seconds: float | None = None,
) -> list[Outcome]:
    """Give how the work at each station ended, in the order of the entries.

    Args:
        work: what to do at each.
        entries: the stations.
        command: what starts a process that takes a line of JSON for each station, and answers with one.
        asked: what the process is told beside the entry.
        workers: how many processes there are at a time.
        on_outcome: called with each outcome as it comes, one at a time.
        seconds: the longest that one station may take.
    """
    left: queue.SimpleQueue[Entry] = queue.SimpleQueue()
    for each in entries:
        left.put(each)
    outcomes: dict[str, Outcome] = {}
    telling, ending = threading.Lock(), threading.Event()
    limit = seconds or SECONDS[work]

    def tell(outcome: Outcome) -> None:
        with telling:
            if ending.is_set():  # what came of the stop is no fault of the station, which keeps what it had
                return
            outcomes[outcome.name] = outcome
            on_outcome(outcome)

    def watch(worker: _Worker) -> None:
        while not ending.is_set():
            try:
                entry = left.get_nowait()
            except queue.Empty:
                return
            if entry.fault:
                outcome = Outcome(name=entry.name, work=work, done=False, sentence=entry.fault)
            else:
                outcome = worker.do(entry, asked, limit)
            tell(outcome.model_copy(update={"model": entry.model}))

    crew = [_Worker(command, work) for _ in range(min(workers, max(1, len(entries))))]
    threads = [threading.Thread(target=watch, args=(worker,), daemon=True) for worker in crew]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(0.5)
    finally:
        ending.set()
        deadline = time.monotonic() + SECONDS_TO_END
        with ExitStack() as ends:  # each of them, also where the wait for one is interrupted
            for worker in crew:
                ends.callback(worker.end, deadline)
                worker.tell_to_end()
    return [outcomes[each.name] for each in entries]


class _Worker:
    """A process that works at one station after the other, started anew where it ends."""

    def __init__(self, command: Sequence[str], work: Work) -> None:
        self._command, self._work = list(command), work
        self._process: subprocess.Popen[str] | None = None
        self._done, self._is_at_work = 0, False

    def do(self, entry: Entry, asked: Mapping[str, Any], limit: float) -> Outcome:
        """Give how the work at a station ended, which is told by the process or, where that cannot, of it."""
        began = time.perf_counter()
        with log_file(entry, self._work).open("w", encoding="utf-8") as log:
            process = self._ready()
            line = json.dumps({"work": self._work, "entry": entry.model_dump(mode="json"), **asked, "log": log.name})
            late = threading.Timer(limit, self._signal, [signal.SIGKILL])
            late.start()
            self._is_at_work = True
            try:
                answer = _asked(process, line)
            finally:
                self._is_at_work = False
                late.cancel()
            passed = time.perf_counter() - began
            try:
                outcome = Outcome.model_validate_json(answer)
            except ValidationError:
                outcome = self._lost(entry, passed, limit)
        self._done += 1
        if self._done % STATIONS_A_PROCESS == 0:
            self.tell_to_end()
            self.end()
        return outcome.model_copy(update={"seconds": round(passed, 3)})

    def _ready(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            errors: IO[str] = (home_folder() / "fleet" / "logs" / "processes.log").open("a", encoding="utf-8")
            with errors:
                self._process = subprocess.Popen(  # noqa: S603  (the project's own program)
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    env={**ONE_THREAD, **os.environ, **_places()},
                    text=True,
                    start_new_session=True,  # so that what it started ends with it
                )
        return self._process

    def _lost(self, entry: Entry, passed: float, limit: float) -> Outcome:
        process = self._process
        self.tell_to_end()
        self.end()
        code = process.returncode if process else None
        if passed >= limit:
            why = f"It took longer than {limit:,.0f} seconds and was ended"
        elif code is not None and code < 0:
            why = f"Its process was ended by signal {signal.Signals(-code).name}"
        else:
            why = f"Its process ended with exit code {code}"
        sentence = f"{why}; see {log_file(entry, self._work)}, and run again with --failed."
        return Outcome(name=entry.name, work=self._work, done=False, sentence=sentence)

    def _signal(self, number: signal.Signals) -> None:
        process = self._process
        if process is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, number)

    def tell_to_end(self) -> None:
        """Let the process end, whatever it is at."""
        process = self._process
        if process is None:
            return
        with suppress(OSError):
            if process.stdin:
                process.stdin.close()
        if self._is_at_work:  # any other hears of it from its standard input, and is not to be disturbed as it ends
            self._signal(signal.SIGTERM)

    def end(self, deadline: float | None = None) -> None:
        """Wait for the end of the process, and kill what is left of it and of what it started.

        Args:
            deadline: until when to wait, by the monotonic clock; the seconds that a process may take where not given.
        """
        process = self._process
        if process is None:
            return
        left = SECONDS_TO_END if deadline is None else max(0.0, deadline - time.monotonic())
        try:
            with suppress(subprocess.TimeoutExpired):
                process.wait(left)
        finally:
            self._signal(signal.SIGKILL)
            process.wait()
            if process.stdout:
                process.stdout.close()
            self._process = None


def _places() -> dict[str, str]:
    """Give the variables by which a process keeps what it makes where this one does, on a cluster's machine too."""
    told = places()
    return {"JENA_HOME": str(told.home), "JENA_CACHE": str(told.cache), "MLFLOW_TRACKING_URI": told.tracking_uri}


def log_file(entry: Entry, work: Work) -> Path:
    """Give the file of what is said while a station is worked at."""
    file = home_folder() / "fleet" / "logs" / f"{entry.model or entry.name}-{work}.log"
    file.parent.mkdir(parents=True, exist_ok=True)
    return file


def _asked(process: subprocess.Popen[str], line: str) -> str:
    """Give the answer of a process; nothing where it ends before."""
    if process.stdin is None or process.stdout is None:
        return ""
    try:
        process.stdin.write(f"{line}\n")
        process.stdin.flush()
        return process.stdout.readline()
    except (OSError, ValueError):
        return ""
