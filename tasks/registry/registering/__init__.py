"""A training becomes a version: its files, how MLflow runs it, and what is kept with it."""
