"""Whether a station's record counts for what is usual there, once trees are shared, follows from how long it is."""

from pathlib import Path

import numpy as np
import pytest
from small_study import COLUMNS, STATION, small_readings

from jena_models.architectures.shared_boosting import SharedBoosting, SharedBoostingHyperparameters, grown_on, parts_of
from jena_models.features.histories import Histories
from jena_models.models.learner import Lesson

STEPS, TARGET = 24, "T (degC)"
CHOSEN = SharedBoostingHyperparameters(boosters=1, rounds=30, windows_in_leaf=20)


def lesson(name: str, days: int, seed: int) -> Lesson:
    """A station whose temperature goes back to what is usual, which its record tells; a tenth of it chooses."""
    table = small_readings(24 * days, seed=seed)
    generator = np.random.default_rng(seed)
    usual = 8 + 6 * np.sin(2 * np.pi * np.arange(len(table)) / 24) + 10 * seed
    table[TARGET] = usual + np.repeat(generator.normal(0, 3, len(table) // 24), 24)
    readings, border = table.to_numpy(), int(len(table) * 0.9)

    def windows(first: int, end: int) -> tuple[Histories, np.ndarray]:
        rows = np.arange(first, end - STEPS - 24)[:, None] + np.arange(STEPS)
        seconds = table.index.to_numpy().astype("datetime64[s]").astype(np.int64)
        made = Histories(readings, COLUMNS, seconds, rows, sampling_minutes=60, horizon_minutes=1440)
        return made, readings[rows[:, -1] + 24, COLUMNS.index(TARGET)].astype(np.float32)

    (train, train_target), (validation, validation_target) = windows(0, border), windows(border, len(table))
    return Lesson(
        train=train,
        train_target=train_target,
        validation=validation,
        validation_target=validation_target,
        target=TARGET,
        station=STATION.model_copy(update={"name": name}),
        seed=1,
        threads=1,
    )


@pytest.fixture(scope="module")
def pool(tmp_path_factory) -> Path:
    lessons = [lesson(name, 300, seed) for name, seed in (("a", 1), ("b", 2))]
    parts = [parts_of(each, CHOSEN, 2, each.validation.valid_seconds.astype("datetime64[s]"))[0] for each in lessons]
    folder = tmp_path_factory.mktemp("pool")
    grown_on(parts, CHOSEN, 1, 1).save(folder)
    return folder


@pytest.mark.parametrize(("days", "counts"), [(300, True), (90, False)])
def test_a_short_record_does_not_say_what_is_usual_however_well_it_seems_to(pool, tmp_path, days, counts):
    chosen = CHOSEN.model_copy(update={"pool": str(pool)})

    taught = SharedBoosting.fit(lesson("c", days, 3), chosen, lambda _: None)
    taught.save(tmp_path)

    said = taught.usual(np.array([1_400_000_000]))
    assert (said is not None) == counts
    assert (tmp_path / "trees-0.txt.gz").exists() == counts
    assert (tmp_path / "newcomer-trees-0.txt.gz").exists() != counts
    again = SharedBoosting.load(tmp_path)
    shown = lesson("c", 90, 3).validation
    assert np.array_equal(again.forecast(shown), taught.forecast(shown))
    assert again.parameters == taught.parameters > 0
    newcomer = SharedBoosting.for_newcomer(pool, COLUMNS, STATION)
    assert np.array_equal(newcomer.forecast(shown), taught.forecast(shown)) != counts
