"""What a hyper-parameter search looks for, and what it ends with."""
