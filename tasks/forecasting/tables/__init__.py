"""Where forecasts are kept: Parquet files of each model, or one Delta table of a fleet."""
