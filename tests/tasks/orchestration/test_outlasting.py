"""A flow run goes on when its worker has died, which read what it prints."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

RUN = """
import sys, time
import flows
from rich.console import Console
print("begun", flush=True)
sys.stdin.readline()
until = time.monotonic() + 5
while time.monotonic() < until and not hasattr(sys, "silent"):
    import os, stat
    if not stat.S_ISFIFO(os.fstat(1).st_mode) and not stat.S_ISFIFO(os.fstat(2).st_mode):
        sys.silent = True
    time.sleep(0.01)
for file in (sys.stdout, sys.stderr):
    Console(file=file).print("a line that nobody reads")
    print("another", file=file, flush=True)
open(sys.argv[1], "w").write("went on")
"""


@pytest.mark.parametrize("is_flow_run", [True, False])
def test_a_flow_run_outlasts_its_worker_and_a_command_in_a_pipe_ends_as_others_do(tmp_path: Path, is_flow_run: bool):
    told = os.environ | ({"PREFECT__FLOW_RUN_ID": "of-a-worker"} if is_flow_run else {})
    with subprocess.Popen(
        [sys.executable, "-c", RUN, str(tmp_path / "end")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=told,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == b"begun\n"
        process.stdout.close()
        process.stderr.close()
        process.stdin.write(b"\n")
        process.stdin.flush()
        process.wait(30)

    assert (tmp_path / "end").exists() is is_flow_run
