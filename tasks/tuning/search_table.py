"""A search as a terminal shows it."""

from __future__ import annotations

from typing import Any, Final

from jena_models.exactness import as_exact
from jena_models.tuning.search_result import SearchResult, Trial, ranked
from tasks.workspace import Justify, as_text, plain_table

SHOWN: Final = 6
"""Of the trials, the best."""


def render(result: SearchResult) -> str:
    """Give the best trials side by side, how the others ended, and where the winner is."""
    best = ranked(result.trials)[:SHOWN]
    columns: dict[str, Justify] = {"trial": "left"}
    columns |= {str(trial.number): "right" for trial in best}
    caption = f"MAE in {result.unit}, on the validation split."
    table = plain_table(f"Search {result.search} of {result.architecture}", columns, caption=caption)
    table.add_row("validation MAE", *(as_exact(trial.val_mae or 0.0, 4) for trial in best), style="bold")
    for name in result.best.values:
        table.add_row(name, *(shown(trial.values[name]) for trial in best))
    text = as_text(table, f"{_others(result, len(best))}\n{result.sentence}")
    # A path that is broken over two lines is of no use.
    return f"{text}\nIts profile: {result.profile}"


def line(trial: Trial, result_so_far: tuple[Trial, ...], total: int, unit: str, seconds_left: float) -> str:
    """Give what is told of a trial that has ended."""
    values = ", ".join(f"{name} {shown(value)}" for name, value in trial.values.items())
    if trial.val_mae is not None:
        ended = f"validation MAE {as_exact(trial.val_mae)} {unit}"
    else:
        ended = f"{'given up' if trial.state == 'pruned' else 'failed'}: {trial.reason.rstrip('.')}"
    parts = [f"Trial {trial.number} of {total}: {values}: {ended}"]
    if best := ranked(result_so_far)[:1]:
        parts.append(f"best {as_exact(best[0].val_mae or 0.0)} {unit} (trial {best[0].number})")
    if seconds_left:
        minutes, seconds = divmod(round(seconds_left), 60)
        parts.append(f"about {minutes}:{seconds:02d} left")
    return " · ".join(parts)


def shown(value: Any) -> str:
    """Give a value as people write it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.3g}"
    if isinstance(value, list | tuple):
        return "+".join(map(str, value)) or "none"
    return str(value)


def _others(result: SearchResult, listed: int) -> str:
    pruned = sum(trial.state == "pruned" for trial in result.trials)
    failed = sum(trial.state == "failed" for trial in result.trials)
    worse = len(result.trials) - pruned - failed - listed
    counts = {"worse": worse, "given up on the way": pruned, "failed": failed}
    told = [f"{count} {how}" for how, count in counts.items() if count]
    return f"Not listed: {', '.join(told)}.\n" if told else ""
