"""The stations' figures in the text format that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from jena_models.page.shown_state import WORDS, state_now
from jena_models.page.station_facts import StationFacts

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

RUNGS: Final = ("champion", "champion with parts missing", "fallback", "climatology", "persistence")
ACTIONS: Final = ("nothing", "wait", "due", "retrain", "repair")

HELP: Final = {
    "jena_stations": "Stations that the page shows.",
    "jena_station_reading_age_seconds": "Age of the newest reading that a forecast was made from.",
    "jena_station_newest_reading_age_seconds": "Age of the newest reading, whether a forecast was made from it or not.",
    "jena_station_forecast_age_seconds": "Time since the station's table of forecasts was added to.",
    "jena_station_target": "The target's newest value, in its own unit.",
    "jena_station_target_age_seconds": "Age of the target's newest value: a dead sensor's grows while readings come.",
    "jena_station_forecast": "The newest forecast at the horizon that counts, in the target's unit.",
    "jena_station_last_week_mae": "Mean absolute error of the last week's forecasts, in the target's unit.",
    "jena_station_last_week_skill": "1 - MAE / MAE of persistence, on the same forecasts.",
    "jena_station_last_week_coverage": "Share of the last week's values that lay within their interval.",
    "jena_station_champion_version": "Version number of the champion; no sample where there is none.",
    "jena_station_rung": "Who made the newest forecast: 1 for that one.",
    "jena_station_monitoring": "What monitoring decided on its last day: 1 for that.",
    "jena_station_state": "The station's state as the page has it: 1 for that one.",
}


def exposition(every: Sequence[StationFacts], now: datetime) -> str:
    """Give the figures of all stations; what is not known has no sample.

    Args:
        every: station.
        now: with a zone.
    """
    found: dict[str, list[str]] = {name: [] for name in HELP}
    found["jena_stations"].append(f" {len(every)}")
    for facts in every:
        state, place = state_now(facts, now), facts.place
        labels = f'station="{_label(place.name)}",model="{_label(place.model)}"'
        scores, said = facts.scores, facts.latest
        figures = {
            "reading_age_seconds": state.reading_age_seconds,
            "newest_reading_age_seconds": state.newest_age_seconds,
            "forecast_age_seconds": state.forecast_age_seconds,
            "target": facts.newest.value if facts.newest else None,
            "target_age_seconds": state.target_age_seconds,
            "forecast": said.forecast if said else None,
            "last_week_mae": scores.mae if scores else None,
            "last_week_skill": scores.skill if scores else None,
            "last_week_coverage": scores.coverage if scores else None,
            "champion_version": facts.champion.version if facts.champion else None,
        }
        for name, value in figures.items():
            if value is not None:
                found[f"jena_station_{name}"].append(f"{{{labels}}} {value:.10g}")
        if said:
            found["jena_station_rung"] += _one_of("rung", RUNGS, said.rung, labels)
        if facts.verdict:
            found["jena_station_monitoring"] += _one_of("action", ACTIONS, facts.verdict.action, labels)
        found["jena_station_state"] += _one_of("state", WORDS, state.state, labels)
    lines = []
    for name, samples in found.items():
        lines += [f"# HELP {name} {HELP[name]}", f"# TYPE {name} gauge", *(f"{name}{sample}" for sample in samples)]
    return "\n".join(lines) + "\n"


def _one_of(label: str, known: Iterable[str], value: str, labels: str) -> list[str]:
    return [f'{{{labels},{label}="{_label(each)}"}} {int(each == value)}' for each in known]


def _label(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
