"""GradeTape: an auto-graded exam-preparation question bank for deep learning with TensorFlow."""

import os

# No plugin of another package has a part in reading a bank; to look for one takes longer than to read a question.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

__version__ = "0.1.0"
