"""A test run in which the tests of one file went to more than one worker fails: each would set up what they share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest


class WholeFiles:
    """Notes which workers ran tests of a file; there is one for the whole run, where the reports come together."""

    def __init__(self) -> None:
        self._workers: defaultdict[str, set[str]] = defaultdict(set)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        worker = getattr(report, "worker_id", None)
        if worker is not None:
            self._workers[report.location[0]].add(worker)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if session.exitstatus == pytest.ExitCode.OK and any(self._divided()):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for file, workers in self._divided():
            terminalreporter.write_line(
                f"{file} was run by {', '.join(workers)}; a file's tests must share one worker (--dist=loadfile).",
                red=True,
            )

    def _divided(self) -> Iterator[tuple[str, list[str]]]:
        return ((file, sorted(workers)) for file, workers in sorted(self._workers.items()) if len(workers) > 1)


def pytest_configure(config: pytest.Config) -> None:
    """Watch where the reports of all workers come together."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(WholeFiles(), "whole-files-watch")
