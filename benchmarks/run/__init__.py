"""What training takes with the chapter's code and with this project's: `python -m benchmarks.run`."""
