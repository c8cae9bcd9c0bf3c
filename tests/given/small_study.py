"""A small prepared data set and trainings on it, for the tests of tracking and registration."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from jena_models.evaluation.interval_scores import DistributionScore, IntervalScore
from jena_models.evaluation.intervals import fit_intervals
from jena_models.forecaster import Forecaster
from jena_models.settings import Settings
from jena_models.stations.cleaned.cleaning_report import CleaningReport
from jena_models.stations.named_stations import load_station
from jena_models.training.jobs.fit_result import EpochRecord, FitResult
from jena_models.weather_service.service import Service
from jena_models.weather_service.service_runs import Runs
from jena_models.windows.normalization import normalized
from jena_models.windows.preparation import Preparation
from tasks.tracking import STUDY, ParentRun, open_parent, open_part, study_id
from tasks.workspace.stage_results import Borders, Checked, Divided, Finding, Fit, Ingested, Prepared, Source

STATION = load_station("jena")
SETTINGS = Settings(profile="quick", history_hours=12, architectures=("persistence", "dense", "lstm"), leads_hours=())
COLUMNS = ("p (mbar)", "T (degC)", "VPmax (mbar)", "rh (%)", "wv (m/s)")
STEPS, HORIZON_HOURS = 12, 24


def small_readings(rows: int = 600, cadence_minutes: int = 60, seed: int = 5) -> pd.DataFrame:
    """Readings of four measured columns and one that follows from them."""
    from jena_models.stations.formulas import derive

    rng = np.random.default_rng(seed)
    hours = np.arange(rows) * cadence_minutes / 60
    temperature = 8 + 6 * np.sin(2 * np.pi * hours / 24) + rng.normal(0, 0.5, rows).cumsum() * 0.1
    table = {
        "p (mbar)": 990 + rng.normal(0, 0.3, rows).cumsum(),
        "T (degC)": temperature,
        "VPmax (mbar)": derive("VPmax", temperature, temperature, temperature),
        "rh (%)": np.clip(70 - 2 * temperature + rng.normal(0, 3, rows), 10, 100),
        "wv (m/s)": np.abs(rng.normal(2, 1, rows)),
    }
    index = pd.date_range("2012-03-01 00:10", periods=rows, freq=f"{cadence_minutes}min", unit="s", name="time")
    return pd.DataFrame(table, index=index)


def small_prepared(folder: Path, kind: str = "real", key: str = "preparedkey00000") -> Prepared:
    """What normalization would leave of `small_readings`."""
    folder.mkdir(parents=True, exist_ok=True)
    readings = small_readings()
    readings.to_parquet(folder / "readings.parquet")
    values, borders = readings.to_numpy(), Borders(train=300, validation=450, judging=450, rows=600)
    mean, deviation = values[:300].mean(axis=0), values[:300].std(axis=0)
    np.save(folder / "features.npy", normalized(values, mean, deviation))
    np.save(folder / "target.npy", readings["T (degC)"].to_numpy(np.float32))
    np.save(folder / "time.npy", readings.index.to_numpy().astype("datetime64[s]"))
    offset, windows = STEPS - 1 + HORIZON_HOURS, {}
    for split, first, end in (("train", 0, 300), ("validation", 300, 450), ("test", 450, 600)):
        starts = np.arange(first, end - offset)
        np.save(folder / f"{split}_starts.npy", starts)
        windows[split] = len(starts)
    np.save(folder / "judging_starts.npy", np.empty(0, np.int64))
    docs = folder / "docs"
    docs.mkdir(exist_ok=True)
    (docs / "index.html").write_text("<html></html>")
    (folder / "set_aside.csv").write_text("time,reason\n2012-03-01,too hot\n")
    preparation = Preparation(
        station="jena",
        target="T (degC)",
        columns=COLUMNS,
        mean=tuple(mean),
        standard_deviation=tuple(deviation),
        steps=STEPS,
        sampling_minutes=60,
        horizon_minutes=60 * HORIZON_HOURS,
    )
    start, end = readings.index[0].to_pydatetime(), readings.index[-1].to_pydatetime()
    report = CleaningReport.model_construct(rows=600, start=start, end=end, cadence_minutes=60.0, gaps=())
    source = Source(path=folder / "station.csv", origin="station.csv", kind=kind, key="sourcekey0000000")
    ingested = Ingested(readings=folder / "readings.parquet", report=report, source=source, key="i")
    passed = Finding(expectation="time increases", outcome="pass", rows=0, example="", sentence="")
    checked = Checked(
        readings=folder / "readings.parquet",
        quarantine=folder / "set_aside.csv",
        docs=docs,
        findings=(passed,),
        cadence_minutes=60,
        ingested=ingested,
        key="c",
    )
    return Prepared(
        folder=folder,
        preparation=preparation,
        stride_rows=1,
        target_offset_rows=offset,
        windows=windows,
        left_out={"train": 0, "validation": 0, "test": 0},
        station=STATION,
        divided=Divided(checked=checked, borders=borders, key="d"),
        key=key,
    )


def checked(folder: Path, readings: pd.DataFrame, key: str = "checkedkey") -> Checked:
    """Readings as validation hands them over."""
    path = folder / f"{key}.parquet"
    readings.to_parquet(path)
    return small_prepared(folder / "rest").divided.checked.model_copy(update={"readings": path, "key": key})


def served(checked: Checked, folder: Path, *, begins_hour: int = 0, target_begins_hour: int = 0) -> Checked:
    """The same readings with a service that forecasts the target and clouds, each in its runs from some hour on."""
    first = np.arange(begins_hour, 600, 12)
    issued = small_readings().index.to_numpy().astype("datetime64[s]").astype(np.int64)[first]
    values = np.random.default_rng(3).normal(8, 3, (len(first), 13, 2))
    values[first < target_begins_hour, :, 0] = np.nan
    leads, of = np.arange(0, 37, 3) * 3600, ("T (degC)", "")
    runs = Runs("nwp", ("t2m", "cloud"), of, issued, issued, leads, values, np.full(values.shape, np.nan))
    folder.mkdir(parents=True)
    Service((runs,)).save(folder)
    key = f"served{begins_hour}{target_begins_hour}"
    return checked.model_copy(update={"service": folder, "services": ("nwp",), "key": key})


def epoch(number: int) -> EpochRecord:
    return EpochRecord(
        epoch=number, loss=9 / number, mae=2.5 / number, val_loss=10 / number, val_mae=2.6 / number, seconds=1.5
    )


def small_fit(folder: Path, prepared: Prepared, architecture: str = "dense", epochs: int = 3, key: str = "fit0") -> Fit:
    """What training would leave, but for the model."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(1)
    predictions = {
        split: rng.normal(8, 3, prepared.windows[split]).astype(np.float32) for split in ("validation", "test")
    }
    (folder / "preparation.json").write_text(prepared.preparation.model_dump_json())
    np.savez(folder / "predictions.npz", **predictions)
    starts = np.load(prepared.folder / "validation_starts.npy")
    valid_times = np.load(prepared.folder / "time.npy")[starts + prepared.target_offset_rows]
    intervals = fit_intervals(rng.normal(0, 3, len(starts)), valid_times, STATION.latitude)
    (folder / "intervals.json").write_text(intervals.model_dump_json())
    result = FitResult(
        architecture=architecture,
        parameters=321,
        epochs=tuple(epoch(number) for number in range(1, epochs + 1)),
        best_epoch=epochs,
        val_mae=2.3,
        val_rmse=3.0,
        val_skill=0.06,
        test_mae=2.5,
        test_rmse=3.2,
        test_skill=0.05,
        seconds_per_epoch=1.5,
        windows_per_second=1000.0,
        seconds=9.0,
        intervals=tuple(
            IntervalScore(
                split=split,
                level=level,
                windows=115,
                independent=60.0,
                coverage=level + 0.01,
                width=8 * level,
                seasons={"spring": level},
            )
            for split in ("validation", "test")
            for level in (0.8, 0.9)
        ),
        distributions=(
            DistributionScore(
                split="test", windows=115, crps=1.75, pinball={0.1: 0.4, 0.3: 0.7}, ranks=(0.2,) + (0.1,) * 8 + (0.0,)
            ),
        ),
    )
    return Fit(folder=folder, result=result, key=key)


def with_model(fit: Fit, prepared: Prepared) -> Fit:
    """Add an untrained dense model and what it forecasts."""
    import keras

    model = keras.Sequential(
        [
            keras.layers.Input((STEPS, len(COLUMNS))),
            keras.layers.Flatten(),
            keras.layers.Dense(1, bias_initializer="ones"),
        ]
    )
    model.save(fit.folder / "model.keras")
    forecasts = {split: model.predict(windows_of(prepared, split), verbose=0)[:, 0] for split in ("validation", "test")}
    np.savez(fit.folder / "predictions.npz", **forecasts)
    return fit


def small_forecaster(folder: Path) -> Forecaster:
    """A forecaster of a small model that is not trained."""
    prepared = small_prepared(folder / "prepared")
    fit = with_model(small_fit(folder / "fit", prepared), prepared)
    (fit.folder / "preparation.json").write_text(prepared.preparation.model_dump_json())
    (fit.folder / "station.json").write_text(STATION.model_dump_json())
    return Forecaster.load(fit.folder)


def windows_of(prepared: Prepared, split: str) -> np.ndarray:
    starts = np.load(prepared.folder / f"{split}_starts.npy")
    return np.load(prepared.folder / "features.npy")[starts[:, None] + np.arange(STEPS)]


def last_days(readings: pd.DataFrame, days: float) -> pd.DataFrame:
    return readings[readings.index > readings.index[-1] - timedelta(days=days)]


def open_study(settings: Settings, prepared: Prepared) -> ParentRun:
    """Open the run of a study of these windows."""
    return open_parent(STUDY, study_id(prepared, settings), prepared, settings)


def open_architecture_run(study: ParentRun, architecture: str, settings: Settings, prepared: Prepared) -> str:
    """Open the run of one of a study's architectures, and give its id."""
    return open_part(study, {"architecture": architecture}, architecture, prepared, settings)[0]


def opened_run(prepared: Prepared, architecture: str = "dense", settings: Settings = SETTINGS) -> str:
    """Open a study of these windows and the run of one of its architectures, and give that run's id."""
    return open_architecture_run(open_study(settings, prepared), architecture, settings, prepared)
