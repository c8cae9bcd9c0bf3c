"""What the user can type, a file a command."""
