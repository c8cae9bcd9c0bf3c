"""`jena` as a process of its own, in a home of its own, and what it leaves there."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import psutil

Command = subprocess.Popen[str]

JENA: Final = "flows.command_line"
"""The module that is `jena`."""
SECONDS: Final = 900
"""The longest that a command may take on a busy machine."""

SMALL: Final = (
    *("train", "--format", "json", "--source", "simulated", "--architectures", "persistence,climatology,ridge,dense"),
    *("--set", "ingestion.simulated_years=2", "--set", "training.epochs=2", "--set", "training.batches_per_epoch=20"),
    *("--set", "curve_boosting.rounds=20", "--set", "partial_boosting.rounds=50"),
)
"""A study of seconds that goes through every step, with a network and learners."""

FIGURES: Final = ("val_mae", "val_rmse", "test_mae", "test_rmse", "best_epoch", "parameters")


@dataclass(frozen=True)
class Ended:
    """A command that has ended."""

    code: int
    output: str
    complaints: str

    @property
    def fault(self) -> str:
        """What no command may say, whatever happened; empty where it says none of it."""
        said = next((word for word in ("Traceback", "should not have") if word in self.complaints), "")
        return f"'{said}' was said: {self.complaints[-400:]}" if said else ""

    @property
    def end(self) -> str:
        """How it ended, and the last that it complained of."""
        return f"ended with {self.code}: {self.complaints[-300:]}"


@dataclass(frozen=True)
class Home:
    """A folder of a project's own, and what is known of it."""

    folder: Path

    @property
    def scratch(self) -> Path:
        """The temporary folder of its commands."""
        return self.folder / "tmp"

    def environment(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """Give the variables of its commands."""
        others = ("JENA_", "MLFLOW_TRACKING", "PREFECT_API")
        inherited = {name: text for name, text in os.environ.items() if not name.startswith(others)}
        own = {"JENA_HOME": self.folder, "PREFECT_HOME": self.folder / "prefect", "TMPDIR": self.scratch}
        return inherited | {name: str(path) for name, path in own.items()} | dict(more or {})

    def start(
        self, *arguments: str, more: Mapping[str, str] | None = None, name: str = "command", module: str = JENA
    ) -> Command:
        """Start a command in a session of its own; what it says goes to files, so that no pipe holds it up."""
        self.scratch.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{name}.out").open("w") as out, (self.folder / f"{name}.err").open("w") as err:
            return subprocess.Popen(  # noqa: S603  (the command is the project's own, or Prefect's)
                [sys.executable, "-m", module, *arguments],
                env=self.environment(more),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                text=True,
                start_new_session=True,
            )

    def wait(self, command: Command, name: str = "command") -> Ended:
        """Wait for a command that was started under a name."""
        code = command.wait(SECONDS)
        return Ended(code, *((self.folder / f"{name}.{kind}").read_text(errors="replace") for kind in ("out", "err")))

    def run(
        self, *arguments: str, more: Mapping[str, str] | None = None, name: str = "command", module: str = JENA
    ) -> Ended:
        """Run a command to its end."""
        return self.wait(self.start(*arguments, more=more, name=name, module=module), name)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """Give rows of the tracking store; none where it is not there yet."""
        path = self.folder / "mlflow.db"
        if not path.is_file():
            return []
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=20)) as database:
            return database.execute(query).fetchall()

    def processes(self) -> list[psutil.Process]:
        """Give all that still run of its commands, found by what only they were told."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.AccessDenied, psutil.NoSuchProcess):
                told = process.environ().get("JENA_HOME")
                if told == str(self.folder) and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def kill(self) -> None:
        """End all that run of its commands as a machine that stops would: at once, and without a word."""
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        psutil.wait_procs(self.processes(), timeout=10)

    def left_behind(self) -> list[str]:
        """Give what no finished study leaves: temporary files, half-written results, running processes and runs."""
        half = [*(self.folder / ".cache").rglob(".*"), *(self.folder / "mlartifacts").rglob(".artifact.uploading*")]
        scratch = list(self.scratch.iterdir()) if self.scratch.is_dir() else []
        running = [f"run {run}" for (run,) in self.ask("SELECT run_uuid FROM runs WHERE status = 'RUNNING'")]
        return [*map(str, (*half, *scratch)), *running, *(f"process {each.pid}" for each in self.processes())]

    def unnamed_models(self) -> list[str]:
        """Give the folders of models that no version of the registry names."""
        named = {Path(place).parent.name for (place,) in self.ask("SELECT storage_location FROM model_versions")}
        return [str(path) for path in (self.folder / "mlartifacts" / "models").glob("m-*") if path.name not in named]


def strict_json(text: str) -> Any:
    """Read JSON as the standard has it, without `NaN` and `Infinity`.

    Raises:
        ValueError: where it is none.
    """

    def refuse(word: str) -> None:
        raise ValueError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


def figures(result: str) -> dict[str, tuple[Any, ...]]:
    """Give what a study's JSON says of each architecture."""
    rows = json.loads(result)["leaderboard"]
    return {row["architecture"]: tuple(row[name] for name in FIGURES) for row in rows}
