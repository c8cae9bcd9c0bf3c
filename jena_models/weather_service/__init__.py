"""What weather services forecast, run by run, and what of it was known at any time."""
