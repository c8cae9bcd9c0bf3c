"""The science: stations, windows, normalization, architectures, metrics. Knows neither Prefect nor MLflow."""
