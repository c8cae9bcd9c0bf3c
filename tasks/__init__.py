"""The stages: I/O, caching and tracking, thin over the library."""
