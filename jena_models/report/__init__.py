"""One page about a study: what is computed for it, drawn in it and said in it."""
