"""Texts become tables: how they are laid out, which rows and names belong together, and the numbers in them."""
