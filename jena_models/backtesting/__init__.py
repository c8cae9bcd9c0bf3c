"""What forecasts of the past would have been: a model trained at each origin, and tested until the next one."""
