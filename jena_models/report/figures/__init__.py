"""What is drawn in a study's report, each of a part of its contents."""
