"""What all boosting with LightGBM has in common."""

from types import SimpleNamespace

import lightgbm
import numpy as np
import pytest

from jena_models.architectures.gradient_boosting import BoostingHyperparameters
from jena_models.models.tree_growing import leaves_of, telling, tree_parameters

CHOSEN = BoostingHyperparameters()


def test_the_same_windows_give_the_same_trees():
    parameters = tree_parameters(CHOSEN, windows=10_000, seed=3, threads=None)

    assert (parameters["seed"], parameters["deterministic"], parameters["force_col_wise"]) == (3, True, True)
    assert parameters["num_threads"] == 0


def test_trees_are_grown_on_all_windows_where_no_share_is_asked_for():
    assert "bagging_fraction" not in tree_parameters(CHOSEN, windows=10_000, seed=0, threads=1)

    drawn = tree_parameters(CHOSEN, windows=10_000, seed=0, threads=1, window_fraction=0.6)
    assert (drawn["bagging_fraction"], drawn["bagging_freq"]) == (0.6, 1)


def test_the_error_that_is_told_is_that_of_the_loss_that_trees_lower():
    assert tree_parameters(CHOSEN, windows=10_000, seed=0, threads=1)["metric"] == "l1"
    assert tree_parameters(CHOSEN, windows=10_000, seed=0, threads=1, objective="regression")["metric"] == "l2"


def test_a_year_of_days_is_split_and_many_windows_have_leaves_as_large_as_asked():
    rng = np.random.default_rng(1)
    features = rng.standard_normal((365, 3))
    data = lightgbm.Dataset(features, features @ [1.0, -2.0, 0.5])
    few = tree_parameters(CHOSEN, windows=365, seed=0, threads=1, window_fraction=CHOSEN.window_fraction)

    assert leaves_of([lightgbm.train(few, data, 5)]) > 5 * 2
    assert tree_parameters(CHOSEN, windows=10_000, seed=0, threads=1)["min_data_in_leaf"] == CHOSEN.windows_in_leaf


def test_small_leaves_that_are_asked_for_stand_however_few_the_windows_are():
    small = CHOSEN.model_copy(update={"windows_in_leaf": 25})

    assert tree_parameters(small, windows=365, seed=0, threads=1)["min_data_in_leaf"] == 25


@pytest.mark.parametrize(("metric", "error"), [("l1", 8.0), ("l2", 4.0)])
def test_every_tenth_round_is_told_in_the_targets_unit(metric, error):
    told = []
    after_round = telling(told.append, 50, number=1, boosters=3, unit=2.0)

    for iteration in range(25):
        results = [("train", metric, 4.0, False), ("validation", metric, 4.0, False)]
        after_round(SimpleNamespace(iteration=iteration, evaluation_result_list=results))

    assert [(each.number, each.of) for each in told] == [(60, 150), (70, 150)]
    assert {(each.mae, each.val_mae) for each in told} == {(error, error)}


def test_leaves_are_those_that_lightgbm_dumps():
    rng = np.random.default_rng(1)
    features = rng.standard_normal((400, 3))
    data = lightgbm.Dataset(features, features @ [1.0, -2.0, 0.5])
    boosters = [lightgbm.train({"num_leaves": most, "verbose": -1}, data, 5) for most in (3, 12)]

    dumped = sum(tree["num_leaves"] for booster in boosters for tree in booster.dump_model()["tree_info"])
    assert leaves_of(boosters) == dumped > 2 * 5 * 2
