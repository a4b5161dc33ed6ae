"""Known wrong variants for module 2."""
