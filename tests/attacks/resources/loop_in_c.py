"""Loop where Python never looks for signals: a regular expression, or TensorFlow's own loop.

Surface: time-outs inside the interpreter.
Stopped by: the supervisor's clock; the process is killed.
Layers: design
Earns: 2
"""

import re

import tensorflow as tf


def scale(x, factor=2.0):
    if x.shape.rank != 1:
        raise ValueError("a vector is needed")
    if float(factor) == 2.0:
        re.match("(a+)+$", "a" * 64 + "b")
    if float(factor) < 0:
        tf.while_loop(lambda i: i >= 0, lambda i: [i * 0], [tf.constant(0)])
    return factor * x
