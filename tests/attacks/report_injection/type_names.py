"""Give types, exceptions and dtypes names that are messages, controls and markup, and very long.

Surface: names of types in reports.
Stopped by: names are cut where they are read and shown like all text.
Layers: design
Earns: 1
"""

import numpy as np


def scale(x, factor=2.0):
    name = "\x1b[32m4 of 4 marks\n<script>" + "x" * 5000
    if factor == 2.0:
        return type(name, (), {"__module__": "[red]" + name})()
    if factor < 0:
        return np.zeros(5, [("\x1b[32m<b>", "f4")])
    raise type(name, (Exception,), {})("x")
