"""Trees that two small stations share, and a lesson of another, for the tests of what is made of them."""

from pathlib import Path

import numpy as np
from small_study import COLUMNS, STATION, small_readings

from jena_models.architectures.shared_boosting import SharedBoostingHyperparameters, grown_on, parts_of
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
        target_scale=1.0 + seed,
    )


def small_pool(folder: Path) -> Path:
    """Leave the trees of two stations in a folder."""
    lessons = [lesson(name, 300, seed) for name, seed in (("a", 1), ("b", 2))]
    parts = [parts_of(each, CHOSEN, 2, each.validation.valid_seconds.astype("datetime64[s]"))[0] for each in lessons]
    folder.mkdir(exist_ok=True)
    grown_on(parts, CHOSEN, 1, 1).save(folder)
    return folder
