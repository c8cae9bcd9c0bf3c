"""What is asked of a training, what it tells on its way, and what it leaves."""
