"""From raw readings to clean ones, on even steps, and what was mended on the way."""
