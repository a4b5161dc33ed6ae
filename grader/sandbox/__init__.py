"""Runs a submission's functions in a child process and brings back observations: values, never verdicts."""
