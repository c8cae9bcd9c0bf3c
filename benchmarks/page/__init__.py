"""How fast the page is with a thousand made-up stations: `python -m benchmarks.page`."""
