"""Known wrong variants for module 1."""
