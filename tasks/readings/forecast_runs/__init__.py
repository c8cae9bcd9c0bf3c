"""What weather services forecast: where their runs are fetched, read, kept and described."""
