"""Readings as clients post them."""

import json

import pandas as pd
from small_study import STEPS, last_days, small_readings

__all__ = ["CSV", "JSON", "READINGS", "STEPS", "split"]

READINGS = last_days(small_readings(), 5).reset_index()
JSON, CSV = {"content-type": "application/json"}, {"content-type": "text/csv"}


def split(table: pd.DataFrame, **more) -> str:
    given = json.loads(table.to_json(orient="split", date_format="iso", index=False))
    return json.dumps({"dataframe_split": {"columns": given["columns"], "data": given["data"]}} | more)
