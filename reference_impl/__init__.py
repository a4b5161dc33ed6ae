"""What a perfect student hands in: one module a question, mirroring ``questions/``."""
