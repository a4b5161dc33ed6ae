"""Module 3: distributed TensorFlow and convolutional networks."""
