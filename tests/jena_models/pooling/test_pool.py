"""Trees that stations share: grown on all, kept, and good for one that they have not seen."""

import mimetypes

import numpy as np
import pytest

from jena_models.pooling.pool import Pool, grow, unknown
from jena_models.pooling.station_windows import StationWindows

NAMES = ("signal", "target anomaly 0 h ago", "usual now", "station")


def part(station: str, seed: int, windows: int = 800, level: float = 0.0) -> StationWindows:
    """Windows whose change follows from a signal, and from a level that only the anomaly knows."""
    rng = np.random.default_rng(seed)
    features, changes = {}, {}
    for split, rows in (("train", windows), ("validation", 400)):
        signal = rng.normal(size=rows)
        anomaly = rng.normal(size=rows)
        features[split] = np.column_stack([signal, anomaly, np.full(rows, level), np.full(rows, np.nan)]).astype("f4")
        changes[split] = (signal - 0.5 * anomaly + rng.normal(0, 0.1, rows)).astype("f4")
    times = np.datetime64("2020-01-01T00:00:00") + np.arange(400) * np.timedelta64(6, "h")
    return StationWindows(station, NAMES, features, changes, times, latitude=50.0, target_scale=2.0)


def grown(parts, unknown_share=0.5):
    parameters = {"objective": "regression_l1", "metric": "l1", "num_leaves": 15, "learning_rate": 0.2}
    few = {"min_data_in_leaf": 20, "num_threads": 1, "seed": 1, "deterministic": True}
    return grow(parts, [parameters | few], rounds=80, patience=20, unknown_share=unknown_share, seed=1)


@pytest.fixture(scope="module")
def pool():
    return grown([part("a", 1), part("b", 2, level=5.0)])


def test_a_pool_tells_how_good_it_is_at_its_stations_and_at_a_new_one(pool):
    assert pool.facts.stations == ("a", "b")
    assert pool.facts.skill > pool.facts.newcomer_skill > 0.4
    assert pool.facts.newcomer_mae > 0


def test_a_station_that_it_has_not_seen_is_forecast_without_its_record(pool):
    other = part("c", 3, level=-7.0)
    features = unknown(other.features["validation"], NAMES)

    errors = np.abs(pool.changes(features, has_record=False) - other.changes["validation"]).mean()

    assert np.isnan(features[:, 1:]).all()
    assert errors < 0.7 * np.abs(other.changes["validation"]).mean()


def test_newcomers_have_trees_that_never_leant_on_a_record():
    def proxied(station, seed):
        told = part(station, seed)
        for split, features in told.features.items():
            features[:, 0] = told.changes[split] = features[:, 1]
            features[:, 0] += np.random.default_rng(seed).normal(0, 0.5, len(features))
        return told

    pool = grown([proxied("a", 1), proxied("b", 2)])
    other = proxied("c", 3)
    features, changes = unknown(other.features["validation"], NAMES), other.changes["validation"]
    own, of_others = (np.abs(pool.changes(features, has_record=each) - changes).mean() for each in (False, True))

    assert own < 0.8 * of_others
    assert pool.facts.newcomer_mae == pytest.approx(own, rel=0.1)


def test_a_long_record_does_not_drown_a_short_one():
    long, short = part("a", 1, windows=6000), part("b", 2, windows=200)
    short.changes["train"][:] = -short.changes["train"]
    short.changes["validation"][:] = -short.changes["validation"]

    pool = grown([long, short], unknown_share=0.0)
    features = np.column_stack([short.features["validation"][:, :3], np.ones(400)]).astype("f4")

    error = np.abs(pool.changes(features, has_record=True) - short.changes["validation"]).mean()
    assert error < 0.8 * np.abs(short.changes["validation"]).mean()


def test_a_pool_that_is_kept_and_read_back_says_the_same(pool, tmp_path):
    pool.save(tmp_path)
    again = Pool.load(tmp_path)
    features = part("c", 4).features["validation"]

    assert again.facts == pool.facts
    for has_record in (True, False):
        said = pool.changes(features, has_record=has_record)
        assert np.array_equal(again.changes(features, has_record=has_record), said)


def test_a_pools_files_are_none_that_a_store_of_artifacts_unpacks_and_those_that_were_are_read(pool, tmp_path):
    pool.save(tmp_path)
    assert {mimetypes.guess_type(path)[1] for path in tmp_path.iterdir()} == {None}

    for path in tmp_path.glob("*trees-*"):
        path.rename(path.with_suffix(".gz"))

    assert Pool.load(tmp_path) == pool


@pytest.mark.parametrize("has_record", [True, False])
def test_a_station_is_given_the_trees_that_speak_for_it_alone(pool, tmp_path, has_record):
    pool.save(tmp_path, has_record=has_record)
    again = Pool.load(tmp_path)
    features = unknown(part("c", 4).features["validation"], NAMES)

    assert bool(again.trees) == has_record
    assert bool(again.newcomer_trees) != has_record
    assert again.leaves(has_record=has_record) > 0
    assert np.array_equal(again.changes(features, has_record=has_record), pool.changes(features, has_record=has_record))


def test_trees_of_earlier_times_speak_for_newcomers_too(pool):
    before = Pool(pool.facts, pool.trees)
    features = unknown(part("c", 4).features["validation"], NAMES)

    assert np.array_equal(before.changes(features, has_record=False), pool.changes(features, has_record=True))


def test_a_part_that_is_kept_and_read_back_is_the_same(tmp_path):
    kept = part("a", 5)
    kept.save(tmp_path)
    again = StationWindows.load(tmp_path)

    assert (again.station, again.names, again.target_scale) == ("a", NAMES, 2.0)
    assert np.array_equal(again.features["train"], kept.features["train"], equal_nan=True)
    assert np.array_equal(again.valid_times, kept.valid_times)
