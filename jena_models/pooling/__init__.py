"""What several stations share: features that mean the same at each, and trees that are grown on all of them."""
