"""How a network is trained batch by batch, wherever it is computed."""
