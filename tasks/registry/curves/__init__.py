"""The curve of a registered version: its files, and how it compares with the champion's."""
