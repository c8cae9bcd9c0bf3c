"""What befalls a champion in operation, and what is noticed of it: outages, faults, challengers that are no better."""
