"""Module 5: autoencoders and reinforcement learning."""
