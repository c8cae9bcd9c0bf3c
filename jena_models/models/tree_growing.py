"""What all boosting with LightGBM has in common: its parameters, and how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from jena_models.models.learner import Round, Tell

if TYPE_CHECKING:
    import lightgbm

ROUNDS_BETWEEN_TELLING: Final = 10
LEAVES: Final = "num_leaves="
WINDOWS_A_LEAF: Final = 30
"""A leaf need not hold more than one in so many windows: two hundred of two years of days leave no split at all."""
FEWEST_IN_LEAF: Final = 30
"""So many may be asked for however few windows there are."""

Values = NDArray[np.floating]


class TreeHyperparameters(Protocol):
    """What every boosting may be set to."""

    @property
    def learning_rate(self) -> float:
        """How much of each tree counts."""

    @property
    def leaves(self) -> int:
        """The most leaves of a tree."""

    @property
    def windows_in_leaf(self) -> int:
        """The fewest windows in a leaf, of many windows."""

    @property
    def feature_fraction(self) -> float:
        """Share of the features that a tree may look at."""

    @property
    def penalty(self) -> float:
        """What the square of a leaf's value costs."""


def tree_parameters(
    chosen: TreeHyperparameters,
    *,
    windows: int,
    seed: int,
    threads: int | None,
    objective: str = "regression_l1",
    window_fraction: float | None = None,
    random_splits: bool = True,
) -> dict[str, Any]:
    """Give LightGBM's parameters of one booster, with which the same windows give the same trees.

    Args:
        chosen: hyper-parameters.
        windows: how many there are to grow trees on.
        seed: of this booster.
        threads: at most so many; None is up to the library.
        objective: the loss that trees lower.
        window_fraction: the share of the windows that a tree is grown on; all where not given.
        random_splits: whether a split's threshold is drawn at random, one a feature, instead of sought.
    """
    drawn = {} if window_fraction is None else {"bagging_fraction": window_fraction, "bagging_freq": 1}
    return drawn | {
        "objective": objective,
        "metric": "l2" if objective == "regression" else "l1",
        "num_leaves": chosen.leaves,
        "learning_rate": chosen.learning_rate,
        "min_data_in_leaf": min(chosen.windows_in_leaf, max(FEWEST_IN_LEAF, windows // WINDOWS_A_LEAF)),
        "feature_fraction": chosen.feature_fraction,
        "lambda_l2": chosen.penalty,
        "extra_trees": random_splits,
        "num_threads": threads or 0,
        "seed": seed,
        "deterministic": True,
        "force_col_wise": True,  # else it times both ways and takes the faster, another one each time
        "verbosity": -1,
    }


def data_sets(splits: Iterable[tuple[Values, Values]]) -> list[lightgbm.Dataset]:
    """Give the windows to grow trees on and those to stop by, of the features of each and what is wanted of them."""
    import lightgbm

    sets: list[lightgbm.Dataset] = []
    for features, wanted in splits:
        names = [f"f{place}" for place in range(features.shape[1])]  # its text format takes no spaces
        made = lightgbm.Dataset(features, wanted, feature_name=names, params={"verbosity": -1})
        made.reference = sets[0] if sets else None
        sets.append(made)
    return sets


def grown(
    parameters: dict[str, Any], sets: list[lightgbm.Dataset], rounds: int, patience: int, told: Callable[[Any], None]
) -> lightgbm.Booster:
    """Grow a booster until the validation error no longer falls.

    Args:
        parameters: as of `tree_parameters`.
        sets: as of `data_sets`.
        rounds: the most trees.
        patience: stop after so many rounds without a better validation error.
        told: called after each round, as of `telling`.
    """
    import lightgbm

    return lightgbm.train(
        parameters,
        sets[0],
        rounds,
        valid_sets=sets,
        valid_names=["train", "validation"],
        callbacks=[told, lightgbm.early_stopping(patience, verbose=False)],
    )


def telling(
    tell: Tell, rounds: int, *, number: int = 0, boosters: int = 1, unit: float = 1.0, at_first: bool = False
) -> Callable[[Any], None]:
    """Give a callback of LightGBM's that tells of every tenth round of one booster.

    Args:
        tell: what is told; the errors of the sets `train` and `validation` are mean absolute ones, or the root of mean
            squared ones where these are lowered.
        rounds: the most trees of a booster.
        number: of the booster, from 0.
        boosters: how many there are.
        unit: how much of the target counts as one in what the trees say.
        at_first: whether the first round is told too.
    """

    def after_round(environment: Any) -> None:
        done = environment.iteration + 1
        if done % ROUNDS_BETWEEN_TELLING == 0 or (at_first and done == 1):
            errors = {
                name: unit * (value**0.5 if metric == "l2" else value)
                for name, metric, value, *_ in environment.evaluation_result_list
            }
            tell(Round(number * rounds + done, boosters * rounds, errors["train"], errors["validation"]))

    return after_round


def leaves_of(boosters: Iterable[lightgbm.Booster]) -> int:
    """Give how many leaves all trees have together; LightGBM's text says it of each, without naming every node."""
    lines = (line for booster in boosters for line in booster.model_to_string().splitlines())
    return sum(int(line.removeprefix(LEAVES)) for line in lines if line.startswith(LEAVES))
