"""Steps of recurrent layers and of convolutions over time, forwards and backwards, compiled."""
