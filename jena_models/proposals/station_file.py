"""A proposal as the text of a station file."""

from __future__ import annotations

from typing import Any, Final

from jena_models.core_yaml import core_text
from jena_models.proposals.proposal import Proposal

ORDER: Final = (
    *("name", "title", "credit", "latitude", "longitude", "clock", "cadence_minutes", "target", "target_name"),
    *("time_columns", "time_formats", "file_columns", "select", "flags", "resample_minutes", "sentinels", "week"),
    "holidays",
)


def station_text(proposal: Proposal, source: str) -> str:
    """Give the YAML of a station file, its open questions last.

    Args:
        proposal: what the file says.
        source: what it was made from, for its first line.
    """
    station = proposal.station
    parts = [f"# Proposed from {source}.", *(f"# {remark}" for remark in proposal.remarks)]
    plain = {key: station[key] for key in ORDER if key in station and station[key] not in ((), [], {}, "")}
    parts.append(core_text(_plain(plain), sort_keys=False, allow_unicode=True, width=1000).rstrip())
    parts.append("columns:")
    for column in station["columns"]:
        parts.append(_entry(_plain(column)))
    if proposal.questions:
        parts.append(
            "# Give each answer to `jena station new`, or write it where it belongs above and take it out of here."
        )
        parts.append("questions:")
        for question in proposal.questions:
            parts.append(_entry(question.model_dump(exclude_defaults=True)))
    return "\n".join([*parts, ""])


def _entry(told: dict[str, Any]) -> str:
    line = core_text(told, default_flow_style=True, sort_keys=False, allow_unicode=True, width=10000)
    return f"  - {line.strip()}"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
