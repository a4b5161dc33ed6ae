"""Observations x expectations -> verdicts. Pure: no process, no file, no clock."""
