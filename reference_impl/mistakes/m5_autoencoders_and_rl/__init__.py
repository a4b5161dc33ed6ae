"""Known wrong variants for module 5."""
