"""How good a curve is at each lead: `python -m benchmarks.skill.curve --source jena_hourly_2009_2016.csv`.

A study's architecture says the headline, the curve's model the other leads, as in a registered version. Beside it stand
persistence and gradient boosting that is trained for a lead directly, on the same windows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
import numpy as np
from numpy.typing import NDArray

from benchmarks.markdown import output_option, table, tell
from benchmarks.processes import begin_quietly
from benchmarks.windows import windows_of_source
from jena_models.curves.lead_scores import skill_by_lead
from jena_models.curves.past_curves import PastCurves, Truth
from jena_models.evaluation.intervals import Intervals
from jena_models.settings import Settings
from jena_models.stations import StationSchema
from tasks.readings import later_readings, normalize
from tasks.registry import fit_to_headline
from tasks.training import fit_architecture, fit_curve
from tasks.workspace import Fit, Prepared

HOURS: Final = (1, 3, 6, 12, 24, 36, 48)
DIRECT: Final = "gradient_boosting"
LEVEL: Final = 0.9


@click.command()
@click.option("--source", required=True, metavar="PATH", help="The hourly readings.")
@click.option("--profile", default="best", show_default=True, help="The settings to start from.")
@click.option("--architecture", default=DIRECT, show_default=True, help="What says the headline.")
@click.option("--direct/--no-direct", default=True, help="Train for each lead directly, too.")
@output_option("curve.md")
def main(*, source: str, profile: str, architecture: str, direct: bool, page: Path | None) -> None:
    """Score a curve at some leads, on validation and test, beside persistence and direct training."""
    begin_quietly()
    prepared, settings, station = windows_of_source(profile, source)
    curve = fit_curve(prepared, settings)
    if curve is None:
        raise click.UsageError("These settings ask for one lead; name a profile with several.")
    text = by_lead(fit_architecture(architecture, prepared, settings), curve, prepared, station)
    if direct:
        text += f"\n\n{beside_direct(curve, prepared, settings, station)}"
    tell(text, page, architecture)


def by_lead(fit: Fit, curve: Fit, prepared: Prepared, station: StationSchema) -> str:
    """Give errors, skill and coverage by lead of a headline's curve."""
    fitted, past = fit_to_headline(fit, curve, prepared, station), PastCurves.load(curve.folder)
    own = Intervals.model_validate_json((fit.folder / "intervals.json").read_text(encoding="utf-8"))
    leads = [past.leads_minutes.index(60 * hours) for hours in HOURS]
    columns, notes = [], []
    with np.load(fit.folder / "predictions.npz") as kept:
        for split in ("validation", "test"):
            said = kept[split].reshape(-1)[past.positions[split]].astype(np.float64)
            truth = later_readings(prepared, station, split, past.positions[split], past.leads_minutes)
            curves = fitted.through(past.curves[split], said)
            scores = skill_by_lead(curves, truth)
            columns += [[f"{scores[lead].persistence_mae:.3f}" for lead in leads]]
            columns += [[f"{scores[lead].mae:.3f}" for lead in leads], [f"{scores[lead].skill:+.1%}" for lead in leads]]
            if split == "test":
                lower, upper = own.bounds(said, truth.valid_times[:, fitted.headline], LEVEL)
                whole = np.zeros(len(said), bool)
                bounds = fitted.bounds(curves, truth.valid_times, LEVEL, lower, upper, whole)
                columns += [_held(truth, *bounds, leads)]
            notes.append(f"{split} {_bend(curves, truth.last):.3f} against {_bend(truth.measured, truth.last):.3f}")
    head = "lead | persistence | curve, validation | skill | persistence | curve, test | skill | 90 % hold"
    found = table(head, ([f"{hours} h", *cells] for hours, *cells in zip(HOURS, *columns, strict=True)), words=0)
    bends = f"Mean absolute second difference over leads, curve against what was measured: {', '.join(notes)}."
    windows = len(past.positions["validation"]), len(past.positions["test"])
    return f"{found}\n\n{bends} Windows: {windows[0]:,} of validation, {windows[1]:,} of test."


def beside_direct(curve: Fit, prepared: Prepared, settings: Settings, station: StationSchema) -> str:
    """Give the validation error of the curve's own model beside that of boosting trained for a lead, same windows."""
    past = PastCurves.load(curve.folder)
    rows = []
    starts = prepared.starts("validation")[past.positions["validation"]]
    for hours in HOURS:
        at_lead = settings.model_copy(update={"horizon_hours": float(hours)})
        windows = normalize.fn(prepared.divided, at_lead, station)
        fit = fit_architecture(DIRECT, windows, at_lead)
        with np.load(fit.folder / "predictions.npz") as kept:
            said = kept["validation"].reshape(-1)
        shared, ours, of_theirs = np.intersect1d(starts, windows.starts("validation"), return_indices=True)
        target = windows.rows("target")[shared + windows.target_offset_rows]
        made = past.curves["validation"][ours, past.leads_minutes.index(60 * hours)]
        direct, own = (float(np.nanmean(np.abs(each - target))) for each in (said[of_theirs], made))
        rows.append([f"{hours} h", f"{direct:.3f}", f"{own:.3f}", f"{own / direct - 1:+.1%}"])
    return table("lead | trained for it | curve's own model | behind by", rows, words=0)


def _held(truth: Truth, lower: NDArray[np.float64], upper: NDArray[np.float64], leads: list[int]) -> list[str]:
    within = (lower <= truth.measured) & (truth.measured <= upper)
    return [f"{within[:, lead][np.isfinite(truth.measured[:, lead])].mean():.1%}" for lead in leads]


def _bend(curves: NDArray[np.floating], last: NDArray[np.float64]) -> float:
    whole = np.concatenate([last[:, None], curves], axis=1)
    return float(np.nanmean(np.abs(np.diff(whole, 2, axis=1))))


if __name__ == "__main__":
    main()
