"""Validate readings: keep what is possible, set aside what is not, and stop where a sensor or a file is broken."""

from __future__ import annotations

import logging
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jena_models.descriptions.clock_by_sun import clock_by_sun
from jena_models.errors import DataInvalidError
from jena_models.frozen import Frozen
from jena_models.options.readings_options import Validation
from jena_models.stations.physics import check_columns
from jena_models.stations.schema import StationSchema
from jena_models.whole_files import publish
from tasks.validation.data_docs import make_self_contained, write_index
from tasks.validation.direct_observations import observe
from tasks.validation.expectation_runs import Observation, inspect
from tasks.validation.expectations import CLOCK, TIME, Expectation, expectations
from tasks.workspace import Checked, Finding, Ingested, stage, stage_folder, task

VERSION: Final = 7
"""Raise it when the same readings and settings would come out otherwise."""

Outcome = Literal["pass", "warn", "quarantine", "fail"]
Ask = Callable[[pd.DataFrame, Sequence[Expectation], Path], tuple[Observation, ...]]
"""Gives how each expectation comes out on a batch, and leaves pages of it in a folder."""

logger = logging.getLogger("jena")


class Verdict(Frozen):
    """What validation found."""

    readings: int
    """How many were checked."""
    set_aside: int
    """Of how many of them a value was."""
    findings: tuple[Finding, ...]


@task(name="validate", timeout_seconds=1800)
def validate(ingested: Ingested, station: StationSchema, validation: Validation, *, data_docs: bool = True) -> Checked:
    """Give the readings that keep to every expectation, with the verdict, what was set aside, and Data Docs.

    Args:
        ingested: the readings.
        station: the schema of the columns.
        validation: what is expected of them.
        data_docs: whether Great Expectations answers, and makes its pages of it; else pandas gives the same answers in
            a tenth of the time, beside a page of findings, and Great Expectations only where one stops the work.

    Raises:
        DataInvalidError: where an expectation that must hold does not; the evidence stays beside the stage's results.
    """
    if data_docs:
        return checked_by(inspect, ingested, station, validation)
    return checked_by(observe_or_inspect, ingested, station, validation, apart=True)


def checked_by(
    ask: Ask, ingested: Ingested, station: StationSchema, validation: Validation, *, apart: bool = False
) -> Checked:
    """Give what `validate` gives.

    Args:
        ask: who answers, `inspect` or `observe_or_inspect`; the answers are the same, the Data Docs may be fewer.
        ingested: the readings.
        station: the schema of the columns.
        validation: what is expected of them.
        apart: whether the result is kept under a key of its own, so that nobody who wants all Data Docs finds it.

    Raises:
        DataInvalidError: as above.
    """
    parts: dict[str, object] = {"ingested": ingested.key, "station": station, "validation": validation}
    if apart:
        parts["data_docs"] = False
    folder = stage_folder("validate", VERSION, parts)
    evidence = folder.with_name(f"failed-{folder.name}")
    folder = stage(
        "validate", VERSION, parts, lambda beside: _write(beside, evidence, ask, ingested, station, validation)
    )
    verdict = Verdict.model_validate_json((folder / "verdict.json").read_text(encoding="utf-8"))
    _log(verdict)
    quarantine = folder / "quarantine.csv"
    return Checked(
        readings=folder / "readings.parquet",
        quarantine=quarantine if verdict.set_aside else None,
        docs=folder / "docs",
        findings=verdict.findings,
        cadence_minutes=ingested.report.cadence_minutes,
        ingested=ingested,
        key=folder.name,
    )


def observe_or_inspect(batch: pd.DataFrame, suite: Sequence[Expectation], site: Path) -> tuple[Observation, ...]:
    """Give how each expectation comes out, and leave Great Expectations' own pages only where one stops the work."""
    observations = observe(batch, suite)
    if any(not each.holds and each.expectation.broken == "fail" for each in observations):
        return inspect(batch, suite, site)
    site.mkdir()
    return observations


def _write(  # noqa: PLR0917  (one caller, above)
    folder: Path, evidence: Path, ask: Ask, ingested: Ingested, station: StationSchema, validation: Validation
) -> None:
    readings = pd.read_parquet(ingested.readings)
    cadence_minutes = ingested.report.cadence_minutes
    checks = check_columns(readings, station, cadence_minutes, validation.resting_hours)
    if clock := clock_by_sun(readings, station, cadence_minutes):
        checks[CLOCK] = clock.off_at(station.local.standard_time(readings.index.to_numpy()))
    batch = pd.concat([readings, checks], axis=1).rename_axis(TIME).reset_index()
    batch[TIME] = station.local.standard_time(batch[TIME].to_numpy())  # as people at the station read it
    suite = expectations(readings, checks, station, validation, cadence_minutes, clock)
    observations = ask(batch, suite, folder / "docs")
    findings = tuple(_finding(observation, batch) for observation in observations)
    aside, reasons = _set_aside(observations, findings, readings)
    verdict = Verdict(readings=len(readings), set_aside=int((reasons != "").sum()), findings=findings)

    (folder / "verdict.json").write_text(verdict.model_dump_json(indent=2), encoding="utf-8")
    make_self_contained(folder / "docs")
    write_index(folder / "docs", f"Validation of {ingested.source.origin}", _summary(verdict), findings)
    if any(finding.outcome == "fail" for finding in findings):
        shutil.rmtree(evidence, ignore_errors=True)
        publish(folder, evidence)
        raise DataInvalidError(_sentence(ingested.source.origin, observations, findings, batch, evidence))
    if verdict.set_aside:
        told = reasons != ""
        kept = readings[told].assign(reason=reasons[told])
        kept = kept.set_axis(kept.index.tz_localize("UTC").tz_convert(station.local.zone))
        kept.to_csv(folder / "quarantine.csv", index_label=TIME)
        readings = readings.mask(_with_what_follows(aside, ingested.report.derived, station))
    readings.to_parquet(folder / "readings.parquet")


def _finding(observation: Observation, batch: pd.DataFrame) -> Finding:
    expectation, rows = observation.expectation, observation.broken_by
    outcome: Outcome = "pass"
    if not observation.holds:
        outcome = expectation.broken
    elif rows:
        outcome = expectation.tolerated
    example = _example(observation, batch) if rows or not observation.holds else ""
    sentence = f"expected that {expectation.clause}, but {_breach(observation, len(batch), example)}"
    if expectation.cause:
        sentence += f": {expectation.cause}"
    return Finding(
        expectation=expectation.clause,
        outcome=outcome,
        rows=rows,
        example=example,
        sentence="" if outcome == "pass" else sentence,
    )


def _example(observation: Observation, batch: pd.DataFrame) -> str:
    if not len(observation.positions):
        return observation.observed
    row = batch.iloc[observation.positions[0]]
    values = ", ".join(f"{name} {row[name]:g}" for name in observation.expectation.shown)
    return f"{values or 'the one'} at {row[TIME]}"


def _breach(observation: Observation, readings: int, example: str) -> str:
    if len(observation.positions):
        return f"that is not so for {observation.broken_by:,} of {readings:,} readings, such as {example}"
    return f"found {example}" if example else "it is not"


def _set_aside(
    observations: Sequence[Observation], findings: Sequence[Finding], readings: pd.DataFrame
) -> tuple[pd.DataFrame, NDArray[np.object_]]:
    """Give which values are set aside, shaped as the readings, and why one of a reading is; an empty text where none.

    Limits come before comparisons: a value that is right is not set aside for its distance from one that is wrong.
    """
    aside = np.zeros(readings.shape, dtype=bool)
    reasons = np.full(len(readings), "", dtype=object)
    broken = [(o, f) for o, f in zip(observations, findings, strict=True) if f.outcome == "quarantine"]
    for observation, finding in sorted(broken, key=lambda pair: len(_compared(pair[0], readings))):
        rows, compared = observation.positions, _compared(observation, readings)
        rows = rows[~aside[rows][:, readings.columns.isin(compared)].any(axis=1)]
        aside[rows, list(readings.columns).index(observation.expectation.shown[0])] = True
        reasons[rows] = reasons[rows] + np.where(reasons[rows] != "", "; not: ", "not: ") + finding.expectation
    return pd.DataFrame(aside, readings.index, readings.columns), reasons


def _compared(observation: Observation, readings: pd.DataFrame) -> list[str]:
    """Give the columns that the one in question was compared with."""
    return [name for name in observation.expectation.shown[1:] if name in readings.columns]


def _with_what_follows(aside: pd.DataFrame, derived: Sequence[str], station: StationSchema) -> pd.DataFrame:
    """Add what was computed from a value that is set aside."""
    bases = [name for name in station.bases if name in aside.columns]
    return aside.assign(**{name: aside[name] | aside[bases].any(axis=1) for name in derived})


def _log(verdict: Verdict) -> None:
    logger.info(_summary(verdict))
    for finding in verdict.findings:
        if finding.sentence:
            logger.warning("Validation (%s): %s.", finding.outcome, finding.sentence)


def _summary(verdict: Verdict) -> str:
    count = Counter(finding.outcome for finding in verdict.findings)
    return (
        f"{len(verdict.findings)} expectations of {verdict.readings:,} readings: {count['pass']} hold, "
        f"{count['warn']} warn, {count['quarantine']} set values of {verdict.set_aside:,} readings aside, "
        f"{count['fail']} fail."
    )


def _sentence(
    origin: str, observations: Sequence[Observation], findings: Sequence[Finding], batch: pd.DataFrame, evidence: Path
) -> str:
    """Name each expectation that fails, with what would let it pass."""
    failed = [(o, f) for o, f in zip(observations, findings, strict=True) if f.outcome == "fail"]
    told = []
    for observation, finding in failed:
        lets_pass = observation.expectation.lets_pass
        remedy = f", which {lets_pass(batch)} would let pass" if lets_pass else ""
        told.append(f"{finding.sentence}{remedy}")
    how_many = "" if len(failed) == 1 else f"{len(failed)} expectations fail: "
    return (
        f"The readings of {origin} are not fit for use: {how_many}{'; '.join(told)}; mend the readings"
        f"{' or set what lets them pass' if any(o.expectation.lets_pass for o, _ in failed) else ''}; "
        f"see {evidence / 'docs' / 'index.html'}."
    )
