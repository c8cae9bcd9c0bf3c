"""What is learnt of a weather service before anything is learnt from it: what stands in for it, and its curve."""
