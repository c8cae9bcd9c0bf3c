"""A run's process is known again, whatever the machine's clock is set to meanwhile."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tasks.workspace import is_of_this_process, may_be_running, process_identity, process_tags


@pytest.mark.skipif(not Path("/proc/sys/kernel/random/boot_id").is_file(), reason="only Linux tells")
@pytest.mark.parametrize("set_by_seconds", [-3600, 86400])
def test_a_process_is_the_same_one_when_the_clock_was_set(set_by_seconds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    tags, told = process_tags(), psutil.Process.create_time
    monkeypatch.setattr(psutil.Process, "create_time", lambda process: told(process) + set_by_seconds)
    assert may_be_running(tags)
    assert is_of_this_process(tags)


def test_a_process_with_the_number_of_one_that_ended_is_another_one() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        assert not may_be_running({**process_tags(), "pid": str(other.pid)})
        other.communicate(b"\n")
    assert not may_be_running({**process_tags(), "pid": str(other.pid)})


def test_a_process_of_an_earlier_start_of_the_machine_is_gone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    tags = process_tags()
    (tmp_path / "sys/kernel/random").mkdir(parents=True)
    (tmp_path / "sys/kernel/random/boot_id").write_text("another start\n")
    (tmp_path / tags["pid"]).mkdir()
    (tmp_path / tags["pid"] / "stat").write_text((Path("/proc") / tags["pid"] / "stat").read_text())
    monkeypatch.setattr(process_identity, "PROC", tmp_path)
    assert not may_be_running(tags)


def test_runs_of_before_and_of_other_systems_are_known_by_the_clock() -> None:
    tags = {name: text for name, text in process_tags().items() if name != "process_began"}
    assert may_be_running(tags)
    assert not may_be_running({**tags, "process_started": f"{time.time() - 3600:.2f}"})
