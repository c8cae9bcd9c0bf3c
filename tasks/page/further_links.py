"""Where to look further: the study's report, MLflow, Prefect."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from jena_models.page.api_shapes import Link
from jena_models.page.station_facts import StationFacts
from jena_models.settings import Settings
from tasks.registry import artifact_file
from tasks.tracking import STUDY
from tasks.workspace import home_folder

REPORT: Final = "report.html"
A_STUDY: Final = re.compile(r"[\w-]+")


@dataclass(frozen=True)
class Elsewhere:
    """Where the other servers answer those who look at the page."""

    mlflow: str
    prefect: str


def elsewhere(settings: Settings) -> Elsewhere:
    """Give the addresses that links lead to: those that settings name, else this machine's own servers."""
    page, servers = settings.page, settings.servers
    host = "127.0.0.1" if servers.address in ("0.0.0.0", "::") else servers.address  # noqa: S104  (compared with)
    host = f"[{host}]" if ":" in host else host
    return Elsewhere(
        mlflow=(page.mlflow_address or f"http://{host}:{servers.mlflow_port}").rstrip("/"),
        prefect=(page.prefect_address or f"http://{host}:{servers.prefect_port}").rstrip("/"),
    )


def links_of(facts: StationFacts, others: Elsewhere, registry: str) -> tuple[Link, ...]:
    """Give a station's links; those to servers lead nowhere while these do not run."""
    found, champion = [], facts.champion
    if report_file(facts, registry):
        found.append(Link(text="The study’s report", address=f"/stations/{quote(facts.place.name)}/report"))
    if champion:
        model = quote(facts.place.model, safe="")
        address = f"{others.mlflow}/#/models/{model}/versions/{champion.version}"
        found.append(Link(text=f"Version {champion.version} in MLflow", address=address))
    found.append(Link(text="Experiments in MLflow", address=f"{others.mlflow}/#/experiments"))
    found.append(Link(text="Flow runs in Prefect", address=f"{others.prefect}/runs"))
    if facts.verdict and facts.verdict.flow_run:
        address = f"{others.prefect}/runs/flow-run/{quote(facts.verdict.flow_run, safe='')}"
        found.append(Link(text="The retraining in Prefect", address=address))
    found.append(Link(text="This station as JSON", address=f"/api/stations/{quote(facts.place.name)}"))
    return tuple(found)


def report_file(facts: StationFacts, registry: str) -> Path | None:
    """Give the report of the study that made the champion; None where it is no file of this machine."""
    study = study_of(facts)
    if not study:
        return None
    written = home_folder() / "reports" / f"{study}.html"
    return artifact_file(registry, study, STUDY.role, REPORT) or (written if written.is_file() else None)


def study_of(facts: StationFacts) -> str:
    """Give the study that made a station's champion; empty where there is none."""
    study = facts.champion.study if facts.champion else ""
    return study if A_STUDY.fullmatch(study) else ""
