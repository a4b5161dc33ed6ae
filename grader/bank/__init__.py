"""The bank: files -> questions. Works without TensorFlow."""
