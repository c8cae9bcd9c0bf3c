"""A training becomes a version in the registry: once, and wholly or not at all."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from importlib.metadata import version as installed
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

import jena_models
from jena_models.curves.asked_leads import HEADLINE
from jena_models.errors import RegistryError
from jena_models.evaluation.intervals import LEVELS, percent
from jena_models.forecaster import CURVE_FOLDER, INTERVALS_FILE, PARTIAL_FOLDER, STATION_FILE
from jena_models.models.model_files import copy_model, has_model, packages_of
from jena_models.reading.user_tables import accepted_time_names
from jena_models.settings import Settings
from jena_models.stations.schema import StationSchema
from jena_models.stations.units import told_unit_of
from tasks.registry.champion_changes import changing
from tasks.registry.curves.curve_files import keep_curve
from tasks.registry.registering.oldest_runs import keep_oldest_run
from tasks.registry.version_files import HASHES_TAG, files_are_gone, running_scripts, seal
from tasks.registry.versions import FALLBACK
from tasks.tracking import (
    client,
    is_sqlite,
    once_registered,
    patiently,
    study_id,
    take_back,
    take_back_abandoned,
    while_registering,
)
from tasks.workspace import Fit, Prepared, keep_temporary_files_together, scratch_folder, tracking_uri

if TYPE_CHECKING:
    from mlflow.entities import LoggedModel
    from mlflow.models import Model, ModelSignature

PACKAGES: Final = ("mlflow", "numpy", "pandas", "pydantic", "PyYAML")
"""What every version needs to load and forecast, beside its kind's own; their installed versions are pinned."""

SCRIPT: Final = Path(__file__).with_name("registered_model.py")

logger = logging.getLogger("jena")


def register_version(
    fit: Fit,
    prepared: Prepared,
    station: StationSchema,
    *,
    run_id: str,
    name: str,
    settings: Settings,
    partial: Fit | None = None,
    curve: Fit | None = None,
) -> int:
    """Register a training as a version of a model, unless it is one already; gives its number.

    Args:
        fit: what was trained; it must hold a model.
        prepared: what it was trained on.
        station: the schema of the columns.
        run_id: of the architecture's run, which the version points to.
        name: of the registered model.
        settings: of the study.
        partial: what speaks in its place where parts of a history are missing.
        curve: what forecasts every lead, where there are several.

    Raises:
        RegistryError: where there is no trained model to register.
        StoreUnreachableError: where the store cannot be used.
    """
    if not has_model(fit.folder):
        raise RegistryError(f"{fit.result.architecture} has no trained model, so it cannot be registered.")
    with changing(name):
        beside = {name: each.key for name, each in (("partial", partial), ("curve", curve)) if each}
        found = [
            int(version.version)
            for version in patiently(client().search_model_versions, f"name = '{name}' and tags.fit = '{fit.key}'")
            if all(version.tags.get(name, "") == beside.get(name, "") for name in ("partial", "curve"))
            and not files_are_gone(client(), name, int(version.version))
        ]
        if found:
            return max(found)
        tags = version_tags(fit, prepared, settings, run_id) | beside
        contents = _Contents(fit, prepared, station, partial, curve)
        with _logged(name, contents, run_id, tags) as (logged, sealed):
            _make_sure_there_is(name, station, settings)
            # An SQLite registry would look for `models:/…` in the store that MLflow's globals name, not in this one.
            source = logged.artifact_location if is_sqlite(tracking_uri()) else f"models:/{logged.model_id}"
            created = patiently(
                client().create_model_version,
                name,
                source,
                run_id=run_id,
                tags=tags | {HASHES_TAG: sealed},
                description=_description(fit, station, tags),
                model_id=logged.model_id,
            )
        registered = once_registered(name, int(created.version))
        patiently(client().set_logged_model_tags, logged.model_id, registered)
    return int(created.version)


def register_fallback(
    fit: Fit,
    prepared: Prepared,
    station: StationSchema,
    *,
    run_id: str,
    name: str,
    settings: Settings,
    curve: Fit | None = None,
) -> int | None:
    """Register what speaks where the champion cannot, and let the alias point to it; gives its number.

    It does without any reading but the target's, and is registered as by `register_version`. It passes no gates, since
    it never takes the champion's place while there is one that can speak; but one that is no better than persistence
    is not registered.
    """
    if fit.result.val_skill <= 0:
        logger.warning("No fallback is registered: with parts missing it is no better than persistence.")
        return None
    version = register_version(fit, prepared, station, run_id=run_id, name=name, settings=settings, curve=curve)
    patiently(client().set_registered_model_alias, name, FALLBACK, str(version))
    return version


def _description(fit: Fit, station: StationSchema, tags: Mapping[str, str]) -> str:
    """Give what people read of a version where a registry lists them, some two dozen tags being beside it."""
    mae, skill = fit.result.val_mae, fit.result.val_skill
    return (
        f"{fit.result.architecture}: MAE {mae:.4g} {told_unit_of(station.target)} on validation, {skill:+.1%} against "
        f"persistence. Trained on readings until {tags['trained_until'][:10]}; study {tags['study']}."
    )


def version_tags(fit: Fit, prepared: Prepared, settings: Settings, run_id: str) -> dict[str, str]:
    """Give what a version says about itself; times are ISO, in UTC."""
    times = prepared.rows("time")
    borders, source = prepared.divided.borders, prepared.divided.checked.ingested.source
    held = [each for each in fit.result.intervals if each.split == "validation"]
    return {
        "study": study_id(prepared, settings),
        "architecture": fit.result.architecture,
        "fit": fit.key,
        "data": source.key,
        "kind": source.kind,
        "profile": settings.profile,
        "val_mae": f"{fit.result.val_mae:.6g}",
        "val_skill": f"{fit.result.val_skill:.6g}",
        **{f"val_coverage_{percent(each.level)}": f"{each.coverage:.6g}" for each in held},
        "trained_until": f"{times[borders.train - 1]}Z",
        "chosen_until": f"{times[borders.validation - 1]}Z",
        "validation_start": f"{times[borders.train]}Z",
        "validation_end": f"{times[borders.judging - 1]}Z",
        "run_id": run_id,
    }


def input_example(prepared: Prepared, station: StationSchema) -> pd.DataFrame:
    """Give the readings of the last history before the test split that lacks nothing, a row a step.

    Times stand in the column `time`, as texts in the station's clock with its offset.
    """
    starts = prepared.starts("validation")
    times = prepared.rows("time")
    steps, stride = prepared.preparation.steps, prepared.stride_rows
    span = np.timedelta64(timedelta(minutes=prepared.preparation.sampling_minutes * (steps - 1)))
    columns = _input_columns(prepared, station)
    readings = pd.read_parquet(prepared.divided.checked.readings, columns=columns)
    lacking = np.concatenate([[0], readings[list(prepared.preparation.columns)].isna().any(axis=1).cumsum()])
    last_rows = starts + prepared.last_step_row
    whole = starts[(times[last_rows] - times[starts] == span) & (lacking[last_rows + 1] == lacking[starts])]
    start = int((whole if len(whole) else starts)[-1])
    rows = readings.iloc[start : start + steps * stride : stride]
    local = pd.DatetimeIndex(rows.index).tz_localize("UTC").tz_convert(station.local.zone)
    return rows.reset_index(drop=True).assign(time=[f"{time.isoformat()}" for time in local])[["time", *rows.columns]]


def signature(prepared: Prepared, station: StationSchema) -> ModelSignature:
    """Give the columns that go in and come out.

    A time stamp may be a datetime, a number or a text, in a column of any name that the station's files have for it, or
    the table's index; numbers may be whole, or texts; columns that are not always measured may be left out.
    """
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, ParamSchema, ParamSpec, Schema, TensorSpec
    from mlflow.types.schema import AnyType

    anything = AnyType()  # type: ignore[no-untyped-call]  # what else a signature knows refuses whole numbers
    names = accepted_time_names(station)
    ways = dict.fromkeys(way for name in names for way in (name, name.lower(), name.title()))
    inputs: list[ColSpec | TensorSpec] = [ColSpec(anything, name, required=False) for name in ways]
    for name in _input_columns(prepared, station):
        is_required = station.column(name).kind == "required" or name == prepared.preparation.target
        inputs.append(ColSpec(anything, name, required=is_required))
    outputs = {"issue_time": "datetime", "valid_time": "datetime", "forecast": "double", "missing": "string"}
    outputs |= {"service_run": "string"} if prepared.preparation.services else {}
    outputs |= {f"{bound}_{percent(level)}": "double" for level in LEVELS for bound in ("lower", "upper")}
    return ModelSignature(
        Schema(inputs),
        Schema([ColSpec(kind, name) for name, kind in outputs.items()]),
        ParamSchema(
            [
                ParamSpec("issue_times", "string", default="newest"),
                ParamSpec("leads", "string", default=HEADLINE),
            ]
        ),
    )


def _input_columns(prepared: Prepared, station: StationSchema) -> list[str]:
    used = set(prepared.preparation.columns)
    return [c.name for c in station.columns if c.name in used or c.kind == "required"]


class _Contents(NamedTuple):
    """What a version is made of."""

    fit: Fit
    prepared: Prepared
    station: StationSchema
    partial: Fit | None
    curve: Fit | None


@contextmanager
def _logged(name: str, contents: _Contents, run_id: str, tags: dict[str, str]) -> Iterator[tuple[LoggedModel, str]]:
    """Log the model and give it with the hash of its files; where the block fails, take it back."""
    from mlflow.entities import LoggedModelOutput
    from mlflow.models import Model

    keep_temporary_files_together()
    store = client()
    experiment = patiently(store.get_run, run_id).info.experiment_id
    take_back_abandoned(experiment, name)
    told = tags | while_registering(name)
    with scratch_folder() as scratch:
        folder = scratch / "model"
        architecture = contents.fit.result.architecture
        logged: LoggedModel = patiently(
            store.create_logged_model, experiment, architecture, run_id, tags=told, model_type="forecaster"
        )
        try:
            model = Model(run_id=run_id, model_uuid=logged.model_id, model_id=logged.model_id)
            _save(folder, model, contents)
            sealed = seal(folder)
            patiently(store.log_model_artifacts, logged.model_id, str(folder))
            patiently(store.finalize_logged_model, logged.model_id, "READY")
            patiently(store.log_outputs, run_id, [LoggedModelOutput(logged.model_id, step=0)])
            yield logged, sealed
        except BaseException:
            take_back(logged)
            raise


def _save(folder: Path, model: Model, contents: _Contents) -> None:
    from mlflow.pyfunc import save_model

    fit, prepared, station, partial, curve = contents
    files = folder.with_name("forecaster")
    for trained, to in ((fit, files), (partial, files / PARTIAL_FOLDER)):
        if trained is not None:
            to.mkdir()
            copy_model(trained.folder, to)
            shutil.copy(trained.folder / INTERVALS_FILE, to)
    if curve is not None:
        keep_curve(fit, curve, prepared, station, files / CURVE_FOLDER)
    packages = dict.fromkeys(package for each in (fit, partial, curve) if each for package in packages_of(each.folder))
    (files / STATION_FILE).write_text(station.model_dump_json(indent=2), encoding="utf-8")
    keep_oldest_run(files, fit, prepared)
    with running_scripts:
        save_model(
            path=str(folder),
            python_model=str(SCRIPT),
            code_paths=[str(Path(jena_models.__file__).parent)],
            artifacts={"forecaster": files.as_uri()},
            signature=signature(prepared, station),
            input_example=input_example(prepared, station),
            pip_requirements=[f"{package}=={installed(package)}" for package in (*PACKAGES, *packages)],
            mlflow_model=model,
        )


def _make_sure_there_is(name: str, station: StationSchema, settings: Settings) -> None:
    from mlflow.exceptions import MlflowException

    what = f"{station.title}: {station.target_name} {settings.horizon_hours:g} hours ahead. Readings: {station.credit}."
    try:
        patiently(client().create_registered_model, name, description=what)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
