"""What takes time beside training: start, a study's other stages, reading files; `python -m benchmarks.startup`."""
