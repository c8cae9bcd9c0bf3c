"""Contents of a page about a made-up study, with something in every section."""

from datetime import UTC, datetime
from functools import cache

import numpy as np
import pandas as pd

from jena_models.evaluation.comparisons import Significance, compare_all
from jena_models.evaluation.gates import GateVerdict
from jena_models.evaluation.interval_scores import DistributionScore, IntervalScore
from jena_models.evaluation.intervals import fit_intervals
from jena_models.evaluation.leaderboard_row import LeadSkill
from jena_models.evaluation.permutation_importance import Importance, Increase
from jena_models.neighbours.gains import NeighbourGain, NeighbourGains
from jena_models.report.study_contents import Contender, StudyReport, Windows
from jena_models.stations.cleaned.cleaning_report import CleaningReport, Finding, Gap, JoinedNeighbour
from jena_models.training.jobs.fit_result import EpochRecord

HOURS = 24 * 420
NAMES = ("a_recurrent_one_with_a_name", "dense", "persistence")


def forecasts(error: float, seed: int, hours: int = HOURS) -> pd.DataFrame:
    """Hourly temperatures of more than a year, and forecasts that are off by so much."""
    rng, numbers = np.random.default_rng(seed), np.arange(hours)
    measured = 9 - 9 * np.cos(2 * np.pi * numbers / 8766) + 3 * np.sin(2 * np.pi * numbers / 24)
    times = pd.date_range("2014-01-01", periods=hours, freq="h", unit="s")
    return pd.DataFrame(
        {"valid_time": times, "measured": measured, "forecast": measured + error * rng.standard_normal(hours)}
    )


def lead(hours: float) -> LeadSkill:
    """How good a curve is at one lead."""
    return LeadSkill(
        lead_hours=hours, val_mae=hours / 12, val_skill=0.004 * hours, test_mae=hours / 12, test_skill=0.004 * hours
    )


def contender(name: str, rank: str, error: float, epochs: int = 6, **changes: object) -> Contender:
    """One line of the leaderboard."""
    seasons = {"winter": 0.88, "spring": 0.93, "summer": 0.9, "autumn": 0.86}
    records = [
        EpochRecord(epoch=n, loss=9 / n, mae=4 / n, val_loss=9 / n, val_mae=error + 1 / n, seconds=2.0)
        for n in range(1, epochs + 1)
    ]
    scores = tuple(
        IntervalScore(split="test", level=level, windows=HOURS, coverage=level, width=8.0, score=11.3, seasons=seasons)
        for level in (0.8, 0.9)
    )
    figures = {
        "val_mae": 0.8 * error, "test_mae": 0.8 * error, "val_skill": 0.1, "test_skill": 0.08,
        "parameters": 1234, "best_epoch": epochs, "seconds_per_epoch": 2.0, "version": 3, "standing": "candidate",
        "val_rmse": error, "test_rmse": error, "run_id": "", "study": "abc123", "intervals": scores,
        "distributions": (
            DistributionScore(split="test", windows=HOURS, crps=1.654, pinball={0.5: 1.2}, ranks=(0.1,) * 10),
        ),
        "by_lead": tuple(lead(h) for h in (1, 6, 24, 48)),
    }  # fmt: skip
    return Contender(architecture=name, rank=rank, epochs=tuple(records), **(figures | changes))


@cache
def compared(others: int) -> tuple[dict[str, float], dict[str, pd.DataFrame], list[Significance]]:
    """The others' errors by name, all forecasts, and what they come to beside each other on validation and on test."""
    crowd = {f"bidirectional_lstm_{number}": 2.5 + 0.05 * number for number in range(others)}
    sizes = dict(zip(NAMES, (2.4, 2.41, 3.2), strict=True)) | crowd
    tables = {name: forecasts(error, seed) for seed, (name, error) in enumerate(sizes.items())}
    errors = {name: (table["forecast"] - table["measured"]).to_numpy() for name, table in tables.items()}
    return crowd, tables, [compare_all(split, errors, 24) for split in ("validation", "test")]


def study_report(others: int = 0, **changes: object) -> StudyReport:
    """A study whose every section has something to show; `others` are architectures beside the three of `NAMES`."""
    crowd, tables, both = compared(others)
    own = tables[NAMES[0]]
    contents = {
        "study": "abc123",
        "finished": datetime(2026, 3, 4, tzinfo=UTC),
        "station_title": "Station on the roof",
        "credit": "Institute of Weather (CC BY 4.0)",
        "latitude": 50.9,
        "clock": "Europe/Berlin",
        "target": "T (degC)",
        "target_name": "temperature",
        "history_hours": 120.0,
        "sampling_minutes": 60.0,
        "horizon_hours": 24.0,
        "source": "station.csv",
        "kind": "real",
        "contenders": (
            contender(NAMES[0], "1=", 2.4, seeds=3, val_mae_spread=0.02),
            contender(NAMES[1], "1=", 2.41),
            *(contender(name, str(number), error) for number, (name, error) in enumerate(crowd.items(), 3)),
            contender(
                NAMES[2], str(3 + others), 3.2, epochs=0, version=None, intervals=(), distributions=(), by_lead=()
            ),
        ),
        "forecasts": tables,
        "bounds": fit_intervals((own["measured"] - own["forecast"]).to_numpy(), own["valid_time"].to_numpy(), 50.9),
        "significance": Significance(
            uncertainties=sum((each.uncertainties for each in both), ()),
            comparisons=sum((each.comparisons for each in both), ()),
        ),
        "importance": Importance(
            architecture=NAMES[0],
            mae=2.2,
            windows=140,
            sensors=(Increase(column="T (degC)", increase=2.0, standard_error=0.2),),
            columns=tuple(Increase(column=f"c{n} (mbar)", increase=1 / n, standard_error=0.1) for n in range(1, 9)),
        ),
        "neighbours": NeighbourGains(
            windows=900, unit="°C", alone_mae=2.4, with_all_mae=2.1,
            neighbours=tuple(
                NeighbourGain(
                    name=name, place="212 km W (270°)", distance_km=212, bearing_degrees=270, available_after=1,
                    gain=gain, lower=gain - 0.1, upper=gain + 0.1, beside_others=gain, beside_lower=gain - 0.1,
                    beside_upper=gain + 0.1, ahead_hours=ahead, correlation=0.61,
                )
                for name, gain, ahead in (("the_hill", 0.3, 18.0), ("valley", 0.02, None))
            ),
        ),
        "cleaning": CleaningReport(
            rows_read=90, rows=88, start=datetime(2014, 1, 1), end=datetime(2015, 2, 1), cadence_minutes=60,
            repeated_timestamps=2, differing_repeats=1, out_of_order=0,
            gaps=(Gap(after=datetime(2014, 5, 1), before=datetime(2014, 5, 3), minutes=2880),),
            sentinels={"wv (m/s)": 3}, missing={"wv (m/s)": 3}, measured=("T (degC)",), derived=("VPmax (mbar)",),
            absent=("wd (deg)",), ignored=("a column that nobody knows",),
            neighbours=(JoinedNeighbour(name="the_hill", place="212 km W (270°)", available_after=1, share=0.97),),
        ),
        "windows": (Windows(split="train", used=1000, left_out=5),),
        "expectations": (
            Finding(expectation="time only increases", outcome="pass", rows=0, example="", sentence=""),
            Finding(
                expectation="rh (%) lies within its limits", outcome="quarantine", rows=2, example="rh 140", sentence=""
            ),
        ),
        "gates": (
            GateVerdict(gate="persistence", passed=True, evidence="Its skill is 0.100."),
            GateVerdict(gate="groups", passed=False, evidence="It does least well in winter."),
        ),
        "promotion": "Version 3 did not pass the gate groups.",
        "settings": {"seed": "1", "hyperparameters.dense.units": "16", "source": "x" * 150},
        "origin": {"run in MLflow": "f" * 32},
    }  # fmt: skip
    return StudyReport(**(contents | changes))
