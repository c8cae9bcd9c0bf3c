"""How good forecasts are, how sure that is, and what must hold before one is promoted."""
