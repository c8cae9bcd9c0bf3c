"""Which of a source's columns measure what, what other tables call them, and which of their values stand for none."""
