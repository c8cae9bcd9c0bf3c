"""Other stations' readings as inputs: where they stand, when they could be had, and what they are worth."""
