"""What happens when: the flows, and the command line that calls them."""
