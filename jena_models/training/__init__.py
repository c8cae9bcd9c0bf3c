"""Training: batches of windows, the loop over epochs, and what comes out."""
