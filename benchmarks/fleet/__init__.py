"""How good one model for many stations is, and what a fleet of them costs: `python -m benchmarks.fleet`."""
