"""What a record of readings looks like, before anything is learnt from it."""
