"""What every run says about itself: settings as parameters, tags, and the data set as an input."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from jena_models.settings import Settings
from tasks.training import FIT_VERSION, trained_beside
from tasks.workspace import Prepared, code_revision, content_key, process_tags

if TYPE_CHECKING:
    from mlflow.entities import DatasetInput

WHERE_AND_HOW: Final = frozenset(
    {
        "profile",
        "source",
        "workers",
        "runner",
        "dask_address",
        "ingestion",
        "servers",
        "serving",
        "page",
        "forecasting",
        "monitoring",
        "backtest",
        "tuning",
    }
)
"""Settings that say where the work is done and which way leads to the data, but not what comes of it."""

STUDY_VERSION: Final = 7
"""Raise it when the same trainings would be scored, compared or judged otherwise."""

COMMANDS: Final = {"study": "jena train", "backtest": "jena backtest", "search": "jena tune"}
"""What makes the runs, by the tag that names what they belong to."""


def study_id(prepared: Prepared, settings: Settings) -> str:
    """Give the 12 hex digits that name all that a study's results depend on.

    Where the work is done, what the profile is called and which way led to the data do not count; nor do
    hyper-parameters of architectures that are trained neither for themselves, nor as members of an ensemble, nor beside
    every version.
    """
    named = settings.architectures
    members = {name for each in named for name in getattr(settings.hyperparameters[each], "members", ())}
    parts = members.union(trained_beside(prepared, settings))
    return content_key(
        versions=[STUDY_VERSION, FIT_VERSION],
        data=prepared.key,
        settings=settings.model_dump(mode="json", exclude={*WHERE_AND_HOW, "architectures", "hyperparameters"}),
        architectures={name: settings.hyperparameters[name] for name in sorted(named)},
        members={name: settings.hyperparameters[name] for name in sorted(parts)},
    )[:12]


def run_parameters(settings: Settings, architecture: str | None = None) -> dict[str, str]:
    """Give every setting under its dotted name, and an architecture's own hyper-parameters under their plain ones too.

    The plain names let the comparison in MLflow's pages show what differs between architectures.
    """
    flat = dict(_flattened(settings.model_dump(mode="json")))
    if architecture:
        own = settings.hyperparameters[architecture].model_dump(mode="json")
        flat |= {"architecture": architecture, **{name: value for name, value in _flattened(own) if name not in flat}}
    return flat


def run_tags(prepared: Prepared, identity: str, work: str = "study") -> dict[str, str]:
    """Give the tags of a run and of what comes of it.

    Args:
        prepared: what it is trained on.
        identity: 12 hex digits that name all that the results depend on.
        work: what they name: `study`, `backtest` or `search`.
    """
    source = prepared.divided.checked.ingested.source
    revision = code_revision()
    commit = {"mlflow.source.git.commit": revision.commit} if revision.commit != "unknown" else {}
    return {
        work: identity,
        "data_hash": source.key,
        "prepared_hash": prepared.key,
        "source": source.origin,
        "kind": source.kind,
        "code_revision": revision.commit,
        "code_dirty": revision.dirty,
        "mlflow.source.name": COMMANDS[work],
        "mlflow.source.type": "LOCAL",
        **commit,
        **process_tags(),
    }


def dataset_input(prepared: Prepared) -> DatasetInput:
    """Give the readings as MLflow's data set: name, digest, source, schema and a profile, but not the table."""
    from mlflow.entities import Dataset, DatasetInput, InputTag

    ingested = prepared.divided.checked.ingested
    source, report = ingested.source, ingested.report
    is_address = source.origin.startswith(("http://", "https://"))
    columns = [{"type": "double", "name": name, "required": True} for name in prepared.preparation.columns]
    profile = {
        "num_rows": report.rows,
        "start": report.start.isoformat(),
        "end": report.end.isoformat(),
        "cadence_minutes": report.cadence_minutes,
        "windows": prepared.windows,
        "left_out": prepared.left_out,
        "left_out_by_cause": prepared.causes,
    }
    dataset = Dataset(
        name=source.path.name if source.kind == "real" else source.origin,
        digest=source.key,
        source_type="http" if is_address else "local",
        source=json.dumps({"url": source.origin} if is_address else {"uri": str(source.path)}),
        schema=json.dumps({"mlflow_colspec": columns}),
        profile=json.dumps(profile),
    )
    return DatasetInput(dataset=dataset, tags=[InputTag(key="mlflow.data.context", value="training")])


def _flattened(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flattened(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", json.dumps(value) if isinstance(value, list) else str(value)
