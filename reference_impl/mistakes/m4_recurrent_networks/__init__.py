"""Known wrong variants for module 4."""
