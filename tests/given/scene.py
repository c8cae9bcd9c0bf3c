"""A small station, its trained architectures and their registered versions, for the tests of what follows training."""

import json
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pandas as pd
from made_once import empty_store

from jena_models.evaluation.interval_scores import IntervalScore
from jena_models.settings import Settings
from jena_models.stations import load_station
from jena_models.stations.cleaned.cleaning_report import CleaningReport
from jena_models.training.jobs.fit_result import FitResult
from jena_models.windows.preparation import Preparation
from tasks.registry.promotion import promote
from tasks.tracking.store import client
from tasks.workspace.stage_results import Borders, Checked, Divided, Finding, Fit, Ingested, Prepared, Promoted, Source

MODEL = "jena-temperature-24h"
STEPS, HORIZON_ROWS = 8, 8
TRAIN, JUDGING, ROWS = 800, 3900, 4300
NOW = datetime.now(UTC) + timedelta(seconds=5)
PASSED = Finding(expectation="time increases", outcome="pass", rows=0, example="", sentence="")


@cache
def saved_model() -> Path:
    import mlflow

    folder = Path(mkdtemp())
    (folder / "behaviour.json").write_text("{}")
    mlflow.pyfunc.save_model(
        folder / "model",
        python_model=str(Path(__file__).with_name("stand_in_model.py")),
        artifacts={"behaviour": str(folder / "behaviour.json")},
        pip_requirements=["mlflow"],
    )
    return folder / "model"


@dataclass
class Scene:
    home: Path

    def __post_init__(self) -> None:
        shutil.copy(empty_store(), self.home / "mlflow.db")
        self.experiment = client().create_experiment("jena", artifact_location=str(self.home / "mlartifacts"))
        self.count = 0

    def folder(self, name: str) -> Path:
        self.count += 1
        folder = self.home / f"{name}-{self.count}"
        folder.mkdir()
        return folder

    def prepared(self, *, kind: str = "real", findings=(PASSED,), gap_after: int | None = None) -> Prepared:
        """Three-hourly readings whose part that judges holds a whole year, and begins where training ends."""
        folder = self.folder("prepared")
        rng = np.random.default_rng(3)
        time = np.datetime64("2010-01-01T00:00:00", "s") + np.arange(ROWS) * np.timedelta64(3, "h")
        if gap_after is not None:
            time[gap_after:] += np.timedelta64(30, "h")
        phase = 2 * np.pi * np.arange(ROWS) / (365.25 * 8)
        target = (9 - 9 * np.cos(phase) + 3 * rng.standard_normal(ROWS)).astype(np.float32)
        np.save(folder / "time.npy", time)
        np.save(folder / "target.npy", target)
        np.save(folder / "features.npy", ((target - 5) / 8)[:, None])
        offset = STEPS - 1 + HORIZON_ROWS
        for split, first, end in (
            ("train", 0, TRAIN),
            ("validation", TRAIN, TRAIN + 100),
            ("judging", TRAIN, JUDGING),
            ("test", JUDGING, ROWS),
        ):
            np.save(folder / f"{split}_starts.npy", np.arange(first, end - offset))
        index = pd.DatetimeIndex(time, name="time")
        pd.DataFrame({"T (degC)": target.astype(np.float64)}, index=index).to_parquet(folder / "readings.parquet")
        report = CleaningReport.model_construct(rows=ROWS)
        source = Source(path=folder / "source.csv", origin="source.csv", kind=kind, key="s")
        ingested = Ingested.model_construct(readings=folder / "readings.parquet", report=report, source=source, key="i")
        checked = Checked.model_construct(
            readings=folder / "readings.parquet",
            findings=tuple(findings),
            cadence_minutes=180.0,
            ingested=ingested,
            key="c",
        )
        return Prepared.model_construct(
            folder=folder,
            preparation=Preparation(
                station="jena",
                target="T (degC)",
                columns=("T (degC)",),
                mean=(5.0,),
                standard_deviation=(8.0,),
                steps=STEPS,
                sampling_minutes=180.0,
                horizon_minutes=1440.0,
            ),
            stride_rows=1,
            target_offset_rows=offset,
            station=load_station("jena"),
            divided=Divided.model_construct(
                checked=checked, borders=Borders(train=TRAIN, validation=TRAIN, judging=JUDGING, rows=ROWS), key="d"
            ),
            key="p",
        )

    def trained(self, prepared: Prepared, architecture: str = "lstm", **how) -> tuple[int, Fit]:
        """A registered version and the training that it came from."""
        return self.version(architecture=architecture, **how), self.fit(prepared, architecture, **how)

    def version(
        self,
        *,
        architecture: str = "lstm",
        error: float = 1.0,
        errors: dict[str, float] | None = None,
        seed: int = 1,
        steps: int = STEPS,
        fails: str = "",
        doubt: float = 1.0,
        trained_until: str | None = "2010-04-10T21:00:00Z",
        model: str = MODEL,
        **_,
    ) -> int:
        """A version in the registry that forecasts with errors of a set size."""
        folder = self.folder("artifacts") / "model"
        shutil.copytree(saved_model(), folder)
        behaviour = {"error": error, "errors": errors or {}, "seed": seed, "steps": steps, "fails": fails}
        behaviour |= {"doubt": doubt}
        next(folder.rglob("behaviour.json")).write_text(json.dumps(behaviour))
        store = client()
        if not store.search_registered_models(f"name = '{model}'"):
            store.create_registered_model(model)
        tags = {"architecture": architecture, "study": "s1", "val_mae": str(error)}
        if trained_until:
            tags["trained_until"] = trained_until
        return int(store.create_model_version(model, str(folder), tags=tags).version)

    def fit(
        self,
        prepared: Prepared,
        architecture: str = "lstm",
        *,
        error: float = 1.0,
        errors: dict[str, float] | None = None,
        seed: int = 1,
        val_mae: float | None = None,
        val_skill: float = 0.5,
        test_mae: float = 1.0,
        off_by: float = 0.0,
        held: float = 0.9,
        **_,
    ) -> Fit:
        """What training left, forecasting what the version of the same behaviour does."""
        from stand_in_model import StandInForecaster

        folder = self.folder("fit")
        behaviour = {"error": error, "errors": errors or {}, "seed": seed, "steps": STEPS, "fails": ""}
        readings = pd.read_parquet(prepared.divided.checked.readings)
        predictions = {}
        for split in ("validation", "judging"):
            issue = readings.index[np.load(prepared.folder / f"{split}_starts.npy") + STEPS - 1]
            valid_rows = readings.index.get_indexer(issue + pd.Timedelta(hours=24))
            forecasts = StandInForecaster(behaviour).forecast_at(readings, issue) + np.float32(off_by)
            predictions[split] = np.where(valid_rows < 0, 0, forecasts)
        np.savez(folder / "predictions.npz", **predictions, test=np.zeros(3))
        result = FitResult.model_construct(
            architecture=architecture,
            val_mae=error if val_mae is None else val_mae,
            val_skill=val_skill,
            test_mae=test_mae,
            intervals=(
                IntervalScore(
                    split="validation",
                    level=0.9,
                    windows=3000,
                    independent=1000.0,
                    coverage=held,
                    width=3.3,
                    seasons={},
                ),
                IntervalScore(split="test", level=0.9, windows=3, coverage=0.0, width=3.3, seasons={}),
            ),
        )
        return Fit.model_construct(folder=folder, result=result, key=f"f{self.count}")

    def alias_of_a_lost_version(self, version: int) -> None:
        """Let the champion's alias stand for a version that is not there, as in a database put back from a copy."""
        with closing(sqlite3.connect(self.home / "mlflow.db")) as database, database:
            database.execute(
                "INSERT INTO registered_model_aliases (workspace, name, alias, version) VALUES ('default', ?, ?, ?)",
                (MODEL, "champion", version),
            )

    def parent_run(self, study: str = "s1", status: str | None = "FINISHED") -> str:
        run = client().create_run(self.experiment, tags={"role": "study", "study": study})
        if status:
            client().set_terminated(run.info.run_id, status)
        return run.info.run_id

    def promote(
        self, candidates, prepared: Prepared, *, model: str = MODEL, now: datetime = NOW, **changes
    ) -> Promoted:
        settings = Settings(promotion=changes)
        return promote(model, candidates, prepared=prepared, settings=settings, now=now)

    def aliases(self, model: str = MODEL) -> dict[str, int]:
        return {alias: int(version) for alias, version in client().get_registered_model(model).aliases.items()}
