"""Module 4: recurrent networks."""
