"""What a model is: the register of architectures, what learns, Keras networks, and a trained model's files."""
