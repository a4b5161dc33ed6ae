"""Known wrong variants for module 3."""
