"""What happens when: the flows, and the command line that calls them."""

import tasks  # noqa: F401  (its defaults must stand before any tool is imported)
