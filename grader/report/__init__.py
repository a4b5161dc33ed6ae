"""Results -> what people and programs read: the terminal, JSON."""
