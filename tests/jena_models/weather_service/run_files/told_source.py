"""A forecast source as a station file tells of it, for the tests of what is read by it."""

from jena_models.stations import StationSchema, load_station
from jena_models.stations.forecast_sources import ForecastSource

STATION = load_station("jena")
COLUMN = {"name": "t2m", "source": "t", "of": "T (degC)", "unit": "K"}
LONG = """issued,valid,farm,t,u,v
2020-01-01 00:00,2020-01-01 06:00,1,280.15,3,4
2020-01-01 00:00,2020-01-01 12:00,1,281.15,0,-2
2020-01-01 12:00,2020-01-01 18:00,1,282.15,1,0
2020-01-01 00:00,2020-01-01 06:00,2,99,0,0
"""


def told(**more):
    plain = {"name": "s", "source": "x", "issue_time": "issued", "available_after_hours": 5, "columns": [COLUMN]}
    return ForecastSource.model_validate(plain | more)


RAIN = {"name": "rain (mm)", "quantity": "rain", "minimum": 0, "maximum": 100, "kind": "optional"}
SUN = {"name": "SWDR (W/m²)", "quantity": "SWDR", "minimum": -10, "maximum": 1500, "kind": "optional"}


def rainy(**more):
    """Give a station of ten-minute readings that measures rain and radiation too."""
    told = STATION.model_dump()
    columns = [each for each in told["columns"] if each["quantity"] not in {"rain", "SWDR"}]
    return StationSchema.model_validate(told | {"columns": [*columns, RAIN, SUN]} | more)
