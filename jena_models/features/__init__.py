"""Features that learners are given: pure functions of the readings up to the issue time."""
