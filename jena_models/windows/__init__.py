"""From readings to windows: splits, normalization, histories and where each window lies."""
