"""Measured runs are processes of their own: one request in, one line of findings out."""

from __future__ import annotations

import logging
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

import click
import psutil

from jena_models.errors import JenaError

JENA: Final = (sys.executable, "-m", "flows.command_line")
ROOT: Final = Path(__file__).resolve().parents[1]
MEBIBYTE: Final = 1024**2
THREADS: Final = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class MeasurementError(JenaError):
    """A measured process did not come to its end."""


class InSentences(click.Command):
    """A command that ends with the sentence of what it cannot do, in place of a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run it.

        Raises:
            click.ClickException: where something that the user can understand went wrong.
        """
        try:
            return super().invoke(ctx)
        except JenaError as error:
            raise click.ClickException(str(error)) from error


def begin_quietly() -> None:
    """Keep what is made in a home of its own, where `JENA_HOME` names none, and log nothing but errors."""
    logging.basicConfig(level=logging.ERROR)
    os.environ.setdefault("JENA_HOME", str(ROOT / ".cache" / "benchmark"))


def say(what: str) -> None:
    """Tell, on standard error, what is being done."""
    click.echo(what, err=True)


def last_line(command: Sequence[str], request: str = "", variables: Mapping[str, str] | None = None) -> str:
    """Run a command from the project's root and give the last line of its standard output.

    Raises:
        MeasurementError: where it fails.
    """
    ended = subprocess.run(  # noqa: S603  (the commands are the benchmark's own)
        command,
        cwd=ROOT,
        input=request,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "KERAS_BACKEND": "tensorflow", **(variables or {})},
    )
    lines = ended.stdout.strip().splitlines()
    if ended.returncode or not lines:
        reason = (ended.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise MeasurementError(f"{' '.join(command[1:])} ended with exit code {ended.returncode}: {reason}.")
    return lines[-1]


def jena(
    *arguments: str, may_fail: bool = False, clone: Path = ROOT, variables: Mapping[str, str] | None = None
) -> str:
    """Run a command of the project, or of another clone of it, and give what it printed.

    Raises:
        MeasurementError: where it fails and may not.
    """
    ended = subprocess.run(  # noqa: S603  (the command is the benchmark's own)
        [*JENA, *arguments],
        cwd=clone,
        env={**os.environ, **(variables or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode and not may_fail:
        said = ended.stderr.strip()[-300:]
        raise MeasurementError(f"jena {' '.join(arguments)} ended with exit code {ended.returncode}: {said}")
    return ended.stdout


@contextmanager
def serving(*arguments: str, answers: Callable[[], bool], seconds: float, log: Path | None = None) -> Iterator[int]:
    """Run a command of the project that serves for as long as the block takes; gives its process once it answers.

    Args:
        arguments: of the command.
        answers: tells whether it does.
        seconds: how long it may take until then.
        log: for what it says; standard output and standard error where not given.

    Raises:
        MeasurementError: where it ends, or does not answer in time.
    """
    with log.open("w", encoding="utf-8") if log else nullcontext() as said:
        process = subprocess.Popen([*JENA, *arguments], cwd=ROOT, stdout=said, stderr=said)  # noqa: S603
    try:
        deadline = time.monotonic() + seconds
        while not answers():
            if process.poll() is not None or time.monotonic() > deadline:
                why = f": {log.read_text(encoding='utf-8').strip()}" if log else ""
                raise MeasurementError(f"jena {arguments[0]} did not come to answer{why}.")
            time.sleep(0.2)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def measured(module: str, request: str = "", threads: int | None = None) -> str:
    """Run a module of the project and give what it found, with at most so many threads where a number is given."""
    variables = dict.fromkeys(THREADS, str(threads)) if threads else {}
    return last_line([sys.executable, "-m", module], request, variables)


def children_core_seconds() -> float:
    """Give the processor seconds of all processes that were waited for so far, and of all that these waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peak_memory_mib(process: int | None = None) -> float:
    """Give the most memory that a process has held so far, what it holds now where the system keeps no record.

    A process that has ended has nothing.
    """
    try:
        if not Path("/proc/self/status").is_file():
            return float(psutil.Process(process).memory_info().rss / MEBIBYTE)
        lines = Path(f"/proc/{process or 'self'}/status").read_text(encoding="utf-8").splitlines()
    except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
        return 0.0
    kibibytes = next((line.split()[1] for line in lines if line.startswith("VmHWM:")), "0")
    return int(kibibytes) / 1024
