"""Raise an error with a message of millions of characters and a chain of a thousand causes.

Surface: reports.
Stopped by: messages and tracebacks are cut in the child and again in the report.
Layers: design
Earns: 1
"""


def scale(x, factor=2.0):
    error = None
    for number in range(1000):
        try:
            raise ValueError("long " * 1000) from error
        except ValueError as caught:
            error = caught
    raise ValueError("long " * (1 << 20)) from error
