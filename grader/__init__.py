"""GradeTape: an auto-graded exam-preparation question bank for deep learning with TensorFlow."""

__version__ = "0.1.0"
