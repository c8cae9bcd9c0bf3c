"""What the flow and the commands of a fleet are made of: steps at one station, and the process that takes them."""
