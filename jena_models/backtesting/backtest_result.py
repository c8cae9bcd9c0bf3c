"""What a backtest ends with."""

from __future__ import annotations

from jena_models.backtesting.backtest_scores import Score, chosen
from jena_models.backtesting.folds import Fold
from jena_models.evaluation.metrics import PERSISTENCE
from jena_models.exactness import as_exact
from jena_models.frozen import Frozen


class BacktestResult(Frozen):
    """Its origins, and how good each architecture was."""

    backtest: str
    """12 hex digits that name all that the result depends on."""
    run_id: str
    """Of the parent run."""
    horizon_hours: float
    """The lead that tables by origin, season and hour are of."""
    unit: str
    """Of errors."""
    folds: tuple[Fold, ...]
    scores: tuple[Score, ...]

    @property
    def ranked(self) -> tuple[Score, ...]:
        """Give the scores over all windows at the horizon, the lowest MAE first."""
        return tuple(sorted(chosen(self.scores, "all", self.horizon_hours), key=lambda score: score.mae))

    @property
    def origins(self) -> str:
        """Give how many origins there are, in words."""
        return "1 origin" if len(self.folds) == 1 else f"{len(self.folds)} origins"

    @property
    def sentence(self) -> str:
        """Tell in one sentence what the backtest showed."""
        span = f"{self.origins} from {self.folds[0].origin:%Y-%m-%d} to {self.folds[-1].origin:%Y-%m-%d}"
        if len(self.folds) == 1:
            span = f"{self.origins} at {self.folds[0].origin:%Y-%m-%d}"
        best = next((score for score in self.ranked if score.architecture != PERSISTENCE), None)
        if best is None:
            return f"Only persistence was tested, at {span}."
        which = "better" if best.skill >= 0 else "worse"
        return (
            f"{best.architecture} is {abs(best.skill):.1%} {which} than persistence {best.lead_hours:g} hours ahead "
            f"(MAE {as_exact(best.mae)} {self.unit}, bias {as_exact(best.bias, sign='+')} {self.unit}) over {span}."
        )
