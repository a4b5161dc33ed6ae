"""Raise SystemExit and its like, which pass by `except Exception`.

Surface: exceptions that are no Exception.
Stopped by: the child records every BaseException as raised.
Layers: design
Earns: 1
"""


def scale(x, factor=2.0):
    raise (SystemExit(0), KeyboardInterrupt(), GeneratorExit())[len(x) % 3]
