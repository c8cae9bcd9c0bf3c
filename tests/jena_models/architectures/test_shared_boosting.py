"""Whether a station's record counts for what is usual there, once trees are shared, follows from how long it is."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from small_pool import CHOSEN, STEPS, TARGET, lesson, small_pool
from small_study import COLUMNS, STATION, small_readings

from jena_models.architectures.shared_boosting import SharedBoosting
from jena_models.forecaster import Forecaster
from jena_models.options.readings_options import History
from jena_models.windows.preparation import Preparation


@pytest.fixture(scope="module")
def pool(tmp_path_factory) -> Path:
    return small_pool(tmp_path_factory.mktemp("pool"))


@pytest.mark.parametrize(("days", "counts"), [(300, True), (90, False)])
def test_a_short_record_does_not_say_what_is_usual_however_well_it_seems_to(pool, tmp_path, days, counts):
    chosen = CHOSEN.model_copy(update={"pool": str(pool)})

    taught = SharedBoosting.fit(lesson("c", days, 3), chosen, lambda _: None)
    taught.save(tmp_path)

    said = taught.usual(np.array([1_400_000_000]))
    assert (said is not None) == counts
    assert (tmp_path / "trees-0.txt.packed").exists() == counts
    assert (tmp_path / "newcomer-trees-0.txt.packed").exists() != counts
    again = SharedBoosting.load(tmp_path)
    shown = lesson("c", 90, 3).validation
    assert np.array_equal(again.forecast(shown), taught.forecast(shown))
    assert again.parameters == taught.parameters > 0
    newcomer = SharedBoosting.for_newcomer(pool, COLUMNS, STATION)
    assert np.array_equal(newcomer.forecast(shown), taught.forecast(shown)) != counts


def test_a_forecast_remembers_a_month_where_so_much_was_measured(pool):
    # Given a new station's readings, of which a version looks at one day and remembers thirty
    preparation = Preparation(
        station=STATION.name,
        target=TARGET,
        columns=COLUMNS,
        mean=(0.0,) * len(COLUMNS),
        standard_deviation=(1.0,) * len(COLUMNS),
        steps=STEPS,
        sampling_minutes=60,
        horizon_minutes=1440,
        cadence_minutes=60,
        history=History(),
    )
    forecaster = Forecaster(preparation, STATION, SharedBoosting.for_newcomer(pool, COLUMNS, STATION))
    readings = small_readings(24 * 60)
    warmer = readings.copy()
    warmer.iloc[: -24 * 31, COLUMNS.index(TARGET)] += 9.0
    other = readings.copy()
    other.iloc[-24 * 25 : -24 * 15, COLUMNS.index(TARGET)] += 9.0

    said = [forecaster.forecast(table)["forecast"].iloc[0] for table in (readings, warmer, other, readings.iloc[-24:])]

    # Then what is older changes nothing, what is within it does, and a day alone is enough
    assert said[1] == said[0]
    assert said[2] != said[0]
    assert np.isfinite(said[3])
    every = forecaster.forecast_at(readings, pd.DatetimeIndex(readings.index[-100:]))
    assert every[-1] == pytest.approx(said[0], abs=1e-4)
