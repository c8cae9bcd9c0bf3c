"""What the time alone tells: the calendar, the week, the sun, and what is usual."""
