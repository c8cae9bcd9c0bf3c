"""What one training step takes, of a processor's core or on a GPU: `python -m benchmarks.steps`."""
