"""The branches of the settings, each of which says what one concern can be told."""
