"""Great Expectations at work: runs a suite over a batch and builds its Data Docs, in a context that leaves no trace."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tasks.validation.expectations import Expectation

os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")


@dataclass(frozen=True)
class Observation:
    """How one expectation came out."""

    expectation: Expectation
    holds: bool
    """Whether no more readings break it than it allows."""
    broken_by: int
    """How many readings break it; all of them where it is not about single readings and does not hold."""
    positions: NDArray[np.int64]
    """Row numbers of readings that break it: every one where they are to be set aside, else the first few."""
    observed: str = ""
    """What was found instead, where it is not about single readings."""


def inspect(batch: pd.DataFrame, suite: Sequence[Expectation], site: Path) -> tuple[Observation, ...]:
    """Give how each expectation comes out on a batch, and leave its Data Docs in the folder `site`.

    The batch has a column `time` and an unnamed index of row numbers.
    """
    import great_expectations as gx
    from great_expectations.core.run_identifier import RunIdentifier

    context = gx.get_context(mode="ephemeral", project_config=_project(site))
    asset = context.data_sources.add_pandas("station").add_dataframe_asset("readings")
    definition = asset.add_batch_definition_whole_dataframe("all")
    asked = [_ask(number, expectation) for number, expectation in enumerate(suite)]
    validation = context.validation_definitions.add(
        gx.ValidationDefinition(
            name="readings",
            data=definition,
            suite=context.suites.add(gx.ExpectationSuite("readings", expectations=asked)),
        )
    )
    # Row numbers of all that breaks are kept only where it is little: broken by every reading, an expectation's
    # complete result takes a minute and gigabytes.
    run = RunIdentifier(run_name="validate")
    result = validation.run(batch_parameters={"dataframe": batch}, result_format="SUMMARY", run_id=run)
    context.build_data_docs()
    answers: dict[int, Any] = {_number(answer): answer for answer in result.results}
    data = definition.get_batch({"dataframe": batch})
    observations = []
    for number, expectation in enumerate(suite):
        answer = answers[number]
        if answer.success and expectation.tolerated == "quarantine" and answer.result["unexpected_count"]:
            answer = data.validate(asked[number], result_format="COMPLETE")
        observations.append(_observe(expectation, answer, len(batch)))
    return tuple(observations)


def _project(site: Path) -> Any:
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    return DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
        progress_bars=ProgressBarsConfig(globally=False),
        analytics_enabled=False,
        data_docs_sites={
            "data_docs": {
                "class_name": "SiteBuilder",
                "show_how_to_buttons": False,
                "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(site.resolve())},
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            }
        },
    )


def _ask(number: int, expectation: Expectation) -> Any:
    from great_expectations import expectations as known

    share = expectation.arguments.get("mostly", 1)
    allowance = f", at least {100 * share:g} % of the time" if share < 1 else ""
    return getattr(known, expectation.kind)(
        **expectation.arguments,
        description=(expectation.clause + allowance).replace("$", "$$"),
        severity="critical" if expectation.broken == "fail" else "warning",
        notes=f"Set by {expectation.setting}." if expectation.setting else None,
        meta={"number": number},
    )


def _number(answer: Any) -> int:
    return int(answer.expectation_config.meta["number"])


def _observe(expectation: Expectation, answer: Any, rows: int) -> Observation:
    result = answer.result
    holds = bool(answer.success)
    if "unexpected_count" not in result:
        observed = result.get("observed_value", "")
        return Observation(expectation, holds, 0 if holds else rows, np.empty(0, np.int64), str(observed))
    positions = result.get("unexpected_index_list", result.get("partial_unexpected_index_list", []))
    return Observation(expectation, holds, int(result["unexpected_count"]), np.asarray(positions, np.int64))
