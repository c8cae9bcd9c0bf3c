"""What a hyper-parameter search ends with."""

from __future__ import annotations

from typing import Any, Literal

from jena_models.exactness import as_exact
from jena_models.frozen import Frozen

State = Literal["complete", "pruned", "failed"]


class Trial(Frozen):
    """One set of hyper-parameters that was tried."""

    number: int
    """From 1; the first has the values that the search starts from."""
    state: State
    values: dict[str, Any]
    """By dotted name, of what was searched."""
    val_mae: float | None
    """On validation, in the target's unit, of the model that was kept; None where it was not trained to its end."""
    seconds: float
    reason: str = ""
    """Why it failed."""


class SearchResult(Frozen):
    """A hyper-parameter search, judged on the validation split alone."""

    search: str
    """12 hex digits that name what was searched, on what."""
    run_id: str
    """Of the parent run."""
    architecture: str
    unit: str
    """Of errors."""
    trials: tuple[Trial, ...]
    profile: str
    """The file that the winner was written to."""

    @property
    def best(self) -> Trial:
        """Give the trial with the lowest validation error, the earliest of equals."""
        return ranked(self.trials)[0]

    @property
    def start(self) -> Trial | None:
        """Give the trial of the values that the search started from, where it was trained to its end."""
        return next((trial for trial in self.trials if trial.number == 1 and trial.val_mae is not None), None)

    @property
    def sentence(self) -> str:
        """Tell in one sentence what the search found."""
        found = f"Trial {self.best.number} of {len(self.trials)} is the best: validation MAE {self._mae(self.best)}"
        if self.best.number == 1:
            return f"{found}; that is where the search started, and nothing that was tried is better."
        if self.start is None:
            return f"{found}."
        return f"{found}, where the search started from {self._mae(self.start)}."

    def _mae(self, trial: Trial) -> str:
        return f"{as_exact(trial.val_mae or 0.0)} {self.unit}"


def ranked(trials: tuple[Trial, ...]) -> tuple[Trial, ...]:
    """Give the trials that were trained to their end, the lowest validation error first."""
    complete = [trial for trial in trials if trial.val_mae is not None]
    return tuple(sorted(complete, key=lambda trial: (trial.val_mae, trial.number)))
