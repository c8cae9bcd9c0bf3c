"""How fast `jena serve` answers: `python -m benchmarks.serving`."""
