"""Module 2: deep networks."""
