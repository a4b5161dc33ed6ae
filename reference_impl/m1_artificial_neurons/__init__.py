"""Module 1: artificial neurons."""
