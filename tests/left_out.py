"""The end of a test run says how many tests were left out for want of the station's real files."""

from __future__ import annotations

import pytest

NO_REAL_FILES = "the station's real files are not here; name their folder in JENA_SHARED_DATA"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if NO_REAL_FILES in str(report.longrepr)]
    if skipped:
        terminalreporter.write_line(f"{len(skipped)} tests were left out: {NO_REAL_FILES}.", yellow=True)
