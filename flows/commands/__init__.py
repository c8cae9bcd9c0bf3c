"""What the user can type: a file a command, or those that belong together."""
