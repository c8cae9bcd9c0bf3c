"""What a weather service's forecasts are worth as inputs, on records that others have measured too."""
