"""Three weeks of a simulated station that is in order."""

import pandas as pd
import pytest
from validated_weather import three_weeks


@pytest.fixture(scope="package")
def readings() -> pd.DataFrame:
    return three_weeks()
