"""What one core does at once: vectors of the processor's width, tiles of its registers."""
