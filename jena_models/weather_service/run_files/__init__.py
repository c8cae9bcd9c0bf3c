"""From what a forecast source's files hold to runs: their columns, units, times and sums."""
