"""A forecast of every lead: which leads there are, how a curve passes through a headline, how far it may be off."""
